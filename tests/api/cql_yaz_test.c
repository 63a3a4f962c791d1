/* Our reading of CQL beside that of YAZ, on queries made from a seed, good ones and broken ones.
 *
 * libyaz is opened when it is there (Debian's libyaz5), strict: any bare word may name a relation, as the grammar says.
 * Part of its XCQL goes to standard output whatever file it is given, so a child process writes there.
 *
 * Where both differ on purpose, we refuse and YAZ takes:
 *   - a relation before a parenthesis, or before another clause: "a = (b or c)", "a = b = c"; the grammar wants a term;
 *   - strings in a row: "a" "b"; the grammar has one term in a clause;
 *   - a quote that is never closed, a backslash at the very end;
 *   - anything behind the sort keys; anything before sortBy, once a clause was whole: its parser skips to it after an
 * error. Never made here, for YAZ reads bytes that are no blanks to it: tabs and quotes inside of words, line ends. YAZ
 * gives modifiers in reverse, and a prefix only where a name has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/api/cql.h"

enum { QUERIES = 6000, TEXT_SIZE = 2048 };

/* ---- queries from a seed ---- */

struct maker {
	uint64_t seed;
	struct buf out;
};

static unsigned pick(struct maker *m, unsigned below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return (unsigned)(m->seed >> 33) % below;
}

static void put_one(struct maker *m, const char *const *words, unsigned count)
{
	buf_add_str(&m->out, words[pick(m, count)]);
}
#define PUT_ONE(m, words) put_one(m, words, sizeof words / sizeof *words)

static const char *const terms[] = { "fish",          "\"\"",
	                                 "\"two words\"", "a*",
	                                 "^b?",           "\"say \\\"x\\\"\"",
	                                 "03.120",        "2015-10",
	                                 "质量",          "\"a/b\"",
	                                 "and",           "\"GB/T 19001-2016\"",
	                                 "x\\(y",         "OR",
	                                 "sortBy",        "&amp;",
	                                 "\"<\"",         "m?n*t",
	                                 "\"^a b^\"",     "\"qual* \\? x\"",
	                                 "\\^x",          "*",
	                                 "\"a\\\\b\"" };
static const char *const indexes[] = { "dc.title", "std.ics", "any", "\"quoted index\"", "not", "rec.id" };
static const char *const relations[] = { "=",  "==",  ">",   "<",      ">=",      "<=",
	                                     "<>", "any", "all", "within", "cql.adj", "exact" };
static const char *const booleans[] = { "and", "or", "not", "prox", "AND", "Not" };
static const char *const modifiers[] = { "relevant", "x=1",     "distance>=2",      "unit=word",     "\"q\"",
	                                     "and",      "ordered", "cql.unit=element", "distance<>300", "prox" };

static void put_modifiers(struct maker *m)
{
	for (unsigned n = pick(m, 8); n > 5; n--) {
		buf_add_str(&m->out, pick(m, 2) ? "/" : " / ");
		PUT_ONE(m, modifiers);
	}
}

static void put_clause(struct maker *m)
{
	if (pick(m, 2) == 0) {
		PUT_ONE(m, indexes);
		buf_add_char(&m->out, ' ');
		PUT_ONE(m, relations);
		put_modifiers(m);
		buf_add_char(&m->out, ' ');
	}
	PUT_ONE(m, terms);
}

static void put_query(struct maker *m, unsigned depth)
{
	if (pick(m, 8) == 0)
		buf_add_str(&m->out, pick(m, 2) ? "> pp = \"u:v\" " : "> \"u:w\" ");
	for (unsigned n = 1 + pick(m, 3); n > 0; n--) {
		bool nested = depth < 4 && pick(m, 3) == 0;
		buf_add_str(&m->out, nested ? "(" : "");
		if (nested)
			put_query(m, depth + 1);
		else
			put_clause(m);
		buf_add_str(&m->out, nested ? ")" : "");
		if (n == 1)
			break;
		buf_add_char(&m->out, ' ');
		PUT_ONE(m, booleans);
		put_modifiers(m);
		buf_add_char(&m->out, ' ');
	}
}

