#include "node/cli/refusal.h"

#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"
#include "proto/json.h"

static void print_json(const char *step, const struct err *why)
{
	struct buf out = { 0 };
	struct json j = { .out = &out };
	json_object_begin(&j);
	json_put_bool(&j, "verified", false);
	json_put_text(&j, "step", step);
	json_put_text(&j, "reason", why->text);
	json_object_end(&j);
	(void)puts(buf_str(&out));
	buf_free(&out);
}

int refusal_tell(const char *step, const struct err *why, bool json)
{
	struct err err = { 0 };
	if (json)
		print_json(step, why);
	if (strcmp(step, "policy") == 0) {
		(void)err_set(&err, ERR_INVALID, "the policy: %s", why->text);
		return command_fail("verify", &err, "normlink policy DIR prints one.");
	}
	(void)err_set(&err, why->code == ERR_IO ? ERR_IO : ERR_UNTRUSTED, "not verified: %s: %s", step, why->text);
	return command_fail("verify", &err, NULL);
}
