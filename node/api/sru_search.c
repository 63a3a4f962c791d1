/* searchRetrieve. */
#include <inttypes.h>
#include <string.h>

#include "node/api/schemas.h"
#include "node/api/sru_peers.h"
#include "node/api/sru_retrieve.h"
#include "node/api/statement.h"
#include "node/api/written.h"

/* ---- what is asked ---- */

static bool read_packing(struct retrieve *r)
{
	struct sru *s = r->s;
	const char *packing = s->values[SRU_RECORD_PACKING];
	const char *escaping = s->version == SRU_2_0 ? s->values[SRU_RECORD_ESCAPING] : packing;
	bool good = escaping == NULL || strcmp(escaping, "xml") == 0 || strcmp(escaping, "string") == 0;
	if (!good)
		return sru_fault(s, 71, escaping);
	r->escaped = escaping != NULL && strcmp(escaping, "string") == 0;
	if (s->version == SRU_2_0 && packing != NULL && strcmp(packing, "packed") != 0 && strcmp(packing, "unpacked") != 0)
		return sru_fault(s, 71, packing);
	return true;
}

static bool read_query(struct retrieve *r)
{
	struct sru *s = r->s;
	struct sru_fault fault = { 0 };
	const char *text = s->values[SRU_QUERY], *type = s->values[SRU_QUERY_TYPE];
	bool terms = type != NULL && s->version == SRU_2_0 && strcmp(type, "searchTerms") == 0;
	if (type != NULL && strcmp(type, "cql") != 0 && !terms)
		return sru_fault(s, 11, type);
	if (text == NULL)
		return sru_fault(s, 7, sru_name(SRU_QUERY));
	if (terms)
		return sru_map_terms(text, s->answer->arena, &r->selection, &fault) || sru_fault(s, fault.code, fault.details);
	if (!sru_parse(s, text, &r->query))
		return false;
	if (!sru_map(&r->query, s->answer->arena, &r->selection, &fault))
		return sru_fault(s, fault.code, fault.details);
	return true;
}

bool retrieve_read(struct retrieve *r)
{
	struct sru *s = r->s;
	uint64_t maximum = SEARCH_LIMIT_DEFAULT;
	const char *schema = s->values[SRU_RECORD_SCHEMA];
	r->start = 1;
	r->format = format_of_schema(schema != NULL ? schema : "dc");
	if (r->format == NULL)
		return sru_fault(s, 66, schema);
	if (s->values[SRU_RECORD_XPATH] != NULL)
		return sru_fault(s, 72, s->values[SRU_RECORD_XPATH]);
	if (s->values[SRU_STYLESHEET] != NULL)
		return sru_fault(s, 110, s->values[SRU_STYLESHEET]);
	bool good = sru_number(s, SRU_START_RECORD, 1, &r->start) && sru_number(s, SRU_MAXIMUM_RECORDS, 0, &maximum) &&
	            read_packing(r) && read_query(r) && sru_wish_sort(s, &r->selection) && sru_wish_counts(s, &r->wishes);
	r->selection.limit = maximum < SEARCH_LIMIT_MAX ? (size_t)maximum : SEARCH_LIMIT_MAX;
	r->selection.offset = (size_t)(r->start - 1);
	r->selection.unread = true;
	r->selection.public_only = !s->answer->context->local;
	r->selection.wishes = r->wishes.v;
	r->selection.wish_count = r->wishes.count;
	return good;
}

static bool ask(struct retrieve *r)
{
	struct answer *a = r->s->answer;
	const struct view *view = a->context->view;
	struct err err = { 0 };
	int rc = view->select(view->ctx, &r->selection, &a->found, &r->list, &err);
	if (rc != OK)
		return sru_fault(r->s,
		                 rc == ERR_LIMIT         ? 60
		                 : rc == ERR_UNSUPPORTED ? 22
		                 : rc == ERR_USAGE       ? 36
		                 : rc == ERR_BUSY        ? 2
		                 : rc == ERR_TIMEOUT     ? 2
		                                         : 1,
		                 rc == ERR_LIMIT || rc == ERR_UNSUPPORTED || rc == ERR_USAGE ? err.text : "");
	if (r->start > 1 && r->start > r->list.total)
		return sru_fault(r->s, 61, arena_printf(a->arena, "%" PRIu64, r->start));
	return true;
}

/* ---- the answer ---- */

static const char *place_of(const struct sru *s, const char *subject)
{
	struct arena *arena = s->answer->arena;
	return arena_printf(arena, "%s/api/v1/records/%s", schema_base(s->answer), answer_escaped(arena, subject, ""));
}

/* Or has a peer given it, and nobody finds it at an address of ours? */
static bool is_held(const struct retrieve *r, size_t i)
{
	return r->chosen == NULL || r->chosen->hits[r->chosen->first + i]->here;
}

static bool read_payload(struct retrieve *r, struct found *f)
{
	struct answer *a = r->s->answer;
	const struct view *view = a->context->view;
	return f->state != PAYLOAD_PRESENT || f->payload.len > 0 || view->payload(view->ctx, f, &a->found, NULL) == OK;
}

/* The record as an element, or a diagnostic in its place. */
static void make_data(struct retrieve *r, size_t i, const struct written_key *key, struct sru_fault *fault,
                      struct buf *out)
{
	struct found *f = &r->list.v[i];
	bool held = is_held(r, i), read = read_payload(r, f);
	struct xml own = r->s->xml;
	struct statement st;
	statement_read(&st, f, "");
	if (!read)
		(void)sru_fault_set(fault, 1, "");
	else if (st.record == NULL)
		(void)sru_fault_set(fault, f->state == PAYLOAD_PRESENT ? 63 : 64, "");
	else if (!r->format->can(st.record))
		(void)sru_fault_set(fault, 67, r->format->schema);
	r->s->xml = (struct xml){ .out = out };
	if (fault->code != 0)
		sru_diagnostic(r->s, fault);
	else
		r->format->write(&r->s->xml, st.record, held ? place_of(r->s, st.subject) : NULL);
	r->s->xml = own;
	if (fault->code == 0 && held)
		written_keep(r->s->answer->context->written, key, buf_bytes(out));
	statement_free(&st);
}

