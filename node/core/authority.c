#include "node/core/authority.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "proto/record.h"

/* How the claims that cover one text stand to it. */
struct cover {
	size_t len;        /* of the longest */
	const char *owner; /* who makes it */
	bool several;      /* more than one origin does */
};

struct question {
	const struct claims *claims;
	const char *text;
	size_t len, code_len; /* of the text, and of the code that it begins with */
	bool body;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t code_length(const char *text, size_t len)
{
	size_t last = len;
	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] != ' ')
			continue;
		if (is_digit(text[i + 1]))
			return i;
		last = i;
	}
	return last;
}

/* The length of the claim when it covers the text, else 0. */
static size_t covers(const struct question *q, const char *claim)
{
	size_t len = strlen(claim);
	if (len == 0 || len > q->len || strncasecmp(claim, q->text, len) != 0)
		return 0;
	return len == q->len || !isalnum((unsigned char)q->text[len]) ? len : 0;
}

static void note(struct cover *c, const char *origin, size_t len)
{
	if (len < c->len)
		return;
	bool again = len == c->len && c->owner != NULL;
	c->several = again && (c->several || strcmp(c->owner, origin) != 0);
	if (!again)
		c->owner = origin;
	c->len = len;
}

/* Does our own log say something about the origin? */
static bool judged(const struct claims *claims, const char *origin)
{
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *c = &claims->v[i];
		if (c->ours && strcmp(c->said_by, c->about) != 0 && strcmp(c->about, origin) == 0)
			return true;
	}
	return false;
}

/* opinions: what our own log says about others; else what origins say about themselves.  max: longer ones are left
 * out. */
static struct cover find(const struct question *q, bool opinions, size_t max)
{
	struct cover out = { 0 };
	for (size_t i = 0; i < q->claims->count; i++) {
		const struct claim *c = &q->claims->v[i];
		bool opinion = strcmp(c->said_by, c->about) != 0;
		if (opinion != opinions || (opinion && !c->ours))
			continue;
		const char *const *items = q->body ? c->bodies : c->prefixes;
		size_t count = q->body ? c->body_count : c->prefix_count;
		for (size_t k = 0; k < count; k++) {
			size_t len = covers(q, items[k]);
			if (len > 0 && len <= max && (opinion || !judged(q->claims, c->about)))
				note(&out, c->about, len);
		}
	}
	return out;
}

static struct speaker decide(const struct question *q)
{
	struct cover opinion = find(q, true, SIZE_MAX);
	if (opinion.owner != NULL)
		return (struct speaker){ .origin = opinion.several ? NULL : opinion.owner,
			                     .contested = opinion.several,
			                     .ours = true };
	struct cover longest = find(q, false, SIZE_MAX);
	bool contested = longest.several;
	if (!q->body && longest.len > q->code_len) {
		struct cover code = find(q, false, q->code_len);
		contested = contested || (code.owner != NULL && (code.several || strcmp(code.owner, longest.owner) != 0));
	}
	return (struct speaker){ .origin = contested ? NULL : longest.owner, .contested = contested };
}

struct speaker authority_speaker(const struct claims *claims, const char *reference)
{
	struct question q = { .claims = claims, .text = reference, .len = strcspn(reference, "#|") };
	while (q.len > 0 && reference[q.len - 1] == ' ')
		q.len--;
	q.code_len = code_length(reference, q.len);
	return decide(&q);
}

struct speaker authority_speaker_of_body(const struct claims *claims, const char *code)
{
	struct question q = { .claims = claims, .text = code, .len = strlen(code), .body = true };
	return decide(&q);
}

enum authority authority_of(const struct speaker *speaker, const char *origin)
{
	if (speaker->contested)
		return AUTHORITY_CONTESTED;
	if (speaker->origin == NULL)
		return AUTHORITY_UNCLAIMED;
	return strcmp(speaker->origin, origin) == 0 ? AUTHORITY_OWN : AUTHORITY_THIRD_PARTY;
}

/* A joint reference is one's own when a part is, else as far from it as its parts are; most have one part. */
static enum authority of_parts(const struct claims *claims, const char *origin, const char *subject)
{
	enum authority worst = AUTHORITY_OWN;
	for (const char *at = subject; at != NULL; at = strchr(at, '|')) {
		at += strspn(at, "| ");
		struct speaker speaker = authority_speaker(claims, at);
		enum authority one = authority_of(&speaker, origin);
		if (one == AUTHORITY_OWN)
			return one;
		worst = one > worst ? one : worst;
	}
	return worst;
}

enum authority authority_decide(const struct claims *claims, const char *origin, int kind, const char *subject)
{
	if (kind == NORMLINK__KIND__KIND_VERDICT || kind == NORMLINK__KIND__KIND_AUTHORITY)
		return strcmp(origin, subject) == 0 ? AUTHORITY_OWN : AUTHORITY_THIRD_PARTY;
	if (kind_about_log(kind))
		return AUTHORITY_OWN;
	if (kind != NORMLINK__KIND__KIND_BODY)
		return of_parts(claims, origin, subject);
	struct speaker speaker = authority_speaker_of_body(claims, subject);
	return authority_of(&speaker, origin);
}

const char *authority_word(enum authority authority)
{
	static const char *const words[] = {
		[AUTHORITY_OWN] = "own",
		[AUTHORITY_UNCLAIMED] = "unclaimed",
		[AUTHORITY_CONTESTED] = "contested",
		[AUTHORITY_THIRD_PARTY] = "third-party",
	};
	return words[authority];
}
