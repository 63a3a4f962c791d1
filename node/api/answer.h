/* answer: one answer while it is being made: which form it takes, its body, the snapshot it is computed from.
 *
 * The router (api.c) makes one, gives it to the file of its group (search.c, record.c, status.c, metrics.c), and turns
 * what they leave in it into a response.  Private to this room.
 * Thread: the caller's; everything in it lives in the request's arena or is freed by the router.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/api/api.h"
#include "proto/json.h"

struct answer {
	const struct http_request *request;
	const struct api_context *context;
	struct arena *arena;
	bool text; /* the request prefers text for a terminal over JSON */
	int status;
	const char *type;    /* Content-Type; NULL: by the form */
	const char *coding;  /* Content-Encoding of the body as it stands; NULL: none */
	const char *cache;   /* Cache-Control */
	const char *etag;    /* etag.h; NULL: it has none */
	const char *vary;    /* the headers that the form depends on; NULL: none */
	const char *allow;   /* 405: the Allow header */
	const char *headers; /* more header lines, or NULL */
	const char *file;    /* a name for who saves the body, or NULL */
	bool unmeasured;     /* nobody knows how long the body would be, of an answer that has the head alone */
	bool page;           /* HTML: gets the headers that keep a page from doing harm */
	unsigned retry_s;    /* 429, 503: Retry-After, in seconds; 0: not told */
	const char *frozen;  /* a log that the body is of, escaped: told in Normlink-Frozen; NULL: none */
	bool counted;        /* a search: total is told in Normlink-Total */
	uint64_t total;
	struct buf body;
	bool keeps;                    /* kept.h: it is worth being kept, */
	struct bytes fields, recalled; /* or was: header lines (of a kept one never empty) and body */

	struct arena found; /* what the view gives, whose size outsiders decide: apart from arena, which only we fill */
	bool begun;         /* the view's snapshot is open */
	struct as_of *as_of;
	size_t as_of_count;
	struct arena claimed;
	bool claims_read;
	struct claims claims; /* answer_claims */
};

/* One file each. */
void search_answer(struct answer *a);
void suggest_answer(struct answer *a);
void changes_answer(struct answer *a);
void records_answer(struct answer *a);
void bulk_answer(struct answer *a);
void heads_answer(struct answer *a);
void peers_answer(struct answer *a);
void status_answer(struct answer *a);
void alive_answer(struct answer *a);
void ready_answer(struct answer *a);
void metrics_answer(struct answer *a);
void index_answer(struct answer *a);
void openapi_answer(struct answer *a);
void evidence_answer(struct answer *a);
void keys_answer(struct answer *a);
void statuses_answer(struct answer *a);
void statistics_answer(struct answer *a);
void authority_answer(struct answer *a);
void equivalents_answer(struct answer *a);
void current_answer(struct answer *a);
void drift_answer(struct answer *a);
void impact_answer(struct answer *a);
void oai_answer(struct answer *a);
void submitters_answer(struct answer *a);
void feedback_list_answer(struct answer *a);
/* number is still percent-encoded. */
void feedback_answer(struct answer *a, struct bytes number);
/* What follows /witness/ in the path. */
void witness_answer(struct answer *a, struct bytes rest);

/* reference is still percent-encoded. */
void record_answer(struct answer *a, struct bytes reference);
void revisions_answer(struct answer *a, struct bytes reference);
void proof_answer(struct answer *a, struct bytes reference);
/* roots.c: index roots, and files that show by one of them what is current */
void roots_answer(struct answer *a);
void roots_proof_answer(struct answer *a, struct bytes reference);
/* Of each log: for the status page and the metrics. */
void roots_json(struct answer *a, const char *origin, struct json *j);
void roots_text(struct answer *a);
/* resolve.c */
void id_answer(struct answer *a, struct bytes reference);
/* ?format=json, text or jsonld: NULL when absent.  False: the answer is a problem. */
bool record_form(struct answer *a, const char **form);
/* origin likewise. */
void evidence_file_answer(struct answer *a, struct bytes origin);

/* One entry by its number, as in the path. */
void entry_answer(struct answer *a, struct bytes index);
void entry_proof_answer(struct answer *a, struct bytes index);

void redactions_answer(struct answer *a);
void audit_answer(struct answer *a);
/* Peers, and witnesses outside that are asked: for the status. */
void peers_json(struct answer *a, struct json *j);
void peers_text(struct answer *a);
void asked_json(struct answer *a, struct json *j);
void asked_text(struct answer *a);
/* What is held here without content, by log and collection: for the status. */
void withheld_json(struct answer *a, struct json *j);
void withheld_text(struct answer *a);
/* The newest of one origin's for the status page, a few lines. */
void redactions_text(struct answer *a, const char *origin);
/* tiles.c; rest is the path below the prefix. */
void own_log_answer(struct answer *a, struct bytes rest);
void mirror_answer(struct answer *a, struct bytes rest);

