/* Where a list goes on, as text: "5,oai_dc,ics:03,...,MAC".  Whoever gets it learns nothing by it that a list would not
 * show, and cannot make one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/oai.h"

enum { FIELDS = 11, MAC_BYTES = 16 };

/* Append the MAC of what is there. */
static void sign(const struct oai *o, struct buf *text)
{
	static const struct hash none;
	const struct hash *secret = o->a->context->secret != NULL ? o->a->context->secret : &none;
	struct hasher *hasher = hasher_new();
	struct hash mac = hash_mac(hasher, bytes_of(secret->b, HASH_SIZE), buf_bytes(text));
	hasher_free(hasher);
	buf_add_char(text, ',');
	hex_add(text, bytes_of(mac.b, MAC_BYTES));
}

const char *oai_token_write(const struct oai *o, const struct oai_list *l)
{
	struct buf text = { 0 };
	buf_printf(&text, "%d,%s,%s", (int)l->verb, l->prefix, l->set);
	const uint64_t numbers[] = { l->from_s, l->until_s, l->upto, l->check, l->seq, l->index, l->cursor, l->total };
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		buf_printf(&text, ",%" PRIu64, numbers[i]);
	sign(o, &text);
	const char *token = arena_strn(o->a->arena, text.data, text.len);
	buf_free(&text);
	return token;
}

/* Is it the very text that was made here?  Compared in constant time. */
static bool is_ours(const struct oai *o, const char *token, size_t len)
{
	struct hash a = { { 0 } }, b = { { 0 } };
	struct buf text = { 0 };
	buf_add(&text, token, len);
	sign(o, &text);
	bool same = strlen(token) == text.len;
	if (same) {
		memcpy(a.b, token + len + 1, HASH_SIZE);
		memcpy(b.b, text.data + len + 1, HASH_SIZE);
		same = hash_mac_equal(&a, &b);
	}
	buf_free(&text);
	return same;
}

bool oai_token_read(const struct oai *o, const char *token, struct oai_list *out)
{
	char *fields[FIELDS];
	const char *mac = strrchr(token, ',');
	if (mac == NULL || !is_ours(o, token, (size_t)(mac - token)))
		return false;
	/* What we made has the form that we made it in. */
	char *text = arena_strn(o->a->arena, token, (size_t)(mac - token));
	for (size_t i = 0; i < FIELDS; i++) {
		fields[i] = text;
		text += strcspn(text, ",");
		if (*text == ',')
			*text++ = '\0';
	}
	uint64_t n[FIELDS] = { 0 };
	for (size_t i = 0; i < FIELDS; i++)
		n[i] = i != 1 && i != 2 ? strtoull(fields[i], NULL, 10) : 0;
	*out = (struct oai_list){
		.verb = (enum oai_verb)n[0],
		.prefix = fields[1],
		.set = fields[2],
		.from_s = n[3],
		.until_s = n[4],
		.upto = n[5],
		.check = (uint32_t)n[6],
		.seq = n[7],
		.index = n[8],
		.cursor = n[9],
		.total = n[10],
	};
	return out->verb == o->verb;
}

void oai_token_put(struct oai *o, const struct oai_list *list, uint64_t cursor, bool more)
{
	if (!more && cursor == 0)
		return; /* the whole list was in one answer */
	xml_begin(&o->x, "resumptionToken");
	if (list->total > 0)
		xml_attribute(&o->x, "completeListSize", arena_printf(o->a->arena, "%" PRIu64, list->total));
	xml_attribute(&o->x, "cursor", arena_printf(o->a->arena, "%" PRIu64, cursor));
	if (more)
		xml_text(&o->x, oai_token_write(o, list));
	xml_end(&o->x);
}
