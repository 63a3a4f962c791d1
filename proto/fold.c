/* The indexer calls this for every title: ASCII and the common Han, Kana and Hangul characters, which need no
 * normalising, go the short way; everything else goes through cluster.c. */
#include "proto/fold.h"

#include "proto/cluster.h"
#include "proto/variant.h"

struct place {
	size_t start, end;
};

struct folding {
	struct bytes text;
	size_t at;
	fold_cb cb;
	void *arg;
	int rc;
	unsigned run; /* of the next word or CJK run */

	/* The open word. */
	char word[FOLD_TERM_MAX];
	size_t word_len; /* 0: none open */
	struct place word_place;
	bool word_full;
	bool sheds; /* its last letter sheds its marks */

	/* The last character of the open CJK run. */
	char cjk[UTF8_MAX];
	size_t cjk_len; /* 0: none open */
	struct place cjk_place;
	bool paired; /* it was given as the end of a pair */
};

static void give(struct folding *f, const char *term, size_t len, size_t start, size_t end)
{
	if (f->rc == OK)
		f->rc = f->cb(f->arg, term, len, start, end, f->run);
}

static void end_word(struct folding *f)
{
	if (f->word_len == 0)
		return;
	give(f, f->word, f->word_len, f->word_place.start, f->word_place.end);
	f->word_len = 0;
	f->word_full = false;
	f->run++;
}

static void end_cjk(struct folding *f)
{
	if (f->cjk_len == 0)
		return;
	if (!f->paired)
		give(f, f->cjk, f->cjk_len, f->cjk_place.start, f->cjk_place.end);
	f->cjk_len = 0;
	f->paired = false;
	f->run++;
}

static void separate(struct folding *f)
{
	end_word(f);
	end_cjk(f);
}

/* A term is cut between characters, and the rest of its word is passed over. */
static void add_to_word(struct folding *f, const char *utf8, size_t n, struct place p)
{
	if (f->word_len == 0)
		f->word_place.start = p.start;
	f->word_place.end = p.end;
	if (f->word_full || f->word_len + n > FOLD_TERM_MAX) {
		f->word_full = true;
		return;
	}
	memcpy(f->word + f->word_len, utf8, n);
	f->word_len += n;
}

static void add_cjk(struct folding *f, const void *utf8, size_t n, struct place p)
{
	end_word(f);
	if (f->cjk_len > 0) {
		char pair[2 * UTF8_MAX];
		memcpy(pair, f->cjk, f->cjk_len);
		memcpy(pair + f->cjk_len, utf8, n);
		give(f, pair, f->cjk_len + n, f->cjk_place.start, p.end);
		f->paired = true;
	}
	memcpy(f->cjk, utf8, n);
	f->cjk_len = n;
	f->cjk_place = p;
}

/* ---- the short ways -----------------------------------------------------------------------------------------------
 */

/* The folded letter or digit; 0 for what separates. */
static char fold_ascii(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c : 0;
}

/* Letters and digits, of which the first is c. */
static void take_ascii_word(struct folding *f, char c)
{
	char last;
	end_cjk(f);
	if (f->word_len == 0)
		f->word_place.start = f->at;
	do {
		last = c;
		f->word_full = f->word_full || f->word_len == FOLD_TERM_MAX;
		if (!f->word_full)
			f->word[f->word_len++] = c;
		f->at++;
	} while (f->at < f->text.len && (c = fold_ascii(f->text.data[f->at])) != 0);
	f->word_place.end = f->at;
	f->sheds = last > '9';
}

static void take_ascii(struct folding *f)
{
	while (f->at < f->text.len && f->text.data[f->at] < 0x80 && f->rc == OK) {
		char c = fold_ascii(f->text.data[f->at]);
		if (c != 0) {
			take_ascii_word(f, c);
		} else {
			separate(f);
			f->at++;
		}
	}
}

/* Characters of three bytes that need no normalising, provided that nothing joins them. */
static bool stands_alone(uint32_t code, struct bytes after)
{
	if (code >= 0x4e00 && code <= 0x9fff)
		return true;
	if ((code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa) || code == 0x30fc ||
	    (code >= 0xac00 && code <= 0xd7a3))
		return !char_joined_next(code, after);
	return false;
}

/* ---- the long way -------------------------------------------------------------------------------------------------
 */

static void add_mark(struct folding *f, const char *utf8, size_t n, struct place p)
{
	if (f->word_len == 0)
		return;
	if (f->sheds)
		f->word_place.end = p.end;
	else
		add_to_word(f, utf8, n, p);
}

static void add_code(struct folding *f, uint32_t code, struct place p)
{
	char utf8[UTF8_MAX];
	size_t n;
	code = variant_fold(code);
	n = utf8_write(code, utf8);
	switch (char_class_of(code)) {
	case CHAR_CJK:
		add_cjk(f, utf8, n, p);
		return;
	case CHAR_WORD:
		end_cjk(f);
		f->sheds = char_sheds_marks(code);
		add_to_word(f, utf8, n, p);
		return;
	case CHAR_MARK:
		add_mark(f, utf8, n, p);
		return;
	case CHAR_OTHER:
	default:
		separate(f);
	}
}

static void take_cluster(struct folding *f, struct bytes rest, uint32_t code, size_t n)
{
	struct cluster c;
	cluster_read(rest, code, n, &c);
	struct place p = { f->at, f->at + c.used };
	for (size_t i = 0; i < c.count; i++)
		add_code(f, (uint32_t)c.codes[i], p);
	f->at += c.used;
}

static void take_other(struct folding *f)
{
	struct bytes rest = bytes_of(f->text.data + f->at, f->text.len - f->at);
	uint32_t code;
	size_t n = utf8_read(rest, &code);
	if (n == 0) {
		separate(f);
		f->at++;
	} else if (stands_alone(code, bytes_of(rest.data + n, rest.len - n))) {
		char utf8[UTF8_MAX];
		size_t size = utf8_write(variant_fold(code), utf8);
		add_cjk(f, utf8, size, (struct place){ f->at, f->at + n });
		f->at += n;
	} else {
		take_cluster(f, rest, code, n);
	}
}

int fold_terms(struct bytes text, fold_cb cb, void *arg)
{
	struct folding f = { .text = text, .cb = cb, .arg = arg };
	while (f.at < text.len && f.rc == OK) {
		if (text.data[f.at] < 0x80)
			take_ascii(&f);
		else
			take_other(&f);
	}
	separate(&f);
	return f.rc;
}

static int count_term(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	(void)term, (void)len, (void)start, (void)end, (void)run;
	++*(size_t *)arg;
	return OK;
}

size_t fold_count(struct bytes text)
{
	size_t count = 0;
	return fold_terms(text, count_term, &count) == OK ? count : 0;
}
