/* limits: everything that an outsider can make bigger, in one place.
 *
 * What foreign documents may have is in limits_ingest.h, what questions may in limits_search.h, what walks from record
 * to record may in limits_walk.h: these come with this.
 * Sizes in bytes, times in milliseconds, unless the name says otherwise.
 */
#pragma once

#include <stdint.h>

#include "node/base/limits_ingest.h"
#include "node/base/limits_search.h"
#include "node/base/limits_walk.h"

#define TIME_MAX_MS UINT64_C(253402300799999) /* clause 1.1: the end of the year 9999 */

enum {
	/* Formats (proto/README.md; C2SP). */
	ENVELOPE_MAX = 512,           /* clause 1.1 */
	PAYLOAD_MAX = 256 * 1024,     /* clause 1.2: one SignedRecord */
	FRAME_MAX = 1024 * 1024,      /* clause 4.1: length prefix not counted */
	ENTRY_MAX = 65535,            /* tlog-tiles: uint16 length */
	NONCE_SIZE = 16,              /* clause 1.2 */
	BUNDLE_ENTRIES = 256,         /* tlog-tiles: entries in a full bundle */
	TILE_HEIGHT = 8,              /* tlog-tiles */
	PROOF_HASHES_MAX = 63,        /* tlog-witness, tlog-mirror */
	NAME_MAX_BYTES = 255,         /* origin and key names */
	NOTE_MAX = 128 * 1024,        /* signed-note: 16 signatures of nearly 5 kB, before base64 */
	NOTE_SIGNATURES_MAX = 64,     /* signed-note wants at least 16 */
	CHECKPOINT_LINES_MAX = 16,    /* origin, size, root and extension lines */
	PROOF_FILE_MAX = 1024 * 1024, /* one .tlog-proof with its extra line */
	EVIDENCE_MAX = 264 * 1024,    /* clause 8: two notes, a root, 63 hashes */
	POLICY_MAX = 256 * 1024,      /* one tlog-policy file */
	POLICY_ITEMS_MAX = 256,       /* logs, witnesses, groups: each; the spec wants 32 */
	CARD_MAX = 8 * 1024,          /* one node card, one node configuration */
	KEY_FILE_MAX = 4 * 1024,
	KEY_CHANGES_MAX = 64,         /* clause 2.10: statements that count for one role of one log */
	KEY_STATEMENT_MAX = 4 * 1024, /* the payload of one */

	/* Records (proto/README.md, clause 2). */
	RECORD_MAX = 252 * 1024, /* one serialised Record: leaves a payload room for its signatures */
	RECORD_BODY_FIRST = 16,  /* clause 2.6: the fields that are bodies of kinds */
	RECORD_BODY_LAST = 127,
	RECORD_TEXTS_MAX = 256,
	RECORD_LIST_MAX = 4096, /* any other repeated field */
	TEXT_MAX = 64 * 1024,   /* one language-tagged text */
	SUBJECT_MAX = 255,      /* one designator, one origin */
	CODE_MAX = 64,          /* one ICS, CCS, stage, date, language tag */
	LABEL_MAX = 1024,       /* any other one-line text: publisher, committee, edition, source */
	AUTHOR_SIGNATURES_MAX = 16,
	RECOGNITION_MAX = 256,     /* clause 2.11: parties, and standards of one group */
	AUTHOR_KEY_MAX = 512,      /* clause 2.15: a submitter's public key */
	SUBMITTERS_MAX = 4096,     /* authors in a list of them */
	SUBMITTER_LIST_MAX = 64,   /* clause 2.15: kinds, prefixes of one author */
	SHARING_ORIGINS_MAX = 256, /* nodes that one collection is shared with */
	JSON_DEPTH_MAX = 16,
	JSON_MAX = 8 * 1024 * 1024, /* one JSON document read */

