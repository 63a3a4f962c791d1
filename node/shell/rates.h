/* rates: how often somebody may do something: a bucket of tokens for each key, filled as time goes.
 *
 * Holds RATES_MAX buckets; who comes when there is no room takes the place of the one that is nearest to full, which
 * loses least by it.  Where a bucket stands depends on a random number, so that nobody can choose whose place it takes.
 * Knows: keys as bytes, times as they are told.  Must not know: addresses, authors, the loop.
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

/* A bucket has room for burst tokens and gets one back every interval_us; both above 0. */
struct rate {
	uint32_t burst;
	uint64_t interval_us;
};

struct rates;

struct rates *rates_new(uint64_t seed);
void rates_free(struct rates *r);

/* Take cost tokens (at most burst) from key's bucket at this time.  False: there are not so many, none is taken, and
 * *wait_s (may be NULL) is when there will be, at least 1. */
bool rates_take(struct rates *r, const struct rate *rate, struct bytes key, uint32_t cost, uint64_t mono_us,
                unsigned *wait_s);

/* Take them whether they are there or not, for what turned out to cost more: the bucket may then owe up to a burst, and
 * nothing is to be had of it until that is paid. */
void rates_owe(struct rates *r, const struct rate *rate, struct bytes key, uint64_t cost, uint64_t mono_us);
