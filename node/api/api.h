/* api: a request's bytes to an answer's bytes.  No sockets, no threads.
 *
 * http.h reads a request's head; this answers it.  Answers are JSON, or text for a terminal when the request says
 * "Accept: text/plain"; errors are problem documents (RFC 9457) or one line of text.  Every answer made from the
 * view carries its as-of.  What comes from a log that forked says so: "frozen" in JSON, a word in text, and where the
 * body is a file the header Normlink-Frozen with the log's name, percent-encoded.  Of a log whose newest index root is
 * not what its entries give (proto/INDEX.md) the as-of says so: "index_root": "differs".
 *
 *   GET  /api/v1/search?                      records by the parameters of core/question.h: words, filters, order,
 *                                             counts, cursor; and proofs= head= of hit.h
 *   GET  /api/v1/suggest?q=&limit=            standards that a reference, typed loosely, may mean
 *   GET  /api/v1/changes                      what is new, once or as a stream: changes.h
 *   GET  /api/v1/records/REFERENCE            the record, every origin's statement, revisions, head, cosignatures;
 *                                             ?kind= for the subject of a log statement, as it stands; also as
 *                                             JSON-LD (Accept, or ?format=jsonld, text, json): linked.h
 *   GET  /id/REFERENCE                        303 to the record of it; without a year, of the edition in force
 *   GET  /api/v1/records/REFERENCE/revisions  and what changed from each to the next
 *   GET  /api/v1/records/REFERENCE/proof      application/octet-stream: a .tlog-proof (?origin= &index= to choose,
 *                                             &head=cosigned for the newest head that a quorum has cosigned)
 *                                             &current=1: a file that shows that it is the newest on its subject,
 *                                             or that there is none (proto/INDEX.md, clause 10)
 *   GET  /api/v1/index                        each log's newest index root, and whether it is what its entries give
 *   GET  /api/v1/records?origin=&kind=&from=&limit=
 *                                             a log's current records, a line of JSON each; Normlink-Next: where the
 *                                             next part begins; &collection= local only: not the public ones
 *   GET  /api/v1/bulk                         every record of a log as of a size, as NDJSON or CSV: bulk.h
 *   GET  /api/v1/entries/INDEX                one entry of a log by its number (?origin=, default: the node's own);
 *                                             also one that is redacted: why, and on which basis
 *   GET  /api/v1/entries/INDEX/proof
 *   GET  /api/v1/redactions?origin=&limit=&offset=
 *                                             what was taken away, why, and which peers have confirmed it
 *   GET  /api/v1/audit?peer=&since=&limit=&offset=
 *                                             local only: which nodes received what is not public, and did not
 *   GET  /api/v1/statistics?origin=&opinions=&by=&date=&format=
 *                                             figures, as JSON, text or CSV (Accept, or ?format=); proto/STATISTICS.md
 *   GET  /api/v1/statuses?scheme=             what the words of bodies mean in the one lifecycle, and who says so
 *   GET  /api/v1/equivalents?ref=&lang=       the local editions of a standard everywhere, with degree and path
 *                                             (&list=entries: the entries whose proofs show it, a line each)
 *   GET  /api/v1/current?ref=&lang=           the edition in force, and what amends it
 *   GET  /api/v1/drift?origin=&lang=&limit=&offset=&from=
 *                                             adoptions whose source has been superseded or withdrawn, of so many
 *                                             statements; "next": from which entry to go on
 *   GET  /api/v1/impact?ref=&lang=&limit=     what depends on a standard
 *   GET  /api/v1/authority?ref=               who speaks for which references and bodies
 *   GET  /api/v1/heads      /api/v1/peers     /api/v1/status
 *   GET  /api/v1/evidence                     origins that signed two histories, or a false index root
 *   GET  /api/v1/evidence/ORIGIN              text/plain: the newest evidence file (?sha256= for an older one of a
 *                                             fork, ?index= for the index root at that entry)
 *   GET  /api/v1/keys                         the key statements of each log that count (clause 2.10)
 *   GET, POST /sru                            SRU 1.1, 1.2 and 2.0 with CQL, also as SOAP (sru.h): text/xml
 *                                             &x-peers= of a searchRetrieve: asked of peers, too (sru_peers.h)
 *   GET  /schemas/NAME                        XML schemas of formats that are this project's own
 *   GET  /oai, POST /oai                      OAI-PMH 2.0 (oai.h): Identify, ListMetadataFormats, ListSets, GetRecord,
 *                                             ListIdentifiers, ListRecords, of public records
 *   GET  /log/...                             our own log by tlog-tiles: checkpoint, tile/L/N[.p/W],
 *                                             tile/entries/N[.p/W], and payload/N (proto/PROTOCOL.md clause 7)
 *   GET  /mirror/HASH/...                     the same of a mirrored log; HASH is the SHA-256 of its origin, in hex
 *   GET  /metrics           /healthz          /readyz
 *   GET  /witness/HASH/checkpoint             the newest head cosigned here of the log whose name has that SHA-256
 *   POST /witness/add-checkpoint, /mirror/add-checkpoint      witness.h: the core answers, through the shell
 *   POST /mirror/add-entries                                  add_entries.h: likewise
 *   GET  /api/v1/submitters                   whose signed records the node's own log takes in
 *   POST /api/v1/submissions                  submission.h: the shell takes them
 *   POST /api/v1/feedback                     feedback.h: likewise
 *   GET  /api/v1/feedback?open=&overdue=&from=
 *                                             what the public sent, and how far it has come; next: from where to go on
 *   GET  /api/v1/feedback/NUMBER
 *   GET  /openapi.json, /api/v1/openapi.json  all of this for programs: OpenAPI 3.1 (openapi.json)
 *   GET  /                                    a short page for a person: what this is, and these addresses
 *
 * Thread: any; one view and one arena for each call.
 */
