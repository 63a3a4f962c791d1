/* Links of a Relaton document to others.
 *
 * The words of the public data sets do not mean what the model says; these rules are what 72,283 relations between
 * ISO documents show:
 *     obsoletes   on a draft's reference: "will be replaced by", which catalogue pages list beside "previously"
 *                 (2,510 published standards point at the project that revises them); else the older document.
 *     updates     the target is a supplement of the document: amended or corrected by it (4,948 of them);
 *                 else the newer document.
 * A supplement's own name says what it changes, so that link is made from the name.
 */
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"
#include "proto/record.h"

/* ---- what a reference tells of itself ------------------------------------------------------------------------- */

static bool word_in(const char *word, size_t len, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && strncasecmp(*list, word, len) == 0)
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Is one of the list's words in the text, between things that are not letters? */
static bool has_word(const char *text, const char *const *list)
{
	while (*text != '\0') {
		size_t len = 0;
		while (is_letter(text[len]))
			len++;
		if (len > 0 && word_in(text, len, list))
			return true;
		text += len > 0 ? len : 1;
	}
	return false;
}

/* The supplement's part of a reference: after the last slash that something dated stands before. */
static const char *supplement_part(const char *canonical)
{
	const char *colon = strchr(canonical, ':');
	const char *slash = strrchr(colon != NULL ? colon : canonical, '/');
	return slash != NULL ? slash + 1 : "";
}

/* The canonical words of proto/designator.h. */
static const char *const CORRECTING[] = { "Cor", "DCOR", "FDCOR", NULL };
static const char *const AMENDING[] = { "Amd", "DAM", "FDAM", "PDAM", "Add", "Suppl", "Ext", NULL };

int relaton_supplement(const char *canonical)
{
	const char *part = supplement_part(canonical);
	if (has_word(part, CORRECTING))
		return NORMLINK__LINK_TYPE__LINK_CORRECTS;
	return has_word(part, AMENDING) ? NORMLINK__LINK_TYPE__LINK_AMENDS : 0;
}

/* A standard that is not there yet: a stage's word stands in its reference. */
static bool is_project(const struct designator *d)
{
	static const char *const stages[] = { "PWI",  "NP",   "AWI",  "WD",     "CD",      "DIS",  "FDIS",
		                                  "PRF",  "DTS",  "FDTS", "PDTS",   "DTR",     "FDTR", "PDTR",
		                                  "DPAS", "DISP", "CDV",  "DGuide", "FDGuide", NULL };
	return !d->supplement && has_word(d->canonical, stages);
}

/* ---- what a relation says ------------------------------------------------------------------------------------ */

static bool is_supplement_of(const char *target, const char *base)
{
	size_t len = strlen(base);
	return strncmp(target, base, len) == 0 && target[len] == '/';
}

static int type_of_updates(const struct relaton *r, const struct designator *target)
{
	if (!is_supplement_of(target->canonical, r->d.name.canonical))
		return NORMLINK__LINK_TYPE__LINK_REPLACED_BY;
	return relaton_supplement(target->canonical) == NORMLINK__LINK_TYPE__LINK_CORRECTS
	           ? NORMLINK__LINK_TYPE__LINK_CORRECTED_BY
	           : NORMLINK__LINK_TYPE__LINK_AMENDED_BY;
}

static int type_of_word(const struct relaton *r, struct bytes word, const struct designator *target)
{
	if (bytes_equal(word, bytes_str("obsoletes")))
		return is_project(target) ? NORMLINK__LINK_TYPE__LINK_REPLACED_BY : NORMLINK__LINK_TYPE__LINK_REPLACES;
	if (bytes_equal(word, bytes_str("updates")) || bytes_equal(word, bytes_str("updatedBy")))
		return type_of_updates(r, target);
	if (bytes_equal(word, bytes_str("obsoletedBy")))
		return NORMLINK__LINK_TYPE__LINK_REPLACED_BY;
	if (bytes_equal(word, bytes_str("cites")))
		return NORMLINK__LINK_TYPE__LINK_CITES;
	return 0;
}

/* The model has no word for MOD: the degree is the description beside the relation, as ISO/IEC Guide 21 writes it. */
static int degree_beside(struct relaton *r, const struct yaml_node *relation)
{
	return degree_of_text(clean_code(r->d.arena, yaml_words(yaml_get(relation, "description"))));
}

/* What the document itself adopts.  The model's grammar names the degree in the relation's type, too; its `equivalent`
 * is wider than MOD, so that without a word beside it nothing is known. */
static bool read_adoption(struct relaton *r, const struct yaml_node *relation, struct bytes word, const char *target)
{
	int degree = degree_beside(r, relation);
	if (bytes_equal(word, bytes_str("identical")))
		degree = degree != 0 ? degree : NORMLINK__DEGREE__DEGREE_IDT;
	else if (bytes_equal(word, bytes_str("nonequivalent")))
		degree = degree != 0 ? degree : NORMLINK__DEGREE__DEGREE_NEQ;
	else if (!bytes_equal(word, bytes_str("adoptedFrom")) && !bytes_equal(word, bytes_str("equivalent")))
		return false;
	draft_adopts(&r->d, degree, target);
	return true;
}

/* Our own word beside a relation, as the export writes it, is exact. */
static int type_beside(struct relaton *r, const struct yaml_node *relation)
{
	struct bytes word = yaml_words(yaml_get(relation, "description"));
	for (int type = NORMLINK__LINK_TYPE__LINK_REPLACES; word.len > 0 && link_word(type) != NULL; type++)
		if (bytes_equal(word, bytes_str(link_word(type))))
			return type;
	return 0;
}

static void read_relation(struct relaton *r, const struct yaml_node *relation)
{
	struct designator target;
	const struct yaml_node *item = yaml_get(relation, "bibitem");
	const struct yaml_node *ids = yaml_either(item, "docid", "docidentifier");
	/* Nothing readable; or, 87 times in ISO's data, the document itself. */
	if (!draft_target(&r->d, yaml_words(ids != NULL ? ids : yaml_get(item, "formattedref")), &target))
		return;
	struct bytes word = yaml_words(yaml_get(relation, "type"));
	int type = type_beside(r, relation);
	type = type != 0 ? type : type_of_word(r, word, &target);
	if (type != 0)
		draft_link(&r->d, type, target.canonical);
	else if (!read_adoption(r, relation, word, target.canonical))
		r->d.warnings++;
}

static void add_base(struct relaton *r)
{
	const struct designator *name = &r->d.name;
	int type = name->supplement ? relaton_supplement(name->canonical) : 0;
	const char *slash = strrchr(name->canonical, '/');
	if (type == 0 || slash == NULL)
		return;
	draft_link(&r->d, type, arena_strn(r->d.arena, name->canonical, (size_t)(slash - name->canonical)));
}

void relaton_link_read(struct relaton *r)
{
	const struct yaml_node *list = yaml_get(r->root, "relation");
	add_base(r);
	size_t seen = 0;
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		if (seen++ < RECORD_LIST_MAX)
			read_relation(r, n);
		else
			r->d.warnings++;
	}
}
