#include "proto/status_words.h"

#include <string.h>
#include <strings.h>

#include "proto/record.h"

static const struct status_word_row rows[] = {
#include "proto/status_words.inc"
};
enum { ROWS = sizeof rows / sizeof *rows };

const struct status_word_row *status_word_rows(size_t *count)
{
	*count = ROWS;
	return rows;
}

static const struct status_word_row *find(const char *scheme, const char *word)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].scheme, scheme) == 0 && strcasecmp(rows[i].word, word) == 0)
			return &rows[i];
	return NULL;
}

const struct status_word_row *status_word_find(const char *scheme, const char *word)
{
	const struct status_word_row *row = find(scheme, word);
	if (row != NULL || !stage_valid(word))
		return row;
	char stage[] = { word[0], word[1], '.', '*', '\0' };
	return find(scheme, stage);
}

int status_of_body_word(const char *scheme, const char *word)
{
	const struct status_word_row *row = status_word_find(scheme, word);
	return row != NULL ? status_of_word(row->status) : 0;
}

bool status_scheme_known(const char *scheme)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].scheme, scheme) == 0)
			return true;
	return false;
}
