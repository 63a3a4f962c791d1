#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/events.h"
#include "node/cli/shown.h"
#include "node/shell/file.h"

enum { RECONNECT_S = 2, STATE_MAX = 64 * 1024 };

/* A saved search: what is asked, and from where to go on.  As a file three lines: search, cursor, heads. */
struct saved {
	struct buf search; /* as a query: "?ics=03"; empty: everything */
	struct buf cursor;
	struct buf heads; /* of the last time that everything had been given; for when the cursor is lost */
};

struct watch {
	const char *where;
	const char *file;   /* of the saved search; NULL: none */
	const char *proofs; /* folder; NULL: none */
	bool json, once;
	struct saved saved;
	struct event_reader reader;
	bool more; /* the last portion said so */
	struct err err;
};

/* ---- the saved search ---- */

static int write_saved(struct watch *w, struct err *err)
{
	struct buf text = { 0 };
	if (w->file == NULL)
		return OK;
	buf_printf(&text, "search %s\ncursor %s\nheads %s\n", buf_str(&w->saved.search), buf_str(&w->saved.cursor),
	           buf_str(&w->saved.heads));
	int rc = file_write(w->file, buf_bytes(&text), 0644, err);
	buf_free(&text);
	return rc;
}

/* The rest of the line that begins with that word; moves on. */
static bool take_line(const char **at, const char *word, struct buf *out)
{
	size_t n = strlen(word), end = strcspn(*at, "\n");
	if (strncmp(*at, word, n) != 0 || (*at)[n] != ' ' || (*at)[end] != '\n')
		return false;
	buf_reset(out);
	buf_add(out, *at + n + 1, end - n - 1);
	*at += end + 1;
	return true;
}

/* No file yet is a new search. */
static int read_saved(struct watch *w, struct err *err)
{
	struct buf text = { 0 };
	struct saved old = { 0 };
	int rc = w->file != NULL && access(w->file, F_OK) == 0 ? file_read(w->file, STATE_MAX, &text, err) : ERR_NOT_FOUND;
	if (rc != OK)
		return rc == ERR_NOT_FOUND ? OK : rc;
	const char *at = buf_str(&text);
	if (!take_line(&at, "search", &old.search) || !take_line(&at, "cursor", &old.cursor) ||
	    !take_line(&at, "heads", &old.heads))
		rc = err_set(err, ERR_INVALID, "%s: not a search that normlink watch saved", w->file);
	else if (w->saved.search.len > 0 && !bytes_equal(buf_bytes(&w->saved.search), buf_bytes(&old.search)))
		rc = err_set(err, ERR_USAGE, "%s holds another search: leave the words out, or name another file", w->file);
	buf_free(&text);
	if (rc == OK) {
		buf_free(&w->saved.search);
		buf_free(&w->saved.cursor);
		w->saved = old;
	} else {
		buf_free(&old.search);
		buf_free(&old.cursor);
		buf_free(&old.heads);
	}
	return rc;
}

/* ---- what comes ---- */

/* A name that the other side chose: letters, digits, '-' and '.' inside. */
static bool name_good(const char *name)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
	size_t n = strlen(name);
	return n > 0 && n <= 255 && name[0] != '.' && name[0] != '-' && strspn(name, good) == n;
}

static int save_proof(const struct watch *w, struct bytes data, struct err *err)
{
	char name[256], path[4096];
	const uint8_t *lf = memchr(data.data, '\n', data.len);
	size_t n = lf != NULL ? (size_t)(lf - data.data) : data.len;
	if (lf == NULL || n >= sizeof name)
		return err_set(err, ERR_PROTOCOL, "a proof without a name");
	memcpy(name, data.data, n);
	name[n] = '\0';
	if (!name_good(name))
		return err_set(err, ERR_PROTOCOL, "a proof by a name that no file should have");
	int rc = file_join(path, sizeof path, w->proofs, name, err);
	struct buf proof = { 0 };
	buf_add(&proof, lf + 1, data.len - n - 1);
	buf_add_char(&proof, '\n');
	if (rc == OK)
		rc = file_write(path, buf_bytes(&proof), 0644, err);
	buf_free(&proof);
	return rc;
}

