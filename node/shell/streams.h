/* streams: answers that stay open: what is new, as it comes (node/api/changes.h); and those that are too large to be
 * made at once, and end: downloads (node/api/bulk.h).
 *
 *     ASKING (a reader makes a portion) --nothing more--> RESTING --something came under a head--> ASKING
 *         `--- refused, or its connection gone, or the node stops --> ended
 *
 * A stream that has everything asks at most every STREAM_PAUSE_MS, says something every STREAM_BEAT_MS, and waits for a
 * client that does not take what it was sent.  What it has not sent is on the disk: a slow client costs a place, and no
 * memory. Thread: the loop's; while a reader has a stream's job, the stream is the reader's.
 */
#pragma once

#include <stdbool.h>

#include "node/shell/exchange.h"

/* Take the request, if it is for a stream; false: it is not. */
bool streams_take(struct exchange *x);

/* Something came under a head: those that rest look again. */
void streams_wake(struct shell *s);

/* In loop_settle(): ask for what is due, end what is to end. */
void streams_settle(struct shell *s);

/* The loop ends: no timer any more.  And once it has ended: nothing is left. */
void streams_close(struct shell *s);
void streams_free(struct shell *s);
