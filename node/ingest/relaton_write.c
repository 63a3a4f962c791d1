#include "node/ingest/relaton_write.h"

#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/ingest/draft.h"
#include "node/ingest/relaton.h"
#include "node/ingest/yaml_write.h"

static const char SCHEMA[] = "v1.5.6";

struct writer {
	struct yaml_writer *yaml;
	const Normlink__Record *record;
	const Normlink__Standard *s;
	struct designator name;
	struct arena arena;
};

/* "key: {content: text}" */
static void put_content(struct writer *w, const char *key, const char *text)
{
	if (text == NULL)
		return;
	yaml_key(w->yaml, key);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "content", text);
	yaml_map_end(w->yaml);
}

/* What stood where something odd was found, so that whoever reads it finds it again; NULL. */
static const char *odd(const struct writer *w, int type, const char *field)
{
	for (size_t i = 0; i < w->record->n_oddities; i++) {
		const Normlink__Oddity *o = w->record->oddities[i];
		if ((int)o->type == type && strcmp(o->field, field) == 0)
			return o->found;
	}
	return NULL;
}

/* ---- identity ------------------------------------------------------------------------------------------------- */

/* As the body writes it, where that names the same standard. */
static const char *identifier(const struct writer *w)
{
	struct designator d;
	const char *reference = w->s->reference;
	bool same = reference != NULL && designator_parse(bytes_str(reference), &d, NULL) == OK &&
	            strcmp(d.canonical, w->record->subject) == 0;
	return same ? reference : w->record->subject;
}

/* The body's word: ISO, GB, JIS. */
static const char *identifier_type(struct writer *w)
{
	size_t len = strcspn(w->name.prefix, " /");
	bool jis = strncmp(w->name.prefix, "JIS", 3) == 0;
	/* Who reads the type JIS knows the publisher. */
	if (len == 0 || (jis && (w->s->publisher == NULL || strcmp(w->s->publisher, "JISC") != 0)))
		return NULL;
	return arena_strn(&w->arena, w->name.prefix, len);
}

static const char *plain_id(struct writer *w)
{
	char *id = arena_str(&w->arena, w->record->subject), *end = id;
	for (const char *c = id; *c != '\0'; c++)
		if (strchr(" :/-.,()", *c) == NULL)
			*end++ = *c;
	*end = '\0';
	return id;
}

static const char *doc_number(struct writer *w)
{
	const char *found = odd(w, NORMLINK__ODDITY_TYPE__ODDITY_REFERENCE, "subject");
	if (found != NULL && strchr(found, ' ') == NULL)
		return found;
	size_t len = strcspn(w->name.number, "-.");
	return len > 0 ? arena_strn(&w->arena, w->name.number, len) : NULL;
}

static void put_identity(struct writer *w)
{
	yaml_pair(w->yaml, "schema_version", SCHEMA);
	yaml_pair(w->yaml, "id", plain_id(w));
	yaml_pair(w->yaml, "type", "standard");
	yaml_key(w->yaml, "docidentifier");
	yaml_list_begin(w->yaml);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "content", identifier(w));
	yaml_pair(w->yaml, "type", identifier_type(w));
	yaml_key(w->yaml, "primary");
	yaml_plain(w->yaml, "true");
	yaml_map_end(w->yaml);
	yaml_list_end(w->yaml);
	yaml_pair(w->yaml, "docnumber", doc_number(w));
}

/* ---- texts ---------------------------------------------------------------------------------------------------- */

/* A tag with more than a language and a script has no other place than the language's. */
static void put_tag(struct writer *w, const char *tag, size_t number)
{
	size_t len = strcspn(tag, "-");
	bool has_script = tag[len] == '-' && strlen(tag + len + 1) == 4 && len <= 3;
	const char *script = has_script ? tag + len + 1 : NULL;
	const char *found =
	    odd(w, NORMLINK__ODDITY_TYPE__ODDITY_SCRIPT, arena_printf(&w->arena, "texts[%zu].lang", number));
	if (strcmp(tag, "und") == 0)
		return;
	if (found != NULL && strlen(found) == 4 && !script_known(found))
		script = found;
	yaml_pair(w->yaml, "language", has_script ? arena_strn(&w->arena, tag, len) : tag);
	yaml_pair(w->yaml, "script", script);
}

