/* bundle_file: a bundle file behind its first line, split into parts and verified. */
#include "node/base/must.h"
#include "proto/bundle_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Signatures cannot be guessed: any head is taken as signed by a key, or as of an origin that nobody knows. */
static int any_head(void *arg, const char *origin, struct bytes note, const struct vkey **key, struct err *err)
{
	*key = arg;
	return origin[0] == 'u' ? ERR_NOT_FOUND : OK;
}

static int any_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	return OK;
}

static size_t held(void *arg, const char *origin, uint64_t sizes[HANDOVER_PROOFS_MAX])
{
	sizes[0] = 1;
	sizes[1] = 257;
	return 2;
}

/* From what was verified every proof can be made, or it is said that it cannot. */
static void prove(const struct bundle *file)
{
	struct hasher *h = hasher_new();
	for (size_t i = 0; i < file->count; i++) {
		struct bundle_log *l = file->logs[i];
		struct tree_proof proof;
		struct hash root;
		int rc = bundle_log_consistency(h, l, 1, &root, &proof);
		must(rc == ERR_NOT_FOUND || tree_verify(h, proof.hashes, proof.count, 0, 1, l->size, &root, &l->root) == OK);
		if (l->size > l->since)
			must(bundle_log_inclusion(h, l, l->size, &proof) == OK);
	}
	hasher_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vkey key = { .name = "any.example/log", .type = KEY_ED25519 };
	const struct bundle_trust trust = {
		.arg = &key, .head_cb = any_head, .exporter_cb = any_exporter, .held_cb = held
	};
	struct bundle_verify *v = bundle_verify_new(&trust);
	struct bytes rest = bytes_of(data, size), framed;
	struct err err = { 0 };
	size_t used;
	int rc = OK;
	while (rc == OK && bundle_part_split(rest, &framed, &used, &err) == OK) {
		must(used == framed.len && used <= rest.len);
		rc = bundle_verify_part(v, framed, &err);
		must(rc == OK || err.text[0] != '\0');
		rest = bytes_of(rest.data + used, rest.len - used);
	}
	if (rc == OK && bundle_verify_finish(v, &err) == OK)
		prove(bundle_verify_result(v));
	bundle_verify_free(v);
	return 0;
}
