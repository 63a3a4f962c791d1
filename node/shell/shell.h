/* shell: a node as a running process: event loop, links, HTTP, the writer and the readers.
 *
 * Owns the data directory while it runs (an exclusive lock on DIR/lock) and interprets the core's effects.
 *
 *   thread   owns
 *   loop     every socket, the core, all timers
 *   writer   the writing store handle
 *   readers  one reading store handle each
 *
 * Queues between them are bounded by limits.h; nothing else is shared.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/err.h"
#include "node/shell/node_dir.h"

#define SHELL_VERSION "0.1.0"

struct shell;

struct shell_options {
	/* No listening for peers or HTTP, just DIR/socket (import into a stopped node).  Peers are dialed all the same:
	 * they are asked what they hold of our log before it is signed. */
	bool local_only;
	bool quiet; /* no "ready" line on standard output */
	/* Shorter patience, for tests; 0: as limits.h says. */
	int link_timeout_ms;      /* dialing and TLS handshakes */
	int http_head_timeout_ms; /* also the wait for a first request */
	int http_body_timeout_ms;
	int http_idle_timeout_ms;
	int index_quiet_ms;
};

/* Lock the directory, open the store, verify the heads, start the threads, open the listeners.
 * ERR_BUSY: another process serves this directory (the text says which pid).  Gives *out. */
CHECKED int shell_start(const struct node_dir *dir, const struct shell_options *options, struct shell **out,
                        struct err *err);

/* Run the loop until shell_stop, SIGTERM or SIGINT (handled only when handle_signals). OK, or why it ended. */
CHECKED int shell_run(struct shell *shell, bool handle_signals, struct err *err);

/* Ask the loop to end: what was acknowledged is durable, links are told goodbye.  Any thread. */
void shell_stop(struct shell *shell);

/* After shell_run returned. */
void shell_free(struct shell *shell);

/* Where the node listens, as host:port with the real port numbers; empty when it does not.  Borrowed. */
const char *shell_peer_address(const struct shell *shell);
const char *shell_http_address(const struct shell *shell);

/* ---- one question to a directory that nobody serves ---- */

struct http_request;
struct buf;

/* Answer one API request from the stored state alone (read only).  ERR_NOT_FOUND, ERR_CORRUPT, ...; HTTP errors are
 * in the answer. */
CHECKED int shell_answer_stopped(const struct node_dir *dir, const struct http_request *request, struct buf *out,
                                 int *http_status, struct err *err);

/* ---- the local socket: HTTP/1.1 on DIR/socket, for whoever may open it (0600) ----
 *
 * Everything of api.h, and:
 *
 *   POST /local/v1/records[?collection=NAME][&revise=1]
 *       Body: records one after another, each a 4-byte big-endian length and the serialised Record; at most
 *       SUBMIT_ENTRIES_MAX.  The node validates, leaves out what its origin already says, adds nonce and envelope,
 *       appends the rest as one batch, and answers when it is durable: 200, text/plain, a line each:
 *
 *           added 12
 *           revised 3
 *           unchanged 1
 *           refused 0
 *           size 4711
 *
 *       then for each refused one "refusal <number in the body, from 0> <reason>".
 *       400 when the body is not of that form, 503 when the store cannot take it, 404 with revise when a record is
 * about something of which the log says nothing; nothing was kept then.
 *
 *   POST /local/v1/redactions?reference=REFERENCE|index=N&reason=TEXT&basis=TEXT[&dry=1]
 *       Redact what our log says under a reference, or one entry.  Answered when the payloads are out of the log, the
 *       view and the database's files: 200, text/plain, a line "entry <index> <subject>" for each, "redacted <n>",
 *       "size <n>".  dry: only say what would be.  404 nothing of that name; 409 redacted already; 503 the statements
 *       are appended or not, and the bytes are not gone: the text says which.
 *
 *   POST /local/v1/peers
 *       Body: a card.  The node trusts it from now on: 200, also when it did before; 400 when it is no card, 409
 *       when it conflicts with another.
 *
 *   POST /local/v1/outside
 *       Body: one line of DIR/outside, "log <vkey> [<url>]" or "witness <name> <vkey> <url>", and LF.  That log may be
 *       witnessed here, that witness is asked from now on: 200, also when it was before; 400 when it is no such line,
 * 409 when it clashes with a peer or another log.
 *
 *   POST /local/v1/verdicts
 *       Body: three lines, "decision release" (or abandon), "origin NAME", "reason TEXT".  The node appends a verdict
 *       (clause 2.7) to its own log and, once that is durable, obeys it: 200, text/plain, "index 12" and "size 13" of
 * its log.  404 when no evidence about that origin is held, 409 when it is the node's own, 400 when the body or the
 *       reason is not of its form, 503 when the store cannot take it.
 *
 *   POST /local/v1/handover
 *       Body: parts of a bundle file, each a 4-byte big-endian length and a serialised Handover (proto/PROTOCOL.md,
 *       clause 9.4); at most HANDOVER_PARTS_MAX.  They are taken in order, up to the first that is refused.  Answered
 *       when what was taken is durable: 200, text/plain, "outcome ok", or "outcome CODE" (a word of err_name) and
 *       "reason ...".  400 when the body is not of that form, 503 when too much is waiting.
 *
 *   POST /local/v1/resume
 *       The operator says that no other copy of this folder will ever run: 200 with one line of text that says what
 *       follows; 409 when that word does not help, or 503 when it cannot be written down.
 *
 *   POST /local/v1/submitters
 *       Body: the line "end NAME".  That author is not admitted any more (clause 2.15): 200 and "index 12".  404 when
 * it never was, 409 when it is not already.
 *
 *   POST /local/v1/feedback
 *       Body: the lines "number NUMBER", "step WORD", "date DATE", and of "result WORD", "deadline DATE", "by NAME",
 *       "note TEXT" those that there are, in this order: one more step of that feedback (clause 2.17).  Or the line
 *       "publish NUMBER": what its sender wrote becomes public.  200 and "index 12"; 404 no such feedback, or text; 409
 *       it is closed, or is not when it is reopened, or is public already.
 *
 *   POST /local/v1/index
 *       An index root (clause 2.18) if the last one does not say the same: 200 and "index 12", "keys 4302", or
 * "unchanged". 503 when it cannot be appended now.
 *
 *   POST /local/v1/keys
 *       Body: two lines, "role log" (or witness, mirror, tls), "overlap_ms NUMBER".  The node makes a new key, writes
 * it to its folder, and appends a statement (clause 2.10) that it takes the place of the one in force: 200, text/plain,
 * "index 12", "until_ms TIME", "key NEW".  409 when it cannot be done now, 400 when the body is not of its form, 503
 * when the store cannot take it.  A key file that nothing came of stays, unused.
 */