static int take_block(void *arg, const struct event_block *block, struct err *err)
{
	struct watch *w = arg;
	if (strcmp(block->event, "proof") == 0)
		return w->proofs != NULL ? save_proof(w, block->data, err) : OK;
	if (block->data.len > 0) {
		(void)shown_print(block->data);
		(void)fputc('\n', stdout);
	}
	if (block->id[0] == '\0')
		return OK;
	buf_reset(&w->saved.cursor);
	buf_add_str(&w->saved.cursor, block->id);
	if (block->data.len > 0)
		return OK;
	/* A portion has ended.  What was shown is out before it is noted: shown twice is better than never. */
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_set(err, ERR_IO, "standard output cannot be written");
	return write_saved(w, err);
}

static void take_comment(void *arg, const char *text)
{
	struct watch *w = arg;
	if (strncmp(text, "heads ", 6) == 0) {
		buf_reset(&w->saved.heads);
		buf_add_str(&w->saved.heads, text + 6);
	}
	if (strcmp(text, "more") == 0 || strcmp(text, "end") == 0)
		w->more = text[0] == 'm';
}

static bool take_piece(void *arg, struct bytes piece)
{
	struct watch *w = arg;
	return events_read(&w->reader, piece, &w->err) == OK;
}

/* ---- asking ---- */

static void make_target(struct watch *w, bool by_heads, struct buf *out)
{
	buf_printf(out, "/api/v1/changes%s", buf_str(&w->saved.search));
	client_parameter(out, "proof", w->proofs != NULL || w->json ? "full" : "link");
	client_parameter(out, "form", w->json ? "json" : "text");
	client_parameter(out, "once", w->once ? "1" : NULL);
	client_parameter(out, "since", by_heads ? "start" : buf_str(&w->saved.cursor));
	client_parameter(out, "heads", by_heads ? buf_str(&w->saved.heads) : NULL);
}

/* One connection, or with --once one portion.  *status is that of HTTP. */
static int ask(struct watch *w, bool by_heads, int *status, struct err *err)
{
	static const char accept[] = "text/event-stream, text/plain;q=0.5";
	struct client *c = NULL;
	struct reply reply = { 0 };
	struct buf target = { 0 };
	make_target(w, by_heads, &target);
	events_again(&w->reader);
	w->err = (struct err){ 0 };
	int rc = client_open(w->where, &c, err);
	if (rc == OK && w->once)
		rc = client_get(c, buf_str(&target), accept, &reply, err);
	else if (rc == OK)
		rc = client_stream(c, buf_str(&target), accept, take_piece, w, &reply, err);
	*status = reply.status;
	if (rc == OK && reply.status == 200 && w->once)
		(void)take_piece(w, buf_bytes(&reply.body));
	if (rc == OK && w->err.code != OK) {
		*err = w->err;
		rc = err->code;
	} else if (rc == OK && reply.status != 200) {
		rc = client_said(&reply, err);
	}
	reply_free(&reply);
	buf_free(&target);
	client_close(c);
	return rc;
}

/* May it be better in a while?  What this side did wrong, or cannot do, will not. */
static bool passes(int code)
{
	return code == OK || code == ERR_CLOSED || code == ERR_TIMEOUT || code == ERR_BUSY;
}

