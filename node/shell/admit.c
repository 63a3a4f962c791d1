#include "node/shell/admit.h"

#include <stdio.h>
#include <string.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/clients.h"
#include "node/shell/http_conn.h"
#include "node/shell/rates.h"

/* A token is a tenth of a millisecond: about what the loop spends on a request. */
enum {
	TOKENS_PER_MS = 10,
	TOKEN_US = 1000 / TOKENS_PER_MS,
	SECOND_US = 1000 * 1000,
	BUSY_RETRY_S = 1,
	UNREAD_RETRY_S = 10
};

static uint64_t key_of(const struct exchange *x)
{
	uint8_t bytes[CLIENT_KEY_SIZE];
	uint64_t key;
	client_key(&x->request, x->address, x->shell->dir->config.trusted_proxy, bytes);
	memcpy(&key, bytes, sizeof key);
	return key;
}

/* False: this client's time is not counted. */
static bool rate_of(const struct exchange *x, struct rate *out)
{
	int configured = x->shell->dir->config.client_rate;
	unsigned ms = configured > 0 ? (unsigned)configured : CLIENT_RATE_DEFAULT;
	if (x->local || configured == CLIENT_RATE_OFF || (configured == 0 && client_is_here(x->job.client)))
		return false;
	*out = (struct rate){ ms * TOKENS_PER_MS * CLIENT_BURST_S, SECOND_US / (ms * TOKENS_PER_MS) };
	return true;
}

static struct rates *rates_of(struct shell *s)
{
	if (s->admitted == NULL) {
		uint64_t seed;
		random_fill(&seed, sizeof seed);
		s->admitted = rates_new(seed);
	}
	return s->admitted;
}

static struct bytes client_bytes(const struct exchange *x)
{
	return bytes_of(&x->job.client, sizeof x->job.client);
}

static bool within_rate(struct exchange *x)
{
	struct rate rate;
	unsigned wait_s = 1;
	if (!rate_of(x, &rate) || rates_take(rates_of(x->shell), &rate, client_bytes(x), 1, loop_mono_ms() * 1000, &wait_s))
		return true;
	x->shell->counters.refused++;
	x->shell->counters.limited++;
	exchange_refuse_until(x, 429, "this address has asked for more than its share: come again later", wait_s);
	return false;
}

static bool has_place(struct exchange *x)
{
	bool all = false;
	if (readers_have_room(x->shell->readers, x->job.client, &all))
		return true;
	x->shell->counters.refused++;
	x->shell->counters.limited += !all;
	if (all)
		exchange_refuse_until(x, 503, "too many questions at once", BUSY_RETRY_S);
	else
		exchange_refuse_until(x, 429, "too many questions of this address at once", BUSY_RETRY_S);
	return false;
}

bool admit_question(struct exchange *x, enum reader_rank *rank)
{
	struct readers *r = x->shell->readers;
	*rank = READ_HOUSE;
	if (x->local)
		return true;
	x->job.client = key_of(x);
	if (!within_rate(x) || !has_place(x))
		return false;
	if (!api_about_health(&x->request) || readers_held(r, READ_HOUSE, x->job.client) > 0)
		*rank = READ_PUBLIC;
	x->job.work_max = QUESTION_WORK_MAX;
	x->job.until_ns = x->begun_ns + QUESTION_TIME_MS * UINT64_C(1000000);
	return true;
}

bool admit_share(struct exchange *x, size_t own, size_t all, size_t most, const char *what)
{
	char text[120];
	bool full = all >= most;
	if (!full && (x->local || clients_share(own, all, most)))
		return true;
	x->shell->counters.refused++;
	x->shell->counters.limited += !full;
	(void)snprintf(text, sizeof text, full ? "too many %s at once" : "too many %s of this address at once", what);
	exchange_refuse_until(x, full ? 503 : 429, text, BUSY_RETRY_S);
	return false;
}

void admit_pay(struct exchange *x, uint64_t spent_ns)
{
	struct rate rate;
	uint64_t tokens = spent_ns / 1000 / TOKEN_US;
	if (tokens > 0 && rate_of(x, &rate))
		rates_owe(rates_of(x->shell), &rate, client_bytes(x), tokens, loop_mono_ms() * 1000);
}

bool admit_answer(struct exchange *x)
{
	admit_pay(x, x->job.spent_ns);
	if (x->conn == NULL || http_conn_may_send(x->conn))
		return true;
	x->shell->counters.refused++;
	exchange_refuse_until(x, 503, "too many answers wait for this address to take them", UNREAD_RETRY_S);
	return false;
}

void admit_free(struct shell *s)
{
	rates_free(s->admitted);
	s->admitted = NULL;
}
