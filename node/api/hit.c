#include "node/api/hit.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/piece.h"
#include "node/api/text.h"
#include "node/api/written.h"

enum { SUBJECT_WIDTH_MAX = 40 };

static void put_word(struct json *j, const char *key, const char *value)
{
	json_put_text(j, key, value != NULL && value[0] != '\0' ? value : NULL);
}

static void put_strings(struct json *j, const char *key, char *const *values, size_t count)
{
	json_key(j, key);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		json_text(j, values[i]);
	json_array_end(j);
}

/* What is needed of a record to write it as a hit. */
struct gist {
	bool known; /* there is a record */
	int kind;
	const char *subject;
	struct bytes facts; /* hit_facts() and where more is to be had, without the braces around them */
};

/* Several kinds may share a subject; and that of a log statement stands as it is (clause 2.7). */
static const char *href_of(const struct answer *a, int kind, const char *subject)
{
	const char *word = kind != NORMLINK__KIND__KIND_STANDARD ? kind_word(kind) : NULL;
	return arena_printf(a->arena, "/api/v1/records/%s%s%s", answer_escaped(a->arena, subject, ""),
	                    word != NULL ? "?kind=" : "", word != NULL ? word : "");
}

static enum authority authority_here(const struct answer *a, const struct statement *s)
{
	return answer_authority(a, s->found->origin, s->record != NULL ? (int)s->record->kind : 0, s->subject);
}

static void put_through(const struct hit_through *t, struct json *j)
{
	json_key(j, "through");
	json_object_begin(j);
	json_put_text(j, "subject", t->subject);
	json_put_text(j, "relation", t->relation);
	json_put_text(j, "degree", t->degree);
	json_put_text(j, "origin", t->origin);
	json_put_u64(j, "index", t->index);
	json_object_end(j);
}

