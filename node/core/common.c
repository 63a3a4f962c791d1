/* Small things that every file of this room uses. */
#include <stdarg.h>
#include <stdio.h>

#include "node/core/parts.h"
#include "proto/utf8.h"

void core_note(struct core *c, int level, const char *event, const char *format, ...)
{
	struct effect *fx = effects_add(c->fx, FX_NOTE);
	fx->u.note.level = level;
	(void)snprintf(fx->u.note.event, sizeof fx->u.note.event, "%s", event);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(fx->u.note.text, sizeof fx->u.note.text, format, args);
	va_end(args);
}

void core_reason(char *out, size_t size, const char *text)
{
	size_t len = text != NULL ? utf8_cut(bytes_str(text), size - 1) : 0;
	memcpy(out, text != NULL ? text : "", len);
	out[len] = '\0';
}

void head_clear(struct head *h)
{
	buf_free(&h->note);
	buf_free(&h->keys);
	*h = (struct head){ 0 };
}

void head_set(struct head *h, struct bytes note, uint64_t size, const struct hash *root)
{
	struct buf copy = { 0 };
	buf_add_bytes(&copy, note);
	head_clear(h);
	*h = (struct head){ .note = copy, .size = size, .root = *root };
}

void head_copy(struct head *h, const struct head *from)
{
	struct buf keys = { 0 };
	buf_add_bytes(&keys, buf_bytes(&from->keys));
	head_set(h, buf_bytes(&from->note), from->size, &from->root);
	h->keys = keys;
}
