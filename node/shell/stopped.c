/* One question to a directory that nobody serves: the stored state alone answers. */
#include "node/api/api.h"
#include "node/shell/loop.h"
#include "node/shell/shell.h"
#include "node/store/store.h"

int shell_answer_stopped(const struct node_dir *dir, const struct http_request *request, struct buf *out,
                         int *http_status, struct err *err)
{
	struct store *store = NULL;
	int rc = store_open(dir->path, STORE_READ, &store, err);
	if (rc != OK)
		return rc;
	struct view view = store_view(store);
	struct arena arena = { 0 };
	const struct api_context context = {
		.view = &view,
		.origin = dir->config.origin,
		.name = dir->config.name,
		.admin_email = dir->config.admin_email,
		.base_url = dir->config.base_url,
		.secret = &dir->secret,
		.own_log = &dir->log_digest,
		.mirror = skey_public(dir->mirror_key),
		.version = SHELL_VERSION,
		.wall_ms = loop_wall_ms(),
		.writable = false,
		.local = true,
	};
	*http_status = api_answer(request, &context, &arena, out);
	arena_free(&arena);
	store_close(store);
	return OK;
}
