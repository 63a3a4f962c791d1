/* Titles and abstracts of a Relaton document, with their languages. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"
#include "proto/language.h"

/* BCP 47 wants a script only where it is not the one that the language is always written in. */
static const char *default_script(const char *language)
{
	static const char *const table[][2] = {
		{ "ja", "Jpan" }, { "zh", "Hans" }, { "ko", "Kore" }, { "ru", "Cyrl" }, { "ar", "Arab" },
		{ "uk", "Cyrl" }, { "el", "Grek" }, { "he", "Hebr" }, { "th", "Thai" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i][0], language) == 0)
			return table[i][1];
	return "Latn";
}

static bool letters(struct bytes text, size_t from, size_t to)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.data[i] | 0x20) < 'a' || (text.data[i] | 0x20) > 'z')
			return false;
	return text.len >= from && text.len <= to;
}

struct tag {
	char *lang;
	const char *odd; /* a script that is none; NULL */
};

static struct tag language_tag(struct relaton *r, const struct yaml_node *text)
{
	struct bytes language = clean_code(r->d.arena, yaml_words(yaml_get(text, "language")));
	struct bytes script = clean_code(r->d.arena, yaml_words(yaml_get(text, "script")));
	struct tag tag = { 0 };
	if (!letters(language, 2, 3)) {
		bool whole = memchr(language.data, '-', language.len) != NULL && language_valid((const char *)language.data);
		tag.lang = arena_str(r->d.arena, whole ? (const char *)language.data : "und");
		return tag;
	}
	tag.lang = arena_strn(r->d.arena, language.data, language.len);
	if (!letters(script, 4, 4))
		return tag;
	if (!script_known((const char *)script.data))
		tag.odd = (const char *)script.data;
	/* A slip of the JIS data set, in each of its English titles: read as what is meant. */
	if (bytes_equal(script, bytes_str("Lant")))
		script = bytes_str("Latn");
	if (!bytes_equal(script, bytes_str(default_script(tag.lang))))
		tag.lang = arena_printf(r->d.arena, "%s-%.4s", tag.lang, (const char *)script.data);
	return tag;
}

static void add_text(struct relaton *r, int role, struct tag tag, struct bytes value)
{
	size_t before = r->d.record.n_texts;
	draft_text(&r->d, role, tag.lang, value);
	if (tag.odd != NULL && r->d.record.n_texts > before)
		draft_oddity(&r->d, NORMLINK__ODDITY_TYPE__ODDITY_SCRIPT, arena_printf(r->d.arena, "texts[%zu].lang", before),
		             tag.odd);
}

/* ---- titles --------------------------------------------------------------------------------------------------- */

struct title {
	struct tag tag;
	struct bytes value;
	bool part;
};

static bool is_part(struct bytes type)
{
	static const char *const parts[] = { "title-intro", "title-main", "title-part", "title-amd" };
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (bytes_equal(type, bytes_str(parts[i])))
			return true;
	return false;
}

static struct title *collect_titles(struct relaton *r, size_t *count)
{
	const struct yaml_node *list = yaml_get(r->root, "title");
	size_t room = yaml_count(list) < RECORD_TEXTS_MAX ? yaml_count(list) : RECORD_TEXTS_MAX;
	struct title *titles = arena_array(r->d.arena, room + 1, sizeof *titles);
	*count = 0;
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		if (*count == room) {
			r->d.warnings++;
			continue;
		}
		titles[(*count)++] = (struct title){
			.tag = language_tag(r, n),
			.value = clean_line(r->d.arena, yaml_words(n)),
			.part = is_part(yaml_words(yaml_get(n, "type"))),
		};
	}
	return titles;
}

/* Where a language has no whole title, its parts make one, in the order given, as ISO writes them.  first is the first
 * part in its language; the parts that were used are marked by an empty value. */
static void join_parts(struct relaton *r, struct title *first, const struct title *end)
{
	struct buf whole = { 0 };
	for (struct title *t = first; t < end; t++) {
		if (!t->part || t->value.len == 0 || strcmp(t->tag.lang, first->tag.lang) != 0)
			continue;
		if (whole.len > 0)
			buf_add_str(&whole, " - ");
		buf_add_bytes(&whole, t->value);
		if (t != first)
			t->value.len = 0;
	}
	add_text(r, NORMLINK__ROLE__ROLE_TITLE, first->tag, buf_bytes(&whole));
	buf_free(&whole);
}

static bool has_title(const struct relaton *r, const char *lang)
{
	for (size_t i = 0; i < r->d.record.n_texts; i++)
		if (strcmp(r->d.record.texts[i]->lang, lang) == 0)
			return true;
	return false;
}

static void read_titles(struct relaton *r)
{
	size_t count;
	struct title *titles = collect_titles(r, &count);
	for (size_t i = 0; i < count; i++)
		if (!titles[i].part)
			add_text(r, NORMLINK__ROLE__ROLE_TITLE, titles[i].tag, titles[i].value);
	for (size_t i = 0; i < count; i++)
		if (titles[i].part && titles[i].value.len > 0 && !has_title(r, titles[i].tag.lang))
			join_parts(r, &titles[i], titles + count);
}

/* ---- abstracts and notes -------------------------------------------------------------------------------------- */

/* More than half of ISO's "French" abstracts are the English text once more. */
static bool repeats(const struct relaton *r, size_t from, struct bytes value)
{
	for (size_t i = from; i < r->d.record.n_texts; i++)
		if (bytes_equal(bytes_str(r->d.record.texts[i]->value), value))
			return true;
	return false;
}

static void add_abstract(struct relaton *r, size_t from, const struct yaml_node *n, bool english)
{
	struct tag tag = language_tag(r, n);
	if ((strcmp(tag.lang, "en") == 0) != english)
		return;
	struct bytes value = clean_lines(r->d.arena, yaml_words(n));
	if (repeats(r, from, value))
		r->d.warnings++;
	else
		add_text(r, NORMLINK__ROLE__ROLE_ABSTRACT, tag, value);
}

/* English first, so that the copy is known whatever the order in the file. */
static void read_abstracts(struct relaton *r)
{
	size_t from = r->d.record.n_texts;
	const struct yaml_node *list = yaml_get(r->root, "abstract");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		add_abstract(r, from, n, true);
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		add_abstract(r, from, n, false);
}

static void read_notes(struct relaton *r)
{
	const struct yaml_node *list = yaml_either(r->root, "biblionote", "note");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		add_text(r, NORMLINK__ROLE__ROLE_NOTE, language_tag(r, n), clean_lines(r->d.arena, yaml_words(n)));
}

void relaton_text_read(struct relaton *r)
{
	read_titles(r);
	read_abstracts(r);
	read_notes(r);
}
