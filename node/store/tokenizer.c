#include "node/store/tokenizer.h"

#include "node/store/rank.h"
#include "proto/fold.h"

typedef int (*token_cb)(void *ctx, int flags, const char *token, int len, int start, int end);

/* What fold_terms hands on to. */
struct sink {
	token_cb token;
	void *ctx;
};

/* The tokenizer has no state; SQLite wants an object nevertheless. */
static char nothing;

static int tokenizer_create(void *context, const char **args, int count, Fts5Tokenizer **out)
{
	*out = (Fts5Tokenizer *)(void *)&nothing;
	return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
}

static int hand_on(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	const struct sink *sink = arg;
	return sink->token(sink->ctx, 0, term, (int)len, (int)start, (int)end);
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *text, int len, token_cb token)
{
	if (len <= 0)
		return SQLITE_OK;
	if ((flags & FTS5_TOKENIZE_QUERY) != 0)
		return token(ctx, 0, text, len, 0, len);
	struct sink sink = { .token = token, .ctx = ctx };
	return fold_terms(bytes_of(text, (size_t)len), hand_on, &sink);
}

static int find_fts5(sqlite3 *conn, fts5_api **out)
{
	sqlite3_stmt *stmt = NULL;
	*out = NULL;
	if (sqlite3_prepare_v2(conn, "SELECT fts5(?1)", -1, &stmt, NULL) != SQLITE_OK)
		return ERR_UNSUPPORTED;
	(void)sqlite3_bind_pointer(stmt, 1, (void *)out, "fts5_api_ptr", NULL);
	(void)sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return *out != NULL ? OK : ERR_UNSUPPORTED;
}

int tokenizer_register(sqlite3 *conn, struct err *err)
{
	fts5_api *api;
	if (find_fts5(conn, &api) != OK)
		return err_set(err, ERR_UNSUPPORTED, "this SQLite (%s) was built without FTS5", sqlite3_libversion());
	fts5_tokenizer methods = { tokenizer_create, tokenizer_delete, tokenize };
	if (api->xCreateTokenizer(api, TOKENIZER_NAME, NULL, &methods, NULL) != SQLITE_OK)
		return err_set(err, ERR_INTERNAL, "full-text index: %s", sqlite3_errmsg(conn));
	return rank_register(api, err);
}
