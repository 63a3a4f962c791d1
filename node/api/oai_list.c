/* Records: identifiers, headers with their sets, metadata; lists a page at a time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/oai.h"
#include "node/api/piece.h"
#include "node/api/schemas.h"
#include "node/api/statement.h"

enum { RECORDS_PAGE = 100, IDENTIFIERS_PAGE = 200, SET_TEXT_MAX = 1024 };

const struct format OAI_SIGNED = {
	.prefix = "signed",
	.title = "The entry as its origin signed it, and a C2SP tlog-proof of it",
	.name_space = "urn:normlink:signed",
	.location = "/schemas/signed.xsd",
};

const struct format *oai_format(const char *prefix)
{
	return strcmp(prefix, OAI_SIGNED.prefix) == 0 ? &OAI_SIGNED : format_of_prefix(prefix);
}

/* ---- names ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The schema of oai-identifier: labels that begin with a letter, at least two. */
static bool is_domain(const char *text)
{
	bool begins = true, dot = false;
	for (; *text != '\0'; text++) {
		if (begins ? !is_letter(*text) : !(is_letter(*text) || (*text >= '0' && *text <= '9') || strchr("-.", *text)))
			return false;
		begins = *text == '.';
		dot = dot || begins;
	}
	return dot && !begins;
}

const char *oai_domain(const struct answer *a)
{
	const char *origin = a->context->origin != NULL ? a->context->origin : "";
	char *host = arena_strn(a->arena, origin, strcspn(origin, "/:"));
	return is_domain(host) ? host : "normlink.invalid";
}

static const char *identifier_of(const struct oai *o, const struct harvested *item)
{
	return arena_printf(o->a->arena, "oai:%s:%s/%" PRIu64, oai_domain(o->a),
	                    answer_escaped(o->a->arena, item->found.origin, "/"), item->first);
}

/* A number as it is written: no zeros before it. */
static bool read_number(const char *text, uint64_t *out)
{
	size_t len = strspn(text, "0123456789");
	if (len == 0 || len > 18 || text[len] != '\0' || (text[0] == '0' && len > 1))
		return false;
	*out = strtoull(text, NULL, 10);
	return true;
}

static bool read_identifier(const struct oai *o, const char *text, char origin[NAME_MAX_BYTES + 1], uint64_t *first)
{
	const char *head = arena_printf(o->a->arena, "oai:%s:", oai_domain(o->a)), *slash = strrchr(text, '/');
	size_t len = strlen(head);
	if (strncmp(text, head, len) != 0 || slash == NULL || slash < text + len || !read_number(slash + 1, first))
		return false;
	struct bytes raw = bytes_of(text + len, (size_t)(slash - text) - len);
	/* One spelling for each name. */
	return http_decode(raw, false, origin, NAME_MAX_BYTES + 1) == OK &&
	       bytes_equal(raw, bytes_str(answer_escaped(o->a->arena, origin, "/")));
}

static bool set_plain(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || (c != '\0' && strchr("-_.~", c) != NULL);
}

const char *oai_set_escaped(struct arena *arena, const char *text)
{
	struct buf out = { 0 };
	for (; *text != '\0'; text++) {
		if (set_plain(*text))
			buf_add_char(&out, *text);
		else
			buf_printf(&out, "!%02X", (unsigned char)*text);
	}
	const char *copy = arena_strn(arena, out.data, out.len);
	buf_free(&out);
	return copy;
}

/* ---- sets as filters ---- */

static bool unescape(struct arena *arena, const char *text, const char **out)
{
	struct buf plain = { 0 };
	bool good = true;
	for (; good && *text != '\0'; text++) {
		char hex[3] = { 0 };
		if (*text != '!') {
			buf_add_char(&plain, *text);
			continue;
		}
		good = text[1] != '\0' && text[2] != '\0' && strchr("0123456789ABCDEF", text[1]) != NULL &&
		       strchr("0123456789ABCDEF", text[2]) != NULL;
		memcpy(hex, text + 1, good ? 2 : 0);
		char c = (char)strtoul(hex, NULL, 16);
		good = good && c != '\0';
		buf_add_char(&plain, c);
		text += good ? 2 : 0;
	}
	*out = good && plain.len > 0 ? arena_strn(arena, plain.data, plain.len) : NULL;
	buf_free(&plain);
	return *out != NULL;
}

