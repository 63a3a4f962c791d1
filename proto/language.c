#include "proto/language.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "node/base/limits.h"

enum { SUBTAG_MAX = 8 };

struct subtag {
	const char *at;
	size_t len;
	size_t letters, digits;
};

/* The subtag at p; len 0 when there is none, or one too long or of other characters. */
static struct subtag subtag_at(const char *p)
{
	struct subtag t = { .at = p };
	for (; *p != '\0' && *p != '-'; p++, t.len++) {
		t.letters += (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
		t.digits += *p >= '0' && *p <= '9';
	}
	if (t.len > SUBTAG_MAX || t.letters + t.digits != t.len)
		t.len = 0;
	return t;
}

/* The next subtag; at the end one of length 0 whose at is the NUL. */
static struct subtag next(const struct subtag *t)
{
	const char *p = t->at + t->len;
	return *p == '-' ? subtag_at(p + 1) : (struct subtag){ .at = p };
}

static bool all_letters(const struct subtag *t, size_t min, size_t max)
{
	return t->letters == t->len && t->len >= min && t->len <= max;
}

static bool is_variant(const struct subtag *t)
{
	return t->len >= 5 || (t->len == 4 && t->at[0] >= '0' && t->at[0] <= '9');
}

static bool same(const struct subtag *a, const struct subtag *b)
{
	return a->len == b->len && strncasecmp(a->at, b->at, a->len) == 0;
}

static bool skip_variants(struct subtag *t)
{
	struct subtag first = *t;
	for (; t->len > 0 && is_variant(t); *t = next(t))
		for (struct subtag u = first; u.at < t->at; u = next(&u))
			if (same(&u, t))
				return false;
	return true;
}

static bool is_private(const struct subtag *t)
{
	return t->len == 1 && (t->at[0] == 'x' || t->at[0] == 'X');
}

/* A singleton and what belongs to it, each singleton once. */
static bool skip_extensions(struct subtag *t)
{
	struct subtag first = *t;
	while (t->len == 1 && !is_private(t)) {
		for (struct subtag u = first; u.at < t->at; u = next(&u))
			if (same(&u, t))
				return false;
		*t = next(t);
		if (t->len < 2)
			return false;
		while (t->len >= 2)
			*t = next(t);
	}
	return true;
}

static bool skip_private(struct subtag *t)
{
	if (!is_private(t))
		return true;
	*t = next(t);
	if (t->len == 0)
		return false;
	while (t->len > 0)
		*t = next(t);
	return true;
}

bool language_valid(const char *text)
{
	if (strnlen(text, CODE_MAX + 1) > CODE_MAX)
		return false;
	struct subtag t = subtag_at(text);
	if (!is_private(&t)) {
		if (!all_letters(&t, 2, 8))
			return false;
		size_t extended = t.len <= 3 ? 3 : 0;
		t = next(&t);
		for (size_t i = 0; i < extended && all_letters(&t, 3, 3); i++)
			t = next(&t);
		if (all_letters(&t, 4, 4))
			t = next(&t);
		if (all_letters(&t, 2, 2) || (t.len == 3 && t.digits == 3))
			t = next(&t);
		if (!skip_variants(&t) || !skip_extensions(&t))
			return false;
	}
	/* What is left must be private use, and end where the text ends: a subtag of bad form has length 0 before it. */
	return skip_private(&t) && t.len == 0 && *t.at == '\0' && (t.at == text || t.at[-1] != '-');
}

static char lowered(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char raised(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Two letters are a region and four a script, but not in front and not behind a singleton. */
void language_canonical(const char *text, char *out)
{
	bool plain = true, first = true;
	for (struct subtag t = subtag_at(text); t.len > 0; t = next(&t)) {
		bool region = plain && !first && all_letters(&t, 2, 2), script = plain && !first && all_letters(&t, 4, 4);
		if (!first)
			*out++ = '-';
		for (size_t i = 0; i < t.len; i++)
			*out++ = region || (script && i == 0) ? raised(t.at[i]) : lowered(t.at[i]);
		plain = plain && t.len > 1;
		first = false;
	}
	*out = '\0';
}
