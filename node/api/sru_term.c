#include "node/api/sru_term.h"

#include <string.h>
#include <strings.h>

#include "node/base/limits.h"

bool mapping_refuse(struct mapping *m, int code, const char *details)
{
	return sru_fault_set(m->fault, code, details);
}

bool mapping_refuse_at(struct mapping *m, int code, size_t number)
{
	return mapping_refuse(m, code, arena_printf(m->arena, "%zu", number));
}

const char *mapping_bare(const char *name)
{
	return strncasecmp(name, "cql.", 4) == 0 ? name + 4 : name;
}

/* One character of UTF-8, or nothing at the end. */
static const char *letter_at(struct mapping *m, const char *text)
{
	size_t len = text[0] != '\0';
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len++;
	return arena_strn(m->arena, text, len);
}

struct lexing {
	struct mapping *m;
	const char *raw;
	enum masks masks;
	struct term *out;
	size_t text_len, pattern_len;
};

static void put(struct lexing *l, char c, bool escaped)
{
	if (escaped)
		l->out->pattern[l->pattern_len++] = '\\';
	l->out->pattern[l->pattern_len++] = c;
	l->out->text[l->text_len++] = c;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* A '^' before or behind the whole term; between its words it anchors a word alone, which cannot be asked for. */
static bool take_anchor(struct lexing *l, size_t i, size_t len)
{
	bool first = i == 0, last = i + 1 == len;
	if (l->masks != MASKS_IN_WORDS && (first || last))
		return mapping_refuse(l->m, 31, l->raw);
	if (!first && !last && (is_blank(l->raw[i - 1]) || is_blank(l->raw[i + 1])))
		return mapping_refuse_at(l->m, 32, i);
	l->out->begins = l->out->begins || first;
	l->out->ends = l->out->ends || (last && !first);
	if (!first && !last)
		put(l, '^', false);
	return len > 1 || mapping_refuse(l->m, 27, l->raw);
}

static bool take_mask(struct lexing *l, size_t i, size_t len)
{
	bool last = i + 1 == len, star = l->raw[i] == '*';
	if (l->masks != MASKS_IN_WORDS && !star)
		return mapping_refuse(l->m, 28, l->raw);
	if (l->masks != MASKS_IN_WORDS && !last)
		return mapping_refuse(l->m, 49, l->raw);
	l->out->open = last && star;
	l->out->masked = l->out->masked || !l->out->open;
	l->out->pattern[l->pattern_len++] = l->raw[i];
	/* Words with a mask between them are not one to who reads the plain text. */
	if (!l->out->open)
		l->out->text[l->text_len++] = ' ';
	return true;
}

/* CQL 1.2: '*' and '?' mask, '^' at either end anchors, a backslash takes their meaning away. */
bool term_read(struct mapping *m, const char *raw, enum masks masks, struct term *out)
{
	size_t len = strlen(raw);
	struct lexing l = { .m = m, .raw = raw, .masks = masks, .out = out };
	*out = (struct term){ .text = arena_get(m->arena, len + 1), .pattern = arena_get(m->arena, 2 * len + 1) };
	if (len > LABEL_MAX)
		return mapping_refuse_at(m, 23, LABEL_MAX);
	for (size_t i = 0; i < len; i++) {
		bool good = true;
		if (raw[i] == '\\' && (raw[i + 1] == '\0' || strchr("*?^\"\\", raw[i + 1]) == NULL))
			return mapping_refuse(m, 26, letter_at(m, raw + i + 1));
		if (raw[i] == '\\') {
			i++;
			put(&l, raw[i], strchr("*?\\", raw[i]) != NULL);
		} else if (masks != MASKS_NONE && raw[i] == '^')
			good = take_anchor(&l, i, len);
		else if (masks != MASKS_NONE && (raw[i] == '?' || raw[i] == '*'))
			good = take_mask(&l, i, len);
		else
			put(&l, raw[i], masks == MASKS_NONE && strchr("*?", raw[i]) != NULL);
		if (!good)
			return false;
	}
	return true;
}

const char *sru_map_term(const char *term, struct arena *arena, struct sru_fault *fault)
{
	struct mapping m = { .arena = arena, .fault = fault };
	struct term out;
	return term_read(&m, term, MASKS_NONE, &out) ? out.text : NULL;
}

/* Masks stand for letters of words that have spaces between them; there are none in Han, Kana and Hangul. */
bool term_fits_masks(struct mapping *m, const struct term *t)
{
	for (const char *word = t->pattern; *word != '\0'; word += strcspn(word, " "), word += *word == ' ') {
		size_t len = strcspn(word, " "), letters = 0;
		bool wide = false, masked = false;
		for (size_t i = 0; i < len; i++) {
			bool mask = word[i] == '*' || word[i] == '?';
			i += word[i] == '\\' && i + 1 < len;
			letters += !mask;
			wide = wide || (unsigned char)word[i] >= 0xe1;
			masked = masked || (mask && !(word[i] == '*' && i + 1 == len));
		}
		if (len > 0 && letters == 0)
			return mapping_refuse_at(m, 29, 1);
		if (wide && masked)
			return mapping_refuse(m, 28, t->pattern);
	}
	return true;
}

const struct word_pattern *term_pattern(struct mapping *m, const struct term *t)
{
	struct word_pattern *p = arena_get(m->arena, sizeof *p);
	*p = (struct word_pattern){ .text = t->pattern, .begins = t->begins, .ends = t->ends };
	return p;
}
