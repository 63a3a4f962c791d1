#include "node/cli/at_hand.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/limits.h"
#include "node/cli/bundle_input.h"
#include "node/cli/meter.h"
#include "node/store/store.h"

struct reading {
	const char *path, *origin;
	uint64_t size;
	struct recount *recount;
	struct bundle_verify *verify;
	bool met; /* the log */
	struct meter meter;
};

static int too_few(const struct reading *r, struct err *err)
{
	return err_set(err, ERR_NOT_READY, "%s has %" PRIu64 " entries of %s, and %" PRIu64 " are needed", r->path,
	               recount_entries(r->recount), r->origin, r->size);
}

/* ---- a bundle file ---- */

/* Whose key signed its head does not matter: the entries show whether they are the log's. */
static int take_head(void *arg, const char *origin, struct bytes note, const struct vkey **key, struct err *err)
{
	struct reading *r = arg;
	const struct bundle *file = bundle_verify_result(r->verify);
	(void)note;
	*key = NULL;
	if (strcmp(origin, r->origin) != 0)
		return ERR_NOT_FOUND;
	r->met = true;
	uint64_t since = file->logs[file->count - 1]->since;
	if (since > 0)
		return err_set(err, ERR_NOT_READY, "%s begins after the first %" PRIu64 " entries of %s", r->path, since,
		               origin);
	return ERR_NOT_FOUND;
}

static int take_exporter(void *arg, const struct vkey *exporter, struct err *err)
{
	(void)arg, (void)exporter, (void)err;
	return OK;
}

static int take_entry(void *arg, const char *origin, struct bytes envelope, enum payload_state state,
                      struct bytes payload, struct err *err)
{
	const struct reading *r = arg;
	return strcmp(origin, r->origin) == 0 ? recount_add(r->recount, envelope, state, payload, err) : OK;
}

static void show_progress(void *arg, uint64_t entries)
{
	meter_work(&((struct reading *)arg)->meter, "entries", entries, 0);
}

static int read_bundle(struct reading *r, struct err *err)
{
	const struct bundle_trust trust = {
		.arg = r, .head_cb = take_head, .exporter_cb = take_exporter, .entry_cb = take_entry
	};
	struct bundle_input in = { 0 };
	int rc = bundle_input_open(r->path, &in, err);
	r->verify = bundle_verify_new(&trust);
	if (rc == OK)
		rc = bundle_input_verify(&in, r->verify, show_progress, r, err);
	bundle_verify_free(r->verify);
	bundle_input_close(&in);
	if (rc == OK && !r->met)
		rc = err_set(err, ERR_NOT_FOUND, "%s is not in %s", r->origin, r->path);
	return rc;
}

/* ---- a node's folder ---- */

static int take_answer(const struct reading *r, const struct read_answer *a, struct err *err)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < a->payloads; i++)
		rc = recount_add(r->recount, a->entries[i].envelope, a->entries[i].state, a->entries[i].payload, err);
	return rc;
}

static int read_entries(struct reading *r, struct store *store, uint64_t size, struct err *err)
{
	struct store_read read = { .payload_bytes = BUNDLE_PART_PAYLOADS };
	memcpy(read.origin, r->origin, strlen(r->origin) + 1);
	int rc = OK;
	while (rc == OK && read.start < size) {
		struct read_answer answer;
		read.end = (read.start / BUNDLE_ENTRIES + 1) * BUNDLE_ENTRIES;
		read.end = read.end < size ? read.end : size;
		rc = store_read(store, &read, &answer, err);
		if (rc != OK)
			break;
		rc = take_answer(r, &answer, err);
		read.start += answer.payloads;
		arena_free(&answer.arena);
		meter_work(&r->meter, "entries", read.start, size);
	}
	return rc;
}

static int read_folder(struct reading *r, struct err *err)
{
	struct store *store = NULL;
	struct origin_state state;
	int rc = store_open(r->path, STORE_READ, &store, err);
	if (rc == OK) {
		rc = store_load(store, r->origin, &state, err);
		if (rc == ERR_NOT_FOUND)
			rc = err_set(err, rc, "%s is not in %s", r->origin, r->path);
	}
	if (rc == OK) {
		rc = read_entries(r, store, state.size < r->size ? state.size : r->size, err);
		origin_state_free(&state);
	}
	store_close(store);
	return rc;
}

int at_hand_read(const char *path, const char *origin, uint64_t size, bool quiet, struct recount *recount,
                 struct err *err)
{
	struct reading r = { .path = path, .origin = origin, .size = size, .recount = recount };
	struct stat info;
	meter_start(&r.meter, quiet);
	bool folder = strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	int rc = folder ? read_folder(&r, err) : read_bundle(&r, err);
	meter_clear(&r.meter);
	return rc == OK && recount_entries(recount) < size ? too_few(&r, err) : rc;
}
