#include "node/api/sru_term.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/base/limits.h"
#include "proto/field.h"
#include "proto/fold.h"
#include "proto/record.h"

bool sru_fault_set(struct sru_fault *fault, int code, const char *details)
{
	fault->code = code;
	(void)snprintf(fault->details, sizeof fault->details, "%s", details);
	return false;
}

static bool check_words(struct mapping *m, const struct term *t)
{
	size_t count = fold_count(bytes_str(t->text));
	if (t->text[0] == '\0')
		return t->open ? mapping_refuse_at(m, 29, 1) : mapping_refuse(m, 27, "");
	if (count > QUERY_TERMS_MAX)
		return mapping_refuse(m, 23, "too many words");
	return count > 0 || mapping_refuse(m, 35, t->text);
}

static void lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
}

static bool is_code(enum record_field field, const char *text)
{
	char stage[16];
	if (field == FIELD_ICS)
		return ics_valid(text);
	if (field == FIELD_DATE)
		return date_valid(text);
	if (field == FIELD_STATUS)
		return status_of_word(text) != 0;
	if (field == FIELD_KIND)
		return kind_of_word(text) != 0;
	if (field == FIELD_DEGREE)
		return degree_of_word(text) != 0;
	if (field == FIELD_LEVEL)
		return code_of_word(&normlink__level__descriptor, text) != 0;
	if (field != FIELD_STAGE)
		return true;
	/* "60" is all of 60.00 to 60.99. */
	(void)snprintf(stage, sizeof stage, "%.8s%s", text, strlen(text) == 2 ? ".00" : "");
	return stage_valid(stage);
}

static bool is_entry(const char *text)
{
	const char *mark = strrchr(text, '#');
	return mark != NULL && mark > text && mark[1] != '\0' && strlen(mark + 1) <= 12 &&
	       strspn(mark + 1, "0123456789") == strlen(mark + 1);
}

/* Is the term one that this index can have? */
static bool check_value(struct mapping *m, const struct sru_index *index, const struct term *t)
{
	struct designator d;
	if (t->text[0] == '\0' && !t->open)
		return mapping_refuse(m, 27, index->name);
	if (index->shape == SRU_WORD)
		lower(t->text);
	bool ordered = index->shape == SRU_CODE || index->field == FIELD_PUBLISHER || index->field == FIELD_LEVEL;
	if (t->open)
		return ordered || mapping_refuse(m, 28, index->name);
	bool good = is_code(index->field, t->text);
	if (index->shape == SRU_STANDARD || index->shape == SRU_REFERENCE)
		good = designator_parse(bytes_str(t->text), &d, NULL) == OK;
	if (index->shape == SRU_ENTRY)
		good = is_entry(t->text);
	return good || mapping_refuse(m, 36, t->text);
}

/* ---- clauses ---- */

/* What a relation says, whatever the index. */
enum said {
	SAID_EQUAL,
	SAID_EXACT,
	SAID_UNEQUAL,
	SAID_ORDER,
	SAID_ALL,
	SAID_ANY,
	SAID_ADJ,
	SAID_WITHIN,
	SAID_ENCLOSES
};

static const struct {
	const char *name;
	enum said said;
	enum compare relation;
} RELATIONS[] = {
	{ "=", SAID_EQUAL, COMPARE_BELOW },        { "scr", SAID_EQUAL, COMPARE_BELOW },
	{ "==", SAID_EXACT, COMPARE_IS },          { "exact", SAID_EXACT, COMPARE_IS },
	{ "<>", SAID_UNEQUAL, COMPARE_IS },        { "<", SAID_ORDER, COMPARE_BEFORE },
	{ "<=", SAID_ORDER, COMPARE_UPTO },        { ">", SAID_ORDER, COMPARE_AFTER },
	{ ">=", SAID_ORDER, COMPARE_FROM },        { "all", SAID_ALL, COMPARE_ALL },
	{ "any", SAID_ANY, COMPARE_ANY },          { "adj", SAID_ADJ, COMPARE_PHRASE },
	{ "within", SAID_WITHIN, COMPARE_WITHIN }, { "encloses", SAID_ENCLOSES, COMPARE_IS },
};

