#include "node/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "node/base/must.h"
#include "node/shell/shell.h"

/* In the order in which help lists them; the first of a group has its heading. */
static const struct {
	const char *heading;
	const struct command *command;
} commands[] = {
	{ "a node and its neighbours", &cmd_init },
	{ NULL, &cmd_serve },
	{ NULL, &cmd_status },
	{ NULL, &cmd_card },
	{ NULL, &cmd_peer_add },
	{ NULL, &cmd_log_add },
	{ NULL, &cmd_witness_add },
	{ NULL, &cmd_policy },
	{ NULL, &cmd_key_list },
	{ NULL, &cmd_key_rotate },
	{ "publish", &cmd_import },
	{ NULL, &cmd_harvest },
	{ NULL, &cmd_retract },
	{ NULL, &cmd_redact },
	{ NULL, &cmd_index },
	{ NULL, &cmd_share },
	{ NULL, &cmd_authority },
	{ NULL, &cmd_submitter_add },
	{ NULL, &cmd_submitter_end },
	{ NULL, &cmd_submitter_list },
	{ NULL, &cmd_submit },
	{ "find", &cmd_search },
	{ NULL, &cmd_show },
	{ NULL, &cmd_watch },
	{ NULL, &cmd_records },
	{ NULL, &cmd_equivalents },
	{ NULL, &cmd_current },
	{ NULL, &cmd_drift },
	{ NULL, &cmd_impact },
	{ NULL, &cmd_statistics },
	{ NULL, &cmd_statuses },
	{ "prove and check", &cmd_proof },
	{ NULL, &cmd_verify },
	{ NULL, &cmd_evidence },
	{ NULL, &cmd_fork_release },
	{ NULL, &cmd_fork_abandon },
	{ NULL, &cmd_audit },
	{ "hear the public", &cmd_feedback_list },
	{ NULL, &cmd_feedback_show },
	{ NULL, &cmd_feedback_step },
	{ NULL, &cmd_feedback_close },
	{ NULL, &cmd_feedback_publish },
	{ "carry and keep", &cmd_export },
	{ NULL, &cmd_ingest },
	{ NULL, &cmd_backup },
	{ NULL, &cmd_restore },
	{ NULL, &cmd_resume },
	{ NULL, &cmd_fsck },
	{ NULL, &cmd_reindex },
};
enum { COMMANDS = sizeof commands / sizeof *commands, NAME_MAX_LEN = 16, LEFT_WIDTH = 46 };

int command_fail(const char *name, const struct err *err, const char *advice)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "normlink: %s: %s\n", name, err->text[0] != '\0' ? err->text : err_name(err->code));
	if (advice != NULL)
		(void)fprintf(stderr, "  %s\n", advice);
	return err_exit(err->code);
}

/* ---- help ---- */

static void print_overview(FILE *out)
{
	(void)fputs("normlink: signed metadata about standards, replicated between the bodies that publish it\n", out);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = commands[i].command;
		if (commands[i].heading != NULL)
			(void)fprintf(out, "\n%s\n", commands[i].heading);
		int width = fprintf(out, "  normlink %s %s", c->name, c->arguments);
		/* What is too long for its column has the line to itself. */
		if (width > LEFT_WIDTH)
			(void)fprintf(out, "\n%*s", LEFT_WIDTH, "");
		(void)fprintf(out, "%*s  %s\n", width < LEFT_WIDTH ? LEFT_WIDTH - width : 0, "", c->summary);
	}
	(void)fputs(
	    "\n"
	    "DIR is a node's folder, running or stopped; where DIR|URL stands, the http address of any node works too.\n"
	    "normlink COMMAND --help explains one, with examples.\n"
	    "Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 bad input, 4 the system, 5 the other side.\n",
	    out);
}

static void print_help(const struct command *c)
{
	(void)printf("normlink %s %s\n%s\n\n%s", c->name, c->arguments, c->summary, c->help);
	(void)printf("\nExamples\n%s", c->examples);
	(void)printf("\nExit codes\n  0 done%s%s; 2 wrong usage; 3 bad input; 4 the system; 5 the other side\n",
	             c->exits != NULL ? "; " : "", c->exits != NULL ? c->exits : "");
}

