/* signers: who signed and cosigned a head, for people.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/policy.h"
#include "node/base/buf.h"
#include "proto/json.h"

/* Seconds since 1970 as text, for JSON or for people; empty when it is no time. */
const char *signers_utc(uint64_t seconds, bool json, char out[40]);

/* "witnesses": [{"name", "key_name", "time"}...] and "quorum" of the open object. */
void signers_json(const struct policy_verdict *verdict, struct json *j);

/* The lines "signed by", "cosigned by" and "quorum" of a verdict on a head with that many signatures. */
void signers_put(const struct policy_verdict *verdict, size_t signatures, struct buf *out);
