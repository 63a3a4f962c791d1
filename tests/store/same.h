/* same: one selection asked of handles that find by different ways: the writer, which always asks the full-text index,
 * and readers, which keep what they were asked for. All must answer alike: entries, order, totals, counts, cursors.
 * Thread: main's.
 */
#pragma once

#include "node/core/query.h"
#include "tests/store/fixture.h"

enum { READERS = 2, COUNTED = 4 };

UNUSED static struct store *readers[READERS];

UNUSED static void readers_open(void)
{
	for (size_t i = 0; i < READERS; i++)
		readers[i] = scratch_open(&scratch, STORE_READ);
}

UNUSED static void readers_close(void)
{
	for (size_t i = 0; i < READERS; i++) {
		store_close(readers[i]);
		readers[i] = NULL;
	}
}

/* What one handle says. */
struct said {
	int rc;
	struct err err;
	struct found_list list;
	struct count_wish counts[COUNTED];
};

UNUSED static void same_ask(struct store *s, struct selection q, struct arena *arena, struct said *out)
{
	static const enum record_field fields[COUNTED] = { FIELD_ICS, FIELD_STATUS, FIELD_KIND, FIELD_ORIGIN };
	struct view v = store_view(s);
	struct as_of *as_of;
	size_t count;
	*out = (struct said){ 0 };
	for (size_t i = 0; i < COUNTED; i++)
		out->counts[i] = (struct count_wish){ .field = fields[i], .limit = 20 };
	q.wishes = out->counts;
	assert_int_equal(v.begin(v.ctx, arena, &as_of, &count, NULL), OK);
	out->rc = v.select(v.ctx, &q, arena, &out->list, &out->err);
	for (size_t i = 0; i < out->list.count; i++) {
		assert_true(out->list.v[i].mark != 0);
		assert_int_equal(v.payload(v.ctx, &out->list.v[i], arena, NULL), OK);
		assert_true(out->list.v[i].payload.len > 0);
	}
	v.end(v.ctx);
}

UNUSED static void same_through(const struct through *a, const struct through *b)
{
	assert_true((a == NULL) == (b == NULL));
	if (a == NULL)
		return;
	assert_string_equal(a->origin, b->origin);
	assert_int_equal(a->index, b->index);
	assert_string_equal(a->ref, b->ref);
}

UNUSED static void same_hits(const struct found_list *a, const struct found_list *b)
{
	assert_int_equal(a->total, b->total);
	assert_int_equal(a->linked, b->linked);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct found *x = &a->v[i], *y = &b->v[i];
		if (strcmp(x->origin, y->origin) != 0 || x->index != y->index)
			fail_msg("at %zu: %s#%llu, not %s#%llu", i, y->origin, (unsigned long long)y->index, x->origin,
			         (unsigned long long)x->index);
		assert_int_equal(x->current, y->current);
		assert_true(bytes_equal(x->payload, y->payload));
		same_through(x->through, y->through);
	}
	assert_true((a->next == NULL) == (b->next == NULL));
	if (a->next != NULL)
		assert_string_equal(a->next, b->next);
}

UNUSED static void same_counts(const struct said *a, const struct said *b, size_t wished)
{
	for (size_t i = 0; i < wished; i++) {
		const struct count_wish *x = &a->counts[i], *y = &b->counts[i];
		assert_int_equal(x->count, y->count);
		for (size_t k = 0; k < x->count; k++)
			if (strcmp(x->v[k].value, y->v[k].value) != 0 || x->v[k].count != y->v[k].count)
				fail_msg("field %d: %llu of %s, not %llu of %s", (int)x->field, (unsigned long long)y->v[k].count,
				         y->v[k].value, (unsigned long long)x->v[k].count, x->v[k].value);
	}
}

/* As text, for who reads why a test failed. */
UNUSED static void same_print(const struct condition *c, struct buf *out)
{
	static const char *const ops[] = { "", "AND", "OR", "NOT" };
	if (c->op == CONDITION_CLAUSE) {
		buf_printf(out, "[field %d relation %d%s: %s]", (int)c->field, (int)c->relation, c->open ? " open" : "",
		           c->text);
		return;
	}
	buf_add_char(out, '(');
	same_print(c->left, out);
	buf_printf(out, " %s ", ops[c->op]);
	same_print(c->right, out);
	buf_add_char(out, ')');
}

/* Ask all; the writer's answer lives in the arena.  Of the selection's wishes their number alone counts: 0 or COUNTED.
 */
UNUSED static void same_everywhere(const struct selection *q, struct arena *arena, struct said *out)
{
	struct selection unread = *q;
	unread.unread = true;
	same_ask(store, *q, arena, out);
	for (size_t i = 0; i < READERS; i++) {
		struct said other;
		same_ask(readers[i], i == 0 ? unread : *q, arena, &other);
		if (other.rc != out->rc || other.list.total != out->list.total) {
			struct buf text = { 0 };
			same_print(q->where, &text);
			fail_msg("reader %zu: %s, %llu found; the writer: %s, %llu: %s", i, err_name(other.rc),
			         (unsigned long long)other.list.total, err_name(out->rc), (unsigned long long)out->list.total,
			         buf_str(&text));
		}
		same_hits(&out->list, &other.list);
		same_counts(out, &other, q->wish_count);
	}
}