/* One place is cut, doubled or overwritten. */
static void damage(struct maker *m)
{
	static const char *const pieces[] = { "(", ")", "=", "/", ">", "\"", " and ", " sortBy ", " x ", "<>", "\\", "" };
	struct buf old = buf_take(&m->out);
	size_t at = pick(m, (unsigned)old.len + 1);
	size_t skip = pick(m, 4);
	/* Never in the middle of a character. */
	while (at > 0 && at < old.len && (old.data[at] & 0xc0) == 0x80)
		at--;
	buf_add(&m->out, old.data, at);
	PUT_ONE(m, pieces);
	at = at + skip < old.len ? at + skip : old.len;
	while (at < old.len && (old.data[at] & 0xc0) == 0x80)
		at++;
	buf_add(&m->out, old.data + at, old.len - at);
	buf_free(&old);
}

static void make_query(uint64_t number, char text[TEXT_SIZE])
{
	struct maker m = { .seed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) };
	put_query(&m, 0);
	if (pick(&m, 4) == 0) {
		buf_add_str(&m.out, " sortBy dc.date");
		put_modifiers(&m);
		if (pick(&m, 2) == 0)
			buf_add_str(&m.out, " dc.title");
	}
	for (unsigned n = number % 2 == 0 ? 0 : 1 + pick(&m, 2); n > 0; n--)
		damage(&m);
	(void)snprintf(text, TEXT_SIZE, "%s", buf_str(&m.out));
	buf_free(&m.out);
}

/* ---- YAZ, in a child ---- */

struct yaz {
	void *(*create)(void);
	void (*strict)(void *, int);
	int (*parse)(void *, const char *);
	void *(*result)(void *);
	void (*write)(void *, FILE *);
};

static bool open_yaz(struct yaz *y)
{
	void *library = dlopen("libyaz.so.5", RTLD_NOW);
	if (library == NULL)
		return false;
	*(void **)&y->create = dlsym(library, "cql_parser_create");
	*(void **)&y->strict = dlsym(library, "cql_parser_strict");
	*(void **)&y->parse = dlsym(library, "cql_parser_string");
	*(void **)&y->result = dlsym(library, "cql_parser_result");
	*(void **)&y->write = dlsym(library, "cql_to_xml_stdio");
	return y->create != NULL && y->strict != NULL && y->parse != NULL && y->result != NULL && y->write != NULL;
}

/* For each query its XCQL, nothing when it is refused, and a NUL. */
static void write_all(const struct yaz *y, int fd)
{
	if (dup2(fd, STDOUT_FILENO) < 0)
		_exit(1);
	void *parser = y->create();
	y->strict(parser, 1);
	for (uint64_t i = 0; i < QUERIES; i++) {
		char text[TEXT_SIZE];
		make_query(i, text);
		if (y->parse(parser, text) == 0)
			y->write(y->result(parser), stdout);
		if (putchar('\0') == EOF)
			_exit(1);
	}
	_exit(fflush(stdout) == 0 ? 0 : 1);
}

static char *ask_yaz(const struct yaz *y, size_t *size)
{
	int status = 0;
	FILE *file = tmpfile();
	assert_non_null(file);
	(void)fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_all(y, fileno(file));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*size = (size_t)ftell(file);
	char *all = calloc(1, *size + 1);
	assert_non_null(all);
	rewind(file);
	assert_int_equal(fread(all, 1, *size, file), *size);
	(void)fclose(file);
	return all;
}

/* ---- both on one form ---- */

/* Without blanks between elements, without prefixes and what they stand for, modifiers the other way round. */
static void drop_blanks(const char *xml, struct buf *out)
{
	for (const char *c = xml; *c != '\0'; c++) {
		if (*c == '\n' || (*c == ' ' && (out->len == 0 || out->data[out->len - 1] == '>'))) {
			const char *next = c + strspn(c, " \n");
			if (*next == '<' || *next == '\0' || *c == '\n') {
				c = next - 1;
				continue;
			}
		}
		buf_add_char(out, *c);
	}
}

static void drop_elements(struct buf *b, const char *begin, const char *end)
{
	char *at;
	while ((at = strstr(buf_str(b), begin)) != NULL) {
		char *last = strstr(at, end);
		assert_non_null(last);
		last += strlen(end);
		memmove(at, last, strlen(last) + 1);
		b->len = strlen((const char *)b->data);
	}
}

