#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "node/api/text.h"
#include "node/cli/command.h"
#include "node/cli/inside.h"
#include "node/cli/intake.h"
#include "node/cli/known.h"
#include "node/cli/meter.h"
#include "proto/json.h"

struct ingest {
	struct node_dir dir;
	struct intake intake;
	struct meter meter;
	const char *doing;
};

static void show_progress(void *arg, uint64_t entries)
{
	struct ingest *g = arg;
	meter_work(&g->meter, g->doing, entries, 0);
}

/* ---- what became of it ---- */

static const char *const fate_words[] = {
	[FATE_UNKNOWN] = "unknown", [FATE_FROZEN] = "frozen", [FATE_OLDER] = "older", [FATE_SAME] = "same",
	[FATE_GAP] = "gap",         [FATE_TAKEN] = "taken",   [FATE_FORK] = "fork",   [FATE_FAILED] = "failed",
};

static void put_fate(const struct intake_log *l, struct buf *out)
{
	const struct bundle_log *log = l->log;
	text_put(out, log->origin);
	switch (l->fate) {
	case FATE_UNKNOWN:
		buf_add_str(out, ": not taken: no card of this node names it");
		break;
	case FATE_FROZEN:
		buf_add_str(out,
		            ": nothing taken: it has forked, and is frozen or abandoned here.  normlink evidence shows it");
		break;
	case FATE_OLDER:
		buf_printf(out, ": nothing new: the bundle's head has %" PRIu64 " entries, ", log->size);
		if (l->why.text[0] != '\0')
			text_put(out, l->why.text);
		else
			buf_printf(out, "%" PRIu64 " are held", l->before.head_size);
		break;
	case FATE_SAME:
		buf_printf(out, ": nothing new: all %" PRIu64 " entries are held", log->size);
		break;
	case FATE_GAP:
		buf_printf(out,
		           ": not taken: the bundle begins after entry %" PRIu64 " and %" PRIu64
		           " are held.  Ask for: normlink export DIR --origin ",
		           log->since, l->before.size);
		text_put(out, log->origin);
		if (l->gap_since > 0)
			buf_printf(out, " --since %" PRIu64, l->gap_since);
		break;
	case FATE_TAKEN:
		buf_printf(out, ": %" PRIu64 " entries more, %" PRIu64 " in all", l->after - l->before.size, l->after);
		if (log->missing > 0)
			buf_printf(out, "; the bundle lacks the contents of %" PRIu64 " public ones: redacted, or not held there",
			           log->missing);
		break;
	case FATE_FORK:
	case FATE_FAILED:
		buf_add_str(out, l->fate == FATE_FORK ? ": FORK: " : ": failed: ");
		text_put(out, l->why.text[0] != '\0'
		                  ? l->why.text
		                  : "two signed heads that cannot both be true are held as evidence now; it is frozen");
		break;
	}
	buf_add_char(out, '\n');
}

static void print_text(const struct ingest *g)
{
	struct buf out = { 0 };
	const struct bundle *file = bundle_verify_result(g->intake.verify);
	buf_add_str(&out, "bundle of ");
	text_put(&out, intake_exporter(&g->intake));
	buf_printf(&out, ", verified: %zu %s, %" PRIu64 " entries\n", file->count, file->count == 1 ? "log" : "logs",
	           bundle_verify_entries(g->intake.verify));
	for (size_t i = 0; i < g->intake.count; i++) {
		buf_add_str(&out, "  ");
		put_fate(&g->intake.logs[i], &out);
	}
	(void)fputs(buf_str(&out), stdout);
	buf_free(&out);
}

static void put_log_json(struct json *j, const struct intake_log *l)
{
	json_object_begin(j);
	json_put_text(j, "origin", l->log->origin);
	json_put_text(j, "outcome", fate_words[l->fate]);
	json_put_u64(j, "since", l->log->since);
	json_put_u64(j, "size", l->log->size);
	json_put_u64(j, "held_before", l->before.size);
	json_put_u64(j, "held", l->after);
	json_put_u64(j, "missing", l->log->missing);
	if (l->fate == FATE_GAP) {
		json_put_u64(j, "needed_since", l->gap_since);
	}
	if (l->why.text[0] != '\0') {
		json_put_text(j, "reason", l->why.text);
	}
	json_object_end(j);
}

