/* oai: OAI-PMH 2.0 (openarchives.org/OAI/2.0/openarchivesprotocol.htm): one request, while it is answered.  Private to
 * this room.
 *
 * An item is one origin's statement on one subject, of the kind that it is, as the newest public revision has it:
 *
 *     oai:sac.example:iso.example/log/315       identifier: the host of this node's origin, the item's origin, the
 *                                               index of its first entry there: a number, so that nothing of what is
 *                                               redacted is kept in the name of what was deleted for ever
 *     2026-03-01T09:30:00Z                      datestamp: when that revision came to this node; never goes back
 *     origin:iso.example!2Flog, kind:standard, status:current, ics:03.120.10, ics:03.120, ics:03
 *                                               sets; "!2F" is a byte that a setSpec cannot have
 *
 * A list is as of the place in the order of arrival where it began: its resumption tokens say where, are signed by a
 * secret of the node, and are good for as long as that: there is no state to expire.
 *
 * oai.c answers; oai_args.c reads what is asked; oai_list.c gives records; oai_token.c keeps a list's place.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/api/formats.h"
#include "node/api/xml.h"
#include "node/core/harvested.h"

enum oai_verb { OAI_NO_VERB, OAI_IDENTIFY, OAI_FORMATS, OAI_SETS, OAI_GET, OAI_IDENTIFIERS, OAI_RECORDS };

enum oai_argument { ARG_IDENTIFIER, ARG_PREFIX, ARG_FROM, ARG_UNTIL, ARG_SET, ARG_TOKEN, ARG_COUNT };

enum { OAI_ERRORS_MAX = 8 };

struct oai_error {
	const char *code, *text;
};

struct oai {
	struct answer *a;
	enum oai_verb verb;
	const char *values[ARG_COUNT]; /* NULL: not given */
	struct oai_error errors[OAI_ERRORS_MAX];
	size_t error_count;
	struct xml x; /* of what the verb answers */
};

/* One more of the eight errors. */
void oai_refuse(struct oai *o, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- oai_args.c ---- */

/* The verb and its arguments, from the query or the body of a form.  Errors are in o. */
void oai_read(struct oai *o);
const char *oai_verb_word(enum oai_verb verb);
const char *oai_argument_word(enum oai_argument argument);

/* ---- a list's place ---- */

struct oai_list {
	enum oai_verb verb;
	const char *prefix, *set; /* "": none */
	uint64_t from_s, until_s;
	uint64_t upto, seq, index; /* as of a struct harvest; of sets only index: how many were listed */
	uint32_t check;
	uint64_t cursor, total; /* how many came before; of how many, 0: not known */
};

/* Gives the token, in the request's arena. */
const char *oai_token_write(const struct oai *o, const struct oai_list *list);
/* False: it is none of ours, or of another verb. */
bool oai_token_read(const struct oai *o, const char *token, struct oai_list *out);
/* The element, after a page of that many; more: there is another, list says where. */
void oai_token_put(struct oai *o, const struct oai_list *list, uint64_t cursor, bool more);

/* From and until, "": not given, as seconds; both in one form.  False: refused. */
bool oai_window(struct oai *o, uint64_t *from_s, uint64_t *until_s);

/* ---- oai_list.c ---- */

/* The format of a prefix; NULL: there is none.  That of `signed` has no write. */
const struct format *oai_format(const char *prefix);
extern const struct format OAI_SIGNED;

/* The host that identifiers begin with. */
const char *oai_domain(const struct answer *a);
/* A set's name after its colon, as a setSpec can have it. */
const char *oai_set_escaped(struct arena *arena, const char *text);

/* The item of an identifier.  False: refused, or the answer is a problem. */
bool oai_item(struct oai *o, const char *identifier, struct harvested *out);

void oai_get(struct oai *o);
void oai_list(struct oai *o);
