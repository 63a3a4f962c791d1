/* The life of a question that goes from node to node (federation.h), one for our own callers' and for peers'.
 *
 *     begun ──> our own store is asked, and each peer that nobody else asks ──> waiting
 *     waiting ──everybody answered, or the deadline──> answered; whoever is missing has a line that says why
 *        `── whoever asked has gone ──> nothing; in both cases who is still being asked is told that nobody waits
 *
 * Against going round: a question has a number by which it is known again, and the names of the nodes that have it; it
 * is passed on at most so many times, each time with less time left.
 */
#include <stdlib.h>

#include "node/base/must.h"
#include "node/core/parts.h"
#include "proto/percent.h"

/* ---- one ---- */

static struct federated *federated_begin(struct core *c, uint64_t budget_ms)
{
	struct federated *f = calloc(1, sizeof *f);
	must(f != NULL);
	f->answer = federated_new();
	f->begun_ms = c->mono_ms;
	f->deadline_ms = c->mono_ms + budget_ms;
	f->next = c->federation.first;
	c->federation.first = f;
	return f;
}

static void federated_end(struct federated *f)
{
	federated_free(f->answer);
	wanted_free(&f->wanted);
	buf_free(&f->text);
	free(f->asked);
	free(f);
}

static void drop(struct core *c, struct federated *f)
{
	struct federated **p = &c->federation.first;
	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	*(f->from != 0 ? &c->federation.served : &c->federation.own) -= 1;
	federated_end(f);
}

void federate_free_all(struct core *c)
{
	while (c->federation.first != NULL)
		drop(c, c->federation.first);
}

static void stop_search(struct core *c, uint64_t op)
{
	if (op != 0)
		effects_add(c->fx, FX_SEARCH_GONE)->u.search_gone.op = op;
}

/* The end of one: nobody works on for it. */
static void let_go(struct core *c, struct federated *f)
{
	stop_search(c, f->search);
	for (size_t i = 0; i < f->asked_count; i++) {
		struct link *link = f->asked[i].link != 0 ? core_link(c, f->asked[i].link) : NULL;
		stop_search(c, f->asked[i].search);
		if (link != NULL)
			federate_send_gone(c, link, f->asked[i].request);
	}
	drop(c, f);
}

static struct federated_line *line_of(struct federated *f, const struct asked_peer *asked)
{
	return &f->answer->lines[asked->line];
}

/* ---- the end ---- */

static bool waits(const struct federated *f)
{
	bool waiting = f->search != 0;
	for (size_t i = 0; i < f->asked_count; i++)
		waiting = waiting || f->asked[i].link != 0 || f->asked[i].search != 0;
	return waiting;
}

static void count_lines(struct core *c, const struct federated *f)
{
	for (size_t i = 0; i < f->asked_count; i++)
		c->federation.outcomes[f->answer->lines[f->asked[i].line].outcome]++;
}

static void give(struct core *c, struct federated *f, int code, const char *text)
{
	struct link *link = f->from != 0 ? core_link(c, f->from) : NULL;
	if (f->from == 0) {
		struct effect *fx = effects_add(c->fx, FX_QUERIED);
		fx->u.queried.op = f->op;
		fx->u.queried.code = code;
		core_reason(fx->u.queried.text, sizeof fx->u.queried.text, text);
		fx->u.queried.answer = f->answer;
		f->answer = NULL;
	} else if (link != NULL && code == OK) {
		federate_send_response(c, link, f);
	} else if (link != NULL) {
		bool wrong = code == ERR_USAGE || code == ERR_UNSUPPORTED;
		peer_fail_query(c, link, f->request,
		                wrong               ? FAILURE_MALFORMED
		                : code == ERR_LIMIT ? FAILURE_LIMIT
		                                    : FAILURE_BUSY,
		                text);
	}
}

/* Whoever has not answered is late now. */
static void finish(struct core *c, struct federated *f)
{
	f->answer->here_late = f->search != 0;
	f->answer->ms = c->mono_ms - f->begun_ms;
	for (size_t i = 0; i < f->asked_count; i++) {
		struct federated_line *line = line_of(f, &f->asked[i]);
		f->answer->here_late = f->answer->here_late || f->asked[i].search != 0;
		line->compared = line->compared && f->asked[i].search == 0;
		if (f->asked[i].link == 0)
			continue;
		line->outcome = FEDERATED_LATE;
		line->ms = f->answer->ms;
		line->text = "no answer in time";
	}
	if (f->from == 0)
		count_lines(c, f);
	give(c, f, OK, "");
	let_go(c, f);
}

