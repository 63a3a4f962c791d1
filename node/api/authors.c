#include "node/api/authors.h"

#include <inttypes.h>

#include "node/api/text.h"
#include "proto/author.h"
#include "proto/entry.h"
#include "proto/submitter.h"

/* One signature, looked at. */
struct look {
	const struct author_line *line;
	bool registered; /* the name, by entry statement of the same log */
	uint64_t statement;
	bool holds;
};

struct looks {
	struct look v[AUTHOR_SIGNATURES_MAX];
	size_t count;
	struct arena arena;
};

static void look_at(struct answer *a, const struct found *f, struct bytes record, struct look *look,
                    struct arena *arena)
{
	const struct view *view = a->context->view;
	struct found said;
	struct submitter submitter;
	Normlink__Record *statement = NULL;
	if (view->said(view->ctx, f->origin, NORMLINK__KIND__KIND_SUBMITTER, look->line->author, f->index, arena, &said,
	               NULL) != OK ||
	    payload_open(said.payload, arena, &statement, NULL) != OK || submitter_read(statement, &submitter, NULL) != OK)
		return;
	look->registered = true;
	look->statement = said.index;
	look->holds = submitter.admitted && submitter_verify(&submitter, record, look->line, 1, NULL, NULL) == OK;
}

/* Key statements are signed by what they are about: that is not authorship. */
static void look_at_all(struct answer *a, const struct found *f, const Normlink__Record *record, struct looks *out)
{
	struct bytes bytes;
	struct author_line *lines;
	size_t count = 0;
	*out = (struct looks){ .arena = { .cap = ANSWER_RECORD_MAX } };
	if (record == NULL || kind_about_log((int)record->kind) || f->state != PAYLOAD_PRESENT ||
	    author_payload_read(f->payload, &out->arena, &bytes, &lines, &count, NULL) != OK)
		return;
	for (size_t i = 0; i < count; i++) {
		out->v[i] = (struct look){ .line = &lines[i] };
		look_at(a, f, bytes, &out->v[i], &out->arena);
	}
	out->count = count;
}

void authors_json(struct answer *a, const struct found *f, const Normlink__Record *record, struct json *j)
{
	struct looks looks;
	look_at_all(a, f, record, &looks);
	if (looks.count > 0) {
		json_key(j, "authors");
		json_array_begin(j);
	}
	for (size_t i = 0; i < looks.count; i++) {
		const struct look *l = &looks.v[i];
		json_object_begin(j);
		json_key(j, "author");
		json_text(j, l->line->author);
		json_key(j, "algorithm");
		json_text(j, author_algorithm_word(l->line->algorithm));
		json_key(j, "key_id");
		json_text(j, answer_hex(&looks.arena, l->line->key_id));
		json_key(j, "holds");
		json_bool(j, l->holds);
		json_key(j, "registered_by");
		if (l->registered)
			json_u64(j, l->statement);
		else
			json_nothing(j);
		json_object_end(j);
	}
	if (looks.count > 0)
		json_array_end(j);
	arena_free(&looks.arena);
}

void authors_text(struct answer *a, const struct found *f, const Normlink__Record *record)
{
	struct looks looks;
	struct buf *out = &a->body;
	look_at_all(a, f, record, &looks);
	for (size_t i = 0; i < looks.count; i++) {
		const struct look *l = &looks.v[i];
		const char *word = author_algorithm_word(l->line->algorithm);
		buf_add_str(out, i == 0 ? "  author       " : "               ");
		text_put(out, l->line->author);
		buf_printf(out, ", %s key %s: ", word != NULL ? word : "another", answer_hex(&looks.arena, l->line->key_id));
		if (!l->registered)
			buf_add_str(out, "not registered in this log\n");
		else
			buf_printf(out, "%s by the key that entry %" PRIu64 " registers\n",
			           l->holds ? "the signature holds" : "THE SIGNATURE DOES NOT HOLD", l->statement);
	}
	arena_free(&looks.arena);
}
