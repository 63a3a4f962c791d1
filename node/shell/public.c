#include "node/shell/public.h"

#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/api/feedback.h"
#include "node/api/submission.h"
#include "node/base/limits.h"
#include "node/base/must.h"

#define MINUTE_US UINT64_C(60000000)
#define HOUR_US (60 * MINUTE_US)

static const struct rate submit_rate = { SUBMIT_CLIENT_BURST, MINUTE_US / SUBMIT_CLIENT_PER_MINUTE };
static const struct rate feedback_rate = { FEEDBACK_CLIENT_BURST, HOUR_US / FEEDBACK_CLIENT_PER_HOUR };
static const struct rate feedback_all_rate = { FEEDBACK_ALL_BURST, HOUR_US / FEEDBACK_ALL_PER_HOUR };

bool public_rate(struct shell *s, const char *what, struct bytes key, const struct rate *rate, unsigned *wait_s)
{
	struct buf whole = { 0 };
	if (s->rates == NULL) {
		uint64_t seed;
		random_fill(&seed, sizeof seed);
		s->rates = rates_new(seed);
	}
	buf_add(&whole, what, strlen(what) + 1);
	buf_add_bytes(&whole, key);
	bool taken = rates_take(s->rates, rate, buf_bytes(&whole), 1, loop_mono_ms() * 1000, wait_s);
	buf_free(&whole);
	return taken;
}

void public_free(struct shell *s)
{
	rates_free(s->rates);
	s->rates = NULL;
}

static bool within_rate(struct exchange *x, const char *what, const struct rate *rate)
{
	uint8_t client[CLIENT_KEY_SIZE];
	unsigned wait_s = 1;
	client_key(&x->request, x->address, x->shell->dir->config.trusted_proxy, client);
	if (x->local || public_rate(x->shell, what, bytes_of(client, sizeof client), rate, &wait_s))
		return true;
	x->shell->counters.refused++;
	exchange_refuse_until(x, 429, "too many requests from this address: come again later", wait_s);
	return false;
}

/* One address may send so much; all together so much that an operator can read it. */
static bool within_feedback_rates(struct exchange *x)
{
	unsigned wait_s = 1;
	if (!within_rate(x, "feedback", &feedback_rate))
		return false;
	if (x->local || public_rate(x->shell, "all feedback", (struct bytes){ 0 }, &feedback_all_rate, &wait_s))
		return true;
	x->shell->counters.refused++;
	exchange_refuse_until(x, 429, "too much feedback at once: come again later", wait_s);
	return false;
}

bool public_take(struct exchange *x)
{
	bool submission = submission_is_door(x->request.path), feedback = feedback_is_door(&x->request);
	if (!submission && !feedback)
		return false;
	if (submission && !bytes_equal(x->request.method, bytes_str("POST")))
		exchange_problem(x, 405, "this address takes POST only");
	else if (core_withheld(x->shell->core) && !x->local)
		exchange_problem(x, 503,
		                 "this node was restored from a backup, and its peers are asked first: try again later");
	else if (feedback && strcmp(x->shell->dir->config.feedback, "on") != 0)
		exchange_problem(x, 403, "this node takes no feedback from the public");
	else if (submission && within_rate(x, "submit", &submit_rate))
		submission_push(x);
	else if (feedback && within_feedback_rates(x))
		feedback_push(x);
	return true;
}
