/* walk: what answers made from walks over all standards (graph.h of the core) have in common: the graph itself,
 * standards, steps, marks of authority.  Private to this room.
 * Thread: the caller's.
 */
#pragma once

#include "node/api/answer.h"
#include "node/core/graph.h"

/* ?lang= for titles.  False: the answer is a problem. */
bool walk_lang(struct answer *a, const char **lang);

/* ?ref=, which must be there.  Likewise. */
bool walk_ref(struct answer *a, const char **ref);

/* Begin the answer's snapshot and a graph in it.  False: the answer is a problem; the graph is closed.  Else close it
 * with graph_close.  err is the graph's as long as it lives. */
bool walk_open(struct answer *a, struct graph *g, const char *lang, struct err *err);

/* A walk ended with this code, which is not OK: a problem with the parameter ref where that is to blame. */
void walk_problem(struct answer *a, int code, const struct err *err);

/* Members of the open object: "designator", "origin", "index", "title", "lang", "status", "date", "authority", "href";
 * all but the first and last null where no log has a record of it. */
void walk_standard_json(struct answer *a, const char *name, const struct fact *said, struct json *j);

/* One statement as an object: "origin", "index", "kind", "subject", "title", "lang", "date", "authority", "href". */
void walk_fact_json(struct answer *a, const struct fact *fact, struct json *j);

/* "path": [...] of the open object. */
void walk_path_json(const struct step *const *path, size_t count, struct json *j);
void walk_step_json(const struct step *step, struct json *j);

/* "complete" says that no limit was reached; with "as_of" it ends an answer. */
void walk_end_json(struct answer *a, bool cut, struct json *j);
void walk_end_text(struct answer *a, bool cut);

/* "iso.example/log #12, third-party": where it stands, and a mark unless it is own or nobody claims it. */
void walk_where_text(const struct fact *fact, enum authority authority, struct buf *out);

/* A line of a designator (padded to width columns), a word, status, date and where it stands, then its title. */
void walk_standard_text(struct answer *a, const char *name, size_t width, const char *word, const struct fact *said);

/* A sentence for each step, with the statements that say so, and those that say otherwise. */
void walk_path_text(struct answer *a, const struct step *const *path, size_t count);

enum { WALK_NAME_WIDTH_MAX = 40, WALK_LIST_DEFAULT = 20 };
/* The width of a column of names that has this one in it, too. */
size_t walk_width(size_t width, const char *name);

/* The degree as people write it: "IDT"; other relations as words. */
const char *walk_relation_text(enum relation relation);
