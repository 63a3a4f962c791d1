/* sru: SRU 1.1, 1.2 (LoC) and 2.0 (OASIS searchRetrieve parts 3 to 7): explain, searchRetrieve and scan, asked with
 * GET, with POST of a form, or with POST of a SOAP envelope.  Private to this room.
 *
 *   sru_request.c  what is asked, whichever way it came    soap.c         out of an envelope
 *   sru.c          which operation; diagnostics; the frame around an answer
 *   sru_explain.c  sru_search.c  sru_scan.c                one operation each
 *   sru_peers      a searchRetrieve that peers are asked for, too
 *
 * Of our own is x-peers=all or x-peers=NAME,NAME, with x-deadline-ms beside it if wanted (FEDERATED_DEADLINE_MIN_MS to
 * _MAX_MS; 2000), of a searchRetrieve alone: see sru_peers.h.  In an envelope they are peers and deadline-ms in
 * extraRequestData: see soap.c.
 *
 * Every answer is HTTP 200: what is wrong with a request is said in diagnostics, which never stand for zero hits.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/api/sru_map.h"
#include "node/api/xml.h"

#define SRU_EXTRA "urn:normlink:sru" /* of what SRU has no elements for */
#define SOAP_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"

/* SOAP 1.1, 4.4.1: what is wrong with an envelope of which nothing can be made. */
enum soap_fault { SOAP_CLIENT, SOAP_VERSION, SOAP_MUST };

enum sru_version { SRU_1_1, SRU_1_2, SRU_2_0 };

enum sru_operation { SRU_EXPLAIN, SRU_SEARCH, SRU_SCAN };

/* Parameters that are known, in the order in which they are echoed; those behind the last are looked at by nobody. */
enum sru_name {
	SRU_OPERATION,
	SRU_VERSION,
	SRU_QUERY,
	SRU_QUERY_TYPE,
	SRU_START_RECORD,
	SRU_MAXIMUM_RECORDS,
	SRU_RECORD_PACKING,
	SRU_RECORD_ESCAPING,
	SRU_RECORD_SCHEMA,
	SRU_RECORD_XPATH,
	SRU_RESULT_SET_TTL,
	SRU_SORT_KEYS,
	SRU_FACET_LIMIT,
	SRU_FACET_START,
	SRU_FACET_SORT,
	SRU_SCAN_CLAUSE,
	SRU_RESPONSE_POSITION,
	SRU_MAXIMUM_TERMS,
	SRU_STYLESHEET,
	SRU_ECHOED,
	SRU_PEERS = SRU_ECHOED, /* of our own, and not echoed */
	SRU_DEADLINE_MS,
	SRU_RENDERED_BY, /* these are looked at, but nothing of the answer comes from them */
	SRU_HTTP_ACCEPT,
	SRU_IGNORED,
	SRU_NAMES = SRU_IGNORED
};

enum { SRU_FAULTS_MAX = 8, SRU_NOTES_MAX = 8, SRU_NUMBER_MAX = 999999999 };

struct sru {
	struct answer *answer;
	struct xml xml; /* of the answer's body */
	enum sru_version version;
	enum sru_operation operation;
	bool soap;
	enum soap_fault soap_fault;
	const char *values[SRU_NAMES]; /* NULL: not given, or empty */
	bool named[SRU_NAMES];         /* given, also if it is empty or cannot be read */
	struct sru_fault faults[SRU_FAULTS_MAX];
	size_t fault_count;
	struct sru_fault notes[SRU_NOTES_MAX];
	size_t note_count;
	bool whole; /* the answer is, without anything being put: the client has it, or it was kept (etag.h) */
};

/* The door; below: a name behind /sru/, of which no database has one. */
void sru_answer(struct answer *a);
void sru_below(struct answer *a, struct bytes below);

/* Fill values, version and operation, or note what is wrong.  False: nothing can be made of it (a broken envelope). */
bool sru_read(struct sru *s);
/* One parameter, decoded.  The value is copied. */
void sru_take(struct sru *s, const char *name, const char *value);
/* Note that its value is too long to be kept. */
void sru_too_long(struct sru *s, const char *name);
/* Note a limit that was overstepped: the details are the number. */
bool sru_too_many(struct sru *s, int code, uint64_t limit);
/* Is the body one of SOAP, by its type? */
bool sru_is_envelope(const struct http_request *request);
/* Parameters out of a SOAP 1.1 envelope, the operation by its element's name.  False: it is none; soap_fault says why.
 */
bool soap_read(struct sru *s, struct bytes body);

/* Open the view's snapshot; false: why not is noted as a diagnostic, as all else that is wrong.  Likewise have what
 * logs claim (answer_claims). */
bool sru_open(struct sru *s);
/* sru_open for an answer that depends on the snapshot alone: asked for by GET it has a validator (etag.h).  False: as
 * above, or the answer is whole. */
bool sru_open_tagged(struct sru *s);
bool sru_claims(struct sru *s);

/* Note a diagnostic, and give false; too many are not noted.  There are no records then. */
bool sru_fault(struct sru *s, int code, const char *details);
/* Note one that does not end the answer: it stands beside the records (59: they are not all that there are). */
void sru_note(struct sru *s, int code, const char *details);
/* A number from min on, one beyond all that is counted here as SRU_NUMBER_MAX; absent leaves *value. */
bool sru_number(struct sru *s, enum sru_name name, uint64_t min, uint64_t *value);
/* CQL as a tree, in the answer's arena; false: what is wrong with it is noted. */
bool sru_parse(struct sru *s, const char *text, struct cql_query *out);
/* The diagnostics that this node has, by their place; 0 behind the last. */
int sru_code(size_t place);
/* What the parameter is called. */
const char *sru_name(enum sru_name name);
/* With zs: before it. */
const char *sru_element(enum sru_name name);

/* One each: into the body.  They say in an answer of their own what is wrong. */
void sru_explain(struct sru *s);
void sru_search(struct sru *s);
void sru_scan(struct sru *s);

/* The root element of an answer with its version; ended by sru_end with the diagnostics. */
void sru_begin(struct sru *s, const char *root);
void sru_end(struct sru *s);
/* The diagnostics that were noted; nothing when there are none. */
void sru_diagnostics(struct sru *s);
/* One, as a record of its own or in a list. */
void sru_diagnostic(struct sru *s, const struct sru_fault *fault);
/* The parameters that were given, as far as they are of this operation, as echoed in an element of that name. */
void sru_echo(struct sru *s, const char *element, const struct cql_query *query);
