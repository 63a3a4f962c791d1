#include "node/api/sru_peers.h"

#include <inttypes.h>
#include <string.h>

#include "node/api/sru_retrieve.h"
#include "node/core/question_tree.h"

/* ---- what is asked ---- */

static bool has_peers(struct bytes form)
{
	struct bytes name, value;
	while (http_parameter_next(&form, &name, &value))
		if (bytes_equal(name, bytes_str("x-peers")))
			return true;
	return false;
}

/* In an envelope they have the name of an element; one that only speaks of peers is found to ask nobody as it is read.
 */
static bool says_peers(struct bytes envelope)
{
	return memmem(envelope.data, envelope.len, "peers", strlen("peers")) != NULL;
}

/* One in the address, or in a form or envelope that is no longer than an address may be. */
bool sru_peers_door(const struct http_request *request)
{
	bool get = bytes_equal(request->method, bytes_str("GET")) || bytes_equal(request->method, bytes_str("HEAD"));
	bool post = bytes_equal(request->method, bytes_str("POST"));
	if (!(get || post) || !bytes_equal(request->path, bytes_str("/sru")) || request->body.len > 4 * QUERY_MAX)
		return false;
	if (has_peers(request->query))
		return true;
	return post && (sru_is_envelope(request) ? says_peers(request->body) : has_peers(request->body));
}

static bool read_page(struct retrieve *r, struct federated_question *q)
{
	q->offset = r->selection.offset;
	q->limit = r->selection.limit;
	if (q->offset + q->limit > FEDERATED_HITS_MAX)
		return sru_fault(r->s, 61,
		                 arena_printf(r->s->answer->arena, "with x-peers the first %d at most", FEDERATED_HITS_MAX));
	/* One more, to know whether there is a next page. */
	q->wish.limit = q->offset + q->limit < FEDERATED_HITS_MAX ? q->offset + q->limit + 1 : FEDERATED_HITS_MAX;
	return true;
}

static bool read_text(struct retrieve *r, struct federated_question *q)
{
	struct sru *s = r->s;
	struct err err = { 0 };
	for (size_t i = 0; i < r->selection.sort_count; i++)
		if (r->selection.sorts[i].field != FIELD_RELEVANCE || r->selection.sorts[i].descending)
			return sru_fault(s, 80, "with x-peers by relevance alone");
	if (r->wishes.count > 0)
		return sru_fault(s, 48, "x-peers allows conjunctions alone, not facets");
	if (question_tree(r->selection.where, &q->arena, &q->text, &err) != OK)
		return sru_fault(s, 48,
		                 arena_printf(s->answer->arena, "x-peers allows conjunctions alone, not this: %s", err.text));
	if (q->text.len > QUERY_WIRE_MAX)
		return sru_fault(s, 12, "for x-peers");
	q->wish.text = buf_bytes(&q->text);
	return true;
}

/* Fill a zeroed question.  False: what is wrong is noted. */
static bool read_wish(struct retrieve *r, struct federated_question *q)
{
	struct sru *s = r->s;
	q->sru = true;
	q->wish.hops = 1;
	q->wish.deadline_ms = FEDERATED_DEADLINE_MS;
	if (!sru_number(s, SRU_DEADLINE_MS, FEDERATED_DEADLINE_MIN_MS, &q->wish.deadline_ms))
		return false;
	if (q->wish.deadline_ms > FEDERATED_DEADLINE_MAX_MS)
		return sru_fault(s, 6, sru_name(SRU_DEADLINE_MS));
	if (federated_peers_read(q, s->values[SRU_PEERS], NULL) != OK)
		return sru_fault(s, 6, sru_name(SRU_PEERS));
	return read_page(r, q) && read_text(r, q);
}

static bool read_request(struct retrieve *r)
{
	struct sru *s = r->s;
	return sru_read(s) && s->operation == SRU_SEARCH && s->values[SRU_PEERS] != NULL && s->fault_count == 0 &&
	       retrieve_read(r);
}

int sru_peers_read(struct federated_question *q, const struct http_request *request, struct err *err)
{
	struct api_context nobody = { 0 };
	struct answer a = answer_new(request, &nobody, &q->arena);
	struct sru s = { .answer = &a };
	struct retrieve r = { .s = &s };
	bool good = read_request(&r) && read_wish(&r, q);
	answer_free(&a);
	return good ? OK : err_set(err, ERR_USAGE, "not a searchRetrieve that peers can be asked for");
}

void sru_peers_missed(struct retrieve *r)
{
	struct federated_question q = { 0 };
	if (read_wish(r, &q)) {
		if (sru_peers_door(r->s->answer->request))
			(void)sru_fault(r->s, 2, "this node does not run: nobody asks its peers");
		else
			(void)sru_fault(r->s, 6, "x-peers, which stands as it is in the address, or in a short form or envelope");
	}
	federated_question_free(&q);
}

/* ---- the answer ---- */

