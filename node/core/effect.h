/* effect: what comes out of the core, and what it has the store do; what goes in is in event.h.
 *
 * The core is one function, core_step(state, event) -> effects.  The shell and the simulator are the two
 * interpreters of these structs.  Rules for an interpreter:
 *
 *   1. Effects are carried out in order.  Those of one call that follow an FX_STORE do not wait for it: what
 *      must wait for durability is emitted by the core only after the EV_STORED.
 *   2. Every FX_STORE is answered by one EV_STORED, every FX_READ by one EV_READ, every FX_RELOAD by one
 *      EV_LOADED, every FX_DIAL by one EV_LINK_UP or EV_DIAL_FAILED.  FX_STOREs are carried out in the order
 *      given, each wholly or not at all, and answered in that order.  An FX_RELOAD is carried out after the
 *      FX_STOREs before it, and its EV_LOADED comes after their EV_STOREDs.
 *   3. A link number is never used twice.  After EV_LINK_DOWN or FX_CLOSE nothing more arrives for that link.
 *
 * Memory: an effect owns what it carries.  An interpreter that keeps a part takes it (buf_take, or moving the
 * pointer and leaving NULL); effects_clear frees what is left.
 * Thread: the loop's.  A struct store_write may be moved to the writer's thread whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/tree.h"
#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/base/limits.h"
#include "node/core/federate.h"
#include "node/core/outcome.h"
#include "proto/entry.h"

/* One entry with its payload.  Borrows from the arena of whatever struct holds it. */
struct entry {
	struct bytes envelope;
	struct bytes payload; /* empty unless present */
	enum payload_state state;
	bool counts; /* in writes: it is a key statement that counts (clause 2.10) */
};

/* Something to make durable.  Owned by one holder; freed with store_write_free. */
struct store_write {
	uint64_t op; /* comes back in EV_STORED */
	enum store_write_kind {
		WRITE_ENTRIES,  /* append entries [start, start + count) to an origin's log, and head if not empty */
		WRITE_HEAD,     /* an origin's complete head: held whole, root checked; replaces the one before */
		WRITE_TARGET,   /* the newest signed head seen, not yet held whole; an empty one takes the last away */
		WRITE_EVIDENCE, /* freezes the origin */
		WRITE_PAYLOADS, /* of entries that are held without theirs; what is there or redacted stays as it is */
		WRITE_AUDIT,    /* who is about to receive what of a collection that is not public, or has it withheld */
		WRITE_COSIGNED, /* an older head of which every entry is held, and that enough witnesses have cosigned by now */
	} kind;
	char origin[NAME_MAX_BYTES + 1];
	/* WRITE_ENTRIES */
	uint64_t start; /* must be the size that the store holds */
	size_t count;
	struct entry *entries;
	struct hash *leaves; /* count leaf hashes */
	struct hash root;    /* of the first start + count entries */
	/* WRITE_HEAD, WRITE_TARGET, WRITE_COSIGNED; WRITE_ENTRIES of our own origin.  A signed note with every cosignature
	 * known. */
	struct bytes head;
	uint64_t head_size;
	struct hash head_root;
	struct bytes head_keys; /* WRITE_TARGET: key statements that it rests on (keys_pack in keys.h) */
	bool head_cosigned;     /* WRITE_HEAD, WRITE_ENTRIES: enough witnesses did: it is the newest cosigned head, too */
	bool own;               /* WRITE_ENTRIES: of our own origin, whose statements about logs bind this node */
	/* WRITE_EVIDENCE: an evidence file (clause 8.1).  Kept beside older ones; the same as the newest is kept once. */
	struct bytes evidence;
	/* WRITE_PAYLOADS: count entries (payloads alone, compared with their envelopes), by index.  WRITE_AUDIT: count
	 * entries, state says what the peer gets. */
	uint64_t *indexes;
	char peer[NAME_MAX_BYTES + 1]; /* WRITE_AUDIT: the peer's origin */
	uint64_t wall_ms;              /* now, as the core has it */
	size_t weight;                 /* bytes held, for queue limits */
	struct arena arena;            /* owns everything above */
};

void store_write_free(struct store_write *w);

/* Something to read for the core. */
struct store_read {
	uint64_t op;
	char origin[NAME_MAX_BYTES + 1];
	uint64_t start, end;  /* entries wanted; start == end: none */
	size_t payload_bytes; /* stop adding payloads when this is passed (at least one is given) */
	bool want_leaves;     /* the leaf hashes of bundle number leaves_bundle */
	uint64_t leaves_bundle;
	/* Instead of a range: these entries; or the first entries from start on, at most PAYLOADS_ASKED_MAX, of the
	 * collection (empty: public) that are held without payload and not redacted. */
	uint64_t indexes[PAYLOADS_ASKED_MAX];
	size_t index_count;
	bool want_missing;
	char collection[CODE_MAX + 1];
};