static void put_texts(struct writer *w, const char *key, int role, const char *type)
{
	bool any = false;
	for (size_t i = 0; i < w->record->n_texts; i++) {
		const Normlink__Text *t = w->record->texts[i];
		if ((int)t->role != role)
			continue;
		if (!any) {
			yaml_key(w->yaml, key);
			yaml_list_begin(w->yaml);
		}
		any = true;
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "content", t->value);
		put_tag(w, t->lang, i);
		yaml_pair(w->yaml, "type", type);
		yaml_map_end(w->yaml);
	}
	if (any)
		yaml_list_end(w->yaml);
}

/* ---- life ----------------------------------------------------------------------------------------------------- */

static void put_dates(struct writer *w)
{
	bool any = false;
	for (size_t i = 0; i < w->s->n_events; i++) {
		const char *word = relaton_event_word((int)w->s->events[i]->type);
		if (word == NULL)
			continue;
		if (!any) {
			yaml_key(w->yaml, "date");
			yaml_list_begin(w->yaml);
		}
		any = true;
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "type", word);
		yaml_pair(w->yaml, "at", w->s->events[i]->date);
		yaml_map_end(w->yaml);
	}
	if (any)
		yaml_list_end(w->yaml);
}

/* The body's own word, unless its reader would not know the status by it. */
static const char *status_to_write(const struct writer *w)
{
	const char *own = w->s->status_word, *ours = w->s->has_status ? status_word((int)w->s->status) : NULL;
	bool understood = own != NULL && (ours == NULL || relaton_status_of_word(bytes_str(own)) == (int)w->s->status);
	return understood ? own : ours;
}

static void put_status(struct writer *w)
{
	const char *word = status_to_write(w);
	if (w->s->stage == NULL && word == NULL)
		return;
	yaml_key(w->yaml, "status");
	yaml_map_begin(w->yaml);
	if (w->s->stage != NULL) {
		put_content(w, "stage", arena_strn(&w->arena, w->s->stage, 2));
		put_content(w, "substage", w->s->stage + 3);
	} else {
		put_content(w, "stage", word);
	}
	yaml_map_end(w->yaml);
}

static void put_validity(struct writer *w)
{
	if (w->record->valid_from == NULL && w->record->valid_until == NULL)
		return;
	yaml_key(w->yaml, "validity");
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "begins", w->record->valid_from);
	yaml_pair(w->yaml, "ends", w->record->valid_until);
	yaml_map_end(w->yaml);
}

/* ---- contributors --------------------------------------------------------------------------------------------- */

static void begin_contributor(struct writer *w, const char *role, const char *description)
{
	yaml_map_begin(w->yaml);
	yaml_key(w->yaml, "role");
	yaml_list_begin(w->yaml);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "type", role);
	if (description != NULL) {
		yaml_key(w->yaml, "description");
		yaml_list_begin(w->yaml);
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "content", description);
		yaml_map_end(w->yaml);
		yaml_list_end(w->yaml);
	}
	yaml_map_end(w->yaml);
	yaml_list_end(w->yaml);
	yaml_key(w->yaml, "organization");
	yaml_map_begin(w->yaml);
}

static void end_contributor(struct writer *w)
{
	yaml_map_end(w->yaml);
	yaml_map_end(w->yaml);
}

static void put_names(struct writer *w, const char *name)
{
	yaml_key(w->yaml, "name");
	yaml_list_begin(w->yaml);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "content", name);
	yaml_map_end(w->yaml);
	yaml_list_end(w->yaml);
}

/* ISO/IEC is two; 市场监管总局/国家标准委 as well. */
static bool is_joint(const char *publisher)
{
	const char *slash = strchr(publisher, '/');
	return slash != NULL && slash != publisher && strchr(publisher, ' ') == NULL && strstr(publisher, "//") == NULL &&
	       publisher[strlen(publisher) - 1] != '/';
}

