#include "node/store/rank.h"

#include <stddef.h>
#include <stdint.h>

enum {
	SCALE = 1000000,
	LENGTH_BASE = 8,  /* a term that occurs once in a title with nothing else scores about three quarters */
	LENGTH_SHARE = 4, /* bytes of title that count as one more */
};

/* By column: reference, title, abstract. */
static const int weights[] = { 160, 80, 16 };
enum { COLUMNS = sizeof weights / sizeof weights[0] };

/* One term's share: grows with its occurrences, never above SCALE. */
static int64_t share(int64_t weight, int64_t length)
{
	return weight * SCALE / (weight + LENGTH_BASE + length / LENGTH_SHARE);
}

static int term_weight(const Fts5ExtensionApi *api, Fts5Context *fts, int phrase, int64_t *weight)
{
	Fts5PhraseIter iter;
	int column, offset;
	*weight = 0;
	int rc = api->xPhraseFirst(fts, phrase, &iter, &column, &offset);
	for (; rc == SQLITE_OK && column >= 0; api->xPhraseNext(fts, &iter, &column, &offset))
		*weight += column < COLUMNS ? weights[column] : 0;
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

int rank_register(fts5_api *api, struct err *err)
{
	if (api->xCreateFunction(api, "closeness", NULL, closeness, NULL) != SQLITE_OK)
		return err_set(err, ERR_INTERNAL, "the ranking function cannot be registered");
	return OK;
}