static void put_paths(const struct hit_more *more, struct json *j)
{
	json_key(j, "paths");
	json_array_begin(j);
	for (size_t i = 0; i < more->path_count; i++) {
		json_object_begin(j);
		json_put_text(j, "node", more->paths[i].node);
		json_put_u64(j, "size", more->paths[i].size);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_proof(struct answer *a, const struct found *found, const struct hit_more *more, struct json *j)
{
	json_put_text(j, "proof",
	              arena_printf(a->arena, "/api/v1/entries/%" PRIu64 "/proof?origin=%s%s", found->index,
	                           answer_escaped(a->arena, found->origin, "/"), more->cosigned ? "&head=cosigned" : ""));
	if (more->proof != HIT_PROOF_FILE)
		return;
	struct buf made = { 0 };
	struct err err = { 0 };
	struct bytes file = more->proof_file;
	bool room = a->body.len < ANSWER_PROOFS_MAX;
	if (file.len == 0 && room && piece_proof_file(a, found, more->cosigned, &made, &err) == OK)
		file = buf_bytes(&made);
	json_key(j, "proof_file");
	if (file.len > 0)
		json_bytes(j, file);
	else
		json_nothing(j);
	buf_free(&made);
}

bool hit_more_read(struct answer *a, struct hit_more *more)
{
	uint64_t proofs = 0;
	if (!answer_number(a, "proofs", 0, 1, &proofs) || !piece_proof_head(a, &more->cosigned))
		return false;
	more->proof = proofs == 1 ? HIT_PROOF_FILE : HIT_PROOF_NONE;
	return true;
}

void hit_facts(const struct statement *s, struct json *j)
{
	size_t ics_count = 0;
	char *const *ics = s->record != NULL ? record_ics(s->record, &ics_count) : NULL;
	put_word(j, "kind", statement_kind(s));
	json_put_text(j, "subject", s->subject);
	statement_titles(s, j);
	put_word(j, "status", statement_status(s));
	put_word(j, "date", statement_date(s));
	put_strings(j, "ics", ics, ics_count);
}

static void put_hit(struct answer *a, const struct found *found, const struct gist *g, const struct hit_more *more,
                    struct json *j)
{
	json_put_text(j, "origin", found->origin);
	json_put_u64(j, "index", found->index);
	json_put_bool(j, "frozen", answer_frozen(a, found->origin));
	if (g->known)
		json_put_text(j, "authority", authority_word(answer_authority(a, found->origin, g->kind, g->subject)));
	json_raw(j, g->facts);
	if (more == NULL)
		return;
	if (more->through != NULL)
		put_through(more->through, j);
	if (more->path_count > 0)
		put_paths(more, j);
	if (more->proof != HIT_PROOF_NONE)
		put_proof(a, found, more, j);
}

static struct gist make_gist(const struct answer *a, const struct statement *s, struct buf *facts)
{
	struct json j = { .out = facts };
	int kind = s->record != NULL ? (int)s->record->kind : 0;
	hit_facts(s, &j);
	json_put_text(&j, "href", href_of(a, kind, s->subject));
	return (struct gist){ .known = s->record != NULL, .kind = kind, .subject = s->subject, .facts = buf_bytes(facts) };
}

void hit_json(struct answer *a, const struct statement *s, const struct hit_more *more, struct json *j)
{
	struct buf facts = { 0 };
	struct gist g = make_gist(a, s, &facts);
	put_hit(a, s->found, &g, more, j);
	buf_free(&facts);
}

/* ---- what is remembered: kind, subject with its NUL, facts ---- */

static bool recall(const struct answer *a, const struct written_key *key, struct gist *out)
{
	struct bytes value;
	if (!written_find(a->context->written, key, &value))
		return false;
	*out = (struct gist){ .known = true };
	memcpy(&out->kind, value.data, sizeof out->kind);
	out->subject = (const char *)value.data + sizeof out->kind;
	size_t before = sizeof out->kind + strlen(out->subject) + 1;
	out->facts = bytes_of(value.data + before, value.len - before);
	return true;
}

static void remember(const struct answer *a, const struct written_key *key, const struct gist *g)
{
	struct buf value = { 0 };
	buf_add(&value, &g->kind, sizeof g->kind);
	buf_add(&value, g->subject, strlen(g->subject) + 1);
	buf_add_bytes(&value, g->facts);
	written_keep(a->context->written, key, buf_bytes(&value));
	buf_free(&value);
}

bool hit_put(struct answer *a, struct found *found, const struct hit_more *more, struct json *j)
{
	const struct written_key key = { "hit", found->origin, found->index, found->mark };
	struct gist g;
	struct statement s;
	struct buf facts = { 0 };
	if (found->state == PAYLOAD_PRESENT && recall(a, &key, &g)) {
		put_hit(a, found, &g, more, j);
		return true;
	}
	if (!answer_payload(a, found))
		return false;
	statement_read(&s, found, "");
	g = make_gist(a, &s, &facts);
	put_hit(a, found, &g, more, j);
	if (g.known)
		remember(a, &key, &g);
	buf_free(&facts);
	statement_free(&s);
	return true;
}

/* ---- text ---- */

static void put_more_text(const struct hit_more *more, struct buf *out)
{
	const struct hit_through *t = more->through;
	if (t != NULL) {
		buf_add_str(out, "    found through ");
		text_put(out, t->subject);
		buf_printf(out, ", which it is linked with: %s%s%s (", t->relation, t->degree != NULL ? ", " : "",
		           t->degree != NULL ? t->degree : "");
		text_put(out, t->origin);
		buf_printf(out, " #%" PRIu64 ")\n", t->index);
	}
	for (size_t i = 0; i < more->path_count; i++) {
		buf_add_str(out, i == 0 ? "    given by " : ", ");
		text_put(out, more->paths[i].node != NULL ? more->paths[i].node : "what is held here");
		buf_printf(out, " at %" PRIu64, more->paths[i].size);
	}
	if (more->path_count > 0)
		buf_add_char(out, '\n');
}

void hit_line(const struct statement *s, size_t width, struct buf *line)
{
	text_pad(line, s->subject, width);
	/* What kind it is says more than its status, but for the two that people look for by that. */
	bool by_status = s->record != NULL && (s->record->standard != NULL || s->record->verdict != NULL);
	buf_printf(line, "  %-11s  %-10s  ", by_status ? statement_gist(s) : statement_kind(s), statement_date(s));
}

void hit_text(struct answer *a, const struct statement *s, const struct hit_more *more, size_t width, struct buf *out)
{
	hit_line(s, width, out);
	text_put(out, s->found->origin);
	buf_printf(out, " #%" PRIu64 "%s%s\n", s->found->index, answer_frozen(a, s->found->origin) ? "  FROZEN" : "",
	           answer_authority_mark(authority_here(a, s)));
	statement_titles_text(s, 4, out);
	if (more != NULL)
		put_more_text(more, out);
}

size_t hit_widest(const struct found *v, size_t count)
{
	size_t widest = 0;
	for (size_t i = 0; i < count; i++) {
		struct statement s;
		statement_read(&s, &v[i], "");
		size_t own = text_width(bytes_str(s.subject));
		if (own > widest && own <= SUBJECT_WIDTH_MAX)
			widest = own;
		statement_free(&s);
	}
	return widest;
}
