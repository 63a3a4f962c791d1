/* condition: what is asked of the records of a view, whoever asks: a tree of clauses that AND, OR and NOT join, sort
 * keys, counts by value; and the values of one field in order.
 *
 * Knows: names of fields and relations alone.  Must not know: who asks in which language (question.h makes this of
 * name=value pairs, SRU of CQL).
 * Everything is borrowed for the call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers are stored in views, and never change. */
enum record_field {
	FIELD_EVERY = 1, /* every record; text is not looked at */
	FIELD_ENTRY,     /* ORIGIN#INDEX: one entry */
	/* words */
	FIELD_ANY,
	FIELD_REFERENCE,
	FIELD_TITLE,
	FIELD_ABSTRACT,
	/* values */
	FIELD_ICS,
	FIELD_CCS,
	FIELD_STATUS,
	FIELD_STAGE,
	FIELD_LEVEL,
	FIELD_KIND,
	FIELD_ORIGIN,
	FIELD_LANGUAGE,
	FIELD_PUBLISHER,
	FIELD_COMMITTEE,
	FIELD_DATE,
	/* other records: a designator */
	FIELD_ADOPTS,
	FIELD_REPLACES,
	FIELD_REGULATION, /* standards that this act cites */
	FIELD_DEGREE,     /* a value: of an adoption */
	FIELD_RELEVANCE,  /* to sort by: how well it fits */
	/* other records again */
	FIELD_CITES,    /* it cites that one: a standard normatively, an act by law */
	FIELD_CITED_BY, /* that one cites it */
	FIELD_LAST = FIELD_CITED_BY,
};

enum compare {
	COMPARE_ALL,    /* words: each of them */
	COMPARE_ANY,    /* words: one of them */
	COMPARE_PHRASE, /* words: next to one another */
	COMPARE_IS,     /* a value: this; a reference: this, all editions of one without a year */
	COMPARE_BELOW,  /* a value: this, and what is more specific: 03.120 below 03 */
	COMPARE_BEFORE,
	COMPARE_UPTO,
	COMPARE_AFTER,
	COMPARE_FROM,
	COMPARE_WITHIN, /* from text to last */
};

/* Words that stand in a certain place, or are known in part: what a clause on words asks for when its text alone does
 * not say it. */
struct word_pattern {
	const char *text;  /* "qual* man?gement": in a word '*' is any characters, '?' one; a backslash stands before those
	                    * that are meant themselves */
	bool begins, ends; /* the first word is the first of a title (of a line of an abstract), the last one the last */
	/* The same words near others, or NULL: */
	const struct word_pattern *near;
	enum compare apart; /* how many words they are apart, as to distance: COMPARE_BEFORE, _UPTO, _IS, _FROM, _AFTER */
	unsigned distance;  /* 1: side by side */
	bool ordered;       /* these first, the near ones behind them */
	bool same_text;     /* anywhere in the same title or line instead, however far apart */
};

struct condition {
	enum { CONDITION_CLAUSE, CONDITION_AND, CONDITION_OR, CONDITION_NOT } op; /* NOT: the left and not the right */
	const struct condition *left, *right;
	enum record_field field;
	enum compare relation;
	const char *text;
	const char *last;
	bool open;                          /* text is a beginning: of the last word, of a value */
	const struct word_pattern *pattern; /* of words, which are ALL, ANY or a PHRASE of it: instead of text; or NULL */
};

struct sort_key {
	enum record_field field;
	bool descending;
};

/* Counts by value, of all that is selected. */
struct value_count {
	const char *value;
	uint64_t count;
};
struct count_wish {
	enum record_field field;
	size_t limit;          /* 1 to SELECT_COUNTS_MAX */
	struct value_count *v; /* (out) most frequent first */
	size_t count;
};

enum { SELECT_SORTS_MAX = 4, SELECT_WISHES_MAX = 16 };

struct selection {
	const struct condition *where;
	struct sort_key sorts[SELECT_SORTS_MAX]; /* none: by relevance; at last by origin and index */
	size_t sort_count;
	struct count_wish *wishes;
	size_t wish_count; /* at most SELECT_WISHES_MAX */
	bool public_only;
	bool unread;   /* hits come with their mark and without their payload, which query.h's payload reads */
	bool across;   /* after all others, what is found through an edition in another language; by relevance alone */
	size_t limit;  /* 0 to SEARCH_LIMIT_MAX */
	size_t offset; /* any: what is selected was counted already */
	const char
	    *cursor; /* as an answer to the same question gave it: go on there, and in what was there then; or NULL */
};

/* Values of a field, in order, around one. */
struct value_list {
	struct value_count *v;
	size_t count;
	size_t place; /* of the first that does not stand before the one asked for */
};
