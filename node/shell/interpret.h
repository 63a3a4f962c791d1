/* interpret: the only caller of core_step.  Events go in with the time and fresh randomness, effects are carried out in
 * order (the rules of node/core/effect.h).
 *
 * None of these may be called while the core is in a step.  What they leave to be sent goes out in loop_settle().
 * After a stop has passed DRAINING they do nothing.
 * Thread: the loop's.
 */
#pragma once

#include "node/core/effect.h"
#include "node/shell/loop.h"

void interpret_tick(struct shell *s);
void interpret_link_up(struct shell *s, link_id link, uint32_t peer, bool dialed);
void interpret_link_down(struct shell *s, link_id link, uint32_t peer, bool dialed, int code, const char *text);
void interpret_dial_failed(struct shell *s, uint32_t peer, int code, const char *text);
void interpret_frame(struct shell *s, link_id link, struct bytes raw);

/* Payloads for our own log; the outcome goes to submit_reply() with the same op.  Borrows. */
/* A checkpoint to be witnessed; answered through doors_answer with this op.  Borrows all. */
void interpret_checkpoint(struct shell *s, uint64_t op, uint64_t old_size, const struct tree_proof *proof,
                          struct bytes note);
/* Entries to be mirrored; likewise. */
void interpret_upload(struct shell *s, uint64_t op, const struct upload *upload);
struct asker_done;
/* An answer of a witness outside; asker_done_cb. */
void interpret_asked(void *shell, const struct asker_done *done);
void interpret_submit(struct shell *s, uint64_t op, const struct bytes *payloads, size_t count, const char *collection);
/* The same, each into a collection of its own. */
void interpret_submit_each(struct shell *s, uint64_t op, const struct bytes *payloads, const char *const *collections,
                           size_t count);
struct verdict_request;
void interpret_verdict(struct shell *s, uint64_t op, const struct verdict_request *verdict);

/* Parts of a bundle file; the outcome goes to hand_outcome() with the same op.  Borrows. */
void interpret_handover(struct shell *s, uint64_t op, const struct bytes *parts, size_t count);
/* A question for peers, too; the outcome goes to federate_outcome() with the same op, unless nobody waits for it any
 * more.  Borrows. */
void interpret_query(struct shell *s, const struct federated_wish *wish);
void interpret_query_gone(struct shell *s, uint64_t op);
/* The operator's word (guard.h); the mark says so already. */
void interpret_resume(struct shell *s);

/* writer_done_cb, for writer_start with the shell as argument. */
void interpret_stored(void *shell, const struct writer_done *done);
