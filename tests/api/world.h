/* world: one api over a toy view, and questions to it, for the tests of this folder.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/api/api.h"
#include "tests/api/toy_view.h"

struct world {
	struct toy toy;
	struct view view;
	struct core_status status;
	struct origin_status origin;
	struct peer_status peer;
	struct api_counters counters;
	struct api_context context;
	int status_code;
	struct buf answer;
	const char *body;
};

static inline int up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	toy_open(&w->toy);
	toy_fill(&w->toy);
	w->view = toy_view(&w->toy);
	w->origin = (struct origin_status){ .origin = TOY_ORIGIN,
		                                .own = true,
		                                .held = 3,
		                                .head_size = 3,
		                                .seen_size = 5,
		                                .cosignatures = 1,
		                                .witnesses = 2,
		                                .mirror_peers = 2,
		                                .mirrors = 1,
		                                .head_wall_ms = 1767225600123 };
	w->peer = (struct peer_status){ .name = "iso",
		                            .origin = "iso.example/log",
		                            .address = "10.0.0.1:7443",
		                            .state = "waiting",
		                            .last_seen_ms = 1767225000000,
		                            .next_try_ms = 1767225610000,
		                            .last_error = "no route",
		                            .bytes_in = 77,
		                            .entries_in = 4 };
	w->status = (struct core_status){ .name = "sac",
		                              .witness = "iso.example/witness",
		                              .origin = TOY_ORIGIN,
		                              .origins = &w->origin,
		                              .origin_count = 1,
		                              .peers = &w->peer,
		                              .peer_count = 1,
		                              .forks = 1,
		                              .rejected = 2 };
	w->context = (struct api_context){ .view = &w->view,
		                               .own_log = &w->toy.digest,
		                               .mirror = skey_public(w->toy.witness),
		                               .status = &w->status,
		                               .origin = TOY_ORIGIN,
		                               .version = "0.0.0",
		                               .wall_ms = 1767225600000,
		                               .start_wall_ms = 1767220000000,
		                               .writable = true,
		                               .local = true,
		                               .counters = &w->counters };
	*state = w;
	return 0;
}

static inline int down(void **state)
{
	struct world *w = *state;
	toy_close(&w->toy);
	buf_free(&w->answer);
	free(w);
	return 0;
}

/* headers: whole lines, each with its CRLF. */
static inline int ask_with(struct world *w, const char *method, const char *target, const char *headers)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct arena arena = { 0 };
	struct buf head = { 0 };
	struct err err = { 0 };
	size_t used;
	buf_printf(&head, "%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n", method, target, headers);
	if (http_read_head(buf_bytes(&head), r, &used, &err) != OK)
		fail_msg("%s: %s", target, err.text);
	buf_reset(&w->answer);
	w->status_code = api_answer(r, &w->context, &arena, &w->answer);
	const char *text = buf_str(&w->answer);
	const char *end = strstr(text, "\r\n\r\n");
	assert_non_null(end);
	w->body = end + 4;
	assert_int_equal(strncmp(text, "HTTP/1.1 ", 9), 0);
	assert_int_equal(strtol(text + 9, NULL, 10), w->status_code);
	const char *length = strstr(text, "Content-Length: ");
	bool head_only = strcmp(method, "HEAD") == 0; /* of what is measured by nobody, too */
	if (!head_only || length != NULL)
		assert_int_equal(length != NULL, w->status_code != 304);
	if (!head_only && length != NULL)
		assert_int_equal(strtoul(length + 16, NULL, 10), w->answer.len - (size_t)(w->body - text));
	assert_int_equal(w->toy.begun, w->toy.ended);
	arena_free(&arena);
	buf_free(&head);
	free(r);
	return w->status_code;
}

static inline int ask_as(struct world *w, const char *method, const char *target, const char *accept)
{
	char headers[256] = "";
	if (accept != NULL)
		assert_true((size_t)snprintf(headers, sizeof headers, "Accept: %s\r\n", accept) < sizeof headers);
	return ask_with(w, method, target, headers);
}

static inline int ask(struct world *w, const char *target)
{
	return ask_as(w, "GET", target, NULL);
}

static inline int ask_text(struct world *w, const char *target)
{
	return ask_as(w, "GET", target, "text/plain");
}

static inline bool says(const struct world *w, const char *text)
{
	return strstr((const char *)w->answer.data, text) != NULL;
}

#define SAYS(w, text)                                                                                                  \
	do {                                                                                                               \
		if (!says(w, text))                                                                                            \
			fail_msg("no \"%s\" in:\n%s", text, (const char *)(w)->answer.data);                                       \
	} while (0)