	/* Peer protocol (clause 4). */
	PEERS_MAX = 256,
	ORIGINS_MAX = 256,
	LINKS_MAX = 1024, /* accepted and dialed together */
	LINKS_UNAUTHENTICATED_MAX = 64,
	TLS_CERTIFICATE_MAX = 16 * 1024,   /* what a peer may show before it is known */
	REQUESTS_IN_FLIGHT_MAX = 64,       /* unanswered requests from one peer */
	FETCH_WINDOW = 24,                 /* bundles asked for and not yet stored, one origin */
	COSIGN_WAITING_MAX = 16,           /* heads of one log that wait for cosignatures beside the newest */
	SERVE_BYTES_MAX = 8 * 1024 * 1024, /* queued to one peer before reading it stops */
	HELLO_TIMEOUT_MS = 10 * 1000,
	REQUEST_TIMEOUT_MS = 30 * 1000,
	BUSY_PAUSE_MS = 500, /* before a peer that was busy is asked again */
	PING_AFTER_MS = 15 * 1000,
	DEAD_AFTER_MS = 45 * 1000,
	DIAL_BACKOFF_MIN_MS = 200,
	DIAL_BACKOFF_MAX_MS = 60 * 1000,
	DIAL_TIMEOUT_MS = 10 * 1000,
	DIAL_SETTLED_MS = 10 * 1000,         /* a link that lived so long starts the backoff anew */
	SUBMIT_ENTRIES_MAX = 4096,           /* entries in one append */
	SUBMIT_BYTES_MAX = 32 * 1024 * 1024, /* payloads in one append */
	CHECKPOINT_TEXT_MAX = 8 * 1024,      /* clause 4.4: the signed text of an announced head */
	FRAME_MEMORY_MAX = 4 * 1024 * 1024,  /* one decoded frame */
	VISITS_MAX = 4096,                   /* checkpoints brought through HTTP and not answered yet */
	WITNESSES_MAX = 32,                  /* witnesses outside that are asked to cosign our head */
	URL_MAX_BYTES = 500,                 /* of one of them */
	ASK_TIMEOUT_MS = 15 * 1000,          /* one request to it, from its beginning to the end of the answer */
	ASK_ANSWER_MAX = 64 * 1024,          /* of which so much is taken */
	UPLOADS_MAX = 4,                     /* large uploads of entries at once, their bodies in memory */
	UPLOADS_WAITING_MAX = 64,            /* uploads that are not answered yet */
	UPLOAD_WAIT_MS = 4 * 1000,           /* for peers to bring what an upload of a peer's log is to end with */
	UPLOAD_PACKAGES_MAX = 64,            /* of one upload; what follows is left for the next (tlog-mirror: 32) */
	UPLOAD_BODY_MAX = 20 * 1024 * 1024,  /* one upload, packed and unpacked */
	FETCH_BUNDLES_MAX = 64,              /* bundles asked for and not yet with the store, all origins but one each */
	PAYLOADS_ASKED_MAX = 64,             /* clause 4.8: indexes in one PayloadsRequest */
	SHARING_COLLECTIONS_MAX = 64,        /* of one origin, those stated last; others are shared with nobody */
	BACKFILL_MIN_MS = 10 * 1000,         /* after a round that brought nothing, doubling */
	BACKFILL_MAX_MS = 10 * 60 * 1000,
	SERVE_READS_MAX = 4,                 /* reads of the store at once for one peer */
	SERVE_PAYLOAD_BYTES = 700 * 1024,    /* payloads in one EntriesResponse, before the last */
	REFUSED_REST_MS = 1000,              /* before asking again a peer that answered with Failure */
	REQUEST_LIFE_MAX_MS = 5 * 60 * 1000, /* a request's deadline, however lively the link is otherwise */
	STATEMENTS_MAX = 4096,               /* log statements of one kind that a core starts from, one origin */
	STATEMENT_KINDS_MAX = 27,            /* clause 2.6 has no room for more */
	FORK_REMIND_MS = 60 * 60 * 1000,     /* between two lines about a fork that nobody has judged */
	STORE_RETRY_MIN_MS = 1000,           /* after a failed write, doubling */
	STORE_RETRY_MAX_MS = 60 * 1000,
	GUARD_WAIT_MS = 5 * 1000, /* that peers have to say what they hold of our log, before it is signed after a start */

	/* Queries that are passed on (clause 4.9). */
	QUERY_ID_SIZE = 16,
	FEDERATED_HITS_MAX = 200,            /* in one answer, */
	FEDERATED_ANSWER_BYTES = 900 * 1024, /* with heads and proofs */
	FEDERATED_HOPS_MAX = 3,
	FEDERATED_VISITED_MAX = 256,             /* names of nodes in one QueryRequest */
	FEDERATED_LINES_MAX = 256,               /* lines about peers in one QueryResponse */
	FEDERATED_PER_PEER_MAX = 8,              /* of one peer's, or asked of it, and not answered yet */
	FEDERATED_SERVED_MAX = 64,               /* of all peers', */
	FEDERATED_OWN_MAX = 32,                  /* and of our own callers' */
	FEDERATED_FOUND_BYTES = 8 * 1024 * 1024, /* entries that our own store gives for one */
	FEDERATED_LINES_KEPT_MAX = 1024,         /* lines about peers in the answer to a caller */
	FEDERATED_REMEMBERED = 1024,             /* asks that are known again when they come by another way */
	FEDERATED_HEADS_REMEMBERED = 256,        /* whose signatures were checked, and hold */
	FEDERATED_KEPT_MAX = 4096,               /* hits kept for one until it is answered, */
	FEDERATED_KEPT_BYTES = 32 * 1024 * 1024,
	FEDERATED_DEADLINE_MS = 2000, /* unless the caller says otherwise, from the least to the most: */
	FEDERATED_DEADLINE_MIN_MS = 50,
	FEDERATED_DEADLINE_MAX_MS = 10 * 1000,

