/* toy_view: a toy's records as the view of query.h.
 *
 * Searching is a substring of the payload; everything else is as query.h says.
 */
#pragma once

#include "node/core/query.h"
#include "tests/api/toy.h"
#include "tests/api/toy_changes.h"
#include "tests/api/toy_classes.h"
#include "tests/api/toy_graph.h"
#include "tests/api/toy_harvest.h"
#include "tests/api/toy_index.h"
#include "tests/api/toy_said.h"
#include "tests/api/toy_select.h"

static inline struct as_of toy_as_of(const struct toy *t)
{
	return (struct as_of){ .origin = TOY_ORIGIN,
		                   .size = t->count,
		                   .root = tree_root(t->tree),
		                   .head = buf_bytes(&t->head),
		                   .head_size = t->covered,
		                   .cosigned = t->cosigned ? buf_bytes(&t->head) : (struct bytes){ 0 },
		                   .cosigned_size = t->cosigned ? t->covered : 0,
		                   .index_differs = t->index_differs,
		                   .fork = t->fork };
}

static inline int toy_begin(void *ctx, struct arena *arena, struct as_of **out, size_t *count, struct err *err)
{
	struct toy *t = ctx;
	if (t->fail != OK)
		return toy_failure(t, err);
	t->begun++;
	*out = arena_array(arena, 1, sizeof **out);
	(*out)[0] = toy_as_of(t);
	*count = t->count > 0 ? 1 : 0;
	return OK;
}

static inline void toy_end(void *ctx)
{
	((struct toy *)ctx)->ended++;
}

static inline int toy_subject(void *ctx, int kind, const char *subject, struct arena *arena, struct found_list *out,
                              struct err *err)
{
	struct toy *t = ctx;
	size_t len = strlen(subject);
	out->v = arena_array(arena, TOY_MAX, sizeof *out->v);
	for (size_t i = t->count; i-- > 0;) {
		const char *own = t->v[i].subject;
		if ((kind == 0 || kind == t->v[i].kind) && strncmp(own, subject, len) == 0 &&
		    (own[len] == '\0' || own[len] == '-' || own[len] == ':' || own[len] == '#'))
			out->v[out->count++] = toy_found(t, i, true);
	}
	out->total = out->count;
	return toy_failure(t, err);
}

static inline int toy_entry(void *ctx, const char *origin, uint64_t index, struct arena *arena, struct found *out,
                            struct err *err)
{
	struct toy *t = ctx;
	(void)arena;
	if (strcmp(origin, TOY_ORIGIN) != 0 || index >= t->count)
		return err_set(err, ERR_NOT_FOUND, "no such entry");
	*out = toy_found(t, (size_t)index, true);
	return toy_failure(t, err);
}

static inline int toy_newest(void *ctx, const struct hash *name, struct arena *arena, struct bytes *note,
                             struct err *err)
{
	struct toy *t = ctx;
	struct hash own = hash_sum(t->hasher, bytes_str(TOY_ORIGIN));
	*note = buf_bytes(&t->head);
	if (!hash_equal(&own, name))
		return err_set(err, ERR_NOT_FOUND, "no such origin");
	return toy_failure(t, err);
}

static inline int toy_prove(void *ctx, const char *origin, uint64_t index, uint64_t size, struct tree_proof *out,
                            struct err *err)
{
	struct toy *t = ctx;
	(void)origin;
	if (index >= size)
		return err_set(err, ERR_NOT_READY, "the head does not reach entry %u yet", (unsigned)index);
	return tree_prove(t->hasher, tree_as_source(t->tree), index, index + 1, size, out);
}

static inline int toy_evidence(void *ctx, const char *origin, struct arena *arena, struct fork_evidence *out,
                               struct err *err)
{
	struct toy *t = ctx;
	*out = (struct fork_evidence){ 0 };
	if (strcmp(origin, TOY_ORIGIN) != 0)
		return err_set(err, ERR_NOT_FOUND, "no such origin");
	out->files = arena_array(arena, 1, sizeof *out->files);
	out->count = t->evidence.len > 0 ? 1 : 0;
	out->files[0] = buf_bytes(&t->evidence);
	if (t->verdict.len > 0)
		out->verdict = (struct found){ .origin = "iso.example/log",
			                           .index = 7,
			                           .current = true,
			                           .state = PAYLOAD_PRESENT,
			                           .payload = buf_bytes(&t->verdict) };
	return toy_failure(t, err);
}

static inline int toy_figures(void *ctx, struct view_figures *out, struct err *err)
{
	struct toy *t = ctx;
	*out = (struct view_figures){ .records = t->count, .entries = t->count, .db_bytes = 4096, .wal_bytes = 512 };
	return toy_failure(t, err);
}

