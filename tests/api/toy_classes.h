/* toy_classes: what of a toy was redacted, and what is not public.
 */
#pragma once

#include "node/core/listing_at.h"
#include "node/core/query.h"
#include "tests/api/toy.h"

static inline int toy_redactions(void *ctx, const char *origin, size_t limit, size_t offset, struct arena *arena,
                                 struct redacted_list *out, struct err *err)
{
	struct toy *t = ctx;
	must(limit >= 1 && limit <= SEARCH_LIMIT_MAX && offset <= SEARCH_OFFSET_MAX);
	out->v = arena_array(arena, TOY_MAX, sizeof *out->v);
	for (size_t i = 0; i < t->count; i++) {
		uint64_t by = t->v[i].redacted_by;
		if (by == 0 || (origin != NULL && strcmp(origin, TOY_ORIGIN) != 0))
			continue;
		if (out->total++ >= offset && out->count < limit)
			out->v[out->count++] = (struct redacted){ .origin = TOY_ORIGIN,
				                                      .index = i,
				                                      .statement = by,
				                                      .envelope = buf_bytes(&t->v[i].envelope),
				                                      .said_envelope = buf_bytes(&t->v[by].envelope),
				                                      .payload = buf_bytes(&t->v[by].payload) };
	}
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

/* The next entry redacts that one. */
static inline void toy_redact(struct toy *t, size_t index)
{
	struct buf json = { 0 };
	buf_printf(&json,
	           "{\"kind\":\"redaction\",\"subject\":\"%zu\",\"redaction\":{\"index\":%zu,\"payload_digest\":"
	           "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"reason\":\"names a person\","
	           "\"basis\":\"GDPR, article 17\"}}",
	           index, index);
	toy_add(t, buf_str(&json));
	buf_free(&json);
	t->v[index].state = PAYLOAD_REDACTED;
	t->v[index].current = false;
	t->v[index].redacted_by = t->count - 1;
	toy_sign(t);
}

/* What stands in the toy's envelopes of another collection is told to have been withheld, and delivered. */
static inline int toy_withheld(void *ctx, struct arena *arena, struct withheld **out, size_t *count, struct err *err)
{
	struct toy *t = ctx;
	*out = arena_array(arena, 1, sizeof **out);
	**out = (struct withheld){ .origin = TOY_ORIGIN, .collection = t->lost ? "public" : "members", .count = 7 };
	*count = t->hides || t->lost ? 1 : 0;
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

static inline int toy_audit(void *ctx, const char *peer, uint64_t since_ms, size_t limit, size_t offset,
                            struct arena *arena, struct audit_list *out, struct err *err)
{
	struct toy *t = ctx;
	out->v = arena_array(arena, 1, sizeof *out->v);
	out->refused = arena_array(arena, 1, sizeof *out->refused);
	if (t->hides && since_ms < 2000 && limit > 0 && offset == 0 && (peer == NULL || strcmp(peer, "b.example") == 0)) {
		out->v[out->count++] = (struct audited){ "b.example", TOY_ORIGIN, 2, 1000, 2000, 3 };
		out->refused[out->refused_count++] = (struct refused){ "b.example", TOY_ORIGIN, "drafts", 2000, 5 };
	}
	out->total = out->count;
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

/* What of a toy is listed: its present records, of whatever kind. */
static inline int toy_listing_at(void *ctx, const struct listing_at *what, struct arena *arena, struct found_list *out,
                                 uint64_t *next, struct err *err)
{
	struct toy *t = ctx;
	*out = (struct found_list){ .v = arena_array(arena, 1, sizeof *out->v) };
	for (*next = what->from; *next < what->at && out->count == 0; ++*next) {
		const struct toy_entry *e = &t->v[*next];
		bool stands = e->state == PAYLOAD_PRESENT && (what->kind == 0 || what->kind == e->kind);
		for (size_t i = *next + 1; i < what->at; i++)
			stands = stands && (t->v[i].kind != e->kind || strcmp(t->v[i].subject, e->subject) != 0);
		if (stands)
			out->v[out->count++] = (struct found){
				.origin = TOY_ORIGIN, .index = *next, .state = PAYLOAD_PRESENT, .payload = buf_bytes(&e->payload)
			};
	}
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}

static inline int toy_listing(void *ctx, const char *origin, int kind, const char *collection, uint64_t from,
                              size_t limit, struct arena *arena, struct found_list *out, struct err *err)
{
	struct toy *t = ctx;
	must(limit >= 1 && limit <= SEARCH_LIMIT_MAX && kind != 0 && strcmp(origin, TOY_ORIGIN) == 0);
	out->v = arena_array(arena, TOY_MAX, sizeof *out->v);
	for (size_t i = from; i < t->count && out->count < limit; i++)
		if (t->v[i].current && t->v[i].state == PAYLOAD_PRESENT)
			out->v[out->count++] = (struct found){ .origin = TOY_ORIGIN,
				                                   .index = i,
				                                   .current = true,
				                                   .state = PAYLOAD_PRESENT,
				                                   .payload = buf_bytes(&t->v[i].payload) };
	out->total = out->count;
	return t->fail == OK ? OK : err_set(err, t->fail, "the toy fails");
}
