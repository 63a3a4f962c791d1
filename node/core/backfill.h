/* backfill: what backfill.c knows of one log.  For this room only.
 * Thread: the loop's.
 */
#pragma once

#include "node/core/effect.h"

/* Payloads that are held without, and asked for (backfill.c). */
struct backfill {
	enum { BACKFILL_REST, BACKFILL_READING, BACKFILL_ASKED, BACKFILL_STORING } state;
	bool wanted; /* some may be missing */
	bool fresh;  /* some came missing since the last head */
	bool again;  /* something happened during this round: another at once */
	bool found, brought;
	unsigned fruitless;            /* rounds in a row that brought nothing */
	uint64_t due_ms;               /* mono: of the next round */
	size_t cursor;                 /* 0: public; else one more than the place behind collection in l->sharing */
	char collection[CODE_MAX + 1]; /* which is gone through */
	uint64_t from;                 /* from that entry on */
	uint64_t op;                   /* READING: of the read */
	uint64_t indexes[PAYLOADS_ASKED_MAX];
	struct bytes envelopes[PAYLOADS_ASKED_MAX];
	size_t count;
	size_t skip; /* of them the first were answered by this link, and not given */
	bool asked[PEERS_MAX];
	link_id link;
	uint64_t request;
	struct arena arena; /* owns the envelopes */
};
