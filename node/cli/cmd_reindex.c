#include <inttypes.h>
#include <stdio.h>

#include "crypto/encode.h"
#include "node/cli/command.h"
#include "node/cli/meter.h"
#include "node/shell/lock.h"
#include "node/shell/node_dir.h"
#include "node/store/store.h"

static bool show_progress(void *arg, uint64_t done, uint64_t total)
{
	meter_work(arg, "entries", done, total);
	return true;
}

static int rebuild(const char *path, struct meter *meter, struct hash *digest, struct err *err)
{
	struct lock lock;
	struct store *store = NULL;
	int rc = lock_take(path, &lock, err);
	if (rc != OK)
		return rc;
	rc = store_open(path, STORE_WRITE, &store, err);
	if (rc == OK)
		rc = store_reindex(store, show_progress, meter, err);
	if (rc == OK)
		rc = store_view_digest(store, digest, err);
	store_close(store);
	lock_release(&lock);
	meter_clear(meter);
	return rc;
}

static int reindex(const char *path, bool quiet)
{
	struct node_dir dir;
	struct meter meter;
	struct hash digest;
	struct buf hex = { 0 };
	struct err err = { 0 };
	int rc = node_dir_open(path, &dir, &err);
	if (rc != OK)
		return command_fail("reindex", &err, NULL);
	meter_start(&meter, quiet);
	rc = rebuild(dir.path, &meter, &digest, &err);
	node_dir_close(&dir);
	if (rc == ERR_BUSY)
		return command_fail("reindex", &err, "The search tables of a running node cannot be rebuilt: stop it first.");
	if (rc != OK)
		return command_fail("reindex", &err, "The old search tables are still there.");
	hex_add(&hex, bytes_of(digest.b, HASH_SIZE));
	(void)printf("rebuilt in %.1f s; SHA-256 of the view: %s\n", meter_seconds(&meter), buf_str(&hex));
	buf_free(&hex);
	return 0;
}

static int run(int argc, char **argv)
{
	bool quiet = false;
	const struct args_option options[] = { { "quiet", .given = &quiet }, { 0 } };
	const struct args args = { cmd_reindex.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return reindex(argv[optind], quiet);
}

const struct command cmd_reindex = {
	.name = "reindex",
	.arguments = "DIR",
	.summary = "drop the search tables and rebuild them from the log",
	.help = "Everything that is searched is derived from the log; this derives it again, in one transaction.  The same "
	        "logs\n"
	        "give the same tables everywhere: the digest that is printed says so.\n"
	        "\n"
	        "  --quiet   no progress\n",
	.examples = "  normlink reindex sac\n"
	            "  normlink reindex /var/lib/normlink/sac --quiet\n",
	.exits = "4 the node is running",
	.run = run,
};
