/* event: what goes into the core: the shell and the simulator make these, by the rules of effect.h.
 *
 * Memory: an event borrows what it points to for the length of core_step, but for what says otherwise.
 * Thread: the loop's.
 */
#pragma once

#include "node/core/effect.h"

enum event_kind {
	EV_TICK,      /* time passed; also whenever now >= core_next_tick() */
	EV_LINK_UP,   /* an authenticated link with a known peer */
	EV_LINK_DOWN, /* it is gone */
	EV_DIAL_FAILED,
	EV_FRAME,      /* one frame arrived on a link */
	EV_SUBMIT,     /* records to append to our own origin */
	EV_VERDICT,    /* the operator decides about an origin that forked; answered as an EV_SUBMIT is */
	EV_HANDOVER,   /* parts of a bundle file, brought by the operator; answered by one FX_HANDED */
	EV_CHECKPOINT, /* a checkpoint to be witnessed, through HTTP; answered by one FX_ANSWER */
	EV_UPLOAD,     /* entries of another's log, likewise */
	EV_ASKED,      /* the answer to an FX_ASK, or why there is none */
	EV_QUERY,      /* a question for peers, too; answered by one FX_QUERIED unless */
	EV_QUERY_GONE, /* nobody waits for it any more */
	EV_SEARCHED,   /* the answer to an FX_SEARCH */
	EV_STORED,
	EV_READ,
	EV_LOADED,
	EV_RESUME, /* an operator's word: no other copy of this node's folder will ever run (guard.h) */
};

struct event {
	enum event_kind kind;
	uint64_t mono_ms; /* never goes back */
	uint64_t wall_ms; /* since 1970; may jump */
	uint64_t random;  /* fresh for each event */
	union {
		struct {
			link_id link;
			uint32_t peer;    /* index as given by core_add_peer */
			bool dialed;      /* by us */
			int code;         /* EV_LINK_DOWN, EV_DIAL_FAILED: why */
			const char *text; /* likewise; borrowed */
		} link;
		struct {
			link_id link;
			struct bytes raw; /* a Frame without its length prefix; borrowed */
		} frame;
		struct {
			uint64_t op;
			size_t count;                   /* 1 to SUBMIT_ENTRIES_MAX */
			const struct bytes *payloads;   /* serialised, valid SignedRecords; borrowed */
			const char *collection;         /* NULL: public */
			const char *const *collections; /* one for each payload, in place of it; NULL: all are of one */
		} submit;
		struct {
			uint64_t op, old_size;          /* op is the interpreter's, and comes back in FX_ANSWER */
			const struct tree_proof *proof; /* borrowed */
			struct bytes note;              /* likewise */
		} checkpoint;
		struct {
			uint64_t op;
			const struct upload *upload; /* upload.h; borrowed with what it borrows */
		} upload;
		struct {
			uint64_t op;
			int code, status;  /* OK and HTTP's, or why there is none */
			struct bytes body; /* at most ASK_ANSWER_MAX; borrowed, as text is */
			const char *text;
		} asked;
		struct {
			uint64_t op;
			const char *origin; /* these are borrowed */
			const char *reason;
			bool abandon;              /* else release */
			uint8_t nonce[NONCE_SIZE]; /* random */
		} verdict;
		struct {
			uint64_t op;
			size_t count;              /* 1 to HANDOVER_PARTS_MAX */
			const struct bytes *parts; /* each a Handover (clause 9.4); borrowed */
		} handover;
		const struct federated_wish *query; /* borrowed */
		struct {
			uint64_t op; /* of the EV_QUERY */
		} gone;
		struct {
			uint64_t op;
			int code;
			const char *text;                   /* borrowed; why not OK */
			const struct search_answer *answer; /* NULL unless OK; borrowed */
		} searched;
		struct {
			uint64_t op;
			int code;
			const char *text; /* borrowed; NULL when OK */
		} stored;
		struct {
			uint64_t op;
			int code;
			struct read_answer *answer; /* NULL unless OK; the caller frees what the core did not take */
		} read;
		struct {
			const char *origin;
			int code;
			struct origin_state *state; /* NULL unless OK; borrowed */
		} loaded;
	} u;
};
