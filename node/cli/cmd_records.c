#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/listing.h"
#include "node/cli/shown.h"
#include "node/ingest/ingest.h"
#include "node/ingest/relaton_write.h"
#include "proto/record.h"

/* What a standard adopts may be a record of its own; a Relaton document has it inside. */
struct adoption {
	const char *subject;
	struct bytes record;
};

struct adoptions {
	struct arena arena; /* of everything below */
	struct adoption *v; /* sorted by subject once all are there */
	size_t count, room;
};

struct output {
	struct adoptions adoptions;
	struct buf text;
	uint64_t count;
};

/* ---- adoptions ------------------------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct adoption *)a)->subject, ((const struct adoption *)b)->subject);
}

static int keep_adoption(void *arg, struct bytes line, struct err *err)
{
	struct adoptions *all = arg;
	struct arena arena = { 0 };
	struct buf bytes = { 0 };
	Normlink__Record *record;
	int rc = ndjson_record(line, &bytes, err);
	if (rc == OK)
		rc = record_decode(buf_bytes(&bytes), &arena, &record, err);
	if (rc == OK && all->count == IMPORT_SUBJECTS_MAX)
		rc = err_set(err, ERR_LIMIT, "more than %d adoptions", IMPORT_SUBJECTS_MAX);
	char *subject = rc == OK ? arena_try(&all->arena, strlen(record->subject) + 1) : NULL;
	uint8_t *copy = rc == OK ? arena_try(&all->arena, bytes.len) : NULL;
	if (rc == OK && (subject == NULL || copy == NULL))
		rc = err_set(err, ERR_LIMIT, "more adoptions than fit into memory");
	if (rc == OK) {
		memcpy(subject, record->subject, strlen(record->subject) + 1);
		memcpy(copy, bytes.data, bytes.len);
		if (all->count == all->room) {
			all->room = all->room > 0 ? 2 * all->room : 256;
			all->v = realloc(all->v, all->room * sizeof *all->v);
			must(all->v != NULL);
		}
		all->v[all->count++] = (struct adoption){ subject, bytes_of(copy, bytes.len) };
	}
	buf_free(&bytes);
	arena_free(&arena);
	return rc;
}

static int read_adoptions(struct client *client, const char *origin, struct adoptions *all, struct err *err)
{
	static const size_t memory = (size_t)1 << 30;
	const struct listing what = { .origin = origin, .kind = kind_word(NORMLINK__KIND__KIND_ADOPTION) };
	all->arena.cap = memory;
	int rc = listing_walk(client, &what, keep_adoption, all, err);
	if (rc == OK && all->count > 1)
		qsort(all->v, all->count, sizeof *all->v, compare);
	return rc;
}

static int find_adoption(const struct adoptions *all, const char *subject, struct arena *arena, Normlink__Record **out,
                         struct err *err)
{
	const struct adoption key = { .subject = subject };
	*out = NULL;
	const struct adoption *found = all->count > 0 ? bsearch(&key, all->v, all->count, sizeof *all->v, compare) : NULL;
	return found != NULL ? record_decode(found->record, arena, out, err) : OK;
}

/* ---- records -------------------------------------------------------------------------------------------------- */

static int put_text(struct output *o, struct bytes text, struct err *err)
{
	o->count++;
	if (!shown_print(text))
		return err_set(err, ERR_IO, "cannot write to standard output");
	return OK;
}

static int put_line(void *arg, struct bytes line, struct err *err)
{
	struct output *o = arg;
	buf_reset(&o->text);
	buf_add_bytes(&o->text, line);
	buf_add_char(&o->text, '\n');
	return put_text(o, buf_bytes(&o->text), err);
}

static int put_relaton(void *arg, struct bytes line, struct err *err)
{
	struct output *o = arg;
	struct arena arena = { 0 };
	struct buf bytes = { 0 };
	Normlink__Record *record, *adoption;
	int rc = ndjson_record(line, &bytes, err);
	if (rc == OK)
		rc = record_decode(buf_bytes(&bytes), &arena, &record, err);
	if (rc == OK && record->standard == NULL)
		rc = err_set(err, ERR_PROTOCOL, "the node listed what is no standard");
	if (rc == OK)
		rc = find_adoption(&o->adoptions, record->subject, &arena, &adoption, err);
	if (rc == OK) {
		buf_reset(&o->text);
		relaton_write(record, adoption, &o->text);
		rc = put_text(o, buf_bytes(&o->text), err);
	}
	buf_free(&bytes);
	arena_free(&arena);
	return rc;
}

static int records(const char *where, const struct listing *what, bool relaton)
{
	struct client *client = NULL;
	struct output o = { 0 };
	struct err err = { 0 };
	int rc = client_open(where, &client, &err);
	if (rc == OK && relaton)
		rc = read_adoptions(client, what->origin, &o.adoptions, &err);
	if (rc == OK)
		rc = listing_walk(client, what, relaton ? put_relaton : put_line, &o, &err);
	client_close(client);
	arena_free(&o.adoptions.arena);
	free(o.adoptions.v);
	buf_free(&o.text);
	if (rc == OK && o.count == 0) {
		(void)err_set(&err, ERR_NOT_FOUND, "no record of kind %s in that log", what->kind);
		return command_fail("records", &err, NULL);
	}
	if (rc != OK)
		return command_fail("records", &err,
		                    rc == ERR_NOT_FOUND ? "normlink status lists the logs that are held." : NULL);
	return 0;
}

static int run(int argc, char **argv)
{
	struct listing what = { .kind = kind_word(NORMLINK__KIND__KIND_STANDARD) };
	const char *format = "ndjson";
	const struct args_option options[] = {
		{ "format", .value = &format },
		{ "kind", .value = &what.kind },
		{ "origin", .value = &what.origin },
		{ 0 },
	};
	const struct args args = { cmd_records.name, argc, argv, options };
	if (!args_read(&args))
		return ARGS_EXIT;
	bool relaton = strcmp(format, "relaton") == 0;
	if (!relaton && strcmp(format, "ndjson") != 0)
		return args_wrong(&args, "--format is ndjson or relaton");
	if (kind_of_word(what.kind) == 0)
		return args_wrong(&args, "--kind %s: there is no such kind of record", what.kind);
	if (relaton && kind_of_word(what.kind) != NORMLINK__KIND__KIND_STANDARD)
		return args_wrong(&args, "Relaton has documents for standards alone");
	if (!args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return records(argv[optind], &what, relaton);
}

const struct command cmd_records = {
	.name = "records",
	.arguments = "DIR|URL",
	.summary = "the current records of a log, for other programs",
	.help =
	    "Writes every current public record of one kind in one log to standard output, in the log's order: as\n"
	    "NDJSON, which normlink import takes, or as Relaton YAML, one document after another.  Relaton carries what\n"
	    "its model has a place for; what a standard adopts stands there as relation adoptedFrom with the degree.\n"
	    "Signatures do not go along: that is what normlink export and normlink proof are for.\n"
	    "\n"
	    "  --format WORD     ndjson (default) or relaton\n"
	    "  --kind WORD       standard (default), adoption, ...\n"
	    "  --origin ORIGIN   of this log (default: the node's own)\n",
	.examples = "  normlink records sac > sac.ndjson\n"
	            "  normlink records sac --format relaton > sac.yaml\n"
	            "  normlink records http://127.0.0.1:7080 --origin iso.example/log --kind adoption\n",
	.exits = "1 no such log, or no record of that kind in it",
	.run = run,
};
