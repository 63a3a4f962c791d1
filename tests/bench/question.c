/* What the benchmarks ask for: words of the records that are there. */
#include "node/base/must.h"
#include "tests/bench/bench.h"

enum { WORDS_MAX = 16, LETTERS_MIN = 4 };

void bench_put_escaped(struct bytes text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		buf_printf(out, "%%%02X", text.data[i]);
}

/* Bytes of a letter of a script that puts blanks between words, ASCII or what UTF-8 writes in two bytes; 0: none. */
static size_t letter_at(const char *p)
{
	unsigned char c = (unsigned char)*p;
	if (c >= 0xc0 && c < 0xe0)
		return 2;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 1 : 0;
}

/* The longer words of the first line, as far as there is room. */
static size_t split_title(const char *title, struct bytes words[WORDS_MAX])
{
	size_t count = 0, len, n;
	for (const char *p = title; *p != '\0' && *p != '\n' && count<WORDS_MAX; p += len> 0 ? len : 1) {
		for (len = 0; (n = letter_at(p + len)) > 0; len += n)
			continue;
		if (len >= LETTERS_MIN)
			words[count++] = bytes_of(p, len);
	}
	return count;
}

void bench_put_title_words(const struct corpus *c, size_t number, const char *field, struct buf *out)
{
	struct bytes words[WORDS_MAX];
	size_t count = 0;
	for (size_t tried = 0; count < 2 && tried < c->count; tried++)
		count = split_title(c->v[(number * 7919 + tried) % c->count].title, words);
	if (count < 2)
		bench_fail("no title has two words", NULL);
	size_t first = number % count, second = (first + 1 + number / count % (count - 1)) % count;
	buf_add_str(out, field);
	bench_put_escaped(words[first], out);
	buf_add_char(out, '+');
	buf_add_str(out, field);
	bench_put_escaped(words[second], out);
}
