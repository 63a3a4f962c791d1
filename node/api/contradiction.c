#include "node/api/contradiction.h"

#include <string.h>

#include "node/api/text.h"
#include "node/base/limits.h"

enum { FACTS_MAX = 64, LABEL_WIDTH = 13, INDENT = 4, VALUE_WIDTH = 30 };

/* What one record says, a value for each label. */
struct facts {
	struct {
		const char *label; /* of the source's code lists */
		struct buf value;
	} v[FACTS_MAX];
	size_t count;
};

/* One more value under a label. */
static void add(struct facts *f, const char *label, const char *value)
{
	size_t i = 0;
	if (label == NULL || value == NULL || value[0] == '\0')
		return;
	while (i < f->count && strcmp(f->v[i].label, label) != 0)
		i++;
	if (i == FACTS_MAX)
		return;
	if (i == f->count)
		f->v[f->count++].label = label;
	buf_printf(&f->v[i].value, "%s%s", f->v[i].value.len > 0 ? ", " : "", value);
}

static void add_adoption(struct facts *f, const Normlink__Adopts *adopts)
{
	struct buf value = { 0 };
	const char *degree = adopts->has_degree ? degree_word((int)adopts->degree) : NULL;
	buf_add_str(&value, adopts->target);
	if (degree != NULL)
		buf_printf(&value, " (%s)", degree);
	add(f, "adopts", buf_str(&value));
	buf_free(&value);
}

static void collect(const Normlink__Record *r, struct facts *f)
{
	const Normlink__Standard *s = r->standard;
	if (r->retraction != NULL)
		add(f, "retracted", "yes");
	if (s == NULL)
		return;
	add(f, "status", s->has_status ? status_word((int)s->status) : NULL);
	add(f, "stage", s->stage);
	add(f, "edition", s->edition);
	for (size_t i = 0; i < s->n_events; i++)
		add(f, event_word((int)s->events[i]->type), s->events[i]->date);
	for (size_t i = 0; i < s->n_links; i++)
		add(f, link_word((int)s->links[i]->type), s->links[i]->target);
	for (size_t i = 0; i < s->n_adopts; i++)
		add_adoption(f, s->adopts[i]);
}

static void drop(struct facts *f)
{
	for (size_t i = 0; i < f->count; i++)
		buf_free(&f->v[i].value);
}

static const char *value_of(struct facts *f, const char *label)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->v[i].label, label) == 0)
			return buf_str(&f->v[i].value);
	return NULL;
}

static void put(const char *label, const char *theirs, const char *ours, const char *whose, size_t width,
                struct buf *out)
{
	char name[CODE_MAX + 1] = "";
	struct buf line = { 0 };
	for (size_t i = 0; label[i] != '\0' && i < CODE_MAX; i++)
		name[i] = label[i] == '-' ? ' ' : label[i];
	buf_printf(out, "%*s", INDENT, "");
	text_pad(out, name, LABEL_WIDTH);
	buf_add_str(&line, theirs);
	for (size_t own = text_width(buf_bytes(&line)); own < VALUE_WIDTH; own++)
		buf_add_char(&line, ' ');
	buf_printf(&line, "  %s: %s", whose, ours != NULL ? ours : "not said");
	if (text_width(buf_bytes(&line)) + INDENT + LABEL_WIDTH <= width) {
		text_put(out, buf_str(&line));
		buf_add_char(out, '\n');
	} else {
		text_wrap(out, buf_str(&line), INDENT + LABEL_WIDTH, width);
	}
	buf_free(&line);
}

size_t contradiction_text(const Normlink__Record *theirs, const Normlink__Record *ours, const char *whose, size_t width,
                          struct buf *out)
{
	struct facts other = { 0 }, own = { 0 };
	size_t count = 0;
	collect(theirs, &other);
	collect(ours, &own);
	for (size_t i = 0; i < other.count; i++) {
		const char *said = buf_str(&other.v[i].value), *here = value_of(&own, other.v[i].label);
		if (here != NULL && strcmp(said, here) == 0)
			continue;
		put(other.v[i].label, said, here, whose, width, out);
		count++;
	}
	drop(&other);
	drop(&own);
	return count;
}