/* The filter of a set; *nothing: no record can be in it. */
static void read_set(const struct oai *o, const char *set, struct query *filter, bool *nothing)
{
	static const char *const names[] = { "origin", "kind", "status", "ics" };
	const char **fields[] = { &filter->origin, &filter->kind, &filter->status, &filter->ics };
	size_t len = strcspn(set, ":"), i = 0;
	*nothing = false;
	while (i < 4 && !(strlen(names[i]) == len && strncmp(set, names[i], len) == 0))
		i++;
	const char *value = NULL;
	if (i == 4 || (set[len] == ':' && !unescape(o->a->arena, set + len + 1, &value))) {
		*nothing = true;
		return;
	}
	if (value == NULL) {
		/* Every record has an origin and a kind. */
		*fields[i] = i >= 2 ? "" : NULL;
		return;
	}
	*fields[i] = value;
	*nothing = (i == 0 && answer_origin(o->a, value) == NULL) || (i == 1 && kind_of_word(value) == 0) ||
	           (i == 2 && status_of_word(value) == 0) || (i == 3 && !ics_valid(value));
}

static bool set_valid(const char *set)
{
	for (const char *c = set; *c != '\0'; c++)
		if (!set_plain(*c) && strchr("!*'():", *c) == NULL)
			return false;
	return set[0] != '\0' && strlen(set) <= SET_TEXT_MAX;
}

/* ---- one record ---- */

static void put_set(struct oai *o, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		xml_put(&o->x, "setSpec", arena_printf(o->a->arena, "%s:%s", name, oai_set_escaped(o->a->arena, value)));
}

static bool is_listed(const char *codes, const char *end, struct bytes code)
{
	for (const char *at = codes; at < end; at += strcspn(at, " "), at += *at == ' ')
		if ((size_t)(end - at) >= code.len && memcmp(at, code.data, code.len) == 0 &&
		    (at[code.len] == ' ' || at[code.len] == '.'))
			return true;
	return false;
}

/* Each code, and those above it, once. */
static void put_codes(struct oai *o, const char *codes)
{
	for (const char *at = codes; at != NULL && *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
		size_t len = strcspn(at, " ");
		for (size_t n = len; n > 0; n--)
			if ((n == len || at[n] == '.') && !is_listed(codes, at, bytes_of(at, n)))
				put_set(o, "ics", arena_strn(o->a->arena, at, n));
	}
}

static void put_header(struct oai *o, const struct harvested *item)
{
	xml_begin(&o->x, "header");
	xml_attribute(&o->x, "status", item->deleted ? "deleted" : NULL);
	xml_put(&o->x, "identifier", identifier_of(o, item));
	xml_put(&o->x, "datestamp", answer_time(o->a->arena, item->time_s * 1000, true));
	put_set(o, "origin", item->found.origin);
	put_set(o, "kind", item->kind != 0 ? kind_word(item->kind) : NULL);
	put_set(o, "status", item->status != 0 ? status_word(item->status) : NULL);
	put_codes(o, item->ics);
	xml_end(&o->x);
}

static void put_base64(struct oai *o, const char *name, struct bytes data)
{
	struct buf text = { 0 };
	base64_add(&text, data);
	xml_put(&o->x, name, buf_str(&text));
	buf_free(&text);
}

/* The entry's envelope is the leaf of the tree, and names the payload by its hash. */
static void put_signed(struct oai *o, const struct harvested *item)
{
	struct buf proof = { 0 };
	struct err err = { 0 };
	xml_begin(&o->x, "signed");
	xml_attribute(&o->x, "xmlns", OAI_SIGNED.name_space);
	format_location(&o->x, OAI_SIGNED.name_space, o->x.schema);
	xml_put(&o->x, "origin", item->found.origin);
	xml_put_u64(&o->x, "index", item->found.index);
	put_base64(o, "entry", item->found.envelope);
	put_base64(o, "payload", item->found.payload);
	if (piece_proof_file(o->a, &item->found, false, &proof, &err) == OK)
		put_base64(o, "proof", buf_bytes(&proof));
	xml_end(&o->x);
	buf_free(&proof);
}

static void put_metadata(struct oai *o, const struct harvested *item, const struct format *format,
                         const struct statement *s)
{
	xml_begin(&o->x, "metadata");
	o->x.schema = schema_location(o->a, format->location);
	if (format == &OAI_SIGNED)
		put_signed(o, item);
	else
		format->write(&o->x, s->record, NULL);
	xml_end(&o->x);
}

/* An item that cannot be read any more is one that is gone. */
static void put_record(struct oai *o, struct harvested *item, const struct format *format)
{
	struct statement s;
	statement_read(&s, &item->found, "");
	item->deleted = item->deleted || s.record == NULL;
	xml_begin(&o->x, "record");
	put_header(o, item);
	if (!item->deleted)
		put_metadata(o, item, format, &s);
	xml_end(&o->x);
	statement_free(&s);
}