static void reverse_modifiers(const char *xml, struct buf *out)
{
	static const char open[] = "<modifiers>", close[] = "</modifiers>", end[] = "</modifier>";
	const char *at;
	while ((at = strstr(xml, open)) != NULL) {
		const char *last = strstr(xml, close);
		at += strlen(open);
		buf_add(out, xml, (size_t)(at - xml));
		for (const char *item = last; item > at;) {
			const char *begin = item - strlen(end);
			while (begin > at && strncmp(begin - strlen(end), end, strlen(end)) != 0)
				begin--;
			buf_add(out, begin, (size_t)(item - begin));
			item = begin;
		}
		xml = last;
		buf_add(out, xml, strlen(close));
		xml += strlen(close);
	}
	buf_add_str(out, xml);
}

static void same_tree(const char *text, const struct cql_query *query, const char *theirs)
{
	struct buf own = { 0 }, other = { 0 }, turned = { 0 };
	struct cql_query kept = *query;
	struct cql_key first;
	if (query->sort != NULL) {
		first = *query->sort;
		while (first.next != NULL && first.next->next != NULL)
			first.next = first.next->next;
		kept.sort = &first;
	}
	cql_xcql(&kept, &own);
	drop_blanks(theirs, &other);
	drop_elements(&own, "<prefixes>", "</prefixes>");
	drop_elements(&other, "<prefixes>", "</prefixes>");
	reverse_modifiers(buf_str(&other), &turned);
	if (strcmp(buf_str(&own), buf_str(&turned)) != 0)
		fail_msg("%s\nours:   %s\ntheirs: %s", text, buf_str(&own), buf_str(&turned));
	buf_free(&own);
	buf_free(&other);
	buf_free(&turned);
}

static bool on_purpose(const char *text, const struct cql_fault *fault)
{
	const char *at = text + fault->at;
	if (strcmp(fault->text, "a quote that is not closed") == 0 ||
	    strcmp(fault->text, "a backslash with nothing behind it") == 0)
		return true;
	if (strcmp(fault->text, "a relation without a term") == 0 && *at == '(')
		return true;
	bool stands = strcmp(fault->text, "nothing can stand here") == 0 ||
	              strcmp(fault->text, "a parenthesis that is not closed") == 0;
	/* A relation, a bare word as well, that makes the term before it an index; or one more string. */
	if (stands && *at != '\0' && strchr("()/", *at) == NULL)
		return true;
	/* Once its sort keys are whole it looks no further. */
	if (strcmp(fault->text, "sortBy without an index") == 0 && *at != '\0')
		return true;
	return strcasestr(at, "sortby") != NULL;
}

/* A quote right behind a word is a part of the word to YAZ; the grammar ends the word there. */
static bool is_glued(const char *text)
{
	bool quoted = false;
	char before = ' ';
	for (const char *c = text; *c != '\0'; c++) {
		bool escape = *c == '\\' && c[1] != '\0';
		if (*c == '"' && !quoted && strchr(" ()=<>/\"", before) == NULL)
			return true;
		quoted ^= *c == '"';
		before = escape ? '\\' : *c;
		c += escape;
	}
	return false;
}

static void both_agree(void **state)
{
	(void)state;
	struct yaz yaz = { 0 };
	size_t size, good = 0, bad = 0, differ = 0;
	if (!open_yaz(&yaz)) {
		print_message("skipped: libyaz.so.5 is not here (Debian's package libyaz5)\n");
		skip();
	}
	char *all = ask_yaz(&yaz, &size);
	const char *theirs = all;
	for (uint64_t i = 0; i < QUERIES; i++, theirs += strlen(theirs) + 1) {
		char text[TEXT_SIZE];
		struct arena arena = { 0 };
		struct cql_query query;
		struct cql_fault fault;
		assert_true(theirs < all + size);
		make_query(i, text);
		if (is_glued(text))
			continue;
		bool accepted = cql_parse(bytes_str(text), &arena, &query, &fault) == OK;
		if (accepted && theirs[0] == '\0')
			fail_msg("YAZ refuses what we take: %s", text);
		if (!accepted && theirs[0] != '\0' && !on_purpose(text, &fault))
			fail_msg("YAZ takes what we refuse (%s at %zu): %s", fault.text, fault.at, text);
		if (accepted)
			same_tree(text, &query, theirs);
		good += accepted;
		bad += !accepted && theirs[0] == '\0';
		differ += !accepted && theirs[0] != '\0';
		arena_free(&arena);
	}
	free(all);
	print_message("%zu taken by both, %zu refused by both, %zu refused by us alone, on purpose\n", good, bad, differ);
	assert_true(good > QUERIES / 3 && bad > QUERIES / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_agree) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