struct clause {
	const struct sru_index *index;
	enum said said;
	enum compare relation;
	const char *name; /* the relation's */
	bool masked;
};

/* Those that say what is done anyway, and one that can be done. */
static bool read_modifiers(struct mapping *m, const struct cql_modifier *modifier, struct clause *c)
{
	static const char *const fine[] = { "relevant", "word", "masked", "ignorecase", "ignoreaccents", "unmasked" };
	for (; modifier != NULL; modifier = modifier->next) {
		const char *name = mapping_bare(modifier->name);
		size_t i = 0;
		while (i < sizeof fine / sizeof *fine && strcasecmp(name, fine[i]) != 0)
			i++;
		if (i == sizeof fine / sizeof *fine || modifier->comparison != NULL)
			return mapping_refuse(m, 20, modifier->name);
		if (strcasecmp(name, "unmasked") == 0)
			c->masked = false;
	}
	return true;
}

static bool read_clause(struct mapping *m, const struct cql_node *n, struct clause *out)
{
	int diagnostic;
	const char *name = n->index != NULL ? n->index : "cql.serverChoice";
	*out = (struct clause){ .name = n->relation != NULL ? n->relation : "=", .masked = true };
	out->index = sru_index_find(name, n->index != NULL ? n->prefixes : NULL, &diagnostic);
	if (out->index == NULL)
		return mapping_refuse(m, diagnostic, name);
	if (out->index->field == FIELD_RELEVANCE)
		return mapping_refuse(m, 16, name);
	size_t i = 0, count = sizeof RELATIONS / sizeof *RELATIONS;
	while (i < count && strcasecmp(mapping_bare(out->name), RELATIONS[i].name) != 0)
		i++;
	if (i == count || RELATIONS[i].said == SAID_ENCLOSES)
		return mapping_refuse(m, 19, out->name);
	out->said = RELATIONS[i].said;
	out->relation = RELATIONS[i].relation;
	return read_modifiers(m, n->modifiers, out);
}

static bool unfit(struct mapping *m, const struct clause *c)
{
	char text[96];
	(void)snprintf(text, sizeof text, "%s.%s %.40s", c->index->set, c->index->name, c->name);
	return mapping_refuse(m, 22, text);
}

static struct condition *make(struct mapping *m, const struct clause *c, enum compare relation, const struct term *t)
{
	struct condition *out = arena_get(m->arena, sizeof *out);
	*out = (struct condition){ .field = c->index->field, .relation = relation, .text = t->text, .open = t->open };
	return out;
}

static struct condition *join(struct mapping *m, int op, const struct condition *left, const struct condition *right)
{
	struct condition *out = arena_get(m->arena, sizeof *out);
	out->op = op == CQL_AND ? CONDITION_AND : op == CQL_OR ? CONDITION_OR : CONDITION_NOT;
	out->left = left;
	out->right = right;
	return out;
}

static bool map_words(struct mapping *m, const struct clause *c, struct term *t, struct condition **out)
{
	enum compare relation = c->relation;
	bool reference = c->said == SAID_EXACT && c->index->shape == SRU_REFERENCE;
	if (c->said == SAID_EQUAL || c->said == SAID_UNEQUAL || (c->said == SAID_EXACT && !reference))
		relation = COMPARE_PHRASE;
	if (c->said == SAID_ORDER || c->said == SAID_WITHIN)
		return unfit(m, c);
	if (reference && (t->masked || t->open || t->begins || t->ends))
		return mapping_refuse(m, t->masked || t->open ? 28 : 31, c->index->name);
	if (reference ? !check_value(m, c->index, t) : !term_fits_masks(m, t) || !check_words(m, t))
		return false;
	/* "==": nothing but these words, which is asked of titles and abstracts: each is a text by itself. */
	if (c->said == SAID_EXACT && !reference)
		t->begins = t->ends = true;
	*out = make(m, c, relation, t);
	if (t->masked || t->begins || t->ends)
		(*out)->pattern = term_pattern(m, t);
	return true;
}

