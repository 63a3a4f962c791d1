/* What an operator asks: status, health, metrics; and the page at the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/api/world.h"

static void status_running_and_stopped(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"running\":true");
	SAYS(w, "{\"origin\":\"sac.example/log\",\"own\":true,\"outside\":false,\"held\":3,\"seen\":5,\"lag\":2,");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "  sac.example/log  3 of 5            head 3        cosigned 1/2  mirrored 1/2  own  catching up\n");
	SAYS(w, "last error: no route; next try in 10 s\n");
	SAYS(w, "1 forks found; 2 things of peers refused\n");
	w->context.status = NULL;
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"running\":false");
	SAYS(w, "{\"origin\":\"sac.example/log\",\"own\":false,\"outside\":false,\"held\":3,");
	SAYS(w, "\"witnesses\":null");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "stopped");
	SAYS(w, "3 of 3            head 3        cosigned 1  mirrored 0\n");
}

static void health_tells_the_truth(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/healthz"), 200);
	assert_int_equal(ask(w, "/readyz"), 200);
	w->context.writable = false;
	assert_int_equal(ask(w, "/readyz"), 503);
	SAYS(w, "takes no writes");
	w->context.writable = true;
	w->context.status = NULL;
	assert_int_equal(ask(w, "/readyz"), 503);
	w->context.status = &w->status;
	w->toy.fail = ERR_IO;
	assert_int_equal(ask(w, "/readyz"), 500);
	SAYS(w, "the toy fails");
	w->toy.fail = OK;
	w->context.view = NULL;
	assert_int_equal(ask(w, "/readyz"), 503);
	SAYS(w, "the store is not open");
	assert_int_equal(ask(w, "/healthz"), 200);
	assert_int_equal(ask(w, "/metrics"), 200);
	assert_int_equal(ask(w, "/api/v1/search"), 503);
	assert_int_equal(ask(w, "/api/v1/status"), 503);
}

static void a_closed_log_is_said(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"closed\":null,\"closed_text\":null");
	w->status.closed = guard_name(GUARD_MOVED);
	w->status.closed_text = "say: normlink resume DIR";
	assert_int_equal(ask(w, "/readyz"), 503);
	SAYS(w, "not signed now (moved): say: normlink resume DIR");
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	SAYS(w, "\"closed\":\"moved\",\"closed_text\":\"say: normlink resume DIR\"");
	assert_int_equal(ask_text(w, "/api/v1/status"), 200);
	SAYS(w, "our log is not signed now (moved): say: normlink resume DIR\n");
	assert_int_equal(ask(w, "/api/v1/search"), 200); /* what was published stays readable */
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "normlink_log_closed{reason=\"moved\"} 1\n");
	SAYS(w, "normlink_log_closed{reason=\"restored\"} 0\n");
	w->status.closed = guard_name(GUARD_ASKING); /* for seconds after each start */
	assert_int_equal(ask(w, "/readyz"), 200);
}

/* What a restored node holds may be less than what it once showed. */
static void a_restored_node_shows_strangers_nothing(void **state)
{
	static const char *const hidden[] = { "/",
		                                  "/api/v1/search",
		                                  "/api/v1/heads",
		                                  "/api/v1/peers",
		                                  "/api/v1/status",
		                                  "/api/v1/records/ISO%209001",
		                                  "/api/v1/records/ISO%209001/proof",
		                                  "/no/such/thing" };
	struct world *w = *state;
	w->status.closed = guard_name(GUARD_RESTORED);
	w->status.closed_text = "peers are asked";
	w->context.withheld = true;
	w->context.local = false;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		assert_int_equal(ask(w, hidden[i]), 503);
		SAYS(w, "restored from a backup");
		SAYS(w, "Retry-After: 1\r\n");
	}
	assert_int_equal(ask(w, "/readyz"), 503);
	assert_int_equal(ask(w, "/healthz"), 200);
	assert_int_equal(ask(w, "/metrics"), 200);
	w->context.local = true;
	assert_int_equal(ask(w, "/api/v1/status"), 200);
	assert_int_equal(ask(w, "/api/v1/search"), 200);
	w->context.local = false;
	w->context.withheld = false;
	assert_int_equal(ask(w, "/api/v1/search"), 200);
}

