#include "node/store/groups.h"

#include <string.h>

#include "node/store/match.h"
#include "node/store/rank.h"
#include "proto/fold.h"

/* Terms of one clause on their way into the groups. */
struct clause_terms {
	struct groups *groups;
	uint32_t columns;
	bool apart; /* each is a group of its own */
	size_t count;
	unsigned run; /* of the one before */
	size_t end;   /* likewise, in the words */
};

static uint32_t columns_of(enum record_field field)
{
	return field == FIELD_REFERENCE  ? RANK_REFERENCE
	       : field == FIELD_TITLE    ? RANK_TITLE
	       : field == FIELD_ABSTRACT ? RANK_ABSTRACT
	                                 : RANK_ANYWHERE;
}

static int add_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct clause_terms *c = arg;
	struct groups *g = c->groups;
	bool continues = c->count > 0 && run == c->run && start < c->end;
	if (continues || match_is_beginning(term, len) || g->count == QUERY_TERMS_MAX ||
	    len > sizeof g->text - g->text_len) {
		g->incomplete = true;
		return OK;
	}
	if (c->count > 0 && c->apart)
		g->group_count++;
	g->terms[g->count++] = (struct group_term){ g->text_len, len, c->columns, g->group_count };
	memcpy(g->text + g->text_len, term, len);
	g->text_len += len;
	c->count++;
	c->run = run;
	c->end = end;
	return OK;
}

/* Into the last group, and such as follow it. */
static void add_clause(struct groups *g, const struct condition *c)
{
	struct clause_terms terms = { .groups = g, .columns = columns_of(c->field), .apart = c->relation == COMPARE_ALL };
	if (fold_terms(bytes_str(c->text), add_term, &terms) != OK || terms.count == 0 || c->open ||
	    (c->relation == COMPARE_PHRASE && terms.count > 1))
		g->incomplete = true;
}

/* Clauses of which one must hold; each of them one term, or any of several.  Recursion here and below: as deep as the
 * tree, which its maker bounds. */
static void add_choice(struct groups *g, const struct condition *c)
{
	unsigned group = g->group_count;
	if (c->op == CONDITION_CLAUSE) {
		add_clause(g, c);
	} else if (c->op == CONDITION_OR) {
		add_choice(g, c->left);
		add_choice(g, c->right);
	} else {
		g->incomplete = true;
	}
	g->incomplete = g->incomplete || g->group_count != group;
}

void groups_and(struct groups *g, const struct condition *c)
{
	if (g->incomplete)
		return;
	if (c->op == CONDITION_AND || c->op == CONDITION_NOT) {
		groups_and(g, c->left);
		if (c->op == CONDITION_AND)
			groups_and(g, c->right);
		else
			groups_not(g, c->right);
		return;
	}
	if (c->op == CONDITION_CLAUSE)
		add_clause(g, c);
	else
		add_choice(g, c);
	g->group_count++;
}

void groups_not(struct groups *g, const struct condition *c)
{
	g->incomplete = g->incomplete || g->group_count == QUERY_TERMS_MAX;
	if (g->incomplete)
		return;
	g->unwanted[g->group_count] = true;
	add_choice(g, c);
	g->group_count++;
}
