/* GET /api/v1/statuses: what bodies' words for a status mean here, and where that comes from. */
#include "node/api/statuses.h"

#include <string.h>

#include "node/api/answer.h"
#include "node/api/text.h"
#include "proto/status_words.h"

enum { WORD_WIDTH = 26, STATUS_WIDTH = 11 };

static void put_row(const struct status_word_row *row, struct json *j)
{
	json_object_begin(j);
	json_key(j, "scheme");
	json_text(j, row->scheme);
	json_key(j, "word");
	json_text(j, row->word);
	json_key(j, "status");
	json_text(j, row->status);
	json_key(j, "certain");
	json_bool(j, strcmp(row->certain, "yes") == 0);
	json_key(j, "note");
	json_text(j, row->note);
	json_key(j, "source");
	json_text(j, row->source);
	json_object_end(j);
}

static void put_row_text(const struct status_word_row *row, const struct status_word_row *before, struct buf *out)
{
	if (before == NULL || strcmp(before->source, row->source) != 0)
		buf_printf(out, "%s%s: %s\n", before != NULL ? "\n" : "", row->scheme, row->source);
	buf_add_str(out, "  ");
	text_pad(out, row->word, WORD_WIDTH);
	text_pad(out, row->status, STATUS_WIDTH);
	buf_printf(out, "%s %s\n", strcmp(row->certain, "yes") == 0 ? "  " : " ?", row->note);
}

bool statuses_put(const char *scheme, bool json, struct buf *out)
{
	size_t count;
	const struct status_word_row *rows = status_word_rows(&count), *before = NULL;
	struct json j = { .out = out };
	if (scheme != NULL && !status_scheme_known(scheme))
		return false;
	if (json) {
		json_object_begin(&j);
		json_key(&j, "statuses");
		json_array_begin(&j);
	}
	for (size_t i = 0; i < count; i++) {
		if (scheme != NULL && strcmp(rows[i].scheme, scheme) != 0)
			continue;
		if (json)
			put_row(&rows[i], &j);
		else
			put_row_text(&rows[i], before, out);
		before = &rows[i];
	}
	if (json) {
		json_array_end(&j);
		json_object_end(&j);
		buf_add_char(out, '\n');
	}
	return true;
}

void statuses_answer(struct answer *a)
{
	static const char *const known[] = { "scheme", NULL };
	const char *scheme;
	if (!answer_parameters_known(a, known) || !answer_parameter(a, "scheme", &scheme))
		return;
	if (!statuses_put(scheme, !a->text, &a->body))
		problem_parameter(
		    a, "scheme",
		    "parameter scheme: there is none of that name; without it all are listed: iso, iec, jis, gb ...");
}
