/* submitter add, end, list: which authors may have records published in a node's log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/cli/client.h"
#include "node/cli/command.h"
#include "node/cli/post.h"
#include "node/shell/file.h"
#include "proto/record.h"
#include "proto/submitter.h"

struct admission {
	const char *dir, *name, *key;
	const char *kinds[SUBMITTER_LIST_MAX], *prefixes[SUBMITTER_LIST_MAX];
	size_t kind_count, prefix_count;
};

/* ---- add ---- */

/* One record as POST /local/v1/records takes it. */
static int write_body(const struct admission *a, struct bytes spki, enum author_algorithm algorithm, struct buf *body,
                      struct err *err)
{
	Normlink__Submitter submitter = NORMLINK__SUBMITTER__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	struct buf record = { 0 };
	r.has_kind = true;
	r.kind = NORMLINK__KIND__KIND_SUBMITTER;
	r.subject = (char *)(uintptr_t)a->name;
	r.submitter = &submitter;
	submitter.has_algorithm = submitter.has_key = submitter.has_state = true;
	submitter.algorithm = (Normlink__AuthorAlgorithm)(int)algorithm;
	submitter.key = message_field(spki);
	submitter.kinds = (char **)(uintptr_t)a->kinds;
	submitter.n_kinds = a->kind_count;
	submitter.prefixes = (char **)(uintptr_t)a->prefixes;
	submitter.n_prefixes = a->prefix_count;
	submitter.state = NORMLINK__SUBMITTER__STATE__STATE_ADMITTED;
	struct err why = { 0 };
	int rc = record_encode(&r, &record, &why);
	if (rc != OK)
		rc = err_set(err, ERR_USAGE, "%s", why.text);
	if (rc == OK) {
		buf_add_u32(body, (uint32_t)record.len);
		buf_add_bytes(body, buf_bytes(&record));
	}
	buf_free(&record);
	return rc;
}

static int post(const char *dir, struct bytes body, struct reply *reply, struct err *err)
{
	struct post post = { 0 };
	int rc = post_begin(&post, dir, LOG_WARN, err);
	if (rc == OK)
		rc = post_ask(&post, "/local/v1/records", POST_BYTES, body, reply, err);
	return post_end(&post, rc, err);
}

static int add(const struct admission *a)
{
	struct buf file = { 0 }, spki = { 0 }, body = { 0 };
	struct reply reply = { 0 };
	struct err err = { 0 };
	enum author_algorithm algorithm = AUTHOR_ED25519;
	int rc = file_read(a->key, AUTHOR_KEY_FILE_MAX, &file, &err);
	if (rc == OK && (rc = author_key_read(buf_bytes(&file), &algorithm, &spki, &err)) != OK)
		rc = err_wrap(&err, rc, "%s", a->key);
	if (rc == OK)
		rc = write_body(a, buf_bytes(&spki), algorithm, &body, &err);
	if (rc == OK)
		rc = post(a->dir, buf_bytes(&body), &reply, &err);
	if (rc == OK && memmem(reply.body.data, reply.body.len, "unchanged 1", 11) != NULL)
		(void)printf("%s is admitted so already; nothing was done\n", a->name);
	else if (rc == OK && memmem(reply.body.data, reply.body.len, "refused 0", 9) == NULL)
		rc =
		    err_set(&err, ERR_INVALID, "the node refused it: %.*s", (int)reply.body.len, (const char *)reply.body.data);
	else if (rc == OK)
		(void)printf("%s is admitted from now on, with its %s key\n", a->name, author_algorithm_word((int)algorithm));
	file_wipe(&file);
	buf_free(&spki);
	buf_free(&body);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail("submitter add", &err, NULL);
}