/* One row of each figure: as many as there are entries, of twice as many; for an origin alone one less. */
static inline int toy_statistics(void *ctx, const struct figure_question *question, struct arena *arena,
                                 struct figure_list *out, struct err *err)
{
	struct toy *t = ctx;
	uint64_t counted = t->count - (question->origin != NULL ? 1 : 0);
	out->v = arena_array(arena, FIGURES, sizeof *out->v);
	for (out->count = 0; out->count < FIGURES; out->count++)
		out->v[out->count] = (struct figure_row){ .figure = (enum figure)out->count,
			                                      .key = arena_printf(arena, "%lld", (long long)question->day),
			                                      .numerator = counted,
			                                      .denominator = 2 * counted };
	return toy_failure(t, err);
}

static inline int toy_log(void *ctx, const struct hash *digest, struct arena *arena, struct as_of *out, struct err *err)
{
	struct toy *t = ctx;
	(void)arena;
	if (!hash_equal(digest, &t->digest))
		return err_set(err, ERR_NOT_FOUND, "no such log");
	*out = toy_as_of(t);
	return toy_failure(t, err);
}

/* All of a toy lies in the first tile of level 0. */
static inline int toy_covers(const struct toy *t, const struct hash *digest, unsigned level, uint64_t n, unsigned width,
                             struct err *err)
{
	must(width >= 1 && width <= BUNDLE_ENTRIES);
	if (!hash_equal(digest, &t->digest) || level > 0 || n > 0 || width > t->covered)
		return err_set(err, ERR_NOT_FOUND, "not covered");
	return toy_failure(t, err);
}

static inline int toy_tile(void *ctx, const struct hash *digest, unsigned level, uint64_t n, unsigned width,
                           struct buf *out, struct err *err)
{
	struct toy *t = ctx;
	int rc = toy_covers(t, digest, level, n, width, err);
	for (size_t i = 0; rc == OK && i < width; i++) {
		struct hash leaf = hash_leaf(t->hasher, buf_bytes(&t->v[i].envelope));
		buf_add(out, leaf.b, sizeof leaf.b);
	}
	return rc;
}

static inline int toy_bundle(void *ctx, const struct hash *digest, uint64_t n, unsigned width, struct buf *out,
                             struct err *err)
{
	struct toy *t = ctx;
	int rc = toy_covers(t, digest, 0, n, width, err);
	for (size_t i = 0; rc == OK && i < width; i++) {
		buf_add_u16(out, (uint16_t)t->v[i].envelope.len);
		buf_add_bytes(out, buf_bytes(&t->v[i].envelope));
	}
	return rc;
}

static inline int toy_keys(void *ctx, const char *origin, struct arena *arena, struct log_statement **out,
                           size_t *count, struct err *err)
{
	const struct toy *t = ctx;
	*out = arena_array(arena, 1, sizeof **out);
	(*out)[0] = (struct log_statement){ .index = 3, .payload = buf_bytes(&t->key_statement) };
	*count = t->key_statement.len > 0;
	return toy_failure(t, err);
}

static inline struct view toy_view(struct toy *t)
{
	return (struct view){ .ctx = t,
		                  .begin = toy_begin,
		                  .end = toy_end,
		                  .moment = toy_moment,
		                  .select = toy_select,
		                  .payload = toy_payload,
		                  .suggest = toy_suggest,
		                  .values = toy_values,
		                  .changes = toy_changes,
		                  .harvest = toy_harvest,
		                  .item = toy_item,
		                  .codes = toy_codes,
		                  .earliest = toy_earliest,
		                  .subject = toy_subject,
		                  .listing = toy_listing,
		                  .listing_at = toy_listing_at,
		                  .said = toy_said,
		                  .of_kind = toy_of_kind,
		                  .entry = toy_entry,
		                  .redactions = toy_redactions,
		                  .withheld = toy_withheld,
		                  .audit = toy_audit,
		                  .prove = toy_prove,
		                  .newest = toy_newest,
		                  .evidence = toy_evidence,
		                  .keys = toy_keys,
		                  .indexed = toy_indexed,
		                  .false_roots = toy_false_roots,
		                  .current = toy_current,
		                  .log = toy_log,
		                  .tile = toy_tile,
		                  .bundle = toy_bundle,
		                  .statistics = toy_statistics,
		                  .claims = toy_claims,
		                  .family = toy_family,
		                  .dependents = toy_dependents,
		                  .adopting = toy_adopting,
		                  .figures = toy_figures };
}
