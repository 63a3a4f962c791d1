/* guests: whoever comes to the core through HTTP, and whom it asks there.  For this room only.
 *
 * Owner: the core; each list's oldest stands first, or does not matter.
 */
#pragma once

#include "crypto/note.h"
#include "crypto/tree.h"
#include "node/core/core.h"

struct log;

/* A signed head: the note as bytes, and what it says. */
struct head {
	struct buf note; /* empty: there is none */
	uint64_t size;
	struct hash root;
	struct buf keys; /* the statements that its key rests on, as keys_pack: told by a peer, not found in the log yet */
};

/* A checkpoint that was brought through HTTP, until it is answered. */
struct visit {
	struct visit *next; /* oldest first */
	uint64_t op;        /* to answer */
	size_t log;
	uint64_t old_size;
	struct tree_proof proof;
	struct head head;  /* its text and the log's signature, verified */
	uint64_t store_op; /* 0: waits for its turn */
	struct buf line;   /* our cosignature, told once it is durable */
};

/* An upload of entries, until it is answered. */
struct carry {
	struct carry *next;
	uint64_t op; /* to answer */
	size_t log;
	struct head head; /* the pending checkpoint that it leads to */
	uint64_t reached; /* entries up to here were checked; of a log outside they are held, or on their way to the disk */
	uint64_t store_op;    /* the last write of them; 0: durable */
	uint64_t head_op;     /* the write of the mirror's checkpoint; 0: not yet */
	uint64_t deadline_ms; /* mono: of a peer's log, whose entries others bring: no longer than so; 0: of one outside */
};

/* A witness outside, and where we stand with it: ask.c. */
struct asked {
	char name[NAME_MAX_BYTES + 1];
	struct vkey key;
	char url[URL_MAX_BYTES + 1]; /* empty: not asked */
	enum ask_state { ASK_IDLE, ASK_PROVING, ASK_ASKED } state;
	uint64_t op;       /* ASK_ASKED */
	struct head head;  /* the last that it was asked about */
	struct buf line;   /* its cosignature on that, not yet in our head */
	uint64_t known;    /* the size that it has of our log, as far as we know */
	unsigned failures; /* in a row */
	unsigned corrected;
	uint64_t next_ms;                  /* mono: not before */
	uint64_t next_wall_ms, last_ok_ms; /* wall */
	char last_error[160];
};

/* door.c: checkpoints through HTTP */
void door_checkpoint(struct core *c, const struct event *event);
/* That write is done. */
void door_stored(struct core *c, uint64_t op, int code);
/* Look at what waits for its turn. */
void door_wake(struct core *c, size_t log);
/* The head that our witness cosigned last; NULL: none. */
const struct head *door_latest(const struct log *l);
void door_free_visit(struct visit *v);

/* upload.c: entries through HTTP */
void upload_take(struct core *c, const struct event *event);
void upload_stored(struct core *c, uint64_t op, int code);
void upload_wake(struct core *c, size_t log);
/* Time has passed: some have waited long enough. */
void upload_tick(struct core *c);
/* A durable target of a log outside. */
void upload_remember(struct log *l, const struct head *h);
void upload_free_carry(struct carry *u);

/* ask.c: witnesses outside */
/* Ask whoever has not cosigned our head, where it is time. */
void ask_wake(struct core *c);
void ask_answered(struct core *c, const struct event *event);
/* The proof from what the witness has to our head, or that there is none now. */
void ask_proved(struct core *c, uint32_t witness, const struct tree_proof *proof);
void ask_unproved(struct core *c, uint32_t witness);
void ask_free(struct asked *w);
