/* authority: who speaks for what; a claim of our own, an opinion on another origin. */
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/post.h"
#include "node/shell/node_dir.h"
#include "proto/record.h"

enum { BODIES_MAX = 64 };

/* What is to be said.  The lists are of the command line. */
struct saying {
	const char *dir;
	const char *about; /* an origin */
	char **prefixes;
	const char *bodies[BODIES_MAX];
	size_t prefix_count, body_count;
};

/* One record as POST /local/v1/records takes it. */
static int write_body(const struct saying *s, struct buf *body, struct err *err)
{
	Normlink__Authority authority = NORMLINK__AUTHORITY__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char subject[NAME_MAX_BYTES + 1];
	struct buf record = { 0 };
	struct err why = { 0 };
	if ((size_t)snprintf(subject, sizeof subject, "%s", s->about) >= sizeof subject)
		return err_set(err, ERR_USAGE, "an origin's name has at most %d bytes", NAME_MAX_BYTES);
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_AUTHORITY;
	r.subject = subject;
	r.authority = &authority;
	authority.prefixes = s->prefixes;
	authority.n_prefixes = s->prefix_count;
	authority.bodies = (char **)(uintptr_t)s->bodies;
	authority.n_bodies = s->body_count;
	int rc = record_encode(&r, &record, &why);
	if (rc == OK) {
		buf_add_u32(body, (uint32_t)record.len);
		buf_add_bytes(body, buf_bytes(&record));
	}
	buf_free(&record);
	return rc == OK ? OK : err_set(err, ERR_USAGE, "%s", why.text);
}

static int hand_in(const struct saying *s, struct bytes body, struct reply *reply, struct err *err)
{
	struct post post = { 0 };
	int rc = post_begin(&post, s->dir, LOG_WARN, err);
	if (rc == OK)
		rc = post_ask(&post, "/local/v1/records", POST_BYTES, body, reply, err);
	if (rc == OK && memmem(reply->body.data, reply->body.len, "refused 0", 9) == NULL)
		rc = err_set(err, ERR_INVALID, "the node refused it: %.*s", (int)reply->body.len,
		             (const char *)reply->body.data);
	return post_end(&post, rc, err);
}

static int say(const struct saying *s)
{
	struct reply reply = { 0 };
	struct buf body = { 0 };
	struct err err = { 0 };
	int rc = write_body(s, &body, &err);
	if (rc == OK)
		rc = hand_in(s, buf_bytes(&body), &reply, &err);
	if (rc == OK && memmem(reply.body.data, reply.body.len, "unchanged 1", 11) != NULL)
		(void)puts("our log says so already; nothing was done");
	else if (rc == OK)
		(void)printf("our log says that %s speaks for %zu prefix%s and %zu bod%s\n", s->about, s->prefix_count,
		             s->prefix_count == 1 ? "" : "es", s->body_count, s->body_count == 1 ? "y" : "ies");
	buf_free(&body);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail("authority", &err, NULL);
}

/* "claim" is about the node's own log. */
static int say_about(struct saying *s, const char *who)
{
	struct node_dir dir;
	struct card own;
	struct err err = { 0 };
	s->about = who;
	if (strcmp(who, "claim") != 0)
		return say(s);
	int rc = node_dir_open(s->dir, &dir, &err);
	if (rc != OK)
		return command_fail("authority", &err, NULL);
	node_dir_card(&dir, &own);
	node_dir_close(&dir);
	s->about = own.origin;
	return say(s);
}

static int run(int argc, char **argv)
{
	struct saying s = { 0 };
	bool none = false, json = false;
	const struct args_option options[] = {
		{ "body", .value = s.bodies, .count = &s.body_count, .max = BODIES_MAX },
		{ "none", .given = &none },
		{ "json", .given = &json },
		{ 0 },
	};
	const struct args args = { cmd_authority.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 2 + CLAIM_ITEMS_MAX))
		return ARGS_EXIT;
	int words = argc - optind;
	if (words == 1 && !none && s.body_count == 0)
		return client_answer_counted("authority", argv[optind], "/api/v1/authority", json);
	if (words == 1 || json)
		return args_wrong(&args, words == 1 ? "who speaks for it?  claim, or an origin" : "--json goes with the list");
	s.dir = argv[optind];
	s.prefixes = argv + optind + 2;
	s.prefix_count = (size_t)words - 2;
	if (none != (s.prefix_count + s.body_count == 0))
		return args_wrong(&args, none ? "--none goes without prefixes and bodies"
		                              : "for which prefixes or bodies?  --none: for nothing");
	return say_about(&s, argv[optind + 1]);
}

const struct command cmd_authority = {
	.name = "authority",
	.arguments = "DIR|URL, DIR claim|ORIGIN PREFIX...",
	.summary = "who speaks for which references and bodies",
	.help =
	    "DIR or URL alone lists what logs claim to speak for; what several claim is contested.\n"
	    "\n"
	    "DIR claim PREFIX... says in our own log which references we speak for: GB, GB/T, DB11/T.  What others say\n"
	    "about these is marked as third-party everywhere, and shown beside what we say.  The longest prefix wins; the\n"
	    "same one claimed twice is contested: nobody speaks for it until an operator says who, for the answers of the\n"
	    "own node alone:\n"
	    "\n"
	    "DIR ORIGIN PREFIX... is that opinion on another log, in our own.  It stands in the place of all that the log\n"
	    "claims.\n"
	    "\n"
	    "Each statement takes the place of the one before it: list everything.\n"
	    "\n"
	    "  --body CODE   a body that is spoken for as well: SAC, ISO/TC 176; again for more\n"
	    "  --none        it speaks for nothing\n"
	    "  --json        the list, for programs\n",
	.examples = "  normlink authority sac claim GB GB/T GB/Z --body SAC\n"
	            "  normlink authority sac iso.example/log ISO ISO/IEC\n"
	            "  normlink authority sac mallory.example/log --none\n"
	            "  normlink authority sac\n",
	.exits = "1 no log claims anything",
	.run = run,
};