static void a_failing_view_is_said(void **state)
{
	struct world *w = *state;
	static const struct {
		int code, status;
	} cases[] = { { ERR_CORRUPT, 500 }, { ERR_BUSY, 503 }, { ERR_TIMEOUT, 503 }, { ERR_LIMIT, 422 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		w->toy.fail = cases[i].code;
		assert_int_equal(ask(w, "/api/v1/search"), cases[i].status);
		assert_int_equal(ask(w, "/api/v1/records/ISO%209001:2015"), cases[i].status);
		assert_int_equal(ask(w, "/api/v1/status"), cases[i].status);
		assert_int_equal(ask(w, "/metrics"), 200);
	}
}

/* Prometheus 0.0.4: each name has HELP and TYPE before its samples, once, and ends in LF. */
static void check_exposition(const char *body)
{
	struct buf seen = { 0 };
	char current[128] = "";
	while (*body != '\0') {
		const char *lf = strchr(body, '\n');
		assert_non_null(lf);
		char line[512], name[128];
		(void)snprintf(line, sizeof line, "%.*s", (int)(lf - body), body);
		if (sscanf(line, "# HELP %127s ", name) == 1) {
			char entry[130];
			(void)snprintf(entry, sizeof entry, " %s ", name);
			assert_null(strstr(buf_str(&seen), entry));
			buf_add_str(&seen, entry);
			memcpy(current, name, sizeof current);
		} else if (sscanf(line, "# TYPE %127s ", name) == 1) {
			assert_string_equal(name, current);
		} else {
			assert_int_equal(strncmp(line, current, strlen(current)), 0);
			assert_int_equal(strncmp(line, "normlink_", 9), 0);
			assert_non_null(strrchr(line, ' '));
		}
		body = lf + 1;
	}
	buf_free(&seen);
}

static void metrics(void **state)
{
	struct world *w = *state;
	w->counters = (struct api_counters){ .requests = { 0, 0, 7, 0, 1, 0 },
		                                 .query_us_sum = 1500000,
		                                 .query_count = 6,
		                                 .query_buckets = { 1, 0, 2, 0, 1, 0, 0, 2 },
		                                 .store_errors = 1 };
	w->origin.origin = "we\"ird\\log";
	assert_int_equal(ask(w, "/metrics"), 200);
	SAYS(w, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
	check_exposition(w->body);
	static const char *const samples[] = {
		"normlink_build_info{version=\"0.0.0\"} 1\n",
		"normlink_log_size{origin=\"we\\\"ird\\\\log\"} 5\n",
		"normlink_log_held_size{origin=\"we\\\"ird\\\\log\"} 3\n",
		"normlink_log_signed_timestamp_seconds{origin=\"we\\\"ird\\\\log\"} 1767225600.123\n",
		"normlink_cosignatures{origin=\"we\\\"ird\\\\log\"} 1\n",
		"normlink_peer_up{peer=\"iso\"} 0\n",
		"normlink_peer_last_success_timestamp_seconds{peer=\"iso\"} 1767225000.000\n",
		"normlink_sync_entries_total 4\n",
		"normlink_sync_bytes_total 77\n",
		"normlink_sync_errors_total{reason=\"store\"} 1\n",
		"normlink_equivocation_total 1\n",
		"normlink_rejected_entries_total{reason=\"peer\"} 2\n",
		"normlink_query_seconds_bucket{le=\"0.005\"} 3\n",
		"normlink_query_seconds_bucket{le=\"+Inf\"} 6\n",
		"normlink_query_seconds_sum 1.500000\n",
		"normlink_query_seconds_count 6\n",
		"normlink_db_bytes 4096\n",
		"normlink_wal_bytes 512\n",
		"normlink_http_in_flight_requests 0\n",
		"normlink_http_requests_total{class=\"2xx\"} 7\n",
	};
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		SAYS(w, samples[i]);
	w->context.counters = NULL;
	w->context.status = NULL;
	assert_int_equal(ask(w, "/metrics"), 200);
	check_exposition(w->body);
}

/* What the shell does with each answer. */
static void asked(struct world *w, const char *method, const char *target)
{
	struct http_request *r = calloc(1, sizeof *r);
	struct buf head = { 0 };
	struct api_counted counted = { 0 };
	size_t used;
	w->context.counted = &counted;
	int status = ask_as(w, method, target, "*/*");
	buf_printf(&head, "%s %s HTTP/1.1\r\nHost: a\r\n\r\n", method, target);
	assert_int_equal(http_read_head(buf_bytes(&head), r, &used, NULL), OK);
	api_count(r, &counted, status, &w->counters);
	w->context.counted = NULL;
	buf_free(&head);
	free(r);
}

static void doors_are_counted(void **state)
{
	struct world *w = *state;
	struct http_request *r = calloc(1, sizeof *r);
	struct api_counted nothing = { 0 };
	static const char sends[] = "POST /api/v1/feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
	size_t used;
	asked(w, "GET", "/oai?verb=Identify");
	asked(w, "GET", "/oai?verb=Identify");
	asked(w, "GET", "/oai?verb=Identify&secret=1&secret=2");
	asked(w, "GET", "/oai?verb=secret");
	asked(w, "GET", "/sru?query=secret.word+%3D+a");
	asked(w, "GET", "/sru?query=Quality");
	assert_int_equal(http_read_head(bytes_str(sends), r, &used, NULL), OK);
	api_count(r, &nothing, 201, &w->counters);
	api_count(r, &nothing, 429, &w->counters);
	free(r);
	w->counters.records[1] = 5;
	assert_int_equal(ask(w, "/metrics"), 200);
	check_exposition(w->body);
	static const char *const samples[] = {
		"normlink_oai_requests_total{verb=\"Identify\",code=\"ok\"} 2\n",
		"normlink_oai_requests_total{verb=\"Identify\",code=\"badArgument\"} 1\n",
		"normlink_oai_requests_total{verb=\"none\",code=\"badVerb\"} 1\n",
		"normlink_oai_requests_total{verb=\"ListRecords\",code=\"ok\"} 0\n",
		"normlink_sru_diagnostics_total{code=\"15\"} 1\n",
		"normlink_sru_diagnostics_total{code=\"16\"} 0\n",
		"normlink_feedback_total{outcome=\"accepted\"} 1\n",
		"normlink_feedback_total{outcome=\"limited\"} 1\n",
		"normlink_submissions_total{outcome=\"refused\"} 0\n",
		"normlink_imported_records_total{outcome=\"revised\"} 5\n",
	};
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		SAYS(w, samples[i]);
	assert_null(strstr(w->body, "secret"));
}

static void the_page_is_safe(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask_as(w, "GET", "/", "text/html"), 200);
	SAYS(w, "Content-Type: text/html; charset=utf-8\r\n");
	SAYS(w, "Content-Security-Policy: default-src 'none'");
	SAYS(w, "X-Frame-Options: DENY\r\n");
	assert_int_equal(ask_text(w, "/"), 200);
	SAYS(w, "/api/v1/search?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status_running_and_stopped, up, down),
		cmocka_unit_test_setup_teardown(health_tells_the_truth, up, down),
		cmocka_unit_test_setup_teardown(a_closed_log_is_said, up, down),
		cmocka_unit_test_setup_teardown(a_restored_node_shows_strangers_nothing, up, down),
		cmocka_unit_test_setup_teardown(a_failing_view_is_said, up, down),
		cmocka_unit_test_setup_teardown(metrics, up, down),
		cmocka_unit_test_setup_teardown(doors_are_counted, up, down),
		cmocka_unit_test_setup_teardown(the_page_is_safe, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
