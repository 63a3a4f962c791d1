/* Titles and abstracts of a Relaton document, with their languages. */
#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"
#include "node/ingest/relaton.h"

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

static char *language_tag(struct relaton *r, const struct yaml_node *text)
{
	struct bytes language = clean_code(r->arena, yaml_words(yaml_get(text, "language")));
	struct bytes script = clean_code(r->arena, yaml_words(yaml_get(text, "script")));
	if (!letters(language, 2, 3))
		return arena_str(r->arena, "und");
	char *tag = arena_strn(r->arena, language.data, language.len);
	/* A slip of the JIS data set, in each of its English titles. */
	if (bytes_equal(script, bytes_str("Lant")))
		script = bytes_str("Latn");
	if (!letters(script, 4, 4) || bytes_equal(script, bytes_str(default_script(tag))))
		return tag;
	return arena_printf(r->arena, "%s-%.4s", tag, (const char *)script.data);
}

struct texts {
	struct relaton *r;
	Normlink__Text **at;
	size_t count;
	size_t room;
};

static void add_text(struct texts *texts, int role, char *lang, struct bytes value)
{
	struct relaton *r = texts->r;
	if (value.len == 0 || value.len > TEXT_MAX || texts->count == texts->room) {
		r->warnings++;
		return;
	}
	Normlink__Text *text = arena_get(r->arena, sizeof *text);
	normlink__text__init(text);
	text->has_role = true;
	text->role = (Normlink__Role)role;
	text->lang = lang;
	text->value = arena_strn(r->arena, value.data, value.len);
	texts->at[texts->count++] = text;
}

/* ---- titles --------------------------------------------------------------------------------------------------- */

struct title {
	char *lang;
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
	struct title *titles = arena_array(r->arena, room + 1, sizeof *titles);
	*count = 0;
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n)) {
		if (*count == room) {
			r->warnings++;
			continue;
		}
		titles[(*count)++] = (struct title){
			.lang = language_tag(r, n),
			.value = clean_line(r->arena, yaml_words(n)),
			.part = is_part(yaml_words(yaml_get(n, "type"))),
		};
	}
	return titles;
}

/* Where a language has no whole title, its parts make one, in the order given, as ISO writes them.  first is the first
 * part in its language; the parts that were used are marked by an empty value. */
static void join_parts(struct texts *texts, struct title *first, const struct title *end)
{
	struct buf whole = { 0 };
	for (struct title *t = first; t < end; t++) {
		if (!t->part || t->value.len == 0 || strcmp(t->lang, first->lang) != 0)
			continue;
		if (whole.len > 0)
			buf_add_str(&whole, " - ");
		buf_add_bytes(&whole, t->value);
		if (t != first)
			t->value.len = 0;
	}
	add_text(texts, NORMLINK__ROLE__ROLE_TITLE, first->lang, buf_bytes(&whole));
	buf_free(&whole);
}

static bool has_title(const struct texts *texts, const char *lang)
{
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->at[i]->lang, lang) == 0)
			return true;
	return false;
}

static void read_titles(struct texts *texts)
{
	size_t count;
	struct title *titles = collect_titles(texts->r, &count);
	for (size_t i = 0; i < count; i++)
		if (!titles[i].part)
			add_text(texts, NORMLINK__ROLE__ROLE_TITLE, titles[i].lang, titles[i].value);
	for (size_t i = 0; i < count; i++)
		if (titles[i].part && titles[i].value.len > 0 && !has_title(texts, titles[i].lang))
			join_parts(texts, &titles[i], titles + count);
}

/* ---- abstracts ------------------------------------------------------------------------------------------------ */

/* More than half of ISO's "French" abstracts are the English text once more. */
static bool repeats(const struct texts *texts, size_t from, struct bytes value)
{
	for (size_t i = from; i < texts->count; i++)
		if (bytes_equal(bytes_str(texts->at[i]->value), value))
			return true;
	return false;
}

static void add_abstract(struct texts *texts, size_t from, const struct yaml_node *n, bool english)
{
	char *lang = language_tag(texts->r, n);
	if ((strcmp(lang, "en") == 0) != english)
		return;
	struct bytes value = clean_lines(texts->r->arena, yaml_words(n));
	if (repeats(texts, from, value))
		texts->r->warnings++;
	else
		add_text(texts, NORMLINK__ROLE__ROLE_ABSTRACT, lang, value);
}

/* English first, so that the copy is known whatever the order in the file. */
static void read_abstracts(struct texts *texts)
{
	size_t from = texts->count;
	const struct yaml_node *list = yaml_get(texts->r->root, "abstract");
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		add_abstract(texts, from, n, true);
	for (const struct yaml_node *n = yaml_first(list); n != NULL; n = yaml_next(list, n))
		add_abstract(texts, from, n, false);
}

void relaton_text_read(struct relaton *r)
{
	size_t room = yaml_count(yaml_get(r->root, "title")) + yaml_count(yaml_get(r->root, "abstract"));
	if (room > RECORD_TEXTS_MAX)
		room = RECORD_TEXTS_MAX;
	struct texts texts = { .r = r, .room = room, .at = arena_array(r->arena, room + 1, sizeof(Normlink__Text *)) };
	read_titles(&texts);
	read_abstracts(&texts);
	r->record.texts = texts.at;
	r->record.n_texts = texts.count;
}
