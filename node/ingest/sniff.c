#include "node/ingest/sniff.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/ingest/iso_open.h"

/* ---- names ---------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);
	return n > m && strcasecmp(name + n - m, ending) == 0;
}

static bool ends_in(const char *name, const char *const *endings)
{
	for (; *endings != NULL; endings++)
		if (ends_with(name, *endings))
			return true;
	return false;
}

static const char *const YAML[] = { ".yaml", ".yml", NULL };
static const char *const XML[] = { ".xml", NULL };
static const char *const LINES[] = { ".ndjson", ".jsonl", NULL };
static const char *const TABLES[] = { ".csv", ".tsv", NULL };

bool sniff_wants(const char *name)
{
	return ends_in(name, YAML) || ends_in(name, XML) || ends_in(name, LINES) || ends_in(name, TABLES);
}

/* ---- content -------------------------------------------------------------------------------------------------- */

static bool begins(struct bytes head, const char *magic, size_t len)
{
	return head.len >= len && memcmp(head.data, magic, len) == 0;
}

static bool has(struct bytes head, const char *text)
{
	return memmem(head.data, head.len, text, strlen(text)) != NULL;
}

static void say(char what[SNIFF_TEXT_MAX], const char *text)
{
	(void)snprintf(what, SNIFF_TEXT_MAX, "%s", text);
}

bool sniff_office(struct bytes head, char what[SNIFF_TEXT_MAX])
{
	if (!begins(head, "PK\x03\x04", 4))
		return false;
	if (!has(head, "[Content_Types].xml") && !has(head, "mimetypeapplication/vnd.oasis.opendocument"))
		return false;
	say(what, "a workbook or text of an office program: save its table as CSV in UTF-8, and import that");
	return true;
}

static bool is_binary(struct bytes head, char what[SNIFF_TEXT_MAX])
{
	static const struct {
		const char *magic;
		size_t len;
		const char *text;
	} table[] = {
		{ "%PDF", 4, "a PDF, which is for reading: ask for the records it was made from" },
		{ "\xd0\xcf\x11\xe0", 4, "a file of an older office program: save its table as CSV in UTF-8, and import that" },
		{ "SQLite format 3", 15, "an SQLite database: export a table of it as CSV" },
		{ "\x1f\x8b", 2, "packed with gzip, and not under a name that says what is in it (x.csv.gz, x.tar.gz)" },
		{ "\x28\xb5\x2f\xfd", 4, "packed with zstd, and not under a name that says what is in it (x.csv.zst)" },
		{ "7z\xbc\xaf", 4, "a 7-Zip archive: unpack it first" },
		{ "Rar!", 4, "a RAR archive: unpack it first" },
		{ "PAR1", 4, "Parquet: export it as CSV" },
		{ "@prefix", 7, "RDF in Turtle, which is not read here" },
	};
	if (sniff_office(head, what))
		return true;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!begins(head, table[i].magic, table[i].len))
			continue;
		say(what, table[i].text);
		return true;
	}
	return false;
}

static struct bytes skip_blanks(struct bytes text)
{
	if (begins(text, "\xef\xbb\xbf", 3))
		text = bytes_of(text.data + 3, text.len - 3);
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL && text.data[0] != '\0')
		text = bytes_of(text.data + 1, text.len - 1);
	return text;
}

static struct bytes first_line(struct bytes text)
{
	const uint8_t *end = text.len > 0 ? memchr(text.data, '\n', text.len) : NULL;
	return end != NULL ? bytes_of(text.data, (size_t)(end - text.data)) : text;
}

/* A page of the web, whose markup is not that of a document. */
static bool is_page(struct bytes text)
{
	static const char *const starts[] = { "<!doctype html", "<html", "<head", "<body" };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (text.len >= strlen(starts[i]) && strncasecmp((const char *)text.data, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static enum sniffed sniff_json(struct bytes text)
{
	struct bytes line = first_line(text);
	while (line.len > 0 && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' '))
		line.len--;
	if (iso_open_looks(line))
		return SNIFF_ISO_OPEN;
	if (text.data[0] == '{' && line.len > 1 && line.data[line.len - 1] == '}')
		return SNIFF_NDJSON;
	return SNIFF_JSON;
}

static size_t count(struct bytes text, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == (uint8_t)c;
	return n;
}

/* A row of heads has a separator; UTF-16 shows itself by its mark. */
static bool looks_like_table(struct bytes head)
{
	struct bytes line = first_line(skip_blanks(head));
	if (begins(head, "\xff\xfe", 2) || begins(head, "\xfe\xff", 2))
		return true;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] < ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	return count(line, ',') + count(line, ';') + count(line, '\t') > 0;
}

static bool looks_like_yaml(struct bytes text)
{
	struct bytes line = first_line(text);
	return begins(text, "---", 3) || has(line, ": ") || (line.len > 1 && line.data[line.len - 1] == ':');
}

enum sniffed sniff(const char *name, struct bytes head, char what[SNIFF_TEXT_MAX])
{
	what[0] = '\0';
	if (is_binary(head, what))
		return SNIFF_UNKNOWN;
	if (ends_in(name, YAML))
		return SNIFF_RELATON;
	struct bytes text = skip_blanks(head);
	if (ends_in(name, LINES))
		return iso_open_looks(first_line(text)) ? SNIFF_ISO_OPEN : SNIFF_NDJSON;
	if (text.len > 0 && (text.data[0] == '{' || text.data[0] == '['))
		return sniff_json(text);
	if (ends_in(name, XML))
		return SNIFF_XML; /* which says itself what it is not */
	if (is_page(text)) {
		say(what, "a page of the web: look there for an export as CSV, XML or YAML");
		return SNIFF_UNKNOWN;
	}
	if (text.len > 0 && text.data[0] == '<')
		return SNIFF_XML;
	if (ends_in(name, TABLES))
		return SNIFF_TABLE;
	if (looks_like_yaml(text))
		return SNIFF_RELATON;
	if (looks_like_table(head))
		return SNIFF_TABLE;
	say(what, text.len == 0 ? "an empty file" : "not YAML, XML, NDJSON, a table of text (CSV), or an archive of them");
	return SNIFF_UNKNOWN;
}