/* The answer.  Owned by the event; the core may take the arena. */
struct read_answer {
	size_t count;          /* envelopes given: end - start */
	struct entry *entries; /* state and payload are set for the first payloads of them */
	size_t payloads;
	struct hash leaves[BUNDLE_ENTRIES];
	size_t leaf_count;
	uint64_t indexes[PAYLOADS_ASKED_MAX]; /* of the entries, when no range was asked for */
	struct arena arena;
};

/* An entry that is a statement about a log (kinds of clause 2.7). */
struct log_statement {
	uint64_t index;
	struct bytes payload;
};

/* What the store knows of one origin, to start from. */
struct origin_state {
	char origin[NAME_MAX_BYTES + 1];
	uint64_t size;                    /* entries held */
	struct hash *roots;               /* floor(size / 256), level 8 */
	struct hash *tail;                /* size mod 256 */
	struct bytes head;                /* signed note; empty when there is none */
	struct bytes target;              /* likewise; empty when the head is the newest seen */
	struct bytes cosigned;            /* likewise: the newest that enough witnesses have cosigned; empty: none yet */
	struct bytes target_keys;         /* as they were written with it */
	struct bytes evidence;            /* the newest file; empty: none */
	struct log_statement *statements; /* by index; of each kind at most STATEMENTS_MAX, the newest; no redactions */
	size_t statement_count;
	struct log_statement *keys; /* the key statements among its entries (clause 2.10), all by index */
	size_t key_count;
	struct arena arena;
};

void origin_state_free(struct origin_state *s);

enum effect_kind {
	FX_SEND,  /* u.send.frame: bytes for the link, length prefix included */
	FX_CLOSE, /* end the link (after what was sent), with a reason */
	FX_DIAL,  /* connect to a peer */
	FX_STORE,
	FX_READ,
	FX_RELOAD,      /* the origin's state in memory is not to be trusted any more: read it again */
	FX_REPLY,       /* the outcome of an EV_SUBMIT or EV_VERDICT, durable */
	FX_ANSWER,      /* the outcome of an EV_CHECKPOINT or EV_UPLOAD; ANSWER_OK only once it is durable */
	FX_ASK,         /* POST to a witness outside; answered by one EV_ASKED, in ASK_TIMEOUT_MS */
	FX_HANDED,      /* the outcome of an EV_HANDOVER, durable */
	FX_SEARCH,      /* what our own store finds for a question; answered by one EV_SEARCHED */
	FX_SEARCH_GONE, /* nobody waits for an FX_SEARCH any more: what it finds need not be told */
	FX_QUERIED,     /* the outcome of an EV_QUERY, by its deadline */
	FX_NOTE,        /* for the operator's log */
	FX_OPENED,      /* our log may be signed: the high-water mark is an ordinary one again */
};

struct effect {
	enum effect_kind kind;
	union {
		struct {
			link_id link;
			struct buf frame;
		} send;
		struct {
			link_id link;
			int code;
			char text[160];
		} close;
		struct {
			uint32_t peer;
		} dial;
		struct store_write *store;
		struct store_read read;
		struct {
			char origin[NAME_MAX_BYTES + 1];
		} reload;
		struct {
			uint64_t op;
			int code;
			char text[160];
			uint64_t first; /* index of the first entry */
			uint64_t count;
			uint64_t size; /* of the origin after it */
		} reply;
		struct {
			uint64_t op;
			enum answer_outcome outcome;
			uint64_t size;   /* ANSWER_CONFLICT, ANSWER_PARTIAL: of a head that was cosigned */
			uint64_t next;   /* likewise for an upload: the first entry that is not held */
			struct buf text; /* ANSWER_OK: signature lines; else a line for a person, maybe empty */
		} answer;
		struct {
			uint64_t op;
			char url[URL_MAX_BYTES + 32];
			struct buf body;
		} ask;
		struct {
			uint64_t op;
			int code;
			char text[160]; /* why not OK */
		} handed;
		struct search_wish search;
		struct {
			uint64_t op;
		} search_gone;
		struct {
			uint64_t op;
			int code;
			char text[160]; /* why not OK */
			struct federated_answer *answer;
		} queried;
		struct {
			int level; /* enum log_level */
			char event[32];
			char text[320]; /* key=value ... */
		} note;
	} u;
};

struct effects {
	struct effect *v;
	size_t count;
	size_t cap;
};

/* One more effect of that kind, zeroed; for the core's own use.  The pointer lives until the next one. */
struct effect *effects_add(struct effects *fx, enum effect_kind kind);

/* Free what the effects still own and forget them; the array stays for reuse.  effects_free also gives the
 * array back. */
void effects_clear(struct effects *fx);
void effects_free(struct effects *fx);
