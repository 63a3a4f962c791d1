#include "node/api/kept.h"

#include <stdlib.h>
#include <string.h>

#include "node/api/answer.h"
#include "node/api/negotiate.h"
#include "node/base/limits.h"
#include "node/base/memo.h"
#include "node/base/must.h"

enum { TAG_MAX = 48 };

/* What stands before the bytes of an answer. */
struct prefix {
	char tag[TAG_MAX]; /* with noughts behind it */
	size_t fields;     /* bytes of them */
	bool packs;        /* for a client that takes it packed */
};

struct kept {
	struct memo *answers;
	uint32_t asked[KEPT_ASKED]; /* of tags that were asked for lately: part of their number, by another part */
};

struct kept *kept_new(void)
{
	struct kept *k = calloc(1, sizeof *k);
	must(k != NULL);
	k->answers = memo_new(KEPT_BYTES_MAX, KEPT_ANSWER_MAX);
	return k;
}

void kept_free(struct kept *k)
{
	if (k != NULL)
		memo_free(k->answers);
	free(k);
}

static uint64_t number_of(const struct prefix *p)
{
	return bytes_hash(bytes_str(p->tag), p->packs);
}

static void prefix_of(const struct answer *a, struct prefix *out)
{
	size_t len = strlen(a->etag);
	must(len < sizeof out->tag);
	memset(out, 0, sizeof *out);
	memcpy(out->tag, a->etag, len);
	out->packs = negotiate_gzip(a->request);
}

/* For the second time, lately?  What is asked for once only is not worth the room. */
static bool is_asked_again(struct kept *k, uint64_t number)
{
	uint32_t part = (uint32_t)(number >> 32), *place = &k->asked[number % KEPT_ASKED];
	bool again = *place == part;
	*place = part;
	return again;
}

bool kept_find(struct answer *a)
{
	struct kept *k = a->context->kept;
	struct prefix own, p;
	struct bytes kept;
	if (k == NULL)
		return false;
	prefix_of(a, &own);
	a->keeps = is_asked_again(k, number_of(&own));
	if (!memo_find(k->answers, number_of(&own), &kept))
		return false;
	memcpy(&p, kept.data, sizeof p);
	if (p.packs != own.packs || memcmp(p.tag, own.tag, sizeof p.tag) != 0)
		return false;
	a->fields = bytes_of(kept.data + sizeof p, p.fields);
	a->recalled = bytes_of(a->fields.data + p.fields, kept.len - sizeof p - p.fields);
	a->keeps = false;
	return true;
}

void kept_keep(const struct answer *a, struct bytes fields, struct bytes body)
{
	struct prefix p;
	if (!a->keeps || a->etag == NULL || a->status != 200 || a->unmeasured)
		return;
	prefix_of(a, &p);
	p.fields = fields.len;
	const struct bytes parts[] = { bytes_of(&p, sizeof p), fields, body };
	memo_keep(a->context->kept->answers, number_of(&p), parts, sizeof parts / sizeof parts[0]);
}