/* ---- GetRecord ---- */

bool oai_item(struct oai *o, const char *identifier, struct harvested *out)
{
	char origin[NAME_MAX_BYTES + 1];
	uint64_t first;
	struct err err = { 0 };
	const struct view *view = o->a->context->view;
	int rc = ERR_NOT_FOUND;
	if (read_identifier(o, identifier, origin, &first))
		rc = view->item(view->ctx, origin, first, &o->a->found, out, &err);
	if (rc == ERR_NOT_FOUND)
		oai_refuse(o, "idDoesNotExist", "there is no item of that identifier here");
	else if (rc != OK)
		problem_err(o->a, rc, &err);
	return rc == OK;
}

static const struct format *take_format(struct oai *o, const char *prefix)
{
	const struct format *format = oai_format(prefix);
	if (format == NULL)
		oai_refuse(o, "cannotDisseminateFormat", "there is no such metadata format; ListMetadataFormats tells all");
	return format;
}

void oai_get(struct oai *o)
{
	struct harvested item;
	const struct format *format = take_format(o, o->values[ARG_PREFIX]);
	bool found = oai_item(o, o->values[ARG_IDENTIFIER], &item);
	if (format == NULL || !found)
		return;
	if (format->kind != 0 && item.kind != 0 && item.kind != format->kind)
		oai_refuse(o, "cannotDisseminateFormat", "%s cannot say what this item is", format->prefix);
	else
		put_record(o, &item, format);
}

/* ---- lists ---- */

/* From the arguments, or the token. */
static bool begin_list(struct oai *o, struct oai_list *l)
{
	if (o->values[ARG_TOKEN] != NULL) {
		if (oai_token_read(o, o->values[ARG_TOKEN], l) && oai_format(l->prefix) != NULL)
			return true;
		oai_refuse(o, "badResumptionToken", "this node gave no such token for this verb");
		return false;
	}
	*l = (struct oai_list){ .verb = o->verb, .prefix = o->values[ARG_PREFIX], .set = o->values[ARG_SET] };
	l->set = l->set != NULL ? l->set : "";
	bool good = oai_window(o, &l->from_s, &l->until_s);
	if (l->set[0] != '\0' && !set_valid(l->set)) {
		oai_refuse(o, "badArgument", "a setSpec has letters, digits, -_.!~*'() and colons");
		good = false;
	}
	return take_format(o, l->prefix) != NULL && good;
}

static bool ask(struct oai *o, const struct oai_list *l, struct harvest_list *out)
{
	const struct view *view = o->a->context->view;
	struct err err = { 0 };
	struct query filter = { 0 };
	bool nothing = false;
	if (l->set[0] != '\0')
		read_set(o, l->set, &filter, &nothing);
	struct harvest harvest = {
		.filter = &filter,
		.only_kind = oai_format(l->prefix)->kind,
		.from_s = l->from_s,
		.until_s = l->until_s,
		.upto = l->upto,
		.check = l->check,
		.seq = l->seq,
		.index = l->index,
		.limit = o->verb == OAI_RECORDS ? RECORDS_PAGE : IDENTIFIERS_PAGE,
	};
	*out = (struct harvest_list){ 0 };
	int rc = nothing ? OK : view->harvest(view->ctx, &harvest, &o->a->found, out, &err);
	if (rc == ERR_CONFLICT)
		oai_refuse(o, "badResumptionToken", "%s", err.text);
	else if (rc != OK)
		problem_err(o->a, rc, &err);
	return rc == OK;
}

void oai_list(struct oai *o)
{
	struct oai_list l;
	struct harvest_list page;
	if (!begin_list(o, &l) || !ask(o, &l, &page))
		return;
	/* Also where what was left has been redacted since: a list is never empty. */
	if (page.count == 0) {
		oai_refuse(o, "noRecordsMatch", "there is no record of that time, in that set");
		return;
	}
	for (size_t i = 0; i < page.count; i++) {
		if (o->verb == OAI_RECORDS)
			put_record(o, &page.v[i], oai_format(l.prefix));
		else
			put_header(o, &page.v[i]);
	}
	uint64_t before = l.cursor;
	if (l.seq == 0)
		l.total = page.total;
	l.upto = page.upto;
	l.check = page.check;
	l.seq = page.seq;
	l.index = page.index;
	l.cursor += page.count;
	oai_token_put(o, &l, before, page.more);
}