#pragma once

#include "node/api/http.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/core/core.h"
#include "node/core/query.h"

/* What the node said of itself when the request came in; the pointers live as long as the call. */
struct api_context {
	const struct view *view;            /* NULL: the store is not open (readyz says so) */
	const struct core_status *status;   /* NULL: nobody serves this directory now, or api_wants_status said no */
	const struct hash *own_log;         /* SHA-256 of the name of our own log: what /log/ is; NULL: there is none */
	const struct vkey *mirror;          /* signs the checkpoints below /mirror/, under its name; NULL: nobody does */
	const char *origin;                 /* of our own log; NULL: not known */
	const char *name;                   /* of this node; NULL: not known */
	const char *admin_email, *base_url; /* as configured; NULL or "": not */
	const struct hash *secret; /* only this node knows it, and for as long as it has its log key; NULL: there is none */
	const char *version;
	uint64_t wall_ms;
	uint64_t start_wall_ms;        /* 0: not running */
	bool writable;                 /* the store takes writes: false after a full disk, until one succeeds */
	bool withheld;                 /* core_withheld() */
	bool local;                    /* came through the local socket: may also see what the operator may */
	struct api_counters *counters; /* may be NULL */
	struct api_counted *counted;   /* (out) zeroed before; may be NULL */
	struct packed *packed;         /* the caller's, who shares it with no other thread; NULL: nothing is remembered */
	struct memo *written;          /* likewise */
	struct kept *kept;             /* likewise */
	struct heads *heads;           /* likewise */
	struct hasher *hasher;         /* likewise; NULL: each answer makes its own */
};

enum {
	COUNTED_OAI_VERBS = 8,  /* OAI-PMH's and one for none of them, */
	COUNTED_OAI_CODES = 9,  /* by its errors, and one for none */
	COUNTED_SRU_CODES = 64, /* diagnostics of SRU that this node has */
	COUNTED_OUTCOMES = 4,   /* accepted, refused, limited, failed */
	COUNTED_RECORDS = 4,    /* added, revised, unchanged, refused */
};

/* What one answer is to be counted as beside its status (counted.h): bits by place. */
struct api_counted {
	bool oai;
	uint8_t oai_verb;
	uint16_t oai_codes;
	uint64_t sru_codes;
};

/* Counters that the shell keeps and /metrics prints; all since start. */
struct api_counters {
	uint64_t requests[6]; /* by class: 1xx..5xx at [1]..[5] */
	uint64_t in_flight;
	uint64_t refused; /* connections or requests over a limit, */
	uint64_t limited; /* of those, of a client that had more than its share */
	uint64_t late;    /* questions not answered in the time that they have */
	uint64_t left;    /* whose client was gone before they were answered */
	uint64_t query_us_sum, query_count;
	uint64_t query_buckets[8];             /* up to 1, 2, 5, 10, 50, 100, 1000 ms, above; not cumulative */
	uint64_t checkpoints[ANSWER_BUSY + 1]; /* brought to the witness, by what came of it */
	uint64_t uploads[ANSWER_BUSY + 1];     /* of entries to the mirror, likewise */
	uint64_t entries_stored, bytes_stored, batches_stored;
	uint64_t store_errors;
	uint64_t oai[COUNTED_OAI_VERBS][COUNTED_OAI_CODES];
	uint64_t sru[COUNTED_SRU_CODES];
	uint64_t submissions[COUNTED_OUTCOMES], feedback[COUNTED_OUTCOMES];
	uint64_t records[COUNTED_RECORDS];
	uint64_t asked[FEDERATED_OUTCOMES]; /* peers, for callers, by what came of it */
	uint64_t lied;                      /* hits of theirs that were not what they said */
};

/* Count an answered request: what its answer noted, and what door it came to. */
void api_count(const struct http_request *request, const struct api_counted *counted, int http_status,
               struct api_counters *counters);

/* Does the answer tell what the node says of itself?  Else context.status need not be made: it costs more than many an
 * answer. */
bool api_wants_status(const struct http_request *request);

/* Is it a question about the health of the node? */
bool api_about_health(const struct http_request *request);

/* Append a whole HTTP/1.1 response to out.  Always answers.  Gives the status code. */
int api_answer(const struct http_request *request, const struct api_context *context, struct arena *arena,
               struct buf *out);

/* The same, in the form that the request prefers, for what fails elsewhere than here. */
void api_refuse(const struct http_request *request, int http_status, const char *detail, bool close, struct buf *out);

/* The same with the seconds after which it may be tried again (Retry-After). */
void api_refuse_until(const struct http_request *request, int http_status, const char *detail, unsigned retry_s,
                      bool close, struct buf *out);

/* A whole response with this body, never cached; headers: more lines, each with its CRLF, or NULL. */
void api_text(int http_status, const char *type, const char *headers, struct bytes body, bool close, struct buf *out);

/* A problem document as a whole response, for what fails before there is a request to answer. */
void api_problem(int http_status, const char *detail, bool close, struct buf *out);
