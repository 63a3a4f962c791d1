#include "node/shell/rates.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { WAYS = 8, SETS = RATES_MAX / WAYS };

/* Virtual scheduling: full_us is when the bucket will be full again; what is missing until then was taken. */
struct bucket {
	uint64_t key; /* a hash of it; 0: empty */
	uint64_t full_us;
};

struct rates {
	uint64_t seed;
	struct bucket v[SETS][WAYS];
};

struct rates *rates_new(uint64_t seed)
{
	struct rates *r = calloc(1, sizeof *r);
	must(r != NULL);
	r->seed = seed;
	return r;
}

void rates_free(struct rates *r)
{
	free(r);
}

/* splitmix64 over what came so far and the next eight bytes. */
static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t hash_key(const struct rates *r, struct bytes key)
{
	uint64_t h = mix(r->seed + key.len);
	for (size_t i = 0; i < key.len; i++)
		h = mix(h ^ key.data[i]) + r->seed;
	return h != 0 ? h : 1;
}

static struct bucket *find(struct rates *r, uint64_t key)
{
	struct bucket *set = r->v[key % SETS], *least = set;
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].full_us < least->full_us)
			least = &set[i];
	}
	*least = (struct bucket){ .key = key };
	return least;
}

bool rates_take(struct rates *r, const struct rate *rate, struct bytes key, uint32_t cost, uint64_t mono_us,
                unsigned *wait_s)
{
	must(rate->burst > 0 && rate->interval_us > 0 && cost <= rate->burst);
	struct bucket *b = find(r, hash_key(r, key));
	uint64_t full = b->full_us > mono_us ? b->full_us : mono_us;
	uint64_t after = full + cost * rate->interval_us, most = mono_us + rate->burst * rate->interval_us;
	if (after <= most) {
		b->full_us = after;
		return true;
	}
	if (wait_s != NULL)
		*wait_s = (unsigned)((after - most + 999999) / 1000000);
	return false;
}

void rates_owe(struct rates *r, const struct rate *rate, struct bytes key, uint64_t cost, uint64_t mono_us)
{
	must(rate->burst > 0 && rate->interval_us > 0);
	struct bucket *b = find(r, hash_key(r, key));
	uint64_t full = b->full_us > mono_us ? b->full_us : mono_us;
	uint64_t most = mono_us + UINT64_C(2) * rate->burst * rate->interval_us;
	if (full < most)
		b->full_us = cost < (most - full) / rate->interval_us ? full + cost * rate->interval_us : most;
}
