#include <stdio.h>

#include "node/base/limits.h"
#include "node/cli/command.h"
#include "node/cli/post.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "proto/retraction.h"

static int retract(const char *dir, int kind, const char *reference, const char *reason, const char *collection)
{
	struct buf record = { 0 };
	struct err err = { 0 };
	bool unchanged = false;
	int rc = retraction_write(kind, reference, reason, &record, &err);
	if (rc == OK)
		rc = post_record(dir, collection, buf_bytes(&record), true, &unchanged, &err);
	if (rc == OK)
		(void)printf("%s\n", unchanged ? "it was retracted for that reason already; nothing was done"
		                               : "retracted; what was said, and why it is taken back, stay in the log");
	buf_free(&record);
	return rc == OK ? 0 : command_fail("retract", &err, NULL);
}

static int run(int argc, char **argv)
{
	const char *reason = "", *collection = COLLECTION_PUBLIC;
	const struct args_option options[] = { { "reason", .value = &reason },
		                                   { "collection", .value = &collection },
		                                   { 0 } };
	const struct args args = { cmd_retract.name, argc, argv, options };
	struct buf reference = { 0 };
	if (!args_read(&args) || !args_positional(&args, 3, SUBJECT_MAX))
		return ARGS_EXIT;
	int kind = kind_of_word(argv[optind + 1]);
	if (kind == 0)
		return args_wrong(&args, "there is no kind of record %s", argv[optind + 1]);
	if (reason[0] == '\0')
		return args_wrong(&args, "--reason is needed: it stays in the log, for everybody to read");
	args_join(argc - optind - 2, argv + optind + 2, &reference);
	int code = retract(argv[optind], kind, buf_str(&reference), reason, collection);
	buf_free(&reference);
	return code;
}

const struct command cmd_retract = {
	.name = "retract",
	.arguments = "DIR KIND REFERENCE --reason TEXT",
	.summary = "take back what our own log says, visibly",
	.help =
	    "Appends a revision that takes back what our own log says about REFERENCE.  It is left out of searches and\n"
	    "figures from then on; the record's page and history show it as retracted, with the reason, and everything\n"
	    "that was said before.  Nothing is removed: that is what normlink redact does.  To correct a record, import\n"
	    "it again with \"correction\": {\"index\": N, \"reason\": TEXT}, which names the entry that was wrong.\n"
	    "\n"
	    "  --reason TEXT       why, one line\n"
	    "  --collection NAME   where the statement stands (default: public)\n",
	.examples = "  normlink retract sac standard 'GB/T 19001-2016' --reason 'published by mistake'\n"
	            "  normlink retract sac translation 'GB/T 19001-2016#en' --reason 'it is of another edition'\n",
	.exits = "1 our own log says nothing of that name",
	.run = run,
};
