/* The parameters of a search that peers are asked for (federated.h). */
#include <stdlib.h>
#include <string.h>

#include "node/api/federated.h"
#include "node/api/sru_peers.h"
#include "node/core/question.h"
#include "proto/card.h"

bool federated_is_door(const struct http_request *request)
{
	struct bytes value;
	if (sru_peers_door(request))
		return true;
	bool get = bytes_equal(request->method, bytes_str("GET")) || bytes_equal(request->method, bytes_str("HEAD"));
	return get && bytes_equal(request->path, bytes_str("/api/v1/search")) &&
	       (http_parameter(request, "peers", &value) || http_parameter(request, "compare", &value));
}

void federated_question_free(struct federated_question *q)
{
	buf_free(&q->text);
	arena_free(&q->arena);
}

static int read_number(const char *name, const char *value, uint64_t min, uint64_t max, uint64_t *out, struct err *err)
{
	size_t len = strlen(value);
	uint64_t n = len <= 9 && strspn(value, "0123456789") == len ? strtoull(value, NULL, 10) : max + 1;
	if (n < min || n > max)
		return err_set(err, ERR_USAGE, "parameter %s is a number from %llu to %llu", name, (unsigned long long)min,
		               (unsigned long long)max);
	*out = n;
	return OK;
}

int federated_peers_read(struct federated_question *q, const char *value, struct err *err)
{
	char *rest = arena_str(&q->arena, value);
	if (strcmp(value, "all") == 0)
		return OK;
	q->wish.peers = arena_array(&q->arena, PEERS_MAX, sizeof *q->wish.peers);
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		if (q->wish.peer_count == PEERS_MAX || node_name_check(name, NULL) != OK)
			return err_set(err, ERR_USAGE, "parameter peers is all, or names of peers with commas between");
		q->wish.peers[q->wish.peer_count++] = name;
	}
	return OK;
}

/* One that a search without peers does not have; ERR_NOT_FOUND: it is none of ours. */
static int read_own(struct federated_question *q, const char *name, const char *value, struct err *err)
{
	uint64_t n = 0;
	int rc = ERR_NOT_FOUND;
	if (strcmp(name, "peers") == 0)
		return federated_peers_read(q, value, err);
	if (strcmp(name, "compare") == 0) {
		q->wish.compare = true;
		return strcmp(value, "live") == 0 ? OK : err_set(err, ERR_USAGE, "parameter compare is live");
	}
	if (strcmp(name, "deadline_ms") == 0) {
		rc = read_number(name, value, FEDERATED_DEADLINE_MIN_MS, FEDERATED_DEADLINE_MAX_MS, &n, err);
		q->wish.deadline_ms = n;
	} else if (strcmp(name, "hops") == 0) {
		rc = read_number(name, value, 1, FEDERATED_HOPS_MAX, &n, err);
		q->wish.hops = (unsigned)n;
	} else if (strcmp(name, "proofs") == 0) {
		rc = read_number(name, value, 0, 1, &n, err);
		q->wish.proofs = n == 1;
	}
	return rc;
}

static const char *decoded(struct federated_question *q, struct bytes raw)
{
	char *out = arena_get(&q->arena, raw.len + 1);
	return http_decode(raw, true, out, raw.len + 1) == OK ? out : NULL;
}

static int read_pair(struct federated_question *q, struct question *question, struct bytes raw_name,
                     struct bytes raw_value, struct err *err)
{
	const char *name = decoded(q, raw_name), *value = decoded(q, raw_value);
	if (name == NULL || value == NULL)
		return err_set(err, ERR_USAGE, "a parameter is not percent-encoded UTF-8 text");
	int rc = read_own(q, name, value, err);
	return rc == ERR_NOT_FOUND ? question_add(question, name, value, err) : rc;
}

static int check(struct federated_question *q, const struct question *question, struct err *err)
{
	const struct selection *s = &question->selection;
	q->offset = s->offset;
	q->limit = s->limit;
	if (s->wish_count > 0 || s->cursor != NULL)
		return err_set(err, ERR_USAGE, "what several nodes found has no facets and no cursor");
	for (size_t i = 0; i < s->sort_count; i++)
		if (s->sorts[i].field != FIELD_RELEVANCE || s->sorts[i].descending)
			return err_set(err, ERR_USAGE, "parameter sort: what several nodes found is sorted by relevance alone");
	if (q->offset + q->limit > FEDERATED_HITS_MAX)
		return err_set(err, ERR_USAGE, "parameter offset: with limit at most %d when peers are asked",
		               FEDERATED_HITS_MAX);
	return OK;
}

int federated_question_read(struct federated_question *q, const struct http_request *request, struct err *err)
{
	struct question *question = arena_get(&q->arena, sizeof *question);
	struct bytes query = request->query, name, value;
	int rc = OK;
	q->wish.deadline_ms = FEDERATED_DEADLINE_MS;
	q->wish.hops = 1;
	q->sru = sru_peers_door(request);
	if (query.len > 4 * QUERY_MAX)
		return err_set(err, ERR_USAGE, "the query is longer than %d bytes", 4 * QUERY_MAX);
	if (q->sru)
		return sru_peers_read(q, request, err);
	while (rc == OK && http_parameter_next(&query, &name, &value))
		rc = read_pair(q, question, name, value, err);
	if (rc == OK)
		rc = question_finish(question, &q->arena, err);
	if (rc == OK)
		rc = check(q, question, err);
	if (rc != OK)
		return rc;
	question_write(question, &q->text);
	if (q->text.len == 0)
		buf_add_str(&q->text, "across=0"); /* everything: a text that says nothing else */
	if (q->text.len > QUERY_WIRE_MAX)
		return err_set(err, ERR_USAGE, "a question of more than %d bytes", QUERY_WIRE_MAX);
	q->wish.text = buf_bytes(&q->text);
	q->wish.limit = q->offset + q->limit;
	return OK;
}