static void put_publishers(struct writer *w, const char *publisher)
{
	bool joint = is_joint(publisher);
	while (publisher[0] != '\0') {
		size_t len = joint ? strcspn(publisher, "/") : strlen(publisher);
		begin_contributor(w, "publisher", NULL);
		put_names(w, arena_strn(&w->arena, publisher, len));
		end_contributor(w);
		publisher += len + (publisher[len] == '/');
	}
}

static void put_contributors(struct writer *w)
{
	if (w->s->publisher == NULL && w->s->n_committees == 0)
		return;
	yaml_key(w->yaml, "contributor");
	yaml_list_begin(w->yaml);
	if (w->s->publisher != NULL)
		put_publishers(w, w->s->publisher);
	for (size_t i = 0; i < w->s->n_committees; i++) {
		begin_contributor(w, "author", "committee");
		yaml_key(w->yaml, "subdivision");
		yaml_list_begin(w->yaml);
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "type", "technical-committee");
		put_names(w, w->s->committees[i]);
		yaml_map_end(w->yaml);
		yaml_list_end(w->yaml);
		end_contributor(w);
	}
	yaml_list_end(w->yaml);
}

/* ---- relations ------------------------------------------------------------------------------------------------ */

/* The word beside it says what exactly is meant; the model's own are fewer. */
static void put_relation(struct writer *w, const char *type, const char *description, const char *target)
{
	if (type == NULL)
		return;
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "type", type);
	put_content(w, "description", description);
	yaml_key(w->yaml, "bibitem");
	yaml_map_begin(w->yaml);
	yaml_key(w->yaml, "docidentifier");
	yaml_list_begin(w->yaml);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "content", target);
	yaml_key(w->yaml, "primary");
	yaml_plain(w->yaml, "true");
	yaml_map_end(w->yaml);
	yaml_list_end(w->yaml);
	yaml_map_end(w->yaml);
	yaml_map_end(w->yaml);
}

/* IDT, MOD, NEQ, as ISO/IEC Guide 21 writes them. */
static const char *guide_code(struct writer *w, bool known, int degree)
{
	const char *word = known ? degree_word(degree) : NULL;
	if (word == NULL)
		return NULL;
	char *code = arena_str(&w->arena, word);
	for (char *c = code; *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	return code;
}

static bool adopts_already(const struct writer *w, const char *target)
{
	for (size_t i = 0; i < w->s->n_adopts; i++)
		if (strcmp(w->s->adopts[i]->target, target) == 0)
			return true;
	return false;
}

static void put_relations(struct writer *w, const Normlink__Adoption *adoption)
{
	size_t more = adoption != NULL ? adoption->n_sources : 0;
	if (w->s->n_links + w->s->n_adopts + more == 0)
		return;
	yaml_key(w->yaml, "relation");
	yaml_list_begin(w->yaml);
	for (size_t i = 0; i < w->s->n_links; i++) {
		int type = (int)w->s->links[i]->type;
		put_relation(w, link_relaton_word(type), link_word(type), w->s->links[i]->target);
	}
	for (size_t i = 0; i < w->s->n_adopts; i++) {
		const Normlink__Adopts *a = w->s->adopts[i];
		put_relation(w, "adoptedFrom", guide_code(w, a->has_degree, (int)a->degree), a->target);
	}
	for (size_t i = 0; i < more; i++) {
		const Normlink__Adopted *a = adoption->sources[i];
		if (!adopts_already(w, a->target))
			put_relation(w, "adoptedFrom", guide_code(w, a->has_degree, (int)a->degree), a->target);
	}
	yaml_list_end(w->yaml);
}

/* ---- the rest ------------------------------------------------------------------------------------------------- */

static void put_strings(struct writer *w, const char *key, char *const *values, size_t count)
{
	if (count == 0)
		return;
	yaml_key(w->yaml, key);
	yaml_list_begin(w->yaml);
	for (size_t i = 0; i < count; i++)
		yaml_text(w->yaml, values[i]);
	yaml_list_end(w->yaml);
}

static void put_codes(struct writer *w, const char *key, char *const *codes, size_t count)
{
	if (count == 0)
		return;
	yaml_key(w->yaml, key);
	yaml_list_begin(w->yaml);
	for (size_t i = 0; i < count; i++) {
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "code", codes[i]);
		yaml_map_end(w->yaml);
	}
	yaml_list_end(w->yaml);
}

