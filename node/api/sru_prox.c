/* Two words near one another: "a prox/distance<=3/ordered b" (CQL 1.2, "Proximity"). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/api/sru_term.h"

struct proximity {
	enum compare apart;
	unsigned distance;
	bool has_distance, ordered, same_text;
};

static bool read_distance(struct mapping *m, const struct cql_modifier *modifier, struct proximity *p)
{
	static const struct {
		const char *sign;
		enum compare apart;
	} signs[] = { { "<", COMPARE_BEFORE }, { "<=", COMPARE_UPTO }, { "=", COMPARE_IS },
		          { "==", COMPARE_IS },    { ">=", COMPARE_FROM }, { ">", COMPARE_AFTER } };
	size_t i = 0, count = sizeof signs / sizeof signs[0];
	while (i < count && modifier->comparison != NULL && strcmp(signs[i].sign, modifier->comparison) != 0)
		i++;
	if (modifier->comparison == NULL || i == count)
		return mapping_refuse(m, 40, modifier->comparison != NULL ? modifier->comparison : "distance");
	size_t len = strlen(modifier->value);
	if (len == 0 || len > 4 || strspn(modifier->value, "0123456789") != len)
		return mapping_refuse(m, 41, modifier->value);
	p->apart = signs[i].apart;
	p->distance = (unsigned)strtoul(modifier->value, NULL, 10);
	p->has_distance = true;
	return true;
}

/* CQL 1.2: words, at most one apart, in any order, where nothing else is said. */
static bool read_proximity(struct mapping *m, const struct cql_modifier *modifier, struct proximity *p)
{
	*p = (struct proximity){ .apart = COMPARE_UPTO, .distance = 1 };
	for (; modifier != NULL; modifier = modifier->next) {
		const char *name = mapping_bare(modifier->name);
		if (strcasecmp(name, "distance") == 0) {
			if (!read_distance(m, modifier, p))
				return false;
		} else if (strcasecmp(name, "unit") == 0 && modifier->value != NULL) {
			p->same_text = strcasecmp(mapping_bare(modifier->value), "element") == 0;
			if (!p->same_text && strcasecmp(mapping_bare(modifier->value), "word") != 0)
				return mapping_refuse(m, 42, modifier->value);
		} else if (modifier->comparison == NULL && strcasecmp(name, "ordered") == 0) {
			p->ordered = true;
		} else if (modifier->comparison != NULL || strcasecmp(name, "unordered") != 0) {
			return mapping_refuse(m, 46, modifier->name);
		}
	}
	/* Two texts are never near one another. */
	bool same = p->distance == 0 && (p->apart == COMPARE_UPTO || p->apart == COMPARE_IS);
	if (p->same_text && p->has_distance && !same)
		return mapping_refuse(m, 41, "only 0 of that unit");
	return true;
}

/* Words of one side: those of one index, next to one another. */
static bool map_side(struct mapping *m, const struct cql_node *n, struct condition *out)
{
	const struct condition *made;
	if (n->op != CQL_CLAUSE)
		return mapping_refuse(m, 39, "of anything but words");
	if (!map_clause(m, n, &made))
		return false;
	if (made->op != CONDITION_CLAUSE || made->field < FIELD_ANY || made->field > FIELD_ABSTRACT ||
	    made->relation > COMPARE_PHRASE)
		return mapping_refuse(m, 39, "of anything but words");
	*out = *made;
	if (out->pattern == NULL) {
		struct term t;
		bool unmasked = false;
		for (const struct cql_modifier *i = n->modifiers; i != NULL; i = i->next)
			unmasked = unmasked || strcasecmp(mapping_bare(i->name), "unmasked") == 0;
		if (!term_read(m, n->term, unmasked ? MASKS_NONE : MASKS_IN_WORDS, &t))
			return false;
		out->pattern = term_pattern(m, &t);
	}
	return !(out->pattern->begins || out->pattern->ends) || mapping_refuse(m, 44, "an anchor");
}

bool map_prox(struct mapping *m, const struct cql_node *n, const struct condition **out)
{
	struct condition left, right;
	struct proximity p;
	if (!map_side(m, n->left, &left) || !map_side(m, n->right, &right) || !read_proximity(m, n->modifiers, &p))
		return false;
	if (left.field != right.field)
		return mapping_refuse(m, 39, "of words of two indexes");
	struct word_pattern *pattern = arena_get(m->arena, sizeof *pattern);
	struct condition *made = arena_get(m->arena, sizeof *made);
	*pattern = (struct word_pattern){
		.text = left.pattern->text,
		.near = right.pattern,
		.apart = p.apart,
		.distance = p.distance,
		.ordered = p.ordered,
		.same_text = p.same_text,
	};
	*made =
	    (struct condition){ .field = left.field, .relation = COMPARE_PHRASE, .text = left.text, .pattern = pattern };
	*out = made;
	return true;
}