/* Who did not answer, as far as the details of a diagnostic go; all are in nl:peers. */
static void note_partial(struct retrieve *r)
{
	const struct federated_answer *came = r->came;
	struct buf text = { 0 };
	size_t more = 0, room = sizeof r->s->notes->details - 40;
	if (!federated_partial(came))
		return;
	if (came->here_late)
		buf_add_str(&text, "this node late");
	if (came->cut)
		buf_printf(&text, "%sno room for all that came", text.len > 0 ? ", " : "");
	for (size_t i = 0; i < came->line_count; i++) {
		const struct federated_line *line = &came->lines[i];
		if (line->outcome == FEDERATED_ANSWERED)
			continue;
		if (text.len + strlen(line->name) + 16 > room)
			more++;
		else
			buf_printf(&text, "%s%s %s", text.len > 0 ? ", " : "", line->name, federated_word(line->outcome));
	}
	if (more > 0)
		buf_printf(&text, ", and %zu more", more);
	sru_note(r->s, 59, buf_str(&text));
	buf_free(&text);
}

static void put_number(struct xml *x, struct arena *arena, const char *name, uint64_t value)
{
	xml_attribute(x, name, arena_printf(arena, "%" PRIu64, value));
}

void sru_peers_put(struct retrieve *r)
{
	struct xml *x = &r->s->xml;
	struct arena *arena = r->s->answer->arena;
	if (r->came == NULL)
		return;
	xml_begin(x, "nl:peers");
	xml_attribute(x, "xmlns:nl", SRU_EXTRA);
	put_number(x, arena, "ms", r->came->ms);
	put_number(x, arena, "deadline", r->asked->wish.deadline_ms);
	xml_attribute(x, "partial", federated_partial(r->came) ? "true" : "false");
	for (size_t i = 0; i < r->came->line_count; i++) {
		const struct federated_line *line = &r->came->lines[i];
		xml_begin(x, "nl:peer");
		xml_attribute(x, "name", line->name);
		xml_attribute(x, "outcome", federated_word(line->outcome));
		put_number(x, arena, "ms", line->ms);
		put_number(x, arena, "total", line->total);
		put_number(x, arena, "hits", line->hits);
		put_number(x, arena, "lied", line->lied);
		put_number(x, arena, "unverifiable", line->unverifiable);
		put_number(x, arena, "unmatched", line->unmatched);
		xml_text(x, line->text);
		xml_end(x);
	}
	xml_end(x);
}

void sru_peers_put_paths(struct retrieve *r, size_t i)
{
	struct xml *x = &r->s->xml;
	if (r->chosen == NULL)
		return;
	const struct federated_hit *h = r->chosen->hits[r->chosen->first + i];
	for (size_t k = 0; k < h->path_count; k++) {
		xml_begin(x, "nl:path");
		xml_attribute(x, "node", h->paths[k].via);
		put_number(x, r->s->answer->arena, "size", h->paths[k].size);
		xml_end(x);
	}
}

/* Has any node more than it was asked for, or did one say nothing?  Then there are at least so many records. */
static bool more_than_came(const struct retrieve *r)
{
	size_t asked = r->asked->wish.limit;
	bool more = federated_partial(r->came) || r->came->here_total > asked;
	for (size_t i = 0; i < r->came->line_count; i++)
		more = more || r->came->lines[i].total > asked;
	return more;
}

static struct answer begin(const struct http_request *request, const struct api_context *context, struct arena *arena)
{
	struct answer a = answer_new(request, context, arena);
	a.type = "text/xml; charset=utf-8";
	a.vary = NULL;
	a.cache = "no-store"; /* of a moment, and of whoever answered then */
	return a;
}

int sru_peers_respond(const struct http_request *request, const struct api_context *context,
                      const struct federated_question *q, struct federated_answer *answer, struct arena *arena,
                      struct buf *out)
{
	struct answer a = begin(request, context, arena);
	struct sru s = { .answer = &a };
	struct retrieve r = { .s = &s, .asked = q };
	struct federated_choice chosen;
	if (read_request(&r) && sru_open(&s) && sru_claims(&s)) {
		federated_choose(&a, q, answer, &chosen);
		r.came = answer;
		r.chosen = &chosen;
		r.list = (struct found_list){ .v = chosen.found + chosen.first, .count = chosen.shown, .total = chosen.count };
		r.at_least = more_than_came(&r);
		note_partial(&r);
		if (r.start > 1 && r.start > r.list.total)
			(void)sru_fault(&s, 61, arena_printf(arena, "%" PRIu64, r.start));
	}
	retrieve_put(&r);
	return answer_finish(&a, out);
}

int federated_refuse(const struct http_request *request, const struct api_context *context, const char *text,
                     struct arena *arena, struct buf *out)
{
	struct answer a = begin(request, context, arena);
	struct sru s = { .answer = &a };
	struct retrieve r = { .s = &s };
	(void)read_request(&r);
	(void)sru_fault(&s, 6, arena_printf(arena, "x-peers: %s", text));
	retrieve_put(&r);
	return answer_finish(&a, out);
}