/* "=" takes in what lies below a code, and of a CCS letter its codes. */
static bool map_value(struct mapping *m, const struct clause *c, struct term t, struct condition **out)
{
	bool below = c->index->shape == SRU_CODE &&
	             (c->said == SAID_EQUAL || c->said == SAID_ALL || c->said == SAID_ANY || c->said == SAID_UNEQUAL);
	bool order = c->said == SAID_ORDER || c->said == SAID_WITHIN;
	if (c->said == SAID_ADJ || (order && c->index->shape != SRU_CODE))
		return unfit(m, c);
	if (order && t.open)
		return mapping_refuse(m, 28, c->name);
	if (!check_value(m, c->index, &t))
		return false;
	if (below && c->index->field == FIELD_CCS && strlen(t.text) == 1)
		t.open = true;
	*out = make(m, c, order ? c->relation : below ? COMPARE_BELOW : COMPARE_IS, &t);
	return true;
}

/* Values with blanks between: all of them, or one. */
static bool map_list(struct mapping *m, const struct clause *c, const struct term *t, struct condition **out)
{
	char *rest = t->text;
	size_t count = 0;
	if (c->index->shape != SRU_CODE && c->index->shape != SRU_WORD)
		return unfit(m, c);
	if (c->index->field == FIELD_COMMITTEE) /* the names have blanks of their own */
		return unfit(m, c);
	*out = NULL;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		struct condition *one;
		if (word[0] == '\0')
			continue;
		if (++count > QUERY_TERMS_MAX)
			return mapping_refuse(m, 23, "too many words");
		if (!map_value(m, c, (struct term){ .text = word, .open = t->open && rest == NULL }, &one))
			return false;
		*out = *out == NULL ? one : join(m, c->said == SAID_ALL ? CQL_AND : CQL_OR, *out, one);
	}
	return *out != NULL || mapping_refuse(m, 27, c->index->name);
}

/* "2015 2019". */
static bool map_within(struct mapping *m, const struct clause *c, const struct term *t, struct condition **out)
{
	char *last = strchr(t->text, ' ');
	if (last == NULL)
		return mapping_refuse(m, 36, t->text);
	*last = '\0';
	last += 1 + strspn(last + 1, " ");
	struct term end = { .text = last, .open = t->open };
	if (strchr(last, ' ') != NULL)
		return mapping_refuse(m, 36, last);
	if (!map_value(m, c, end, out) || !map_value(m, c, *t, out))
		return false;
	(*out)->last = last;
	return true;
}

bool map_clause(struct mapping *m, const struct cql_node *n, const struct condition **out)
{
	struct clause c;
	struct term t;
	struct condition *made = NULL;
	if (!read_clause(m, n, &c))
		return false;
	enum sru_shape shape = c.index->shape;
	bool words = shape == SRU_WORDS || shape == SRU_REFERENCE;
	bool good = term_read(m, n->term, !c.masked ? MASKS_NONE : words ? MASKS_IN_WORDS : MASKS_AT_END, &t);
	if (!good)
		return false;
	if (shape == SRU_NOTHING)
		made = make(m, &c, COMPARE_PHRASE, &t);
	else if (words)
		good = map_words(m, &c, &t, &made);
	else if (c.said == SAID_WITHIN)
		good = map_within(m, &c, &t, &made);
	else if (c.said == SAID_ALL || c.said == SAID_ANY)
		good = map_list(m, &c, &t, &made);
	else
		good = map_value(m, &c, t, &made);
	if (!good)
		return false;
	if (c.said == SAID_UNEQUAL) {
		struct condition *every = arena_get(m->arena, sizeof *every);
		*every = (struct condition){ .field = FIELD_EVERY, .relation = COMPARE_PHRASE, .text = "" };
		made = join(m, CQL_NOT, every, made);
	}
	*out = made;
	return true;
}

