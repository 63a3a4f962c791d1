/* limits_search: what one question may ask, look at and be given, and what readers keep for the next; the rest is in
 * limits.h.
 *
 * Sizes in bytes, unless the name says otherwise.
 */
#pragma once

enum {
	QUERY_MAX = 4096,
	QUERY_TERMS_MAX = 64,
	QUERY_WIRE_MAX = 16 * 1024, /* a question as text, percent-encoded */
	QUERY_CHOICES_MAX = 32,     /* values of one filter, with commas between */
	CQL_DEPTH_MAX = 64,         /* parentheses in one another, of a query of at most QUERY_MAX bytes */
	CQL_NODES_MAX = 256,        /* its clauses and booleans */
	SEARCH_LIMIT_DEFAULT = 20,
	SEARCH_LIMIT_MAX = 200,
	SEARCH_OFFSET_MAX = 10000,
	PATTERN_TERMS_MAX = 512,           /* words of the index that masked words of one clause stand for */
	SELECT_WORDS_BACK_MAX = 64 * 1024, /* words before one, looked through for those right before it */
	PATTERN_COST = 16,                 /* rows that a record read to be checked counts as */
	SELECT_COST_MAX = 2 * 1000 * 1000, /* rows that one selection may look at */
	SELECT_COUNTS_MAX = 100,           /* values that are counted, of one field */
	RESULTS_KEPT_MAX = 256,            /* lists that one reader remembers, */
	RESULTS_DOCS_MAX = 1000 * 1000,    /* and records in all of them */
	RESULT_BEST = 200,                 /* of a list so many are put in order at first; */
	RESULT_UNKEPT_MAX = 16,            /* one of a single name is not remembered when it has no more */
	ACROSS_EDITIONS_MAX = 200,         /* hits whose links are followed to what they are editions of, */
	ACROSS_FOUND_MAX = 100,            /* and records that are found by that */
	SUGGEST_ROWS_MAX = 200,            /* records looked at for what a reference may mean, */
	SUGGEST_LIMIT_MAX = 50,            /* and of them given */
	CURSOR_MAX = 4096,                 /* a place in a list, as text */
	SELECT_VALUES_MAX = 100,           /* values of a field in one answer, before and after */

	/* What each reader keeps from one question to the next. */
	POSTINGS_BYTES_MAX = 48 * 1024 * 1024, /* lists of where terms stand that a reader keeps, */
	POSTINGS_TERM_MAX = 1024 * 1024,       /* docs in one of them, */
	POSTINGS_READ_MAX = 64 * 1024,         /* docs that are read into them for one question, */
	POSTINGS_FIRST_MAX = 1024,             /* likewise of a term that nobody asked for before */
	ROWS_KEPT_MAX = 1024 * 1024,           /* rows of docs that a reader keeps, */
	ROWS_KEPT_MIN = 1024,                  /* of one log */
	RECENT_BYTES_MAX = 16 * 1024 * 1024,   /* unpacked payloads that a reader keeps for the next question, */
	RECENT_NAMES_MAX = 4 * 1024 * 1024,    /* names, and who has them, */
	RECENT_NAMED_MAX = 2 * 1024,
	RECENT_NODES_MAX = 4 * 1024 * 1024,   /* nodes of hash trees, for proofs, */
	WRITTEN_BYTES_MAX = 48 * 1024 * 1024, /* likewise: records as they read in answers, */
	WRITTEN_PIECE_MAX = 32 * 1024,
	KEPT_BYTES_MAX = 16 * 1024 * 1024, /* whole answers, kept by the loop */
	KEPT_ANSWER_MAX = 16 * 1024,
	KEPT_ASKED = 16 * 1024,         /* questions of which it is known that they were asked */
	RECENT_PAYLOAD_MAX = 16 * 1024, /* each at most so large */
};
