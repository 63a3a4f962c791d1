/* links: what the files about peers and their requests do for the rest.  For this room only; see parts.h.
 */
#pragma once

#include "node/core/state.h"

/* peer.c: links */
void peer_link_up(struct core *c, const struct event *event);
void peer_link_down(struct core *c, const struct event *event);
void peer_dial_failed(struct core *c, const struct event *event);
void peer_frame(struct core *c, const struct event *event);
void peer_tick(struct core *c);
uint64_t peer_next_tick(const struct core *c);
void peer_close(struct core *c, struct link *l, int code, const char *text);
void peer_send(struct core *c, struct link *l, Normlink__Frame *frame);
void peer_ack(struct core *c, struct link *l, uint64_t id);
/* Of what is counted as being served, and of a question, which is not. */
void peer_fail(struct core *c, struct link *l, uint64_t id, unsigned code, const char *text);
void peer_fail_query(struct core *c, struct link *l, uint64_t id, unsigned code, const char *text);
/* Announce the log's head on every link that has not heard of it. */
void peer_announce(struct core *c, size_t log);
/* Note a request of ours; NULL when too many wait. */
struct request *peer_request(struct core *c, struct link *l, enum request_kind kind, size_t log);
void peer_free_link(struct core *c, struct link *l);
void peer_grow_channels(struct core *c);

/* Codes of a Failure, clause 4.6. */
enum {
	FAILURE_UNSUPPORTED = 1,
	FAILURE_NOT_HELD = 2,
	FAILURE_LIMIT = 3,
	FAILURE_BUSY = 4,
	FAILURE_MALFORMED = 5,
	FAILURE_ASKED = 6,
};

/* serve.c: reads, and answers to peers */
void serve_consistency(struct core *c, struct link *l, uint64_t id, const Normlink__ConsistencyRequest *r);
void serve_entries(struct core *c, struct link *l, uint64_t id, const Normlink__EntriesRequest *r);
void serve_payloads(struct core *c, struct link *l, uint64_t id, const Normlink__PayloadsRequest *r);
/* Read which entries from start on are held without payload; backfill_read is called with the op given. */
uint64_t serve_missing(struct core *c, size_t log, uint64_t start, const char *collection);
/* A WRITE_AUDIT is done: its answer may go. */
void serve_audited(struct core *c, uint64_t op, int code);
void serve_check_root(struct core *c, size_t log, link_id link, uint64_t size);
/* Compute the proof from one size of our log to another, for a witness: ends in ask_proved or ask_unproved. */
void serve_prove_for(struct core *c, uint32_t witness, uint64_t old_size, uint64_t new_size);
void serve_read(struct core *c, struct event *event);
void serve_free_job(struct job *job);
/* The index of an origin's log, or SIZE_MAX. */
size_t serve_find_log(const struct core *c, const char *origin);