	/* Bundle files (clause 9). */
	BUNDLE_LOGS_MAX = ORIGINS_MAX + 1,    /* origins in one file: ours and every peer's */
	BUNDLE_PART_PAYLOADS = 512 * 1024,    /* payloads in one part, before the last: with every envelope it fits */
	HANDOVER_PARTS_MAX = 64,              /* parts handed to the node at once */
	HANDOVER_PROOFS_MAX = 4,              /* consistency proofs beside a handed head */
	HANDOVER_BYTES_MAX = 8 * 1024 * 1024, /* bytes handed over at once, before the last part */

	/* Store. */
	STORE_QUEUE_BYTES_MAX = 32 * 1024 * 1024, /* writes waiting for the writer */
	STORE_BATCH_ROWS = 4096,                  /* rows in one transaction */
	READ_QUEUE_MAX = 1024,                    /* reads waiting for a reader */
	PREPARE_PAYLOAD_MAX = 16 * 1024,          /* a larger payload is opened alone, */
	PREPARE_ARENA_BYTES = 16 * 1024 * 1024,   /* and so is what does not fit in a run's memory */
	FORKS_SHOWN_MAX = 64,                     /* pieces of evidence about one origin in an answer */
	FACETS_MAX = 256,                         /* ICS codes of one record that can be searched for */
	INDEX_PASS_MAX = 512 * 1024,              /* entries that are collected at once for an index root */
	FIGURE_LANGUAGES_MAX = 500,               /* of translations, counted apart; the rest together */
	SEARCH_EXACT_MAX = 1000,                  /* records that a reference names, put first */
	STORE_IDLE_AFTER_MS = 100,                /* without a write before the store tidies up */
	STORE_IDLE_EVERY_MS = 20,                 /* between two steps of that */
	STORE_IDLE_FETCHED_MS = 2000,             /* likewise, when a peer has fetched something in that time */
	STORE_IDLE_STEPS_MAX = 1024,              /* tidying steps after one write; most have nothing to do */

