#include "node/shell/local.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/log.h"
#include "node/shell/hand.h"
#include "node/shell/handle.h"
#include "node/shell/high_water.h"
#include "node/shell/indexing.h"
#include "node/shell/interpret.h"
#include "node/shell/node_dir.h"
#include "node/shell/submit.h"
#include "node/shell/trust.h"
#include "proto/card.h"

static void add_peer(struct exchange *x)
{
	struct shell *s = x->shell;
	struct card card;
	struct err err = { 0 };
	char line[ERR_TEXT_MAX];
	if (card_parse(x->request.body, &card, &err) != OK) {
		exchange_problem(x, 400, err.text);
		return;
	}
	bool known = false;
	int rc = trust_peer(s->dir->path, s->core, &card, &known, &err);
	if (rc == OK && known) {
		exchange_text(x, bytes_str("known\n"));
		return;
	}
	if (rc != OK) {
		log_line(LOG_WARN, "card_refused", "peer=%s reason=%s", card.name, log_value(err.text, line, sizeof line));
		exchange_problem(x, rc == ERR_EXISTS || rc == ERR_LIMIT ? 409 : 503, err.text);
		return;
	}
	log_line(LOG_INFO, "peer_added", "peer=%s origin=%s", card.name, log_value(card.origin, line, sizeof line));
	interpret_tick(s);
	exchange_text(x, bytes_str("added\n"));
}

/* A line of DIR/outside: durable, and in effect from now on. */
static void add_outside(struct exchange *x)
{
	struct shell *s = x->shell;
	struct err err = { 0 };
	struct vkey key;
	char line[ERR_TEXT_MAX];
	bool known = false;
	int rc = trust_line(s->dir->path, s->core, x->request.body, &key, &known, &err);
	if (rc == ERR_INVALID || rc == ERR_UNSUPPORTED) {
		exchange_problem(x, 400, err.text);
	} else if (rc != OK) {
		exchange_problem(x, rc == ERR_EXISTS || rc == ERR_LIMIT ? 409 : 503, err.text);
	} else {
		if (!known)
			log_line(LOG_INFO, "outside_added", "key=%s", log_value(key.name, line, sizeof line));
		interpret_tick(s); /* a witness is asked at once */
		exchange_text(x, bytes_str(known ? "known\n" : "added\n"));
	}
}

/* Written down first: a start right after this must know of it. */
static void resume_log(struct exchange *x)
{
	struct shell *s = x->shell;
	struct err err = { 0 };
	enum guard_state state = core_guard(s->core);
	if (state == GUARD_OPEN || state == GUARD_ASKING) {
		exchange_text(x, bytes_str("nothing to resume: this log is open\n"));
	} else if (!guard_resumable(state)) {
		struct core_status status;
		core_status(s->core, loop_mono_ms(), loop_wall_ms(), &x->arena, &status);
		exchange_problem(x, 409, status.closed_text);
	} else if (high_water_say(s->high_water, GUARD_WAS_RESUMED, &err) != OK) {
		exchange_problem(x, 503, err.text);
	} else {
		interpret_resume(s);
		exchange_text(x, bytes_str("resumed: peers are asked what they hold of this log, then it is signed again\n"));
	}
}

/* ---- verdicts ---- */

bool local_line(struct bytes *rest, const char *key, char *value, size_t size)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end != NULL ? (size_t)(end - rest->data) : 0, word = strlen(key);
	if (len <= word || memcmp(rest->data, key, word) != 0 || rest->data[word] != ' ' || len - word - 1 >= size ||
	    memchr(rest->data, 0, len) != NULL)
		return false;
	memcpy(value, rest->data + word + 1, len - word - 1);
	value[len - word - 1] = '\0';
	*rest = bytes_of(end + 1, rest->len - len - 1);
	return true;
}

static void judge(struct exchange *x)
{
	struct verdict_request verdict;
	struct bytes body = x->request.body;
	char decision[16];
	bool good = local_line(&body, "decision", decision, sizeof decision) &&
	            local_line(&body, "origin", verdict.origin, sizeof verdict.origin) &&
	            local_line(&body, "reason", verdict.reason, sizeof verdict.reason) && body.len == 0;
	verdict.abandon = good && strcmp(decision, "abandon") == 0;
	if (!good || (!verdict.abandon && strcmp(decision, "release") != 0))
		exchange_problem(x, 400, "not the three lines decision release|abandon, origin NAME, reason TEXT");
	else
		submit_verdict(x, &verdict);
}

/* ---- keys ---- */

static void change_key(struct exchange *x)
{
	struct rotation rotation = { 0 };
	struct bytes body = x->request.body;
	char role[16], overlap[24], *end = NULL;
	bool good = local_line(&body, "role", role, sizeof role) &&
	            local_line(&body, "overlap_ms", overlap, sizeof overlap) && body.len == 0 &&
	            key_role_of_word(role, &rotation.role) == OK && overlap[0] >= '0' && overlap[0] <= '9';
	if (good)
		rotation.overlap_ms = strtoull(overlap, &end, 10);
	if (!good || *end != '\0' || rotation.overlap_ms > TIME_MAX_MS)
		exchange_problem(x, 400, "not the two lines role log|witness|mirror|tls, overlap_ms NUMBER");
	else
		submit_rotation(x, &rotation);
}

bool local_take(struct exchange *x)
{
	static const struct {
		const char *path;
		void (*take)(struct exchange *x);
	} routes[] = {
		{ "/local/v1/records", submit_push },
		{ "/local/v1/redactions", submit_redact },
		{ "/local/v1/peers", add_peer },
		{ "/local/v1/outside", add_outside },
		{ "/local/v1/verdicts", judge },
		{ "/local/v1/handover", hand_push },
		{ "/local/v1/resume", resume_log },
		{ "/local/v1/keys", change_key },
		{ "/local/v1/submitters", handle_submitter },
		{ "/local/v1/feedback", handle_feedback },
		{ "/local/v1/index", indexing_push },
	};
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!bytes_equal(x->request.path, bytes_str(routes[i].path)))
			continue;
		if (bytes_equal(x->request.method, bytes_str("POST")))
			routes[i].take(x);
		else
			exchange_problem(x, 405, "only POST");
		return true;
	}
	return false;
}
