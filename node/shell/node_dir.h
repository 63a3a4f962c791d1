/* node_dir: the files of a data directory.
 *
 *     node.conf          name, origin, listen addresses
 *     keys/log.key       signs the origin's heads        0600
 *     keys/witness.key   signs heads that are consistent with all seen    0600
 *     keys/mirror.key    signs heads that are held whole 0600
 *     keys/tls.key       authenticates links             0600
 *     keys/tls.crt
 *     peers/NAME.card    whom this node trusts
 *     outside            logs that may be witnessed here, a tlog-policy; may be absent
 *     normlink.db        the store (-wal and -shm beside it while open)
 *     high-water         the highest head of our own made durable here (high_water.h)
 *     lock               held by the process that serves the directory; holds its pid
 *     socket             where that process takes local requests
 *     addresses          "peer: host:port", "http: host:port": where it listens, real ports (while running)
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "crypto/key.h"
#include "crypto/policy.h"
#include "crypto/tls.h"
#include "node/base/buf.h"
#include "node/base/err.h"
#include "node/shell/node_keys.h"
#include "proto/card.h"

enum { READERS_MAX = 16, CLIENT_RATE_OFF = -1 };

struct node_config {
	char name[CODE_MAX + 1];
	char origin[NAME_MAX_BYTES + 1];
	char peer_listen[NAME_MAX_BYTES + 1]; /* host:port; default 0.0.0.0:7443; "none" */
	char http_listen[NAME_MAX_BYTES + 1]; /* default 127.0.0.1:7080; "none" */
	char advertise[NAME_MAX_BYTES + 1];   /* the card's address; empty: the real peer address */
	char trusted_proxy[CODE_MAX];         /* the address of a proxy in front of http-listen; empty: none */
	char feedback[8];                     /* from the public: "on", "off" (default) */
	char index[8];                        /* index roots of our log, by itself: "on" (default), "off" */
	char feedback_text[16];               /* of it: "withheld" (default), "public" */
	int readers;                          /* reader threads, 1 to READERS_MAX; default 2 */
	int client_rate; /* ms of their time a second for one client; CLIENT_RATE_OFF; 0: the default, not on this machine
	                  */
	char quorum[16]; /* witnesses for a cosigned head: a number, "majority" (default), "all" */
	char admin_email[NAME_MAX_BYTES + 1]; /* for harvesters; empty: postmaster at the origin's host */
	char base_url[NAME_MAX_BYTES + 1];    /* where the world sees this node's HTTP; empty: as each request says */
};

struct node_dir {
	char path[1024];
	struct node_config config;
	struct hash log_digest; /* SHA-256 of the origin's name */
	struct node_keys keys;
	const struct skey *log_key; /* the first of each role: others know the node by it, or by one that follows it */
	const struct skey *witness_key;
	const struct skey *mirror_key;
	struct hash pin;
	struct hash secret; /* of this node alone, as lasting as the log key: for what it hands out and gets back */
	struct card *peers;
	size_t peer_count;
	struct policy *outside; /* NULL: there is no such file */
};

/* Make DIR with keys, certificate, configuration and an empty store; nothing is left behind when it fails.
 * ERR_EXISTS: DIR exists and is not empty. */
CHECKED int node_dir_init(const char *path, const struct node_config *config, struct err *err);

/* Read everything but the store.  ERR_NOT_FOUND: not a node's directory; ERR_UNTRUSTED: a key file that others may
 * read; ERR_INVALID: a file that does not parse (the text names it). */
CHECKED int node_dir_open(const char *path, struct node_dir *out, struct err *err);
void node_dir_close(struct node_dir *dir);

/* The log key of an origin that this folder knows: its own, a peer's, a log's outside; borrowed; NULL: none. */
const struct vkey *node_dir_log_key(const struct node_dir *dir, const char *origin);

/* This node's card, with the first key of each role (keys.h of the core follows the log to the newest).  Uses the real
 * peer address while it runs and nothing is advertised. */
void node_dir_card(const struct node_dir *dir, struct card *out);

/* Write peers/NAME.card, atomically and durably.  ERR_EXISTS: the same card is there already (nothing done), or it has
 * a name, key or pin of another or of the node itself (the text says which); ERR_LIMIT: no more are possible; ERR_IO.
 */
CHECKED int node_dir_add_peer(struct node_dir *dir, const struct card *card, struct err *err);
/* The same, in place of the card of the peer of that name and origin.  ERR_NOT_FOUND: there is none; others as above.
 */
CHECKED int node_dir_renew_peer(struct node_dir *dir, const struct card *card, struct err *err);
/* Take away peers/NAME.card; what cannot be removed stays. */
void node_dir_drop_peer(struct node_dir *dir, const char *name);

/* Does a process serve this directory now? */
bool node_dir_running(const char *path);
