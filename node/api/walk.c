#include "node/api/walk.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/etag.h"
#include "node/api/text.h"
#include "proto/language.h"
#include "proto/record.h"

enum { INDENT = 4, LANG_WIDTH = 8 };

bool walk_lang(struct answer *a, const char **lang)
{
	if (!answer_parameter(a, "lang", lang))
		return false;
	if (*lang == NULL || language_valid(*lang))
		return true;
	problem_parameter(a, "lang", "parameter lang is a language tag: zh, en, pt-BR");
	return false;
}

bool walk_ref(struct answer *a, const char **ref)
{
	if (!answer_parameter(a, "ref", ref))
		return false;
	if (*ref == NULL)
		problem_parameter(a, "ref", "parameter ref is missing: a reference like GB/T 19001-2016");
	return *ref != NULL;
}

bool walk_open(struct answer *a, struct graph *g, const char *lang, struct err *err)
{
	struct fact_question question = { .lang = lang, .public_only = !a->context->local };
	if (!etag_begin(a))
		return false;
	int rc = graph_open(g, a->context->view, &question, err);
	if (rc == OK)
		return true;
	graph_close(g);
	problem_err(a, rc, err);
	return false;
}

void walk_problem(struct answer *a, int code, const struct err *err)
{
	if (code == ERR_INVALID)
		problem_parameter(a, "ref", "parameter ref: %s", err->text);
	else
		problem_err(a, code, err);
}

/* ---- JSON ---- */

static void put_where(const struct fact *f, struct json *j)
{
	json_put_text(j, "origin", f != NULL ? f->origin : NULL);
	json_key(j, "index");
	if (f != NULL)
		json_u64(j, f->index);
	else
		json_nothing(j);
}

static void put_named(struct answer *a, const char *name, const struct fact *f, struct json *j)
{
	json_put_text(j, "title", f != NULL ? f->title : NULL);
	json_put_text(j, "lang", f != NULL ? f->lang : NULL);
	if (f == NULL || f->kind == NORMLINK__KIND__KIND_STANDARD || f->kind == NORMLINK__KIND__KIND_PROJECT)
		json_put_text(j, "status", f != NULL ? status_word(f->status) : NULL);
	json_put_text(j, "date", f != NULL ? f->date : NULL);
	json_put_text(j, "authority", f != NULL ? authority_word(f->authority) : NULL);
	json_put_text(j, "href", arena_printf(a->arena, "/api/v1/records/%s", answer_escaped(a->arena, name, "")));
}

void walk_standard_json(struct answer *a, const char *name, const struct fact *said, struct json *j)
{
	json_put_text(j, "designator", name);
	put_where(said, j);
	put_named(a, name, said, j);
}

void walk_fact_json(struct answer *a, const struct fact *fact, struct json *j)
{
	json_object_begin(j);
	put_where(fact, j);
	json_put_text(j, "kind", kind_word(fact->kind));
	json_put_text(j, "subject", fact->subject);
	put_named(a, fact->subject, fact, j);
	json_object_end(j);
}

static void put_said(const struct said *s, const struct step *step, struct json *j)
{
	json_object_begin(j);
	put_where(s->fact, j);
	json_put_text(j, "subject", s->fact->subject);
	json_put_text(j, "authority", authority_word(s->authority));
	if (step->type == STEP_ADOPTS || step->type == STEP_ADOPTED_BY)
		json_put_text(j, "degree", relation_word(relation_of_degree(s->degree)));
	json_object_end(j);
}

void walk_step_json(const struct step *step, struct json *j)
{
	json_object_begin(j);
	json_put_text(j, "from", step->from->name);
	json_put_text(j, "step", step_word(step->type));
	json_put_text(j, "to", step->to->name);
	json_put_text(j, "degree", relation_word(step->relation));
	json_put_bool(j, "undated", step->undated);
	json_put_text(j, "authority", authority_word(step->authority));
	json_key(j, "statements");
	json_array_begin(j);
	for (size_t i = 0; i < step->needed; i++)
		put_said(&step->said[i], step, j);
	json_array_end(j);
	json_key(j, "others");
	json_array_begin(j);
	for (size_t i = step->needed; i < step->said_count; i++)
		put_said(&step->said[i], step, j);
	json_array_end(j);
	json_object_end(j);
}

void walk_path_json(const struct step *const *path, size_t count, struct json *j)
{
	json_key(j, "path");
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		walk_step_json(path[i], j);
	json_array_end(j);
}

void walk_end_json(struct answer *a, bool cut, struct json *j)
{
	json_put_bool(j, "complete", !cut);
	answer_as_of(a, j);
	json_object_end(j);
	buf_add_char(&a->body, '\n');
}

/* ---- text ---- */