static void look(struct core *c, struct federated *f)
{
	if (!waits(f) || c->mono_ms >= f->deadline_ms)
		finish(c, f);
}

/* ---- asking ---- */

static uint64_t search(struct core *c, const struct federated *f, struct bytes text)
{
	struct effect *fx = effects_add(c->fx, FX_SEARCH);
	fx->u.search.op = ++c->next_op;
	fx->u.search.limit = f->limit;
	fx->u.search.proofs = f->proofs;
	fx->u.search.asker = f->from;
	fx->u.search.budget_ms = f->deadline_ms - c->mono_ms;
	buf_add_bytes(&fx->u.search.text, text);
	return fx->u.search.op;
}

static size_t waiting_on(const struct core *c, link_id link)
{
	size_t count = 0;
	for (const struct federated *f = c->federation.first; f != NULL; f = f->next)
		for (size_t i = 0; i < f->asked_count; i++)
			count += f->asked[i].link == link;
	return count;
}

static size_t served_on(const struct core *c, link_id link)
{
	size_t count = 0;
	for (const struct federated *f = c->federation.first; f != NULL; f = f->next)
		count += f->from == link;
	return count;
}

static bool named(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A line for a peer; true: it is to be asked. */
static bool may_ask(struct core *c, struct federated *f, uint32_t peer)
{
	const struct peer *p = c->peers[peer];
	struct asked_peer *asked = &f->asked[f->asked_count++];
	struct federated_line *line = federated_add_line(f->answer, p->card.name, NULL);
	*asked = (struct asked_peer){ .peer = peer, .line = f->answer->line_count - 1 };
	line->origin = arena_str(&f->answer->arena, p->card.origin);
	if (p->link == NULL || !p->link->hello) {
		line->outcome = FEDERATED_UNREACHABLE;
		line->text = p->last_error[0] != '\0' ? arena_str(&f->answer->arena, p->last_error) : "there is no link";
	} else if (waiting_on(c, p->link->id) >= FEDERATED_PER_PEER_MAX) {
		line->outcome = FEDERATED_REFUSED;
		line->text = "it has too many questions to answer already";
	} else {
		asked->link = p->link->id;
		return true;
	}
	return false;
}

/* The question about one log alone. */
static void narrow(const struct federated *f, const char *origin, struct buf *out)
{
	buf_add_bytes(out, buf_bytes(&f->text));
	buf_add_str(out, "&origin=");
	percent_add(out, origin, "");
}

static void ask_peer(struct core *c, struct federated *f, struct asked_peer *asked, const char **names, size_t count,
                     bool pass_on)
{
	struct federated_line *line = line_of(f, asked);
	struct buf text = { 0 };
	const char *only = wanted_origin(&f->wanted);
	if (f->compare && only == NULL)
		narrow(f, line->origin, &text);
	else
		buf_add_bytes(&text, buf_bytes(&f->text));
	line->compared = f->compare && text.len <= QUERY_WIRE_MAX && (only == NULL || strcmp(only, line->origin) == 0);
	if (line->compared)
		asked->search = search(c, f, buf_bytes(&text));
	if (asked->link != 0 && text.len <= QUERY_WIRE_MAX)
		asked->request =
		    federate_send_request(c, core_link(c, asked->link), f, buf_bytes(&text), names, count, pass_on);
	else if (asked->link != 0) {
		asked->link = 0;
		line->outcome = FEDERATED_REFUSED;
		line->text = "the question is too long to be about one log alone";
	}
	buf_free(&text);
}

/* Each of those peers that does not have it yet; all of them know of one another, and ask none of them again. */
static void ask_peers(struct core *c, struct federated *f, const char *const *only, size_t only_count)
{
	const char *names[FEDERATED_VISITED_MAX + PEERS_MAX + 1];
	size_t count = 0;
	f->asked = calloc(c->peer_count + 1, sizeof *f->asked);
	must(f->asked != NULL);
	names[count++] = c->config.name;
	for (size_t i = 0; i < f->visited_count; i++)
		names[count++] = f->visited[i];
	for (uint32_t i = 0; i < c->peer_count; i++) {
		const char *name = c->peers[i]->card.name;
		if (named(f->visited, f->visited_count, name) || (only != NULL && !named(only, only_count, name)))
			continue;
		if (may_ask(c, f, i))
			names[count++] = name;
	}
	bool pass_on = count <= FEDERATED_VISITED_MAX + 1; /* nobody is told its own name */
	for (size_t i = 0; i < f->asked_count; i++)
		if (f->asked[i].link != 0)
			ask_peer(c, f, &f->asked[i], names, pass_on ? count : 1, pass_on);
}

/* ---- our own callers ---- */

static void refuse(struct core *c, uint64_t op, int code, const char *text)
{
	struct effect *fx = effects_add(c->fx, FX_QUERIED);
	fx->u.queried.op = op;
	fx->u.queried.code = code;
	core_reason(fx->u.queried.text, sizeof fx->u.queried.text, text);
}

static void remember(struct core *c, const uint8_t id[QUERY_ID_SIZE])
{
	memcpy(c->federation.seen[c->federation.seen_count++ % FEDERATED_REMEMBERED], id, QUERY_ID_SIZE);
}

static bool remembered(const struct core *c, const uint8_t *id)
{
	uint64_t count = c->federation.seen_count;
	for (size_t i = 0; i < count && i < FEDERATED_REMEMBERED; i++)
		if (memcmp(c->federation.seen[i], id, QUERY_ID_SIZE) == 0)
			return true;
	return false;
}

static const char *unknown_peer(const struct core *c, const struct federated_wish *w)
{
	for (size_t i = 0; i < w->peer_count; i++) {
		uint32_t k = 0;
		while (k < c->peer_count && strcmp(c->peers[k]->card.name, w->peers[i]) != 0)
			k++;
		if (k == c->peer_count)
			return w->peers[i];
	}
	return NULL;
}

void federate_query(struct core *c, const struct event *event)
{
	const struct federated_wish *w = event->u.query;
	struct wanted wanted;
	struct err err = { 0 };
	const char *unknown = unknown_peer(c, w);
	must(w->limit >= 1 && w->limit <= FEDERATED_HITS_MAX && w->hops >= 1 && w->hops <= FEDERATED_HOPS_MAX);
	int rc = wanted_read(&wanted, w->text, &err);
	if (rc == OK && (unknown != NULL || c->federation.own >= FEDERATED_OWN_MAX)) {
		rc = unknown != NULL ? err_set(&err, ERR_NOT_FOUND, "no peer is called %.*s", CODE_MAX, unknown)
		                     : err_set(&err, ERR_BUSY, "too many questions are being asked of peers");
		wanted_free(&wanted);
	}
	if (rc != OK) {
		refuse(c, w->op, rc, err.text);
		return;
	}
	struct federated *f = federated_begin(c, w->deadline_ms);
	c->federation.own++;
	f->op = w->op;
	f->wanted = wanted;
	f->limit = w->limit;
	f->hops = w->hops;
	f->compare = w->compare;
	memcpy(f->id, w->id, sizeof f->id);
	buf_add_bytes(&f->text, w->text);
	remember(c, f->id);
	f->proofs = w->proofs;
	f->search = search(c, f, w->text);
	ask_peers(c, f, w->peers, w->peer_count);
}

void federate_gone(struct core *c, uint64_t op)
{
	for (struct federated *f = c->federation.first; f != NULL; f = f->next) {
		if (f->from == 0 && f->op == op) {
			let_go(c, f);
			return;
		}
	}
}

/* ---- peers ---- */

void federate_serve(struct core *c, struct link *link, uint64_t id, const Normlink__QueryRequest *m)
{
	struct err err = { 0 };
	struct wanted wanted;
	if (named((const char *const *)m->visited, m->n_visited, c->config.name) || remembered(c, m->ask.data)) {
		peer_fail_query(c, link, id, FAILURE_ASKED, "clause 4.9: it has been here already");
	} else if (core_withheld(c)) {
		peer_fail_query(c, link, id, FAILURE_BUSY, "this node was restored from a backup, and asks its peers first");
	} else if (served_on(c, link->id) >= FEDERATED_PER_PEER_MAX || c->federation.served >= FEDERATED_SERVED_MAX) {
		peer_fail_query(c, link, id, FAILURE_BUSY, "too many questions wait");
	} else if (wanted_read(&wanted, bytes_str(m->query), &err) != OK) {
		peer_fail_query(c, link, id, FAILURE_MALFORMED, err.text);
	} else {
		struct federated *f = federated_begin(c, m->budget_ms);
		c->federation.served++;
		f->from = link->id;
		f->request = id;
		f->wanted = wanted;
		f->limit = m->limit;
		f->hops = m->hops;
		memcpy(f->id, m->ask.data, sizeof f->id);
		buf_add_str(&f->text, m->query);
		f->visited = arena_array(&f->answer->arena, m->n_visited + 1, sizeof *f->visited);
		for (size_t i = 0; i < m->n_visited; i++)
			f->visited[f->visited_count++] = arena_str(&f->answer->arena, m->visited[i]);
		remember(c, f->id);
		f->proofs = true;
		f->search = search(c, f, bytes_str(m->query));
		if (f->hops > 0)
			ask_peers(c, f, NULL, 0);
	}
}

void federate_withdrawn(struct core *c, const struct link *link, const Normlink__QueryGone *m)
{
	struct federated *f = c->federation.first;
	while (f != NULL && (f->from != link->id || f->request != m->request))
		f = f->next;
	if (f != NULL)
		let_go(c, f);
}

/* Who was asked by that number on that link. */
static struct asked_peer *find_asked(struct core *c, link_id link, uint64_t id, struct federated **out)
{
	for (*out = c->federation.first; *out != NULL; *out = (*out)->next)
		for (size_t i = 0; i < (*out)->asked_count; i++)
			if ((*out)->asked[i].link == link && (*out)->asked[i].request == id)
				return &(*out)->asked[i];
	return NULL;
}

void federate_heard(struct core *c, struct link *link, uint64_t id, const Normlink__QueryResponse *m)
{
	struct federated *f;
	struct asked_peer *asked = find_asked(c, link->id, id, &f);
	if (asked == NULL)
		return; /* it was late */
	asked->link = 0;
	line_of(f, asked)->ms = c->mono_ms - f->begun_ms;
	federate_check(c, f, asked, m);
	look(c, f);
}

bool federate_refused(struct core *c, struct link *link, uint64_t id, const Normlink__Failure *m)
{
	struct federated *f;
	struct asked_peer *asked = find_asked(c, link->id, id, &f);
	if (asked == NULL)
		return false;
	struct federated_line *line = line_of(f, asked);
	asked->link = 0;
	line->outcome = m->code == FAILURE_ASKED ? FEDERATED_ANSWERED : FEDERATED_REFUSED;
	line->ms = c->mono_ms - f->begun_ms;
	line->text = m->code == FAILURE_UNSUPPORTED
	                 ? "its version does not answer questions"
	                 : arena_str(&f->answer->arena, m->text != NULL ? m->text : "it says no");
	look(c, f);
	return true;
}

void federate_link_lost(struct core *c, link_id link)
{
	for (struct federated *f = c->federation.first, *next; f != NULL; f = next) {
		bool lost = false;
		next = f->next;
		for (size_t i = 0; i < f->asked_count; i++) {
			if (f->asked[i].link != link)
				continue;
			struct federated_line *line = line_of(f, &f->asked[i]);
			f->asked[i].link = 0;
			line->outcome = FEDERATED_UNREACHABLE;
			line->ms = c->mono_ms - f->begun_ms;
			line->text = "the link broke";
			lost = true;
		}
		if (f->from == link)
			let_go(c, f);
		else if (lost)
			look(c, f);
	}
}

/* ---- our own store, time ---- */

/* What the replica here says beside the living log. */
static void keep_here(struct federated *f, const struct asked_peer *asked, const struct search_answer *found)
{
	struct federated_line *line = line_of(f, asked);
	line->here_total = found->total;
	for (size_t i = 0; i < found->log_count; i++)
		if (strcmp(found->logs[i].origin, line->origin) == 0)
			(void)federate_read_head(found->logs[i].head, &line->here_size, &line->here_root);
}

void federate_searched(struct core *c, struct event *event)
{
	uint64_t op = event->u.searched.op;
	const struct search_answer *found = event->u.searched.answer;
	for (struct federated *f = c->federation.first; f != NULL; f = f->next) {
		struct asked_peer *asked = NULL;
		for (size_t i = 0; i < f->asked_count; i++)
			if (f->asked[i].search == op)
				asked = &f->asked[i];
		if (f->search != op && asked == NULL)
			continue;
		if (event->u.searched.code != OK) {
			give(c, f, event->u.searched.code, event->u.searched.text);
			*(asked != NULL ? &asked->search : &f->search) = 0;
			let_go(c, f);
			return;
		}
		federate_take_found(c, f, found);
		if (asked != NULL) {
			keep_here(f, asked, found);
			asked->search = 0;
		} else {
			f->answer->here_total = found->total;
			f->search = 0;
		}
		look(c, f);
		return;
	}
}

void federate_tick(struct core *c)
{
	for (struct federated *f = c->federation.first, *next; f != NULL; f = next) {
		next = f->next;
		look(c, f);
	}
}

uint64_t federate_next_tick(const struct core *c)
{
	uint64_t next = UINT64_MAX;
	for (const struct federated *f = c->federation.first; f != NULL; f = f->next)
		next = f->deadline_ms < next ? f->deadline_ms : next;
	return next;
}
