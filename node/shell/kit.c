#include "node/shell/kit.h"

#include "crypto/hash.h"
#include "node/api/heads.h"
#include "node/api/kept.h"
#include "node/api/packed.h"
#include "node/api/written.h"
#include "node/base/memo.h"
#include "node/store/store.h"

int kit_open(const char *dir, bool keeps, struct kit *out, struct err *err)
{
	*out = (struct kit){ 0 };
	int rc = store_open(dir, STORE_READ, &out->store, err);
	if (rc != OK)
		return rc;
	out->packed = packed_new();
	out->written = written_new();
	out->kept = keeps ? kept_new() : NULL;
	out->heads = heads_new();
	out->hasher = hasher_new();
	return OK;
}

void kit_close(struct kit *k)
{
	store_close(k->store);
	packed_free(k->packed);
	memo_free(k->written);
	kept_free(k->kept);
	heads_free(k->heads);
	hasher_free(k->hasher);
	*k = (struct kit){ 0 };
}