struct gb_words {
	const char *scope, *mandate;
};

/* The model has words for Chinese standards alone; what the reference tells anyhow needs none. */
static struct gb_words gb_words(struct writer *w)
{
	struct draft told;
	draft_begin(&told, &w->arena);
	told.name = w->name;
	draft_scope(&told);
	int level = w->s->has_level ? (int)w->s->level : 0, known = told.standard.has_level ? (int)told.standard.level : 0;
	bool chinese = (w->s->region != NULL && strcmp(w->s->region, "CN") == 0) || strncmp(w->name.prefix, "T/", 2) == 0 ||
	               strncmp(w->name.prefix, "Q/", 2) == 0;
	if (!chinese)
		return (struct gb_words){ 0 };
	return (struct gb_words){
		.scope = level != known ? relaton_scope_word(level) : NULL,
		.mandate = w->s->has_obligation ? relaton_mandate_word((int)w->s->obligation) : NULL,
	};
}

static void put_ext(struct writer *w)
{
	struct gb_words gb = gb_words(w);
	bool has_gb = gb.scope != NULL || gb.mandate != NULL;
	if (w->s->n_ics + w->s->n_ccs == 0 && !has_gb)
		return;
	yaml_key(w->yaml, "ext");
	yaml_map_begin(w->yaml);
	put_codes(w, "ics", w->s->ics, w->s->n_ics);
	put_codes(w, "ccs", w->s->ccs, w->s->n_ccs);
	if (has_gb) {
		yaml_key(w->yaml, "gbtype");
		yaml_map_begin(w->yaml);
		yaml_pair(w->yaml, "gbscope", gb.scope);
		yaml_pair(w->yaml, "gbmandate", gb.mandate);
		yaml_map_end(w->yaml);
	}
	yaml_map_end(w->yaml);
}

static void put_source(struct writer *w)
{
	const Normlink__Source *source = w->record->source;
	if (source == NULL || source->url == NULL)
		return;
	yaml_key(w->yaml, "source");
	yaml_list_begin(w->yaml);
	yaml_map_begin(w->yaml);
	yaml_pair(w->yaml, "type", "src");
	yaml_pair(w->yaml, "content", source->url);
	yaml_map_end(w->yaml);
	yaml_list_end(w->yaml);
}

static void put_document(struct writer *w, const Normlink__Adoption *adoption)
{
	yaml_map_begin(w->yaml);
	put_identity(w);
	put_texts(w, "title", NORMLINK__ROLE__ROLE_TITLE, "main");
	put_source(w);
	put_dates(w);
	put_contributors(w);
	put_content(w, "edition", w->s->edition);
	put_texts(w, "note", NORMLINK__ROLE__ROLE_NOTE, NULL);
	put_strings(w, "language", w->s->languages, w->s->n_languages);
	put_texts(w, "abstract", NORMLINK__ROLE__ROLE_ABSTRACT, NULL);
	put_status(w);
	put_relations(w, adoption);
	put_validity(w);
	if (w->record->source != NULL && w->record->source->licence != NULL)
		put_strings(w, "license", &w->record->source->licence, 1);
	put_ext(w);
	yaml_map_end(w->yaml);
}

void relaton_write(const Normlink__Record *record, const Normlink__Record *adoption, struct buf *out)
{
	must(record->standard != NULL);
	struct writer w = { .yaml = yaml_writer_new(out), .record = record, .s = record->standard };
	/* A valid record's subject is a designator. */
	must(designator_parse(bytes_str(record->subject), &w.name, NULL) == OK);
	put_document(&w, adoption != NULL ? adoption->adoption : NULL);
	yaml_writer_end(w.yaml);
	arena_free(&w.arena);
}