static int run_add(int argc, char **argv)
{
	struct admission a = { 0 };
	const struct args_option options[] = {
		{ "key", .value = &a.key },
		{ "kind", .value = a.kinds, .count = &a.kind_count, .max = SUBMITTER_LIST_MAX },
		{ "prefix", .value = a.prefixes, .count = &a.prefix_count, .max = SUBMITTER_LIST_MAX },
		{ 0 },
	};
	const struct args args = { cmd_submitter_add.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	if (a.key == NULL || a.kind_count == 0)
		return args_wrong(&args, a.key == NULL ? "--key FILE is missing" : "--kind KIND is missing");
	a.dir = argv[optind];
	a.name = argv[optind + 1];
	return add(&a);
}

const struct command cmd_submitter_add = {
	.name = "submitter add",
	.arguments = "DIR NAME --key FILE --kind KIND",
	.summary = "let an author without a node publish signed records here",
	.help =
	    "NAME's records are taken over HTTP (normlink submit) when the key in FILE has signed them: a public key in "
	    "PEM "
	    "or\n"
	    "DER, Ed25519, ECDSA P-256 or SM2.  The statement is public, in this node's log: everybody can check who was "
	    "let "
	    "in.\n"
	    "The newest one on a name counts; another key or other rights are one more.\n"
	    "\n"
	    "  --key FILE       the author's public key\n"
	    "  --kind KIND      what it may publish (standard, declaration, ...); several: give it several times\n"
	    "  --prefix PREFIX  about what: references that begin with it, whoever has spoken about them before; several\n"
	    "                   likewise.  Without one: anything that nobody else has spoken about here\n"
	    "\n"
	    "How the author makes a key (keep key.pem secret, hand over public.pem):\n"
	    "  openssl genpkey -algorithm ed25519 -out key.pem\n"
	    "  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem\n"
	    "  openssl genpkey -algorithm SM2 -out key.pem\n"
	    "  openssl pkey -in key.pem -pubout -out public.pem\n",
	.examples = "  normlink submitter add sac acme.example --key acme.pem --kind standard --kind declaration --prefix "
	            "Q/ACME\n",
	.exits = NULL,
	.run = run_add,
};

/* ---- end ---- */

static int run_end(int argc, char **argv)
{
	const struct args args = { cmd_submitter_end.name, argc, argv, NULL };
	struct reply reply = { 0 };
	struct buf body = { 0 };
	struct err err = { 0 };
	if (!args_read(&args) || !args_positional(&args, 2, 2))
		return ARGS_EXIT;
	buf_printf(&body, "end %s\n", argv[optind + 1]);
	struct bytes index;
	int rc = post_entry(argv[optind], LOG_WARN, "/local/v1/submitters", buf_bytes(&body), &reply, &index, &err);
	if (rc == OK)
		(void)printf("%s is not admitted any more\n", argv[optind + 1]);
	buf_free(&body);
	reply_free(&reply);
	return rc == OK ? 0 : command_fail("submitter end", &err, NULL);
}

const struct command cmd_submitter_end = {
	.name = "submitter end",
	.arguments = "DIR NAME",
	.summary = "let an author publish nothing more here",
	.help = "What it has published stays, and can still be checked against its key.\n",
	.examples = "  normlink submitter end sac acme.example\n",
	.exits = "1 it is not admitted",
	.run = run_end,
};

/* ---- list ---- */

static int run_list(int argc, char **argv)
{
	bool json = false;
	const struct args_option options[] = { { "json", .given = &json }, { 0 } };
	const struct args args = { cmd_submitter_list.name, argc, argv, options };
	if (!args_read(&args) || !args_positional(&args, 1, 1))
		return ARGS_EXIT;
	return client_answer("submitter list", argv[optind], "/api/v1/submitters", json);
}

const struct command cmd_submitter_list = {
	.name = "submitter list",
	.arguments = "DIR|URL",
	.summary = "which authors may, or might once, publish in a node's log",
	.help = "Name, state, key, and what each may publish about what.\n\n  --json   for programs, with the statements\n",
	.examples = "  normlink submitter list sac\n  normlink submitter list https://node.sac.example --json\n",
	.exits = NULL,
	.run = run_list,
};
