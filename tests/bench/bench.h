/* bench: what the benchmarks share: records to work on, nodes to run, figures to print.
 *
 * Every figure is printed beside a floor that was taken in the same run on the same records, because machines differ
 * and change; read the ratio.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* One record: as serialised, and its texts as the full-text index takes them. */
struct item {
	struct bytes record;
	struct bytes payload; /* SignedRecord around it */
	const char *reference, *title, *abstract;
};

struct corpus {
	struct item *v;
	size_t count;
	size_t cap;
	size_t bytes; /* of the payloads */
	const char *name;
	struct arena arena;
};

/* count records from a seed, of the size and shape of ISO's; or every record under a folder or archive of Relaton YAML.
 */
void corpus_generate(struct corpus *c, size_t count, uint64_t seed);
CHECKED int corpus_read(struct corpus *c, const char *path, struct err *err);
void corpus_free(struct corpus *c);

/* Append it as a value of a query. */
void bench_put_escaped(struct bytes text, struct buf *out);
/* Likewise two words of the title of that record (of whatever number), or of the next that has two, each with a field's
 * name and its colon before it, or with "". */
void bench_put_title_words(const struct corpus *c, size_t number, const char *field, struct buf *out);

/* A node in a process of its own. */
struct node {
	char dir[256];
	char peer[128]; /* where it listens */
	char http[128];
	char socket[300];
	pid_t pid;
};

/* Nodes that were not stopped are ended when the program ends, however it ends.
 *
 * Start NAME under the folder home, made by init when it is not there yet; program is the normlink binary. */
CHECKED int node_start(struct node *n, const char *program, const char *home, const char *name, struct err *err);
void node_stop(struct node *n);
/* Make a and b trust each other, b dialing a. */
CHECKED int node_join(struct node *a, struct node *b, const char *program, struct err *err);
/* Let b, a peer of a's, say that it is reached at that address, once, and a, which does not run, dial it there. */
CHECKED int node_move(struct node *a, struct node *b, const char *address, const char *program, struct err *err);
/* Post records through the local socket, as import does. */
CHECKED int node_post(struct node *n, const struct item *items, size_t count, struct err *err);
/* Entries of an origin that the node holds, durable and searchable. */
CHECKED int node_held(struct node *n, const char *origin, uint64_t *held, struct err *err);
/* Peak resident memory in MB. */
double node_peak_mb(const struct node *n);

/* Seconds on the monotonic clock. */
double bench_now(void);
/* Wait for a moment. */
void bench_pause(long us);
/* The p-th percentile (0..1); sorts. */
double bench_percentile(double *values, size_t count, double p);
void bench_fail(const char *what, const struct err *err) __attribute__((noreturn));

/* The floor of replication: TLS from a second process, leaf hashes and root, SQLite with the full-text index, pipelined
 * on two threads, nothing else.  Records/s. */
double floor_replication(const struct corpus *c, const char *home);
/* The same rows and index, one thread, no network.  Records/s. */
double floor_rows(const struct corpus *c, const char *home);
/* Milliseconds of one durable commit of one such row: the 99th percentile. */
double floor_commit(const struct corpus *c, const char *home);

/* The records as NDJSON, the way a body would hand them in. */
void bench_write(const struct corpus *c, const char *path);

void bench_replication(const struct corpus *c, const char *program, const char *home);
void bench_latency(const struct corpus *c, const char *program, const char *home);
void bench_busy(const struct corpus *c, const char *program, const char *home);
void bench_search(const struct corpus *c, const char *program, const char *home);
void bench_federate(const struct corpus *c, const char *program, const char *home);
void bench_tiles(const struct corpus *c, const char *program, const char *home);
void bench_verify(const struct corpus *c);
void bench_witness(const char *program, const char *home);
void bench_import(const char *data, const struct corpus *c, const char *program, const char *home);
