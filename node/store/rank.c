#include "node/store/rank.h"

#include <stddef.h>

enum {
	SCALE = 1000000,
	LENGTH_BASE = 8,  /* a term that occurs once in a title with nothing else scores about three quarters */
	LENGTH_SHARE = 4, /* bytes of title that count as one more */
};

/* By column: reference, title, abstract. */
static const struct column {
	int weight;
	unsigned shift;
	uint32_t mask;
} columns[] = { { 160, 0, RANK_REFERENCE }, { 80, 6, RANK_TITLE }, { 16, 16, RANK_ABSTRACT } };
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* One term's share: grows with its occurrences, never above SCALE. */
static int64_t share(int64_t weight, int64_t length)
{
	return weight * SCALE / (weight + LENGTH_BASE + length / LENGTH_SHARE);
}

int64_t rank_of_term(uint32_t occurrences, int64_t title_bytes)
{
	int64_t weight = 0;
	for (size_t i = 0; i < COLUMNS; i++)
		weight += columns[i].weight * (int64_t)((occurrences & columns[i].mask) >> columns[i].shift);
	return weight > 0 ? -share(weight, title_bytes) : 0;
}

static int term_weight(const Fts5ExtensionApi *api, Fts5Context *fts, int phrase, int64_t *weight)
{
	Fts5PhraseIter iter;
	int column, offset;
	*weight = 0;
	int rc = api->xPhraseFirst(fts, phrase, &iter, &column, &offset);
	for (; rc == SQLITE_OK && column >= 0; api->xPhraseNext(fts, &iter, &column, &offset))
		*weight += column < COLUMNS ? columns[column].weight : 0;
	return rc;
}

/* The negated sum: smaller is better, as with SQL's own bm25(). */
static void closeness(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx, int count,
                      sqlite3_value **values)
{
	int64_t length = count > 0 ? sqlite3_value_int64(values[0]) : 0, sum = 0, weight;
	int phrases = api->xPhraseCount(fts);
	if (count > 0 && sqlite3_value_type(values[0]) == SQLITE_NULL)
		return; /* nobody looks for it */
	for (int i = 0; i < phrases; i++) {
		int rc = term_weight(api, fts, i, &weight);
		if (rc != SQLITE_OK) {
			sqlite3_result_error_code(ctx, rc);
			return;
		}
		if (weight > 0)
			sum += share(weight, length);
	}
	sqlite3_result_int64(ctx, -sum);
}

static void occurrences(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx, int count,
                        sqlite3_value **values)
{
	Fts5PhraseIter iter;
	int column, offset;
	uint32_t all = 0;
	(void)count;
	(void)values;
	int rc = api->xPhraseFirst(fts, 0, &iter, &column, &offset);
	for (; rc == SQLITE_OK && column >= 0 && column < COLUMNS; api->xPhraseNext(fts, &iter, &column, &offset)) {
		if ((all & columns[column].mask) == columns[column].mask)
			return; /* too often */
		all += 1u << columns[column].shift;
	}
	if (rc != SQLITE_OK)
		sqlite3_result_error_code(ctx, rc);
	else
		sqlite3_result_int64(ctx, all);
}

int rank_register(fts5_api *api, struct err *err)
{
	if (api->xCreateFunction(api, "closeness", NULL, closeness, NULL) != SQLITE_OK ||
	    api->xCreateFunction(api, "occurrences", NULL, occurrences, NULL) != SQLITE_OK)
		return err_set(err, ERR_INTERNAL, "the ranking function cannot be registered");
	return OK;
}
