/* statement: one record as its origin states it, read for showing: which facts a person sees, in which order.
 * For this room, and for the command line, which shows what it has verified.
 * Each has an arena of its own, with a cap: a page of records that expand to the utmost must not add up.
 * Thread: the caller's.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/core/query.h"
#include "proto/entry.h"
#include "proto/json.h"
#include "proto/record.h"

struct statement {
	const struct found *found;
	const Normlink__Record *record; /* NULL: withheld, redacted, or not valid (problem says why) */
	const char *subject;            /* of the record; what was asked for where there is none */
	char problem[ERR_TEXT_MAX];     /* empty: none */
	struct envelope envelope;       /* zeroed when there is none to read */
	struct arena arena;
};

/* Never fails: what cannot be read is said in problem.  Borrows found and asked; free with statement_free. */
void statement_read(struct statement *s, const struct found *found, const char *asked);
void statement_free(struct statement *s);

/* "present", "withheld", "redacted". */
const char *statement_state(const struct found *found);

/* "current"; "" when nothing is said.  Borrowed. */
const char *statement_status(const struct statement *s);
/* "standard"; "" where there is no record.  Borrowed. */
const char *statement_kind(const struct statement *s);
/* The word that says most in a line: the status, "retracted", else the first code of the body: "official", "confirm";
 * "".  Borrowed. */
const char *statement_gist(const struct statement *s);
/* The date by which people know it (record_day); "". */
const char *statement_date(const struct statement *s);

/* "record": {...} of the open object; where there is none, null and "problem": "...". */
void statement_json(const struct statement *s, struct json *j);

/* "titles":[{"lang","value"}...] of the open object. */
void statement_titles(const struct statement *s, struct json *j);

/* All facts for a terminal, each line after two blanks. */
void statement_text(const struct statement *s, struct buf *out);
/* The titles only: a language and a title a line, after indent blanks. */
void statement_titles_text(const struct statement *s, size_t indent, struct buf *out);