/* One that nothing was answered in yet; borrows all.  End the snapshot, if it was opened; free what it holds. */
struct answer answer_new(const struct http_request *request, const struct api_context *context, struct arena *arena);
void answer_end(struct answer *a);
void answer_free(struct answer *a);

/* All of that, and append the whole response; gives the status code. */
int answer_finish(struct answer *a, struct buf *out);

/* The response that the answer is, on a connection that then ends. */
void answer_response(const struct answer *a, struct buf *out);
/* The head of one whose body goes on until the connection ends. */
void answer_stream(struct answer *a, const char *type, struct buf *out);
/* Does this node show strangers nothing yet?  Then the answer says so now. */
bool answer_withheld(struct answer *a);

/* Open the view's snapshot.  False: the answer is a problem now. */
bool answer_begin(struct answer *a);

/* Read what a search left unread of a hit.  False: the answer is a problem. */
bool answer_payload(struct answer *a, struct found *f);

/* May whoever asks see what is in that collection?  The network sees public ones alone. */
bool answer_may_see(const struct answer *a, struct bytes envelope);
/* Take from an entry (which has its envelope) what whoever asks may not see: it is withheld then. */
void answer_mask(const struct answer *a, struct found *f);

/* The origin at the snapshot, NULL when it is not there. */
const struct as_of *answer_origin(const struct answer *a, const char *origin);

/* Have what logs claim to speak for, at the snapshot (authority.h).  False: the answer is a problem. */
bool answer_claims(struct answer *a);
/* What a statement is, once they are here. */
enum authority answer_authority(const struct answer *a, const char *origin, int kind, const char *subject);
/* "  third-party", "  contested"; "" for what needs no mark. */
const char *answer_authority_mark(enum authority authority);

/* One decoded query parameter: true and *value (in the arena; NULL when absent or empty).  False: the answer is a
 * problem that names it: repeated, too long, a bad escape. */
bool answer_parameter(struct answer *a, const char *name, const char **value);

/* The same for a number from min to max; absent leaves *value. */
bool answer_number(struct answer *a, const char *name, uint64_t min, uint64_t max, uint64_t *value);

/* The parameter kind: absent, 0. */
bool answer_kind(struct answer *a, int *kind);

/* Are all parameters of the query among names (NULL-terminated)?  A mistyped filter that is ignored gives wrong
 * answers.  False: the answer is a problem. */
bool answer_parameters_known(struct answer *a, const char *const *names);

/* "as_of": [...] of the open object. */
void answer_as_of(const struct answer *a, struct json *j);
/* The same as lines for a terminal. */
void answer_as_of_text(struct answer *a);

/* "frozen": bool of the open object, and for a log that forked "fork": "frozen", "released" or "abandoned". */
void answer_fork(enum fork_state fork, struct json *j);
/* What a person must know of it, or NULL. */
const char *answer_fork_text(enum fork_state fork);
/* Is this origin frozen or abandoned at the snapshot? */
bool answer_frozen(const struct answer *a, const char *origin);
/* The body has no room to say so: the header will, when the log is frozen or abandoned. */
void answer_mark(struct answer *a, const struct as_of *at);

/* For a path segment: all but letters, digits and "-._~:" is percent-encoded.  more: "/", which then stays, too, or "".
 */
const char *answer_escaped(struct arena *arena, const char *text, const char *more);

/* "2026-03-01T09:30:00Z" (json) or "2026-03-01 09:30:00 UTC"; "" for 0. */
const char *answer_time(struct arena *arena, uint64_t wall_ms, bool json);
/* Bytes in lower-case hex, in base64; of a root. */
const char *answer_hex(struct arena *arena, struct bytes data);
const char *answer_base64(struct arena *arena, struct bytes data);
const char *answer_root(struct arena *arena, const struct hash *root);

/* ---- problem.c: RFC 9457 ---- */

/* Turn the answer into a problem; what was in its body is dropped. */
void problem_set(struct answer *a, int http_status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for a parameter of the query, which the document names too. */
void problem_parameter(struct answer *a, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For a code of the view, with its text. */
void problem_err(struct answer *a, int code, const struct err *err);

/* "Not Found" for 404. */
const char *problem_title(int http_status);
