#include "node/api/receipt.h"

#include <string.h>

#include "crypto/proof.h"
#include "proto/entry.h"

static int write_proof(const struct view *view, const struct as_of *at, uint64_t index, struct arena *arena,
                       struct buf *out, struct err *err)
{
	struct found entry;
	struct tree_proof path;
	struct buf extra = { 0 };
	int rc = view->entry(view->ctx, at->origin, index, arena, &entry, err);
	if (rc == OK && at->head.len == 0)
		rc = err_set(err, ERR_NOT_READY, "%s has no signed head yet", at->origin);
	if (rc == OK)
		rc = view->prove(view->ctx, at->origin, index, at->head_size, &path, err);
	if (rc != OK)
		return rc;
	proof_extra_write(entry.envelope, entry.state, entry.payload, &extra);
	proof_write(buf_bytes(&extra), index, &path, at->head, out);
	buf_free(&extra);
	return OK;
}

int receipt_write(const struct view *view, const struct as_of *as_of, size_t count, const char *origin, uint64_t index,
                  struct buf *out, struct err *err)
{
	struct arena arena = { 0 };
	int rc = err_set(err, ERR_NOT_FOUND, "%s: not held here", origin);
	for (size_t i = 0; i < count; i++)
		if (strcmp(as_of[i].origin, origin) == 0)
			rc = write_proof(view, &as_of[i], index, &arena, out, err);
	arena_free(&arena);
	return rc;
}