static int follow(struct watch *w, struct err *err)
{
	bool by_heads = false, told = false, reached = false;
	for (;;) {
		int status = 0;
		*err = (struct err){ 0 };
		int rc = ask(w, by_heads, &status, err);
		reached |= status == 200;
		if (status == 409 && !by_heads && w->saved.heads.len > 0) {
			(void)fprintf(stderr, "normlink: watch: the node lost its place: going on from what its logs held then\n");
			by_heads = true;
			continue;
		}
		by_heads = false;
		if (w->once && (rc != OK || !w->more))
			return rc;
		if (!passes(rc) || (!reached && !w->once))
			return rc;
		if (w->once)
			continue;
		if (!told)
			(void)fprintf(stderr, "normlink: watch: the connection ended%s%s: trying again\n",
			              err->text[0] != '\0' ? ": " : "", err->text);
		told = rc != OK;
		(void)sleep(RECONNECT_S);
	}
}

/* ---- the command line ---- */

/* The words and filters of the command line as parameters; nothing when there are none. */
static void make_search(struct buf *search, const char *const *names, const char *const *values, size_t count,
                        const char *words)
{
	for (size_t i = 0; i < count; i++)
		client_parameter(search, names[i], values[i]);
	client_parameter(search, "q", words[0] != '\0' ? words : NULL);
}

static int watch(struct watch *w, struct err *err)
{
	int rc = read_saved(w, err);
	return rc == OK ? follow(w, err) : rc;
}

static int run(int argc, char **argv)
{
	static const char *const names[] = { "ics", "status", "origin", "kind" };
	const char *values[4] = { NULL }, *since = "now";
	struct watch w = { .reader = { .block_cb = take_block, .comment_cb = take_comment } };
	const struct args_option options[] = {
		{ names[0], .value = &values[0] }, { names[1], .value = &values[1] },
		{ names[2], .value = &values[2] }, { names[3], .value = &values[3] },
		{ "since", .value = &since },      { "state", .value = &w.file },
		{ "proofs", .value = &w.proofs },  { "once", .given = &w.once },
		{ "json", .given = &w.json },      { 0 },
	};
	const struct args args = { cmd_watch.name, argc, argv, options };
	struct buf words = { 0 };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 1, QUERY_MAX))
		return ARGS_EXIT;
	if (w.json && w.proofs != NULL)
		return args_wrong(&args, "--json has each proof in its line: --proofs goes with the text");
	w.reader.arg = &w;
	w.where = argv[optind];
	args_join(argc - optind - 1, argv + optind + 1, &words);
	make_search(&w.saved.search, names, values, sizeof names / sizeof *names, buf_str(&words));
	buf_add_str(&w.saved.cursor, since);
	int rc = watch(&w, &err);
	buf_free(&words);
	buf_free(&w.saved.search);
	buf_free(&w.saved.cursor);
	buf_free(&w.saved.heads);
	events_free(&w.reader);
	return rc == OK ? 0 : command_fail(cmd_watch.name, &err, NULL);
}

const struct command cmd_watch = {
	.name = "watch",
	.arguments = "DIR|URL [WORDS...]",
	.summary = "show what is new, as it comes: a saved search",
	.help =
	    "Shows each record that arrives at the node, of whatever log: new ones, revisions, retractions.  Words and\n"
	    "options are those of search; without any of them everything is shown.  Goes on after the node was away, and\n"
	    "misses nothing: what was shown last may be shown again.\n"
	    "\n"
	    "  --state FILE      keep the search and the place in FILE; with a FILE that is there, go on from it\n"
	    "  --since PLACE     now (the default), start, or a cursor that --json told\n"
	    "  --once            show what is new, and end\n"
	    "  --proofs FOLDER   save the proof of each record there, for normlink verify\n"
	    "  --ics CODE, --status WORD, --origin ORIGIN, --kind WORD      as of search\n"
	    "  --json            for programs: one object a line, with its proof\n",
	.examples = "  normlink watch sac 质量管理\n"
	            "  normlink watch http://127.0.0.1:7080 --ics 03.120 --state ics.watch --once      # each night\n"
	            "  normlink watch sac --kind notice --since start --proofs proofs\n",
	.exits = NULL,
	.run = run,
};
