/* What a Relaton document says of its place: level, obligation, source, validity. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"

struct word {
	const char *word;
	int value;
};

static int value_of(const struct word *table, struct bytes word)
{
	for (; table->word != NULL; table++)
		if (bytes_equal(word, bytes_str(table->word)))
			return table->value;
	return 0;
}

static const char *word_of(const struct word *table, int value)
{
	while (table->word != NULL && table->value != value)
		table++;
	return table->word;
}

/* ---- the model's own words for Chinese standards -------------------------------------------------------------- */

/* "Professional" standards were those of ministries. */
static const struct word SCOPES[] = {
	{ "national", NORMLINK__LEVEL__LEVEL_NATIONAL },
	{ "sector", NORMLINK__LEVEL__LEVEL_SECTOR },
	{ "professional", NORMLINK__LEVEL__LEVEL_SECTOR },
	{ "local", NORMLINK__LEVEL__LEVEL_LOCAL },
	{ "enterprise", NORMLINK__LEVEL__LEVEL_ENTERPRISE },
	{ "social-group", NORMLINK__LEVEL__LEVEL_ASSOCIATION },
	{ NULL, 0 },
};

static const struct word MANDATES[] = {
	{ "mandatory", NORMLINK__OBLIGATION__OBLIGATION_MANDATORY },
	{ "recommended", NORMLINK__OBLIGATION__OBLIGATION_VOLUNTARY },
	{ "guidelines", NORMLINK__OBLIGATION__OBLIGATION_GUIDANCE },
	{ NULL, 0 },
};

const char *relaton_scope_word(int level)
{
	return word_of(SCOPES, level);
}

const char *relaton_mandate_word(int obligation)
{
	return word_of(MANDATES, obligation);
}

/* Under gbtype in most documents, its names with or without the prefix. */
static struct bytes gb_words(const struct relaton *r, const char *key, const char *other)
{
	const struct yaml_node *type = relaton_field(r, "gbtype");
	const struct yaml_node *found = yaml_either(type, key, other);
	return yaml_words(found != NULL ? found : relaton_field(r, key));
}

static void read_level(struct relaton *r)
{
	struct bytes scope = gb_words(r, "gbscope", "scope");
	int level = value_of(SCOPES, scope);
	r->d.warnings += scope.len > 0 && level == 0;
	if (level == 0)
		return;
	r->d.standard.has_level = true;
	r->d.standard.level = (Normlink__Level)level;
	if (level != NORMLINK__LEVEL__LEVEL_ENTERPRISE && level != NORMLINK__LEVEL__LEVEL_ASSOCIATION)
		r->d.standard.region = arena_str(r->d.arena, "CN");
}

static void read_obligation(struct relaton *r)
{
	struct bytes mandate = gb_words(r, "gbmandate", "mandate");
	int obligation = value_of(MANDATES, mandate);
	r->d.warnings += mandate.len > 0 && obligation == 0;
	if (obligation == 0)
		return;
	r->d.standard.has_obligation = true;
	r->d.standard.obligation = (Normlink__Obligation)obligation;
}

static void read_ccs(struct relaton *r)
{
	const struct yaml_node *list = relaton_field(r, "ccs");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		draft_ccs(&r->d, yaml_words(n->shape == SHAPE_MAPPING ? yaml_get(n, "code") : n));
}

/* Technical, provisional or drafting: the kind of a committee is not kept. */
static void read_gb_committees(struct relaton *r)
{
	const struct yaml_node *list = relaton_field(r, "gbcommittee");
	list = list != NULL ? list : relaton_field(r, "committee");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		const struct yaml_node *name = yaml_get(n, "name");
		draft_committee(&r->d, yaml_words(name != NULL ? name : n));
	}
}

/* ---- source and validity -------------------------------------------------------------------------------------- */

static Normlink__Source *source_of(struct relaton *r)
{
	if (r->d.record.source == NULL) {
		r->d.record.source = arena_get(r->d.arena, sizeof *r->d.record.source);
		normlink__source__init(r->d.record.source);
	}
	return r->d.record.source;
}

static void read_source(struct relaton *r)
{
	const struct yaml_node *licence = yaml_get(r->root, "license");
	struct bytes words = clean_line(r->d.arena, yaml_words(licence));
	if (words.len > 0 && words.len <= LABEL_MAX)
		draft_label(&r->d, &source_of(r)->licence, words);
	const struct yaml_node *list = yaml_either(r->root, "link", "source");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		if (!bytes_equal(yaml_words(yaml_get(n, "type")), bytes_str("src")))
			continue;
		words = yaml_words(n);
		if (words.len > 8 && words.len <= LABEL_MAX && memcmp(words.data, "http", 4) == 0)
			draft_label(&r->d, &source_of(r)->url, words);
		break;
	}
}

/* 2016-01-01 00:00 */
static void read_date(struct relaton *r, const struct yaml_node *node, char **out)
{
	struct bytes text = clean_code(r->d.arena, yaml_words(node));
	if (text.len > 10)
		text = bytes_of(arena_strn(r->d.arena, text.data, 10), 10);
	if (text.len == 0)
		return;
	if (date_valid((const char *)text.data))
		*out = arena_strn(r->d.arena, text.data, text.len);
	else
		r->d.warnings++;
}

static void read_validity(struct relaton *r)
{
	const struct yaml_node *validity = yaml_get(r->root, "validity");
	read_date(r, yaml_get(validity, "begins"), &r->d.record.valid_from);
	read_date(r, yaml_get(validity, "ends"), &r->d.record.valid_until);
	/* As far as both are known: a record does not say so. */
	const char *from = r->d.record.valid_from, *until = r->d.record.valid_until;
	if (from == NULL || until == NULL || !date_before(until, from))
		return;
	draft_oddity(&r->d, NORMLINK__ODDITY_TYPE__ODDITY_DATE, "valid_until", until);
	r->d.record.valid_until = NULL;
}

void relaton_ext_read(struct relaton *r)
{
	read_level(r);
	read_obligation(r);
	read_ccs(r);
	read_gb_committees(r);
	read_source(r);
	read_validity(r);
}
