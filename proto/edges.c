#include "proto/edges.h"

#include "node/base/limits.h"
#include "proto/subject.h"

struct walk {
	edge_cb visit_cb;
	void *arg;
	struct err *err;
};

static int give(const struct walk *w, int type, int detail, const char *target)
{
	const struct edge edge = { .type = type, .detail = detail, .target = target };
	return target == NULL ? OK : w->visit_cb(w->arg, &edge, w->err);
}

static int give_all(const struct walk *w, int type, int detail, char *const *targets, size_t count)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = give(w, type, detail, targets[i]);
	return rc;
}

static int give_links(const struct walk *w, Normlink__Link *const *links, size_t count)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = give(w, (int)links[i]->type, 0, links[i]->target);
	return rc;
}

static int give_adopts(const struct walk *w, int type, Normlink__Adopts *const *adopts, size_t count)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = give(w, type, adopts[i]->has_degree ? (int)adopts[i]->degree : 0, adopts[i]->target);
	return rc;
}

/* What the subject names in front of '#'. */
static int give_front(const struct walk *w, int type, const Normlink__Record *r)
{
	char front[SUBJECT_MAX + 1];
	(void)subject_split((int)r->kind, r->subject, front);
	return give(w, type, 0, front);
}

static int of_standard(const struct walk *w, const Normlink__Standard *s)
{
	int rc = give_links(w, s->links, s->n_links);
	return rc == OK ? give_adopts(w, EDGE_ADOPTS, s->adopts, s->n_adopts) : rc;
}

static int of_project(const struct walk *w, const Normlink__Project *p)
{
	int rc = give(w, EDGE_MAKES, 0, p->reference);
	if (rc == OK)
		rc = give_links(w, p->links, p->n_links);
	return rc == OK ? give_adopts(w, EDGE_MAY_ADOPT, p->adopts, p->n_adopts) : rc;
}

static int of_adoption(const struct walk *w, const Normlink__Adoption *a)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < a->n_sources; i++)
		rc = give(w, EDGE_ADOPTS, a->sources[i]->has_degree ? (int)a->sources[i]->degree : 0, a->sources[i]->target);
	return rc;
}

static int of_comparison(const struct walk *w, const Normlink__Record *r)
{
	char first[SUBJECT_MAX + 1];
	const char *second = subject_split((int)r->kind, r->subject, first);
	int rc = give(w, EDGE_COMPARES, 1, first);
	return rc == OK ? give(w, EDGE_COMPARES, 2, second) : rc;
}

static int of_recognition(const struct walk *w, const Normlink__Recognition *g)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < g->n_groups; i++)
		rc = give_all(w, EDGE_RECOGNISES, (int)i + 1, g->groups[i]->standards, g->groups[i]->n_standards);
	return rc;
}

static int of_translation(const struct walk *w, const Normlink__Record *r)
{
	int rc = give_front(w, EDGE_TRANSLATES, r);
	return rc == OK ? give(w, EDGE_TRANSLATES, 1, r->translation->edition) : rc;
}

static int of_citation(const struct walk *w, const Normlink__Citation *c)
{
	int rc = OK;
	for (size_t i = 0; rc == OK && i < c->n_cited; i++)
		rc = give(w, EDGE_REGULATES, c->cited[i]->has_effect ? (int)c->cited[i]->effect : 0, c->cited[i]->target);
	return rc;
}

static int of_indicator(const struct walk *w, const Normlink__Record *r)
{
	int rc = give_front(w, EDGE_INDICATES, r);
	return rc == OK ? give(w, EDGE_TESTED_BY, 0, r->indicator->method) : rc;
}

int record_edges(const Normlink__Record *r, edge_cb visit_cb, void *arg, struct err *err)
{
	const struct walk w = { .visit_cb = visit_cb, .arg = arg, .err = err };
	if (r->retraction != NULL)
		return OK;
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_STANDARD:
		return of_standard(&w, r->standard);
	case NORMLINK__KIND__KIND_PROJECT:
		return of_project(&w, r->project);
	case NORMLINK__KIND__KIND_ADOPTION:
		return of_adoption(&w, r->adoption);
	case NORMLINK__KIND__KIND_INDICATOR:
		return of_indicator(&w, r);
	case NORMLINK__KIND__KIND_COMPARISON:
		return of_comparison(&w, r);
	case NORMLINK__KIND__KIND_RECOGNITION:
		return of_recognition(&w, r->recognition);
	case NORMLINK__KIND__KIND_TRANSLATION:
		return of_translation(&w, r);
	case NORMLINK__KIND__KIND_PATENT:
		return give_all(&w, EDGE_BEARS_ON, 0, r->patent->standards, r->patent->n_standards);
	case NORMLINK__KIND__KIND_CITATION:
		return of_citation(&w, r->citation);
	case NORMLINK__KIND__KIND_DECLARATION:
		return give_all(&w, EDGE_DECLARES, 0, r->declaration->standards, r->declaration->n_standards);
	case NORMLINK__KIND__KIND_REVIEW:
		return give_front(&w, EDGE_REVIEWS, r);
	case NORMLINK__KIND__KIND_FEEDBACK:
		return give_all(&w, EDGE_ABOUT, 0, r->feedback->about, r->feedback->n_about);
	case NORMLINK__KIND__KIND_DEPOSIT:
		return give_front(&w, EDGE_HOLDS, r);
	case NORMLINK__KIND__KIND_BODY:
		return give(&w, EDGE_PART_OF, 0, r->body->parent);
	case NORMLINK__KIND__KIND_NOTICE:
		return give_all(&w, EDGE_CONCERNS, 0, r->notice->concerns, r->notice->n_concerns);
	default:
		return OK; /* a statement about a log */
	}
}

const char *edge_word(int type)
{
	static const char *const words[] = {
		[EDGE_ADOPTS - EDGE_FIRST] = "adopts",         [EDGE_MAKES - EDGE_FIRST] = "makes",
		[EDGE_MAY_ADOPT - EDGE_FIRST] = "may-adopt",   [EDGE_INDICATES - EDGE_FIRST] = "indicates",
		[EDGE_TESTED_BY - EDGE_FIRST] = "tested-by",   [EDGE_COMPARES - EDGE_FIRST] = "compares",
		[EDGE_RECOGNISES - EDGE_FIRST] = "recognises", [EDGE_TRANSLATES - EDGE_FIRST] = "translates",
		[EDGE_BEARS_ON - EDGE_FIRST] = "bears-on",     [EDGE_REGULATES - EDGE_FIRST] = "regulates",
		[EDGE_DECLARES - EDGE_FIRST] = "declares",     [EDGE_REVIEWS - EDGE_FIRST] = "reviews",
		[EDGE_ABOUT - EDGE_FIRST] = "about",           [EDGE_HOLDS - EDGE_FIRST] = "holds",
		[EDGE_PART_OF - EDGE_FIRST] = "part-of",       [EDGE_CONCERNS - EDGE_FIRST] = "concerns",
	};
	if (type < EDGE_FIRST)
		return link_word(type);
	return type <= EDGE_LAST ? words[type - EDGE_FIRST] : NULL;
}
