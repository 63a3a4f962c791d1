/* parts: what each file of this room does for the others.  For this room only; the structs are in state.h.
 *
 * Every function works inside one core_step: effects go to c->fx, time is c->mono_ms and c->wall_ms.
 */
#pragma once

#include "node/core/links.h"
#include "node/core/ring.h"
#include "node/core/state.h"

/* common.c */
void core_note(struct core *c, int level, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A reason that another file gave, cut to the room there is. */
void core_reason(char *out, size_t size, const char *text);
void head_set(struct head *h, struct bytes note, uint64_t size, const struct hash *root);
void head_copy(struct head *h, const struct head *from);
void head_clear(struct head *h);

/* core.c */
struct link *core_link(struct core *c, link_id id);
/* Hand a write to the store; takes *w.  The pending entry is returned to be completed by the caller. */
struct pending_store *core_store(struct core *c, size_t log, struct store_write **w);
struct store_write *write_new(const struct log *log, enum store_write_kind kind);
/* An empty one; borrows the key. */
struct log *log_new(struct core *c, const struct vkey *key, bool own);
void log_free(struct log *log);
/* Put what the store holds into a log. */
CHECKED int log_restore(struct core *c, struct log *log, const struct origin_state *state, struct err *err);
void core_reload(struct core *c, size_t log, const char *why);

/* stored.c: a write is done */
void core_stored(struct core *c, const struct event *event);

/* origin.c: our own log */
void origin_submit(struct core *c, const struct event *event);
void origin_stored(struct core *c, const struct pending_store *s, int code, const char *text);
/* The same for an append that a reload has overtaken: only those who wait for it are told. */
void origin_overtaken(struct core *c, int code, const char *text);
void origin_continue(struct core *c);

/* gate.c: may our log be signed?  Judged anew before anything is appended, and at the end of each step, when what
 * follows from a change is done. */
void gate_judge(struct core *c);
void gate_look(struct core *c);
/* Is what was lost of it being fetched back, as if it were another's? */
bool gate_fetches(const struct core *c);
/* May there be links at all? */
bool gate_links(const struct core *c);
/* Why submissions are refused; NULL: they are taken, or wait. */
const char *gate_refusal(const struct core *c, char out[GUARD_TEXT_MAX]);
void gate_explain(const struct core *c, uint64_t mono_ms, char out[GUARD_TEXT_MAX]);
/* A head signed by our key, as somebody of that name showed it. */
void gate_shown(struct core *c, const char *by, const struct head *head);
/* The peer has spoken, and said what the newest head of our log is that it keeps. */
void gate_hello(struct core *c, struct link *link, const Normlink__Hello *hello);
/* Say in hello what the newest head of the peer's own log is that we have met, durable or not: they are its own words,
 * and it may have lost them (clause 4.3).  your_keys has room for KEY_CHANGES_MAX; borrows from *known, to be freed. */
void gate_tell(const struct core *c, const struct link *link, struct keys *known, Normlink__Hello *hello);
/* Our log was read from the store. */
void gate_loaded(struct core *c);
void gate_resume(struct core *c);

/* mirror.c: fetching towards the goal */
void mirror_pump(struct core *c, size_t log);
void mirror_link_lost(struct core *c, link_id link);
/* An answer to EntriesRequest.  ERR_UNTRUSTED or ERR_PROTOCOL: nothing of it was kept.  The arena is taken on OK. */
CHECKED int mirror_entries(struct core *c, size_t log, link_id link, uint64_t request,
                           const Normlink__EntriesResponse *answer, struct arena *arena, struct err *err);
void mirror_refused(struct core *c, size_t log, link_id link, uint64_t request);
void mirror_stop(struct log *log);
/* Fetch this head, which is known to extend what the tree holds. */
void mirror_goal(struct core *c, size_t log, const struct head *head);
/* A link whose peer has announced that size and is not to be left alone, with room for a request; NULL. */
struct link *mirror_link(struct core *c, size_t log, uint64_t size);
/* Did this peer announce the very head as its newest?  One that announced a larger head may hold another branch of an
 * origin that forked: it is not to blame when its entries do not lie in the tree that we are after. */
bool mirror_announced(const struct link *link, size_t log, const struct head *head);
/* Ask this peer for nothing of this log for a while. */
void mirror_pause(struct core *c, struct link *link, size_t log);
/* Entries of the goal's tree that did not come from a peer: the first skip are held, the others go on where our tree
 * ends, and to the end of their bundle.  Checked like a peer's.  The arena is taken on OK. */
CHECKED int mirror_handed(struct core *c, size_t log, const Normlink__EntriesResponse *answer, size_t skip,
                          struct arena *arena, struct err *err);

/* announce.c: an announced head comes in */
CHECKED int announce_heard(struct core *c, struct link *l, uint64_t id, const Normlink__Announce *announce,
                           struct err *err);

/* reconcile.c: what an announced head means beside what we hold */
/* The head in the channel, which is NEW. */
void reconcile_consider(struct core *c, struct link *link, size_t log);
CHECKED int reconcile_consistency(struct core *c, struct link *l, const struct request *r,
                                  const Normlink__ConsistencyResponse *answer, struct err *err);
void reconcile_root(struct core *c, struct job *job, const struct hash *root, struct tree_source source);
void reconcile_wake(struct core *c, size_t log);
void reconcile_refused(struct core *c, struct link *l, const struct request *r, bool busy);
/* Ask for the proof between two sizes; false: too many requests wait. */
bool reconcile_ask(struct core *c, struct link *link, size_t log, uint64_t from, uint64_t to, bool for_target);
/* A log is followed on: look at the heads that were put aside. */
void reconcile_reopen(struct core *c, size_t log);
/* A signed head of this size and another root, wherever we have met it but on this link: together they are evidence.
 * NULL: none.  *ours: it is one that we hold or are after, and not only another peer's. */
const struct head *reconcile_clashing(const struct core *c, const struct link *but, size_t log, const struct head *seen,
                                      bool *ours);
/* Look again at what waits, in a second. */
void reconcile_later(struct core *c);
/* The read for a root check failed: look again later. */
void reconcile_retry(struct core *c, struct job *job);
/* Can any link serve a tree of that size? */
bool reconcile_served(const struct core *c, size_t log, uint64_t size);

/* target.c: the way back to a target */
/* Go on with a target from before a restart, a lost link, a failed store or another head. */
void target_seek(struct core *c, size_t log);
/* A signed head that carries our witness's cosignature, and is known to extend the first base entries, becomes the
 * target once it is durable.  Gives the number of the write. */
uint64_t target_adopt(struct core *c, size_t log, const struct head *h, uint64_t base);
/* The target once more, with the key statements that it rests on: whoever told it first had left them out. */
void target_vouched(struct core *c, size_t log, const struct head *h);
/* The answer to a proof that was asked for the target's sake. */
CHECKED int target_consistency(struct core *c, struct link *link, const struct request *r, const struct hash *old_root,
                               const struct hash *hashes, size_t count, struct err *err);

/* witness.c */
/* This head is held whole, durably, and its root was checked: cosign and store it.  As witness unless something larger
 * was seen, as mirror unless it may contradict that (strayed). */
void witness_complete(struct core *c, size_t log, const struct head *done);
/* A complete head with other lines than before; gives the number of the write. */
uint64_t witness_store_head(struct core *c, size_t log, const struct head *h);
/* Append a signed note with our cosignatures: those wanted and not there are made; one of our mirror that is not wanted
 * is left out. */
void witness_sign(struct core *c, size_t log, struct bytes raw, bool as_witness, bool as_mirror, struct buf *out);
/* What our own cosignatures on the stored heads say of the time: later ones are not earlier. */
void witness_restore_time(const struct core *c, struct log *l);
/* The cosignatures on a head of that log, by witnesses and by mirrors that we know; those of the log's own operator do
 * not count, and those of witnesses outside on our own log only, which alone they are asked about. */
void witness_count(const struct core *c, size_t log, struct bytes note, size_t *witnesses, size_t *mirrors);
/* How many witnesses could be among them. */
size_t witness_all(const struct core *c, size_t log);
/* The names, in the arena, of those whose cosignature the log's head lacks; without a head nobody's. */
void witness_missing(const struct core *c, size_t log, struct arena *arena, const char ***names, size_t *count);
/* Append ours with the lines of theirs, a note on the same text, that ours lacks and that a cosigner whom we know made.
 * False: there were none, and nothing is appended. */
bool witness_union(const struct core *c, struct bytes ours, struct bytes theirs, struct buf *out);
/* Take over cosignatures of the same head that we lack.  False: the head is on its way to the disk, ask again. */
CHECKED bool witness_merge(struct core *c, size_t log, const struct head *seen);
/* Does this head, the same as ours, lack a cosignature of ours?  Then its holder has lost it: a disk may fail after the
 * announcement that brought it was acknowledged. */
bool witness_forgotten(const struct core *c, size_t log, const struct head *seen);
/* Append the note with only the lines that are the log's, or a cosignature that verifies by a witness or mirror that we
 * know.  Its keys are those of known, and a few that nobody knows yet.  Without cosigners only the log's. */
void witness_clean(const struct core *c, size_t log, const struct keys *known, bool cosigners, const struct note *note,
                   struct buf *out);

/* Our key of a role is another one than when we cosigned this head: do so again. */
void witness_renew(struct core *c, size_t log);

/* cosigned.c: the newest head that enough witnesses have cosigned */
/* Have enough witnesses signed this head of the log? */
bool cosigned_enough(const struct core *c, size_t log, struct bytes note);
/* The log has another head, durable; was, NULL for none, is the one before. */
void cosigned_head(struct core *c, size_t log, const struct head *was);
/* This head, signed by the log and clean, was announced. */
void cosigned_heard(struct core *c, size_t log, const struct head *seen);
void cosigned_stored(struct core *c, size_t log, const struct head *head);
void cosigned_free(struct log *log);

/* evidence.c */
/* Two signed heads that contradict each other.  False: they tell nothing new (verdict.h), and nothing was done. */
bool evidence_found(struct core *c, size_t log, const struct head *smaller, const struct head *larger,
                    const struct hash *old_root, const struct hash *hashes, size_t count);
CHECKED int evidence_received(struct core *c, struct link *l, uint64_t id, struct bytes file, struct err *err);
/* The same from anywhere: verify, keep, freeze.  ERR_NOT_FOUND: an origin that we do not know. */
CHECKED int evidence_take(struct core *c, struct bytes file, size_t *log, struct err *err);
void evidence_stored(struct core *c, size_t log);
void evidence_send(struct core *c, struct link *l, size_t log);
/* Write the evidence that is only in memory, if there is any. */
void evidence_store(struct core *c, size_t log);
/* Put what the store holds beside what memory has. */
void evidence_restore(struct log *l, struct bytes stored);
/* Frozen and undecided: say so now and then. */
void evidence_remind(struct core *c, size_t log);

/* verdict.c */
void verdict_ask(struct core *c, const struct event *event);
/* An entry of our own log is durable.  True: it is a verdict, to be carried out with verdict_apply. */
bool verdict_note(struct core *c, struct bytes payload);
/* What the store has of a log is in place, evidence too: our own log's verdicts come into force again. */
void verdict_restore(struct core *c, const struct log *log, const struct origin_state *state);
/* Evidence or verdict changed: what becomes of the log? */
void verdict_apply(struct core *c, size_t log);
void verdict_close(struct core *c);

/* handover.c: what an operator hands over from a bundle file */
void handover_event(struct core *c, const struct event *event);
/* Answer what waits for that log and is durable now; or all of it, with a failure. */
void handover_settle(struct core *c, size_t log);
void handover_fail(struct core *c, size_t log, const char *why);
/* Its head of that size will never be taken: it rests on a key that the log's own statements do not bear out. */
void handover_unfounded(struct core *c, size_t log, uint64_t size, const char *why);
void handover_free_all(struct core *c);

/* backfill.c: payloads that are held without */
void backfill_pump(struct core *c, size_t log);
/* There may be something new to be had: begin a round at once. */
void backfill_wake(struct core *c, size_t log);
/* A head is held whole: was anything missing among what came since the last? */
void backfill_head(struct core *c, size_t log);
/* Something was heard: a peer that offers a log for the first time may have what nobody had. */
void backfill_offered(struct core *c, link_id link);
void backfill_stop(struct log *l);
/* NULL: the read failed. */
void backfill_read(struct core *c, size_t log, uint64_t op, const struct read_answer *answer);
/* ERR_UNTRUSTED or ERR_PROTOCOL: nothing of it was kept. */
CHECKED int backfill_answer(struct core *c, size_t log, link_id link, uint64_t request,
                            const Normlink__PayloadsResponse *answer, struct err *err);
void backfill_stored(struct core *c, size_t log);
void backfill_refused(struct core *c, size_t log, link_id link, uint64_t request);
void backfill_link_lost(struct core *c, link_id link);

/* share.c: sharing statements as they become durable, and what they mean for an answer */
/* Keep the sharing statements of a write until it is done; then obey them, when they are durable, and forget them. That
 * memory was read again meanwhile does not matter. */
void share_note(struct pending_store *s, const struct store_write *w);
void share_stored(struct core *c, struct pending_store *s, int code);
void share_forget(struct pending_store *s);
void share_restore(struct core *c, struct log *l, const struct origin_state *state);
/* Take from an answer what the peer may not have.  The write that says who gets what; NULL: all of it is public. */
struct store_write *share_screen(struct core *c, struct job *job, const struct link *link);

/* status.c */
/* A head of our own log is durable: note who has cosigned it. */
void status_confirmed(struct core *c);
