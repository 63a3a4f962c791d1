/* question: pairs from outside become a selection or a refusal that says why; and what is written again means the same.
 */
#include "node/core/question.h"
#include "node/base/limits.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t clauses(const struct condition *c)
{
	if (c->op != CONDITION_CLAUSE)
		return clauses(c->left) + clauses(c->right);
	must(c->text != NULL && c->field <= FIELD_LAST);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct question q = { 0 }, again = { 0 };
	struct err err = { 0 };
	struct buf text = { 0 }, twice = { 0 };
	int rc = question_read(&q, bytes_of(data, size), &arena, &err);
	if (rc == OK)
		rc = question_finish(&q, &arena, &err);
	must(rc == OK || (rc == ERR_USAGE && err.text[0] != '\0'));
	if (rc == OK) {
		size_t count = clauses(q.selection.where);
		must(q.selection.limit >= 1 && q.selection.limit <= SEARCH_LIMIT_MAX);
		question_write(&q, &text);
		rc = question_read(&again, buf_bytes(&text), &arena, &err);
		/* Percent-encoded it may be too long. */
		must(rc == OK || text.len > QUERY_WIRE_MAX);
		if (rc == OK) {
			must(question_finish(&again, &arena, &err) == OK && clauses(again.selection.where) == count);
			question_write(&again, &twice);
			must(bytes_equal(buf_bytes(&text), buf_bytes(&twice)));
		}
	}
	buf_free(&text);
	buf_free(&twice);
	arena_free(&arena);
	return 0;
}
