#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/must.h"
#include "node/cli/command.h"
#include "node/cli/submitting.h"
#include "node/ingest/ingest.h"
#include "node/shell/file.h"
#include "node/shell/node_dir.h"
#include "proto/json.h"

enum { PATIENCE_S = 120, PATIENCE_MAX_S = 24 * 60 * 60 };

struct work {
	struct submitting sending;
	uint64_t unreadable;
	bool quiet;
};

static int take_record(void *arg, struct bytes record, struct err *err)
{
	struct work *w = arg;
	return submitting_record(&w->sending, record, err);
}

static void tell(void *arg, const char *what, const char *reason)
{
	struct work *w = arg;
	if (!w->quiet)
		(void)fprintf(stderr, "  %s: %s\n", what, reason);
}

static void take_refusal(void *arg, const char *file, const char *reason)
{
	struct work *w = arg;
	w->unreadable++;
	tell(w, file, reason);
}

static int read_key(const char *path, struct author_secret **secret, struct err *err)
{
	struct buf file = { 0 };
	int rc = file_read_secret(path, AUTHOR_KEY_FILE_MAX, &file, err);
	if (rc == OK && (rc = author_secret_read(buf_bytes(&file), secret, err)) != OK)
		rc = err_wrap(err, rc, "%s", path);
	file_wipe(&file);
	return rc;
}

static int make_folder(const char *path, struct err *err)
{
	if (path == NULL || mkdir(path, 0777) == 0 || errno == EEXIST)
		return OK;
	return err_errno(err, errno, "%s", path);
}

static void print_counts(const struct work *w, bool json)
{
	const struct submitting *s = &w->sending;
	if (json)
		(void)printf("{\"added\":%" PRIu64 ",\"revised\":%" PRIu64 ",\"known\":%" PRIu64 ",\"refused\":%" PRIu64
		             ",\"unreadable\":%" PRIu64 "}\n",
		             s->added, s->revised, s->known, s->refused, w->unreadable);
	else
		(void)printf("added %" PRIu64 "\nrevised %" PRIu64 "\nknown already %" PRIu64 "\nrefused %" PRIu64
		             "\nunreadable %" PRIu64 "\n",
		             s->added, s->revised, s->known, s->refused, w->unreadable);
}

static int submit(struct work *w, const char *url, const char *key, int count, char **paths, struct err *err)
{
	const struct ingest_sink sink = { .arg = w, .record_cb = take_record, .refused_cb = take_refusal, .note_cb = tell };
	struct ingest_counts counts = { 0 };
	struct author_secret *secret = NULL;
	struct client *client = NULL;
	int rc = read_key(key, &secret, err);
	bool served = strncmp(url, "http", 4) == 0 || node_dir_running(url);
	if (rc == OK && served)
		rc = client_open(url, &client, err);
	else if (rc == OK)
		rc = err_set(err, ERR_USAGE, "%s: nobody serves this folder; normlink import publishes without a network", url);
	if (rc == OK)
		rc = make_folder(w->sending.receipts, err);
	w->sending.secret = secret;
	w->sending.client = client;
	w->sending.refused_cb = tell;
	w->sending.arg = w;
	for (int i = 0; rc == OK && i < count; i++)
		rc = ingest_path(paths[i], &sink, &counts, err);
	if (rc == OK)
		rc = submitting_finish(&w->sending, err);
	submitting_free(&w->sending);
	client_close(client);
	author_secret_free(secret);
	return rc;
}

static int finish(struct work *w, int rc, const struct err *err, bool json)
{
	if (w->sending.secret != NULL)
		print_counts(w, json);
	if (rc != OK)
		return command_fail("submit", err, "What the node answered for is kept; sent again, it is known.");
	return w->sending.refused + w->unreadable > 0 ? err_exit(ERR_NOT_FOUND) : 0;
}

