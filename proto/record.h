/* record: one statement about one subject: reading, validating, and the words of its code lists
 * (proto/README.md, clause 2).
 *
 * Thread: any.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/designator.h"
#include "proto/message.h"

enum { KIND_LOG_FIRST = 101 }; /* clause 2.7: kinds from here on speak about logs */

static inline bool kind_about_log(int kind)
{
	return kind >= KIND_LOG_FIRST;
}

/* Decode and validate.  ERR_INVALID: the text is "<field path>: <reason> (clause 2.n)", for instance
 * "standard.events[2].date: not a date: 2015-13 (clause 2.4)".  ERR_LIMIT likewise. */
CHECKED int record_decode(struct bytes raw, struct arena *arena, Normlink__Record **out, struct err *err);

/* Validate what was built in memory. */
CHECKED int record_validate(const Normlink__Record *r, struct err *err);

/* Is a valid record the personal part of feedback, which is not for everybody (clause 2.11)? */
bool record_personal(const Normlink__Record *r);

/* Append the serialised record, after it validated. */
CHECKED int record_encode(const Normlink__Record *r, struct buf *out, struct err *err);

/* What a record of that kind is filed under (clause 2.11): the text in canonical form, with its fragment where the kind
 * has one; undated form, year and the rest are those of what stands before '#', so that everything about a standard
 * lies together.  Of a log statement the text as it stands (canonical and undated).  ERR_INVALID. */
CHECKED int record_subject(int kind, const char *text, struct designator *out, struct err *err);

/* Code lists as words, lower case: "standard", "current", "replaced-by", "idt", "released".  NULL for a value that is
 * not in this version's list.  The second form gives the value, or 0.  For other lists see field.h. */
const char *kind_word(int kind);
const char *status_word(int status);
const char *event_word(int type);
const char *link_word(int type);
const char *degree_word(int degree);
const char *role_word(int role);
const char *decision_word(int decision);
int kind_of_word(const char *word);
int status_of_word(const char *word);
int degree_of_word(const char *word);
int decision_of_word(const char *word);

/* What Relaton's model calls a link of that type: "obsoletes"; NULL: it has no word for it.  Its words are fewer. */
const char *link_relaton_word(int type);

/* The text of that role best for lang ("" for any): exact, then same language, then English, then the
 * first.  NULL when there is none.  Borrowed from r. */
const char *record_text(const Normlink__Record *r, int role, const char *lang);

/* The first date of that event type, of a standard or a project; NULL when there is none.  Borrowed. */
const char *record_date(const Normlink__Record *r, int event_type);

/* The date by which people know it: of a standard or a project as far as its events tell (publication, else the first),
 * of others that of the body.  NULL.  Borrowed. */
const char *record_day(const Normlink__Record *r);

/* The body that goes with the kind; NULL: it is not there, or of a kind that this version does not know.  Borrowed. */
const ProtobufCMessage *record_body(const Normlink__Record *r);

/* The status that a standard or a project has; 0: none is given. */
int record_status(const Normlink__Record *r);

/* The ICS codes that it is filed under.  Borrowed; *count is set. */
char *const *record_ics(const Normlink__Record *r, size_t *count);

/* What people may search for in a valid record, one text at a time, in an order that depends on the record alone. */
enum record_words {
	RECORD_WORDS_REFERENCE, /* the subject, and by what else it is called */
	RECORD_WORDS_TITLE,
	RECORD_WORDS_BODY,
};
typedef void (*record_words_cb)(void *arg, enum record_words where, const char *text);
void record_words(const Normlink__Record *r, record_words_cb words_cb, void *arg);

/* The form checks, for other rooms: YYYY[-MM[-DD]] and real; NN[.NNN[.NN]]; XX.YY. */
bool date_valid(const char *text);
bool ics_valid(const char *text);
bool stage_valid(const char *text);

/* Is one valid date before the other, as far as both are known?  2015-12 is not before 2015. */
bool date_before(const char *a, const char *b);
