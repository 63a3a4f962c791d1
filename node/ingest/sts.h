/* sts: the metadata of a standard in NISO STS or ISOSTS XML to records (README.md says which element goes where).
 *
 * One document holds one standard, or several around each other: an adoption nests what it adopts, in elements of its
 * own (NISO STS) or as blocks side by side in one front (ISOSTS: the national one around the regional one around
 * ISO's).  Each of these layers becomes a record of a standard, and each step from a layer to the one inside it a
 * source in an adoption of the outer one.  Layers on one subject are one.
 *
 * Knows: elements of NISO STS and ISOSTS.  Must not know: files, what came before.
 * Thread: any; everything lives in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/ingest/draft.h"
#include "node/ingest/xml.h"

struct sts_record {
	struct bytes record; /* serialised */
	const char *key;     /* kind and subject: the subject alone for a standard */
	uint64_t warnings;   /* facts left out of it */
	bool held;           /* of an inner layer: a document of its own on the same subject is better */
};

/* Which elements xml.h is to keep. */
enum xml_want sts_wants(const struct xml_node *parent, const char *name);

/* The records of one document, outermost layer first, each with its adoption after it; never none.  root as xml_finish
 * gave it; warnings are those met while it was read.  ERR_INVALID with the reason; ERR_LIMIT. */
CHECKED int sts_read(const struct xml_node *root, uint64_t warnings, struct arena *arena, struct sts_record **records,
                     size_t *count, struct err *err);

/* ---- shared by the files named sts ---------------------------------------------------------------------------- */

/* What a layer adopts. */
struct sts_source {
	char *target;
	int degree;       /* 0: not known */
	const char *date; /* of the adoption, NULL */
};

struct sts_layer {
	struct draft d;
	bool inner;
	int degree;       /* that its dates tell for whatever it adopts */
	const char *date; /* likewise */
	struct sts_source **sources;
	size_t source_count;
};

/* A value: cleaned, empty for N/A and the like. */
struct bytes sts_value(struct arena *arena, const struct xml_node *node);

/* The reference of a *-meta element, and what its parts say against it.  ERR_INVALID. */
CHECKED int sts_name(struct draft *d, const struct xml_node *meta, struct err *err);

/* All other facts of a *-meta element into a layer that has its name; what is there stays. */
void sts_facts(struct sts_layer *layer, const struct xml_node *meta);

/* Add what a layer adopts, once each; what is known of it before stays. */
void sts_adopts(struct sts_layer *layer, const char *target, int degree, const char *date);