/* ---- the nearest name ---- */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

/* Levenshtein's distance; words longer than any name are far away. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1];
	size_t len = strlen(b);
	if (strlen(a) > NAME_MAX_LEN || len > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	for (size_t k = 0; k <= len; k++)
		row[k] = k;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t k = 0; k < len; k++) {
			size_t above = row[k + 1];
			row[k + 1] = smallest(row[k] + 1, above + 1, diagonal + (a[i] != b[k] ? 1 : 0));
			diagonal = above;
		}
	}
	return row[len];
}

const char *command_nearest(const char *word)
{
	const char *best = NULL;
	size_t least = 3; /* two slips of the finger at most, fewer in short words */
	size_t allowed = strlen(word) < 4 ? 1 : 2;
	for (size_t i = 0; i < COMMANDS; i++) {
		size_t d = distance(word, commands[i].command->name);
		if (d < least && d <= allowed) {
			least = d;
			best = commands[i].command->name;
		}
	}
	return best;
}

/* ---- choosing one ---- */

/* How many words of argv name the command; 0: they do not. */
static int matches(const struct command *c, int argc, char **argv)
{
	const char *blank = strchr(c->name, ' ');
	if (blank == NULL)
		return strcmp(argv[0], c->name) == 0 ? 1 : 0;
	size_t first = (size_t)(blank - c->name);
	bool both = argc >= 2 && strlen(argv[0]) == first && strncmp(argv[0], c->name, first) == 0 &&
	            strcmp(argv[1], blank + 1) == 0;
	return both ? 2 : 0;
}

static const struct command *find(int argc, char **argv, int *words)
{
	for (size_t i = 0; argc > 0 && i < COMMANDS; i++) {
		*words = matches(commands[i].command, argc, argv);
		if (*words > 0)
			return commands[i].command;
	}
	return NULL;
}

/* Of two words, when this is the first; NULL. */
static const char *whole_name(const char *first)
{
	size_t len = strlen(first);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strncmp(commands[i].command->name, first, len) == 0 && commands[i].command->name[len] == ' ')
			return commands[i].command->name;
	return NULL;
}

static int unknown(int argc, char **argv)
{
	const char *whole = whole_name(argv[0]);
	const char *near = whole != NULL ? whole : command_nearest(argv[0]);
	(void)fprintf(stderr, "normlink: there is no command %s%s%s\n", argv[0], argc > 1 && whole != NULL ? " " : "",
	              argc > 1 && whole != NULL ? argv[1] : "");
	if (near != NULL)
		(void)fprintf(stderr, "  Did you mean: normlink %s?  normlink help lists them all.\n", near);
	else
		(void)fprintf(stderr, "  normlink help lists them.\n");
	return ARGS_EXIT;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int help(int argc, char **argv)
{
	int words;
	const struct command *c = find(argc, argv, &words);
	if (c != NULL)
		print_help(c);
	else if (argc > 0)
		return unknown(argc, argv);
	else
		print_overview(stdout);
	return 0;
}

static int dispatch(int argc, char **argv)
{
	int words = 0;
	if (argc < 2) {
		print_overview(stderr);
		return ARGS_EXIT;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		(void)puts("normlink " SHELL_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(argc - 2, argv + 2);
	const struct command *c = find(argc - 1, argv + 1, &words);
	if (c == NULL)
		return unknown(argc - 1, argv + 1);
	argc -= words;
	argv += words;
	if (asks_for_help(argc, argv)) {
		print_help(c);
		return 0;
	}
	optind = 0; /* glibc: begin anew */
	return c->run(argc, argv);
}

int command_main(int argc, char **argv)
{
	int code = dispatch(argc, argv);
	/* An answer that did not arrive was not given: a full disk behind `> file` must not look like success. */
	if ((fflush(stdout) != 0 || ferror(stdout) != 0) && code == 0) {
		(void)fprintf(stderr, "normlink: cannot write to standard output: %s\n", strerror(errno));
		code = err_exit(ERR_IO);
	}
	return code;
}
