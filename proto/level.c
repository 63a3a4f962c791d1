#include "proto/level.h"

#include <string.h>

#include "proto/field.h"

static const struct row {
	const char *codes;         /* blanks between */
	const char *plain, *t, *z; /* the obligation: without a nature, of /T, of /Z */
	const char *level, *source;
} rows[] = {
#include "proto/levels.inc"
};

const char *level_word(int level)
{
	return code_word(&normlink__level__descriptor, level);
}

const char *obligation_word(int obligation)
{
	return code_word(&normlink__obligation__descriptor, obligation);
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The code, as the table has it, that the text begins with. */
static bool take_code(const char *text, char code[16])
{
	size_t n = 0;
	while (is_letter(text[n]))
		n++;
	if (n == 0 || n > 12)
		return false;
	memcpy(code, text, n);
	if (n == 1 && text[1] == '/')
		code[n++] = '/';
	else if (n == 2 && memcmp(text, "DB", 2) == 0 && text[2] >= '0' && text[2] <= '9')
		code[n++] = '#';
	code[n] = '\0';
	return true;
}

static bool listed(const char *codes, const char *code)
{
	size_t len = strlen(code);
	for (const char *at = codes; (at = strstr(at, code)) != NULL; at++)
		if ((at == codes || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* Only families of ours write the nature so that it can be told from other parts of a name. */
static const char *nature_of(const struct designator *d, const struct row *row)
{
	const char *stroke = strrchr(d->prefix, '/');
	if (stroke != NULL && strcmp(stroke, "/T") == 0)
		return row->t;
	if (stroke != NULL && strcmp(stroke, "/Z") == 0)
		return row->z;
	return row->plain;
}

struct level level_of_designator(const struct designator *d)
{
	struct level out = { 0 };
	char code[16];
	if (!take_code(d->prefix[0] != '\0' ? d->prefix : d->canonical, code))
		return out;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!listed(rows[i].codes, code))
			continue;
		out.level = code_of_word(&normlink__level__descriptor, rows[i].level);
		out.obligation = code_of_word(&normlink__obligation__descriptor, nature_of(d, &rows[i]));
		break;
	}
	return out;
}
