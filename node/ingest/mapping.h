/* mapping: which column of a table is which field of a record, as a file of YAML says (mappings/README.md has its
 * words).
 *
 * Knows: the words of such files.  Must not know: rows.  Thread: any once read; it owns its memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/charset.h"
#include "node/ingest/path.h"

/* What a cell is read as. */
enum mapping_as {
	CELL_LINE, /* one line of text */
	CELL_LINES,
	CELL_CODE, /* full-width forms as ASCII; what the schema's code lists take is a word of theirs */
	CELL_DATE,
	CELL_ICS,
	CELL_CCS,
	CELL_LANGUAGE,
	CELL_REFERENCE, /* a designator; of a family that is known, unless the rule says any */
	CELL_ADOPTION,  /* "ISO 9001:2015,IDT": target and degree of the field's item */
};

struct mapping_value {
	const char *from; /* name_fold()ed */
	const char *to;
};

struct mapping_names {
	const char **v;
	size_t count;
};

/* Where a text comes from: a column, or the mapping itself. */
struct mapping_text {
	struct mapping_names columns; /* name_fold()ed; the first one that the table has counts */
	struct mapping_value *values; /* ends with from NULL; NULL: there is no table */
	const char *constant;         /* instead of columns; NULL: there is none */
};

/* Another field of the same item. */
struct mapping_with {
	struct path field; /* below the item, or below the message that holds the field */
	struct mapping_text text;
};

struct mapping_rule {
	struct path field;
	struct mapping_text text;
	enum mapping_as form;
	bool required;                   /* a table without the column is refused */
	bool any;                        /* CELL_REFERENCE: of any family */
	struct mapping_names separators; /* of several values in one cell; none: it is one */
	struct mapping_names prefixes;   /* one of them stands before the value, or the cell says nothing of the field */
	const char *before;              /* put before a text; "" for nothing */
	struct mapping_names dates;      /* patterns of YYYY MM M DD D hh mm ss and other letters */
	struct mapping_names constants;  /* instead of columns: the values, where no rule before has set the field */
	struct mapping_with *with;
	size_t with_count;
};

struct mapping {
	struct arena arena; /* owns everything here */
	const char *name, *title;
	int kind;
	enum charset_name encoding;
	char separator; /* 0: found out */
	bool derive;    /* level, obligation and region from the reference, where no column says them */
	bool known;     /* the subject's reference is of a family that is known */
	struct mapping_text subject, fragment; /* fragment: its columns may be none */
	struct mapping_rule *rules;            /* constants last */
	size_t count;
};

/* Read the text of a mapping file.  Gives *out.  ERR_INVALID with what is wrong where; ERR_LIMIT. */
CHECKED int mapping_read(struct bytes yaml, struct mapping **out, struct err *err);
void mapping_free(struct mapping *m);

/* Those that the program brings along, and what their files say.  included_name: NULL after the last. */
const char *included_name(size_t i);
const char *included_title(size_t i);
bool included_text(const char *name, struct bytes *out);