/* The arguments are read. */
static int run_with(struct work *w, const struct args *args, const char *key, const char *policy, bool json)
{
	struct buf policy_text = { 0 };
	struct err err = { 0 };
	int rc = policy != NULL ? file_read(policy, POLICY_MAX, &policy_text, &err) : OK;
	if (rc == OK) {
		w->sending.policy = buf_bytes(&policy_text);
		rc = submit(w, args->argv[optind], key, args->argc - optind - 1, args->argv + optind + 1, &err);
	}
	buf_free(&policy_text);
	return finish(w, rc, &err, json);
}

static int run(int argc, char **argv)
{
	const char *key = NULL, *author = NULL, *policy = NULL, *receipts = NULL, *wait = NULL;
	bool json = false, quiet = false;
	const struct args_option options[] = { { "key", .value = &key },       { "author", .value = &author },
		                                   { "policy", .value = &policy }, { "receipts", .value = &receipts },
		                                   { "wait", .value = &wait },     { "json", .given = &json },
		                                   { "quiet", .given = &quiet },   { 0 } };
	const struct args args = { cmd_submit.name, argc, argv, options };
	uint64_t patience_s = PATIENCE_S;
	if (!args_read(&args) || !args_positional(&args, 2, argc))
		return ARGS_EXIT;
	if (key == NULL || author == NULL)
		return args_wrong(&args, key == NULL ? "--key FILE is missing" : "--author NAME is missing");
	if (author[0] == '\0' || strlen(author) > NAME_MAX_BYTES)
		return args_wrong(&args, "--author is 1 to %d bytes", NAME_MAX_BYTES);
	if (wait != NULL && !args_number(wait, PATIENCE_MAX_S, &patience_s))
		return args_wrong(&args, "--wait: seconds, up to %d", PATIENCE_MAX_S);
	struct work *w = calloc(1, sizeof *w);
	must(w != NULL);
	w->quiet = quiet;
	w->sending.author = author;
	w->sending.receipts = receipts;
	w->sending.patience_s = (unsigned)patience_s;
	int code = run_with(w, &args, key, policy, json);
	free(w);
	return code;
}

const struct command cmd_submit = {
	.name = "submit",
	.arguments = "URL --key FILE --author NAME FILE...",
	.summary = "sign records and publish them through a node that hosts us",
	.help =
	    "Reads each FILE as normlink import does, signs every record in it with the key in --key (PEM or DER, readable "
	    "by\n"
	    "its owner alone), and sends it to the node, whose operator has let NAME in (normlink submitter add).  The "
	    "node\n"
	    "answers when a record is durable in its log, with a receipt: a proof (C2SP tlog-proof) that anybody can "
	    "check\n"
	    "offline, without the node.  It can be sent again at any time: what is there already is not published twice, "
	    "and\n"
	    "gets the same receipt.\n"
	    "\n"
	    "  --author NAME      the name under which the node knows the key\n"
	    "  --receipts FOLDER  keep each receipt there, as entry-N.tlog-proof\n"
	    "  --policy FILE      refuse receipts that this policy does not accept; witnesses have not signed yet when\n"
	    "                     a receipt is made, so its quorum is none\n"
	    "  --wait SECONDS     how long to try when the node is busy or away (default 120)\n"
	    "  --quiet            do not name what was refused\n"
	    "  --json             the counts for programs\n"
	    "\n"
	    "How to make a key; public.pem goes to the operator:\n"
	    "  openssl genpkey -algorithm ed25519 -out key.pem\n"
	    "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem\n"
	    "  openssl genpkey -algorithm SM2 -out key.pem\n"
	    "  openssl pkey -in key.pem -pubout -out public.pem\n",
	.examples = "  normlink submit https://node.sac.example --key key.pem --author acme.example standards.ndjson "
	            "--receipts receipts\n"
	            "  normlink verify --policy policy --author-key public.pem receipts/entry-12.tlog-proof\n",
	.exits = "1 some records were refused or could not be read",
	.run = run,
};
