#include "node/cli/check_current.h"

#include <inttypes.h>
#include <string.h>

#include "proto/entry.h"
#include "proto/index_root.h"

static int check_part(struct check_current *c, struct check *part, struct bytes policy, struct bytes proof,
                      struct err *err)
{
	int rc = check_proof(part, policy, proof, err);
	c->step = part->step;
	return rc;
}

static bool is_public(const struct check *part)
{
	return strcmp(part->envelope.collection, COLLECTION_PUBLIC) == 0;
}

static int check_root(struct check_current *c, struct hash *root, struct err *err)
{
	const struct check *s = &c->statement;
	const Normlink__IndexRoot *said = s->record != NULL ? s->record->index : NULL;
	c->step = "root";
	if (said == NULL || (int)s->record->kind != NORMLINK__KIND__KIND_INDEX)
		return err_set(err, ERR_INVALID, "current: the statement is no index root (clause 10)");
	if (said->version != INDEX_VERSION)
		return err_set(err, ERR_UNSUPPORTED,
		               "current: the index root is of version %" PRIu64 ", this program knows %d (clause 2.18)",
		               said->version, INDEX_VERSION);
	if (!is_public(s) || said->size != s->proof.index)
		return err_set(err, ERR_UNTRUSTED,
		               "current: the index root says nothing: it is not public, or is not the entry that it names "
		               "(clause 2.18)");
	memcpy(root->b, said->root.data, HASH_SIZE); /* a valid record's */
	c->size = said->size;
	c->later = s->verdict.size - s->proof.index - 1;
	return OK;
}

static int check_way(struct check_current *c, const struct hash *root, struct err *err)
{
	struct hasher *hasher = hasher_new();
	c->step = "way";
	int rc = current_check(hasher, &c->file, root, err);
	if (rc == OK && c->file.map.empty != (c->statement.record->index->keys == 0))
		rc = err_set(err, ERR_UNTRUSTED, "current: the index root counts another number of keys (clause 10)");
	hasher_free(hasher);
	return rc;
}

static int check_named(struct check_current *c, struct err *err)
{
	const struct check *e = &c->entry;
	c->step = "entry";
	if (!bytes_equal(e->proof.checkpoint, c->statement.proof.checkpoint))
		return err_set(err, ERR_UNTRUSTED,
		               "current: the entry and the index root are not proved under one head (clause 10)");
	if (e->proof.index != c->file.map.value || e->proof.index >= c->size)
		return err_set(err, ERR_UNTRUSTED, "current: entry %" PRIu64 " is not the one that the map names (clause 10)",
		               e->proof.index);
	if (e->record == NULL || !is_public(e) || (uint32_t)e->record->kind != c->file.kind ||
	    !bytes_equal(bytes_str(e->record->subject), c->file.subject))
		return err_set(err, ERR_UNTRUSTED, "current: entry %" PRIu64 " does not speak about that (clause 10)",
		               e->proof.index);
	return OK;
}

int check_current(struct check_current *c, struct bytes policy, struct bytes file, struct err *err)
{
	struct hash root;
	*c = (struct check_current){ .step = "file" };
	int rc = current_parse(file, &c->file, err);
	if (rc == OK)
		rc = check_part(c, &c->statement, policy, c->file.statement, err);
	if (rc == OK)
		rc = check_root(c, &root, err);
	if (rc == OK)
		rc = check_way(c, &root, err);
	if (rc != OK || c->file.entry.len == 0)
		return rc;
	rc = check_part(c, &c->entry, policy, c->file.entry, err);
	return rc == OK ? check_named(c, err) : rc;
}

void check_current_close(struct check_current *c)
{
	check_close(&c->statement);
	check_close(&c->entry);
}
