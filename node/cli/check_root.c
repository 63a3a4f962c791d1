#include "node/cli/check_root.h"

#include <inttypes.h>
#include <string.h>

#include "proto/entry.h"
#include "proto/index_root.h"

/* Bytes beside the entry, or the same said in another way, would be nobody's. */
static int check_extra(const struct check *s, struct err *err)
{
	struct buf due = { 0 };
	proof_extra_write(s->entry, s->state, s->payload, &due);
	bool same = bytes_equal(buf_bytes(&due), buf_bytes(&s->proof.extra));
	buf_free(&due);
	return same ? OK
	            : err_set(err, ERR_INVALID, "index evidence: more than the entry is on its extra line (clause 8.2)");
}

static int check_statement(struct check_root *c, struct bytes policy, struct err *err)
{
	int rc = check_signed(&c->statement, policy, c->file.proof, err);
	c->step = c->statement.step;
	if (rc != OK)
		return rc;
	c->step = "content";
	return check_extra(&c->statement, err);
}

static int check_counts(struct check_root *c, struct err *err)
{
	const struct check *s = &c->statement;
	const Normlink__IndexRoot *said = s->record != NULL ? s->record->index : NULL;
	c->step = "root";
	if (said == NULL || (int)s->record->kind != NORMLINK__KIND__KIND_INDEX)
		return err_set(err, ERR_INVALID, "index evidence: the entry is no index root (clause 8.2)");
	if (said->version != INDEX_VERSION)
		return err_set(err, ERR_UNSUPPORTED,
		               "index evidence: the index root is of version %" PRIu64 ", this program knows %d (clause 2.18)",
		               said->version, INDEX_VERSION);
	if (strcmp(s->envelope.collection, COLLECTION_PUBLIC) != 0 || said->size != s->proof.index)
		return err_set(err, ERR_UNTRUSTED,
		               "index evidence: the index root says nothing: it is not public, or is not the entry that it "
		               "names (clause 2.18)");
	return OK;
}

/* Does the statement say so many keys, this root? */
static bool says(const struct check_root *c, uint64_t keys, const struct hash *root)
{
	const Normlink__IndexRoot *said = c->statement.record->index;
	return said->keys == keys && bytes_equal(message_bytes(said->root), bytes_of(root->b, HASH_SIZE));
}

int check_root(struct check_root *c, struct bytes policy, struct bytes file, struct err *err)
{
	*c = (struct check_root){ .step = "evidence" };
	int rc = index_evidence_parse(file, &c->file, err);
	if (rc == OK)
		rc = check_statement(c, policy, err);
	if (rc == OK)
		rc = check_counts(c, err);
	if (rc != OK)
		return rc;
	c->step = "claim";
	return says(c, c->file.keys, &c->file.root)
	           ? err_set(err, ERR_UNTRUSTED, "index evidence: the index root says what the file says was found")
	           : OK;
}

/* Are the entries at hand those before the statement? */
static int check_log(struct check_root *c, struct recount *r, struct err *err)
{
	const struct proof *p = &c->statement.proof;
	struct hasher *hasher = hasher_new();
	struct hash leaf = hash_leaf(hasher, c->statement.entry);
	struct hash proved =
	    tree_root_to(hasher, p->path.hashes, p->path.count, p->index, c->statement.verdict.size, &leaf);
	struct hash held = recount_tree(r, &leaf);
	hasher_free(hasher);
	return hash_equal(&held, &proved)
	           ? OK
	           : err_set(err, ERR_UNTRUSTED,
	                     "the entries at hand are not those that the log has signed before entry "
	                     "%" PRIu64,
	                     p->index);
}

int check_root_recounted(struct check_root *c, struct recount *r, struct err *err)
{
	uint64_t keys = 0;
	struct hash root;
	c->step = "log";
	int rc = check_log(c, r, err);
	if (rc == OK)
		rc = recount_map(r, &keys, &root, err);
	if (rc != OK)
		return rc;
	c->step = "claim";
	if (says(c, keys, &root))
		return err_set(err, ERR_UNTRUSTED, "the index root at entry %" PRIu64 " is true: it is what the entries give",
		               c->statement.proof.index);
	c->step = "found";
	if (keys != c->file.keys || !hash_equal(&root, &c->file.root))
		return err_set(err, ERR_UNTRUSTED,
		               "the index root is false, but the entries do not give what the file says was found, either");
	c->recounted = true;
	return OK;
}

void check_root_close(struct check_root *c)
{
	check_close(&c->statement);
}
