/* relaton: Relaton's bibliographic documents to records (README.md says which field goes where, and why).
 *
 * Both generations of the model are read by the same code, since a fact has two names at most:
 *     docid[].id, docstatus.stage.value, date.value, link    and    docidentifier[].content, status.stage.content,
 *     date.at, source; doctype, ics and editorialgroup at the top or under ext.
 *
 * What is there but cannot be a fact of the record is left out and counted as a warning; what would make the record
 * false (no identifier, not a standard) refuses the document.
 *
 * Knows: Relaton's fields, the quirks of the public data sets.  Must not know: files, archives, what came before.
 * Thread: any; everything lives in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/draft.h"
#include "node/ingest/yaml.h"

/* One document while it is read; shared by the files named relaton. */
struct relaton {
	struct draft d;
	const struct yaml_node *root;
	const struct yaml_node *ext; /* where newer crawls keep what is a standard's own; may be NULL */
};

/* What the caller must know beside the record's bytes. */
struct relaton_facts {
	const char *subject; /* in the arena */
	uint64_t warnings;
	bool held; /* of the older crawl: a document without `fetched` on the same subject is better */
};

/* The record of one document, encoded, is appended to out.  ERR_INVALID, ERR_LIMIT with the reason (out is then as it
 * was).  Borrows yaml; facts point into arena. */
CHECKED int relaton_read(struct bytes yaml, struct arena *arena, struct buf *out, struct relaton_facts *facts,
                         struct err *err);
/* The same of a document that was parsed: alone, or in a collection. */
CHECKED int relaton_read_node(const struct yaml_node *root, struct arena *arena, struct buf *out,
                              struct relaton_facts *facts, struct err *err);

/* The documents of a collection (a list, or what stands under items, itself under root or not), as a sequence; NULL: it
 * is no collection. */
const struct yaml_node *relaton_documents(const struct yaml_node *root);

/* Words of the model that stand for values of ours, both ways: 0 and NULL for none. */
int relaton_event_of_word(struct bytes word);
const char *relaton_event_word(int type);
const char *relaton_scope_word(int level);
const char *relaton_mandate_word(int obligation);

/* The status that a word means in any case of letters; 0. */
int relaton_status_of_word(struct bytes word);

/* The parts: each fills its fields of r->d. */
void relaton_text_read(struct relaton *r); /* titles, abstracts */
void relaton_life_read(struct relaton *r); /* status, stage, dates */
void relaton_link_read(struct relaton *r); /* links, adoptions */
void relaton_ext_read(struct relaton *r);  /* level, obligation, source, validity */

/* A field that stands at the top in one crawl and under ext in another. */
const struct yaml_node *relaton_field(const struct relaton *r, const char *key);

/* Does a designator speak of a supplement that corrects, or that amends?  LINK_CORRECTS, LINK_AMENDS, or 0 (not a
 * supplement, or one of another nature, such as an explanation). */
int relaton_supplement(const char *canonical);