	/* HTTP and queries. */
	HTTP_HEAD_MAX = 16 * 1024,
	HTTP_HEADERS_MAX = 100,
	HTTP_BODY_MAX = 16 * 1024 * 1024, /* local socket; the public side takes HTTP_PUBLIC_BODY_MAX */
	HTTP_PUBLIC_BODY_MAX = 128 * 1024,
	HTTP_CONNECTIONS_MAX = 512,
	HTTP_PIPELINE_MAX = 16,
	HTTP_HEAD_TIMEOUT_MS = 10 * 1000,
	HTTP_BODY_TIMEOUT_MS = 60 * 1000,
	HTTP_IDLE_TIMEOUT_MS = 60 * 1000,
	HTTP_REST_MS = 100,            /* after a request that was refused for its number, before the next is taken */
	HTTP_PIECE = 256 * 1024,       /* of an answer, that a client must take in HTTP_IDLE_TIMEOUT_MS */
	HTTP_UNSENT_MAX = 1024 * 1024, /* of answers on one connection before its next request waits */
	HTTP_UNSENT_ALL_MAX = 64 * 1024 * 1024, /* on all public connections, before no more is asked there */
	QUESTION_WORK_MAX = 100 * 1000 * 1000,  /* steps of the database's machine for one question of the public */
	QUESTION_TIME_MS = 10 * 1000,           /* from its arrival to its answer */
	QUESTION_LEFT_MS = 250,                 /* likewise, once its client has ended its side of the connection */
	LABELS_BYTES_MAX = 8 * 1024 * 1024,     /* of values whose numbers the writer remembers (store/labels), */
	LABELS_VALUE_MAX = 128,                 /* each at most so large */
	DESK_JOBS_MAX = 16,                     /* questions that the loop answers itself at once, */
	DESK_JOB_US = 500,                      /* and the time for one, before a reader has it; */
	DESK_HOLD_MS = 10,                      /* and that for which it keeps a snapshot */
	QUESTION_SLOW_MS = 100,                 /* of a reader's time: who asks such may not have all readers */
	QUESTION_SLOW_FOR_MS = 10 * 1000,       /* for so long after it */
	LANES_MAX = 1024,                       /* clients whose questions wait apart */
	CLIENT_RATE_DEFAULT = 1000,             /* ms of a reader's time in a second that one client may use, */
	CLIENT_RATE_MAX = 16 * 1000,
	CLIENT_BURST_S = 10,               /* and what it may have saved up */
	PACK_BODY_MIN = 1024,              /* an answer smaller than this is sent as it is, */
	PACK_BODY_MAX = 8 * 1024 * 1024,   /* and so is one that is larger */
	PACKED_SLOTS = 512,                /* packed bundles that one reader remembers, */
	PACKED_BUNDLE_MAX = 16 * 1024,     /* none of them larger */
	SUBMISSIONS_MAX = 16,              /* batches waiting to be taken in */
	EVENT_BYTES_MAX = 4 * 1024 * 1024, /* one event, or a line of it, that the command line takes */
	SUBMISSIONS_PUBLIC_MAX = 12,       /* of which the public side brings at most so many, */
	SUBMISSIONS_CLIENT_MAX = 3,        /* and one client so many */
	SUBMISSION_RECORDS_MAX = 64,       /* in one request of an author */
	SUBMISSION_BODY_MAX = 384 * 1024,  /* such a request */
	RATES_MAX = 8192,                  /* clients and authors whose rates are remembered, of either sort */
	SUBMIT_CLIENT_BURST = 120,         /* requests of one address at once, */
	SUBMIT_CLIENT_PER_MINUTE = 240,    /* and as time goes */
	SUBMIT_AUTHOR_BURST = 2048,        /* new records of one author, likewise */
	SUBMIT_AUTHOR_PER_MINUTE = 1200,
	FEEDBACK_CLIENT_BURST = 5, /* feedback from one address, and from all together */
	FEEDBACK_CLIENT_PER_HOUR = 20,
	FEEDBACK_ALL_BURST = 100,
	FEEDBACK_ALL_PER_HOUR = 1000,
	FEEDBACK_BODY_MAX = 64 * 1024,
	INDEX_QUIET_MS = 60 * 1000,         /* our log without a new entry before an index root is appended, */
	INDEX_LATEST_MS = 10 * 60 * 1000,   /* or since there was something to say in one */
	FEEDBACK_ANSWER_DAYS = 30,          /* that the operator has for the first step */
	FEEDBACK_PAGE = 64,                 /* pieces of feedback read at once, */
	FEEDBACK_ABOUT_MAX = 16,            /* references in one */
	FEEDBACK_LISTED_MAX = 10000,        /* shown, and counted for the metrics */
	CLIENT_BODY_MAX = 64 * 1024 * 1024, /* an answer that the command line takes */
	STREAMS_MAX = 256,                  /* answers that stay open */
	STREAM_PAUSE_MS = 250,              /* between two looks of one at what is new */
	STREAM_BEAT_MS = 15 * 1000,         /* without anything new before it says that it lives */
	CHANGES_STEPS_MAX = 512,            /* steps looked at for one answer about what is new, */
	HARVEST_COUNT_MAX = 256 * 1024,     /* entries counted for the size of a list */
	CHANGES_SCAN_MAX = 128 * 1024,      /* and entries: it says that there is more */
	LISTING_BYTES = 4 * 1024 * 1024,    /* payloads in one part of a listing, before the last */
	REVISIONS_MAX = 1000,
	ANSWER_CHANGES_MAX = 8 * 1024 * 1024, /* after so much of an answer, what changed is left out */
	ANSWER_PROOFS_MAX = 4 * 1024 * 1024,  /* likewise the proofs of hits */
	BULK_BODY_MAX = 64 * 1024 * 1024,     /* a whole log in one answer that does not come in chunks */
	WITHHELD_MAX = 1000,                  /* collections in an answer, */
	AUDIT_REFUSED_MAX = 1000,             /* likewise */
	ANSWER_RECORD_MAX = 16 * 1024 * 1024, /* memory for one decoded record of an answer */

	CLAIMS_MAX = 2 * ORIGINS_MAX, /* authority statements: each origin's claim, our opinion of it */
	ARENA_CAP = 64 * 1024 * 1024,
	SHUTDOWN_MS = 5 * 1000,
	LINGER_MS = 1000,         /* an ended connection is read from, so that the other side sees our last word */
	ACCEPT_PAUSE_MS = 1000,   /* after running out of descriptors */
	LOG_AGAIN_MS = 60 * 1000, /* between two lines about the same trouble */
};
