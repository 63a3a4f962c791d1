#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/post.h"
#include "proto/entry.h"
#include "proto/record.h"

static int write_sharing(const char *collection, int count, char **origins, struct buf *record, struct err *err)
{
	Normlink__Sharing sharing = NORMLINK__SHARING__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char subject[CODE_MAX + 1];
	if ((size_t)snprintf(subject, sizeof subject, "%s", collection) >= sizeof subject)
		return err_set(err, ERR_USAGE, "a collection is called by 1 to %d of a-z 0-9 - .", CODE_MAX);
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_SHARING;
	r.subject = subject;
	r.sharing = &sharing;
	sharing.origins = origins;
	sharing.n_origins = (size_t)count;
	struct err why = { 0 };
	return record_encode(&r, record, &why) == OK ? OK : err_set(err, ERR_USAGE, "%s", why.text);
}

static int share(const char *dir, const char *collection, int count, char **origins)
{
	struct buf record = { 0 };
	struct err err = { 0 };
	bool unchanged = false;
	int rc = write_sharing(collection, count, origins, &record, &err);
	if (rc == OK)
		rc = post_record(dir, COLLECTION_PUBLIC, buf_bytes(&record), false, &unchanged, &err);
	if (rc == OK && unchanged)
		(void)printf("%s was shared with them already; nothing was done\n", collection);
	else if (rc == OK)
		(void)printf("%s is shared with %d node%s from now on\n", collection, count, count == 1 ? "" : "s");
	buf_free(&record);
	return rc == OK ? 0 : command_fail("share", &err, NULL);
}

static int run(int argc, char **argv)
{
	bool none = false;
	const struct args_option options[] = { { "none", .given = &none }, { 0 } };
	const struct args args = { cmd_share.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, none ? 2 : 3, none ? 2 : 2 + SHARING_ORIGINS_MAX))
		return ARGS_EXIT;
	return share(argv[optind], argv[optind + 1], argc - optind - 2, argv + optind + 2);
}

const struct command cmd_share = {
	.name = "share",
	.arguments = "DIR COLLECTION ORIGIN...",
	.summary = "say which nodes may receive a collection of our log",
	.help =
	    "The nodes that publish these logs, and nobody else, receive the content of what we import with --collection\n"
	    "COLLECTION, from us and from one another; they catch up on what was withheld from them before.  Others see "
	    "that\n"
	    "something is there, and its size.  The list is a statement in our log: public, and the newest one counts.  "
	    "Whoever\n"
	    "is taken off it receives nothing more; what it has, it has.\n"
	    "\n"
	    "  --none   share it with nobody any more\n",
	.examples = "  normlink share sac members iso.example/log jisc.example/log\n"
	            "  normlink share sac members --none\n",
	.exits = NULL,
	.run = run,
};
