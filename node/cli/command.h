/* command: what a subcommand is, and what all of them share: help, options, error lines, exit codes.
 *
 * An error is one line on standard error, "normlink: COMMAND: what happened", and where it helps a second line that
 * says what to do.  Answers go to standard output.  Exit codes are err_exit's (node/base/err.h):
 *
 *     0 done   1 the answer is no   2 wrong usage   3 bad input   4 the system   5 the other side   70 a bug
 *
 * Thread: main's.
 */
#pragma once

#include <getopt.h> /* optind */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/base/buf.h"
#include "node/base/err.h"

struct command {
	const char *name;                  /* "peer add" */
	const char *arguments;             /* "DIR CARD" */
	const char *summary;               /* half a line */
	const char *help;                  /* what it does and its options; lines, each with its LF */
	const char *examples;              /* likewise */
	const char *exits;                 /* what exit code 1, and others, mean here; NULL: nothing special */
	int (*run)(int argc, char **argv); /* argv[0] is the name; gives the exit code */
};

/* One file each: cmd_<name>.c. */
extern const struct command cmd_init, cmd_card, cmd_peer_add, cmd_log_add, cmd_witness_add, cmd_policy, cmd_serve,
    cmd_import, cmd_harvest, cmd_search, cmd_watch, cmd_show, cmd_proof, cmd_verify, cmd_export, cmd_ingest, cmd_status,
    cmd_evidence, cmd_fork_release, cmd_fork_abandon, cmd_redact, cmd_index, cmd_share, cmd_audit, cmd_fsck,
    cmd_reindex, cmd_backup, cmd_restore, cmd_resume, cmd_key_rotate, cmd_key_list, cmd_statuses, cmd_statistics,
    cmd_retract, cmd_records, cmd_authority, cmd_equivalents, cmd_current, cmd_drift, cmd_impact, cmd_submit,
    cmd_submitter_add, cmd_submitter_end, cmd_submitter_list, cmd_feedback_list, cmd_feedback_show, cmd_feedback_step,
    cmd_feedback_close, cmd_feedback_publish;

/* The whole command line; gives the exit code. */
int command_main(int argc, char **argv);

/* The name nearest to a word that is none: "search" for "serch"; NULL when nothing is near. */
const char *command_nearest(const char *word);

/* Print the error line, and advice (may be NULL) below it; gives the exit code for err->code. */
int command_fail(const char *name, const struct err *err, const char *advice);

/* An option, and where it goes; --help and -h are the dispatcher's.  Each has one of given and value. */
struct args_option {
	const char *name;   /* without the dashes */
	bool *given;        /* of one without a value */
	const char **value; /* of one with a value, borrowed from argv; the last one counts */
	size_t *count;      /* of one that may be repeated: value has room for max, in their order */
	size_t max;
};

struct args {
	const char *name; /* the command's */
	int argc;
	char **argv;
	const struct args_option *options; /* up to one without a name; NULL: none */
};

/* What to give back when one of the following has complained. */
enum { ARGS_EXIT = 2 };

/* Read the options, wherever they stand; argv[optind] is then the first positional argument.  False: complained. */
bool args_read(const struct args *a);

/* Are there min to max positional arguments?  Complains when not. */
bool args_positional(const struct args *a, int min, int max);

/* Append words, with a blank between each and the next. */
void args_join(int count, char **words, struct buf *out);

/* Complain about the value of an option; gives ARGS_EXIT. */
int args_wrong(const struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A decimal number of at most max.  False without complaint. */
bool args_number(const char *text, uint64_t max, uint64_t *out);
