#include "node/ingest/sts.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/ingest/clean.h"

static bool is_one_of(const char *name, const char *const *list)
{
	while (*list != NULL && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* ---- what is kept of the document ----------------------------------------------------------------------------- */

static const char *const DOCUMENTS[] = { "standard", "adoption", NULL };
static const char *const FRONTS[] = { "front", "adoption-front", NULL };
/* In the order in which those of one front nest, from the outside. */
static const char *const METAS[] = { "std-doc-meta", "std-meta", "nat-meta", "reg-meta", "iso-meta", NULL };
/* Long, and of no use here. */
static const char *const PASSED_OVER[] = {
	"custom-meta-group", "kwd-group", "std-id-group", "meta-note", "counts", "fn", NULL
};

enum xml_want sts_wants(const struct xml_node *parent, const char *name)
{
	bool wanted;
	if (parent == NULL)
		wanted = is_one_of(name, DOCUMENTS);
	else if (is_one_of(parent->name, DOCUMENTS))
		wanted = is_one_of(name, DOCUMENTS) || is_one_of(name, FRONTS);
	else if (is_one_of(parent->name, FRONTS))
		wanted = is_one_of(name, METAS);
	else
		wanted = !is_one_of(name, PASSED_OVER);
	return wanted ? XML_KEEP : XML_SKIP;
}

struct bytes sts_value(struct arena *arena, const struct xml_node *node)
{
	struct bytes text = clean_line(arena, xml_content(arena, node));
	bool nothing =
	    bytes_equal(text, bytes_str("N/A")) || bytes_equal(text, bytes_str("n/a")) || bytes_equal(text, bytes_str("-"));
	return nothing ? bytes_str("") : text;
}

/* ---- layers --------------------------------------------------------------------------------------------------- */

struct layers {
	struct arena *arena;
	struct sts_layer *v[STS_LAYERS_MAX];
	size_t count;
	size_t blocks;
	uint64_t warnings; /* of blocks that made no layer */
	struct err why;    /* the first of those */
};

/* One standard, told twice: the same name, or the same without the year in one of them. */
static bool is_same(const struct designator *a, const struct designator *b)
{
	if (strcmp(a->canonical, b->canonical) == 0)
		return true;
	return a->prefix[0] != '\0' && (a->year == 0 || b->year == 0) && strcmp(a->undated, b->undated) == 0 &&
	       a->supplement == b->supplement;
}

static struct sts_layer *find_layer(const struct layers *l, const struct designator *name)
{
	for (size_t i = 0; i < l->count; i++)
		if (is_same(&l->v[i]->d.name, name))
			return l->v[i];
	return NULL;
}

/* The layer of a block; *layer stays when the block names no standard. */
static int take_meta(struct layers *l, const struct xml_node *meta, struct sts_layer **layer, struct err *err)
{
	struct err why = { 0 };
	if (l->blocks++ == STS_BLOCKS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d blocks of metadata", STS_BLOCKS_MAX);
	struct sts_layer *fresh = arena_get(l->arena, sizeof *fresh);
	draft_begin(&fresh->d, l->arena);
	if (sts_name(&fresh->d, meta, &why) != OK) {
		l->warnings++;
		if (l->why.code == OK)
			(void)err_set(&l->why, ERR_INVALID, "%s", why.text);
		return OK;
	}
	struct sts_layer *outer = *layer;
	struct sts_layer *known = find_layer(l, &fresh->d.name);
	if (known == NULL) {
		if (l->count == STS_LAYERS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d standards around each other", STS_LAYERS_MAX);
		fresh->inner = l->count > 0;
		known = l->v[l->count++] = fresh;
	} else if (known->d.name.year == 0 && fresh->d.name.year != 0) {
		known->d.name = fresh->d.name;
		known->d.standard.reference = fresh->d.standard.reference;
	}
	sts_facts(known, meta);
	if (outer != NULL && outer != known)
		sts_adopts(outer, known->d.name.canonical, outer->degree, outer->date);
	*layer = known;
	return OK;
}

static int take_front(struct layers *l, const struct xml_node *front, struct sts_layer **layer, struct err *err)
{
	int rc = OK;
	for (size_t i = 0; METAS[i] != NULL && rc == OK; i++)
		for (const struct xml_node *m = xml_child(front, METAS[i]); m != NULL && rc == OK; m = xml_next(m, METAS[i]))
			rc = take_meta(l, m, layer, err);
	return rc;
}

/* As deep as the tree, which XML_DEPTH_MAX bounds.  What stands side by side has the same adopter. */
static int take_document(struct layers *l, const struct xml_node *document, struct sts_layer *layer, struct err *err)
{
	int rc = OK;
	for (const struct xml_node *n = document->child; n != NULL && rc == OK; n = n->next)
		if (n->name != NULL && is_one_of(n->name, FRONTS))
			rc = take_front(l, n, &layer, err);
	for (const struct xml_node *n = document->child; n != NULL && rc == OK; n = n->next)
		if (n->name != NULL && is_one_of(n->name, DOCUMENTS))
			rc = take_document(l, n, layer, err);
	return rc;
}

/* "EN ISO 9001" and "EN ISO 9001:2015": the same, once without its year. */
static bool is_undated_of(const char *undated, const char *target)
{
	size_t len = strlen(undated);
	return strncmp(undated, target, len) == 0 && (target[len] == '\0' || target[len] == ':');
}

void sts_adopts(struct sts_layer *layer, const char *target, int degree, const char *date)
{
	struct draft *d = &layer->d;
	for (size_t i = 0; i < layer->source_count; i++) {
		struct sts_source *s = layer->sources[i];
		bool longer = is_undated_of(s->target, target);
		if (!longer && !is_undated_of(target, s->target))
			continue;
		if (longer)
			s->target = arena_str(d->arena, target);
		s->degree = s->degree != 0 ? s->degree : degree;
		s->date = s->date != NULL ? s->date : date;
		return;
	}
	if (layer->source_count == RECORD_LIST_MAX) {
		d->warnings++;
		return;
	}
	struct sts_source *s = arena_get(d->arena, sizeof *s);
	*s = (struct sts_source){ arena_str(d->arena, target), degree, date };
	LIST_ADD(d->arena, layer->sources, layer->source_count, s);
}

/* ---- records -------------------------------------------------------------------------------------------------- */

static int encode(const struct sts_layer *layer, const Normlink__Record *record, struct sts_record *out,
                  struct err *err)
{
	struct buf bytes = { 0 };
	struct arena *arena = layer->d.arena;
	int rc = record_encode(record, &bytes, err);
	if (rc != OK)
		return err_wrap(err, rc, "%s", layer->d.name.canonical);
	*out = (struct sts_record){
		.record = arena_bytes(arena, buf_bytes(&bytes)),
		.key = record->kind == NORMLINK__KIND__KIND_STANDARD ? record->subject
		                                                     : arena_printf(arena, "adoption\n%s", record->subject),
		.held = layer->inner,
	};
	buf_free(&bytes);
	return OK;
}

static int encode_adoption(const struct sts_layer *layer, struct sts_record *out, struct err *err)
{
	struct arena *arena = layer->d.arena;
	Normlink__Record record = NORMLINK__RECORD__INIT;
	Normlink__Adoption adoption = NORMLINK__ADOPTION__INIT;
	record.has_kind = true;
	record.kind = NORMLINK__KIND__KIND_ADOPTION;
	record.subject = layer->d.record.subject;
	record.adoption = &adoption;
	for (size_t i = 0; i < layer->source_count; i++) {
		const struct sts_source *s = layer->sources[i];
		Normlink__Adopted *adopted = arena_get(arena, sizeof *adopted);
		normlink__adopted__init(adopted);
		adopted->target = s->target;
		adopted->has_degree = s->degree != 0;
		if (s->degree != 0)
			adopted->degree = (Normlink__Degree)s->degree;
		adopted->date = s->date != NULL ? arena_str(arena, s->date) : NULL;
		LIST_ADD(arena, adoption.sources, adoption.n_sources, adopted);
	}
	return encode(layer, &record, out, err);
}

static int encode_layer(struct sts_layer *layer, struct sts_record *records, size_t *count, struct err *err)
{
	draft_look(&layer->d);
	int rc = encode(layer, &layer->d.record, &records[*count], err);
	if (rc != OK)
		return rc;
	records[(*count)++].warnings = layer->d.warnings;
	if (layer->source_count > 0)
		rc = encode_adoption(layer, &records[(*count)++], err);
	return rc;
}

int sts_read(const struct xml_node *root, uint64_t warnings, struct arena *arena, struct sts_record **records,
             size_t *count, struct err *err)
{
	struct layers l = { .arena = arena, .warnings = warnings };
	*count = 0;
	if (root == NULL)
		return err_set(err, ERR_INVALID, "neither a standard nor an adoption of NISO STS");
	int rc = take_document(&l, root, NULL, err);
	if (rc != OK)
		return rc;
	if (l.count == 0)
		return err_set(err, ERR_INVALID, "%s", l.why.code != OK ? l.why.text : "no metadata of a standard");
	*records = arena_array(arena, 2 * l.count, sizeof **records);
	l.v[0]->d.warnings += l.warnings;
	for (size_t i = 0; i < l.count && rc == OK; i++)
		rc = encode_layer(l.v[i], *records, count, err);
	return rc;
}