static void print_json(const struct ingest *g)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };
	json_object_begin(&j);
	json_put_text(&j, "exporter", intake_exporter(&g->intake));
	json_put_u64(&j, "entries", bundle_verify_entries(g->intake.verify));
	json_key(&j, "logs");
	json_array_begin(&j);
	for (size_t i = 0; i < g->intake.count; i++)
		put_log_json(&j, &g->intake.logs[i]);
	json_array_end(&j);
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&out);
}

/* 0 when every log that is known was taken or held already. */
static int exit_code(const struct ingest *g)
{
	int code = 0;
	size_t unknown = 0;
	for (size_t i = 0; i < g->intake.count; i++) {
		const struct intake_log *l = &g->intake.logs[i];
		unknown += l->fate == FATE_UNKNOWN;
		if (code == 0 && l->fate == FATE_FAILED)
			code = err_exit(l->why.code != OK ? l->why.code : ERR_INTERNAL);
		if (l->fate == FATE_FORK || l->fate == FATE_GAP)
			code = err_exit(ERR_CONFLICT);
	}
	return code == 0 && unknown == g->intake.count ? err_exit(ERR_UNTRUSTED) : code;
}

/* ---- the work ---- */

/* Into the node that serves the folder, or into one of our own. */
static int carry(struct ingest *g, struct err *err)
{
	struct inside *inside = NULL;
	g->doing = "entries taken";
	int rc = inside_start(g->dir.path, LOG_WARN, &inside, err);
	if (rc == OK)
		rc = intake_carry(&g->intake, err);
	return inside_stop(inside, rc, err);
}

static int ingest(const char *dir, const char *file, bool quiet, bool json)
{
	struct ingest g = { .doing = "entries verified" };
	struct err err = { 0 };
	int rc = node_dir_open(dir, &g.dir, &err);
	if (rc != OK)
		return command_fail("ingest", &err, NULL);
	meter_start(&g.meter, quiet);
	rc = intake_open(&g.intake, &g.dir, file, show_progress, &g, &err);
	const char *advice = "Nothing was changed.";
	if (rc == OK) {
		rc = carry(&g, &err);
		advice = "What was taken is kept.  Ingest the same bundle again for the rest.";
	}
	meter_clear(&g.meter);
	int code = rc == OK ? exit_code(&g) : command_fail("ingest", &err, advice);
	if (rc == OK && json)
		print_json(&g);
	else if (rc == OK)
		print_text(&g);
	intake_close(&g.intake);
	node_dir_close(&g.dir);
	return code;
}

static int run(int argc, char **argv)
{
	bool quiet = false, json = false;
	const struct args_option options[] = { { "quiet", .given = &quiet }, { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_ingest.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	return ingest(argv[optind], argv[optind + 1], quiet, json);
}

const struct command cmd_ingest = {
	.name = "ingest",
	.arguments = "DIR FILE",
	.summary = "take a bundle that another node has exported",
	.help =
	    "Reads the file twice.  First everything in it is verified: its digest, the exporter's signature by a key that "
	    "a\n"
	    "card of this node names, the logs' signatures, the root of each log, every content.  Until all of it holds\n"
	    "nothing is changed.  Then the node takes what it lacks, as from a peer: through the running node, else by "
	    "itself.\n"
	    "It may be repeated; an older bundle changes nothing.  Logs that no card names are not taken.\n"
	    "\n"
	    "  --quiet   no progress\n"
	    "  --json    the summary for programs\n",
	.examples = "  normlink ingest island all.bundle\n"
	            "  normlink ingest island iso-delta.bundle --quiet --json\n",
	.exits = "1 from a stranger, altered, a fork, or it begins after what is held",
	.run = run,
};