/* Recursion: of at most CQL_NODES_MAX nodes. */
static bool map_node(struct mapping *m, const struct cql_node *n, const struct condition **out)
{
	const struct condition *left, *right;
	if (n->op == CQL_CLAUSE)
		return map_clause(m, n, out);
	if (n->op == CQL_PROX)
		return map_prox(m, n, out);
	if (n->modifiers != NULL)
		return mapping_refuse(m, 46, n->modifiers->name);
	if (!map_node(m, n->left, &left) || !map_node(m, n->right, &right))
		return false;
	*out = join(m, (int)n->op, left, right);
	return true;
}

/* ---- order ---- */

/* Of the sort set 1.0: a direction, and what is done anyway: case does not count, and what has no value stands last. */
static bool read_direction(struct mapping *m, const struct cql_modifier *modifier, const struct sru_index *index,
                           struct sort_key *out)
{
	bool high = false, low = false;
	*out = (struct sort_key){ .field = index->field };
	for (; modifier != NULL; modifier = modifier->next) {
		const char *name = strncasecmp(modifier->name, "sort.", 5) == 0 ? modifier->name + 5 : modifier->name;
		bool down = strcasecmp(name, "descending") == 0, up = strcasecmp(name, "ascending") == 0;
		high = high || strcasecmp(name, "missingHigh") == 0;
		low = low || strcasecmp(name, "missingLow") == 0;
		bool fine = down || up || strcasecmp(name, "ignoreCase") == 0 || strncasecmp(name, "missing", 7) == 0;
		if (modifier->comparison != NULL || !fine)
			return mapping_refuse(m, 81, modifier->name);
		if (strncasecmp(name, "missing", 7) == 0 && !high && !low)
			return mapping_refuse(m, 92, modifier->name);
		out->descending = down || (out->descending && !up);
	}
	if (out->descending ? high : low)
		return mapping_refuse(m, 92, high ? "missingHigh" : "missingLow");
	return true;
}

static bool map_key(struct mapping *m, const struct cql_key *key, const struct cql_prefix *prefixes,
                    struct sort_key *out)
{
	int diagnostic;
	const struct sru_index *index = sru_index_find(key->index, prefixes, &diagnostic);
	if (index == NULL)
		return mapping_refuse(m, diagnostic, key->index);
	if (!index->sort)
		return mapping_refuse(m, 80, key->index);
	return read_direction(m, key->modifiers, index, out);
}

bool sru_map_terms(const char *text, struct arena *arena, struct selection *out, struct sru_fault *fault)
{
	struct mapping m = { .arena = arena, .fault = fault };
	const struct clause all = { .index = &SRU_INDEXES[0], .said = SAID_ALL, .relation = COMPARE_ALL };
	struct term t = { .text = arena_str(arena, text), .pattern = arena_str(arena, text) };
	if (strlen(text) > LABEL_MAX)
		return mapping_refuse_at(&m, 23, LABEL_MAX);
	if (!check_words(&m, &t))
		return false;
	out->where = make(&m, &all, COMPARE_ALL, &t);
	return true;
}

bool sru_map(const struct cql_query *query, struct arena *arena, struct selection *out, struct sru_fault *fault)
{
	struct mapping m = { .arena = arena, .fault = fault };
	if (!map_node(&m, query->root, &out->where))
		return false;
	for (const struct cql_key *key = query->sort; key != NULL; key = key->next) {
		if (out->sort_count == SELECT_SORTS_MAX)
			return mapping_refuse_at(&m, 84, SELECT_SORTS_MAX);
		if (!map_key(&m, key, query->prefixes, &out->sorts[out->sort_count++]))
			return false;
	}
	return true;
}