void walk_end_text(struct answer *a, bool cut)
{
	if (cut)
		buf_add_str(&a->body, "There is more than one answer goes through: this is not all.\n");
	answer_as_of_text(a);
}

void walk_where_text(const struct fact *fact, enum authority authority, struct buf *out)
{
	text_put(out, fact->origin);
	buf_printf(out, " #%" PRIu64, fact->index);
	if (!authority_plain(authority))
		buf_printf(out, ", %s", authority_word(authority));
}

void walk_standard_text(struct answer *a, const char *name, size_t width, const char *word, const struct fact *said)
{
	struct buf *out = &a->body;
	const char *status = said != NULL ? status_word(said->status) : NULL;
	text_pad(out, name, width);
	if (word != NULL) {
		buf_add_str(out, "  ");
		text_pad(out, word, 10);
	}
	if (said == NULL) {
		buf_add_str(out, "  no record of it here\n");
		return;
	}
	buf_printf(out, "  %-11s  %-10s  ", status != NULL ? status : "", said->date != NULL ? said->date : "");
	walk_where_text(said, said->authority, out);
	buf_printf(out, "%s\n", answer_frozen(a, said->origin) ? "  FROZEN" : "");
	if (said->title == NULL)
		return;
	buf_printf(out, "%*s", INDENT, "");
	text_pad(out, said->lang != NULL ? said->lang : "", LANG_WIDTH);
	text_wrap(out, said->title, INDENT + LANG_WIDTH, TERMINAL_WIDTH);
}

size_t walk_width(size_t width, const char *name)
{
	size_t own = text_width(bytes_str(name));
	return own > width && own <= WALK_NAME_WIDTH_MAX ? own : width;
}

const char *walk_relation_text(enum relation relation)
{
	switch (relation) {
	case RELATION_IDT:
		return "IDT";
	case RELATION_MOD:
		return "MOD";
	case RELATION_NEQ:
		return "NEQ";
	case RELATION_SAME:
	case RELATION_RECOGNISED:
	case RELATION_UNKNOWN:
		break;
	}
	return relation_word(relation);
}

/* "%1" is where the step comes from, "%2" where it goes. */
static const char *const sentences[] = {
	[STEP_ADOPTS] = "%1 adopts %2",
	[STEP_ADOPTED_BY] = "%2 adopts %1",
	[STEP_IDENTICAL] = "%1 and %2 are one document",
	[STEP_JOINT] = "%1 and %2 are issued jointly",
	[STEP_RECOGNISED] = "%1 and %2 are recognised in place of one another",
	[STEP_EDITION] = "%2 is an edition of %1",
	[STEP_REPLACED_BY] = "%2 replaces %1",
	[STEP_NEWER] = "%2 is the next edition after %1",
	[STEP_AMENDED_BY] = "%2 amends %1",
	[STEP_CORRECTED_BY] = "%2 corrects %1",
};

static void put_sentence(const struct step *s, struct buf *line)
{
	for (const char *c = sentences[s->type]; *c != '\0'; c++) {
		if (*c != '%')
			buf_add_char(line, *c);
		else
			buf_add_str(line, *++c == '1' ? s->from->name : s->to->name);
	}
	bool adopts = s->type == STEP_ADOPTS || s->type == STEP_ADOPTED_BY;
	if (adopts)
		buf_printf(line, ", %s", s->relation == RELATION_UNKNOWN ? "degree not told" : walk_relation_text(s->relation));
	if (s->undated && s->type != STEP_EDITION)
		buf_add_str(line, ", undated");
}

/* " (sac.example/log #2)", and who says otherwise. */
static void put_sources(const struct step *s, struct buf *line)
{
	bool adopts = s->type == STEP_ADOPTS || s->type == STEP_ADOPTED_BY;
	for (size_t i = 0; i < s->needed; i++) {
		buf_add_str(line, i == 0 ? " (" : "; ");
		walk_where_text(s->said[i].fact, s->said[i].authority, line);
	}
	if (s->needed > 0)
		buf_add_char(line, ')');
	bool first = true;
	for (size_t i = s->needed; adopts && i < s->said_count; i++) {
		enum relation other = relation_of_degree(s->said[i].degree);
		if (other == s->relation || other == RELATION_UNKNOWN)
			continue;
		buf_printf(line, "%s%s (", first ? "; also said: " : ", ", walk_relation_text(other));
		walk_where_text(s->said[i].fact, s->said[i].authority, line);
		buf_add_char(line, ')');
		first = false;
	}
}

void walk_path_text(struct answer *a, const struct step *const *path, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buf line = { 0 };
		put_sentence(path[i], &line);
		put_sources(path[i], &line);
		buf_printf(&a->body, "%*s", INDENT, "");
		text_wrap(&a->body, buf_str(&line), INDENT, TERMINAL_WIDTH);
		buf_free(&line);
	}
}