/* Whose it is, and where its proof is, if that is here. */
static void put_extra(struct retrieve *r, size_t i)
{
	const struct found *f = &r->list.v[i];
	struct xml *x = &r->s->xml;
	struct answer *a = r->s->answer;
	xml_begin(x, "zs:extraRecordData");
	xml_begin(x, "nl:entry");
	xml_attribute(x, "xmlns:nl", SRU_EXTRA);
	xml_attribute(x, "origin", f->origin);
	xml_attribute_u64(x, "index", f->index);
	xml_attribute(x, "frozen", answer_frozen(a, f->origin) ? "true" : "false");
	if (is_held(r, i))
		xml_attribute(x, "proof",
		              arena_printf(a->arena, "/api/v1/entries/%" PRIu64 "/proof?origin=%s", f->index,
		                           answer_escaped(a->arena, f->origin, "")));
	sru_peers_put_paths(r, i);
	xml_end(x);
	xml_end(x);
}

static void put_record(struct retrieve *r, size_t i)
{
	struct sru *s = r->s;
	struct xml *x = &s->xml;
	struct arena *arena = s->answer->arena;
	const struct found *f = &r->list.v[i];
	const struct written_key key = { r->form, f->origin, f->index, f->mark };
	struct sru_fault fault = { 0 };
	struct buf made = { 0 };
	struct bytes data;
	if (!is_held(r, i) || !written_find(s->answer->context->written, &key, &data)) {
		make_data(r, i, &key, &fault, &made);
		data = buf_bytes(&made);
	}
	xml_begin(x, "zs:record");
	xml_put(x, "zs:recordSchema", fault.code != 0 ? "info:srw/schema/1/diagnostics-v1.1" : r->format->schema);
	xml_put(x, s->version == SRU_2_0 ? "zs:recordXMLEscaping" : "zs:recordPacking", r->escaped ? "string" : "xml");
	xml_begin(x, "zs:recordData");
	if (r->escaped) /* as the text of an element */
		xml_bytes(x, data);
	else
		xml_raw(x, data);
	xml_end(x);
	buf_free(&made);
	if (s->version != SRU_1_1)
		xml_put(x, "zs:recordIdentifier", arena_printf(arena, "%s#%" PRIu64, f->origin, f->index));
	xml_put_u64(x, "zs:recordPosition", r->start + i);
	put_extra(r, i);
	xml_end(x);
}

/* The snapshot that the answer is from. */
static void put_as_of(struct retrieve *r)
{
	struct xml *x = &r->s->xml;
	struct answer *a = r->s->answer;
	xml_begin(x, "nl:asOf");
	xml_attribute(x, "xmlns:nl", SRU_EXTRA);
	for (size_t i = 0; i < a->as_of_count; i++) {
		const struct as_of *at = &a->as_of[i];
		xml_begin(x, "nl:log");
		xml_attribute(x, "origin", at->origin);
		xml_attribute_u64(x, "size", at->size);
		xml_attribute(x, "root", answer_root(a->arena, &at->root));
		xml_attribute_u64(x, "headSize", at->head_size);
		xml_attribute(x, "frozen", fork_stops(at->fork) ? "true" : "false");
		xml_end(x);
	}
	xml_end(x);
}

void retrieve_put(struct retrieve *r)
{
	struct sru *s = r->s;
	struct xml *x = &s->xml;
	uint64_t next = r->start + r->list.count;
	bool good = s->fault_count == 0;
	r->form = good ? arena_printf(s->answer->arena, "%s %s", r->format->schema, schema_base(s->answer)) : "";
	sru_begin(s, "zs:searchRetrieveResponse");
	xml_put_u64(x, "zs:numberOfRecords", r->list.total);
	if (good && r->list.count > 0) {
		xml_begin(x, "zs:records");
		for (size_t i = 0; i < r->list.count; i++)
			put_record(r, i);
		xml_end(x);
	}
	bool reached = r->came != NULL && next > FEDERATED_HITS_MAX;
	if (good && r->list.count > 0 && next <= r->list.total && !reached)
		xml_put_u64(x, "zs:nextRecordPosition", next);
	sru_echo(s, "zs:echoedSearchRetrieveRequest", &r->query);
	sru_diagnostics(s);
	if (good) {
		xml_begin(x, "zs:extraResponseData");
		put_as_of(r);
		sru_peers_put(r);
		if (s->version != SRU_2_0)
			sru_wish_answer(s, &r->wishes);
		xml_end(x);
	}
	if (good && s->version == SRU_2_0) {
		xml_put(x, "zs:resultCountPrecision",
		        r->at_least ? "info:srw/vocabulary/resultCountPrecision/1/minimum"
		                    : "info:srw/vocabulary/resultCountPrecision/1/exact");
		sru_wish_answer(s, &r->wishes);
	}
	sru_end(s);
}

void sru_search(struct sru *s)
{
	struct retrieve r = { .s = s };
	if (s->fault_count == 0 && retrieve_read(&r)) {
		if (s->values[SRU_PEERS] != NULL)
			sru_peers_missed(&r); /* else the shell has taken it */
		else if (sru_open_tagged(s))
			(void)ask(&r);
	}
	if (!s->whole)
		retrieve_put(&r);
}
