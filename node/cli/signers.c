#include "node/cli/signers.h"

#include <string.h>
#include <time.h>

#include "node/api/text.h"

const char *signers_utc(uint64_t seconds, bool json, char out[40])
{
	struct tm parts;
	time_t t = (time_t)seconds;
	out[0] = '\0';
	if (seconds > 0 && seconds <= TIME_MAX_MS / 1000 && gmtime_r(&t, &parts) != NULL)
		(void)strftime(out, 40, json ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M:%S UTC", &parts);
	return out;
}

void signers_json(const struct policy_verdict *verdict, struct json *j)
{
	char time[40];
	json_key(j, "witnesses");
	json_array_begin(j);
	for (size_t i = 0; i < verdict->seen_count; i++) {
		json_object_begin(j);
		json_put_text(j, "name", verdict->seen[i].name);
		json_put_text(j, "key_name", verdict->seen[i].key_name);
		json_put_text(j, "time", signers_utc(verdict->seen[i].time_s, true, time));
		json_object_end(j);
	}
	json_array_end(j);
	json_put_text(j, "quorum", verdict->quorum);
}

static void put_cosigners(const struct policy_verdict *verdict, struct buf *out)
{
	size_t width = 0;
	char time[40];
	for (size_t i = 0; i < verdict->seen_count; i++) {
		size_t own = text_width(bytes_str(verdict->seen[i].name));
		width = own > width ? own : width;
	}
	for (size_t i = 0; i < verdict->seen_count; i++) {
		buf_add_str(out, i == 0 ? "  cosigned by  " : "               ");
		text_pad(out, verdict->seen[i].name, width);
		buf_printf(out, "  %s  ", signers_utc(verdict->seen[i].time_s, false, time));
		text_put(out, verdict->seen[i].key_name);
		buf_add_char(out, '\n');
	}
}

void signers_put(const struct policy_verdict *verdict, size_t signatures, struct buf *out)
{
	struct buf key = { 0 };
	vkey_write(verdict->log, &key);
	buf_add_str(out, "  signed by    ");
	text_put(out, buf_str(&key));
	buf_add_char(out, '\n');
	buf_free(&key);
	put_cosigners(verdict, out);
	size_t counted = verdict->seen_count + 1;
	if (signatures > counted)
		buf_printf(out, "               %zu more by keys that the policy does not name: not counted\n",
		           signatures - counted);
	buf_add_str(out, "  quorum       ");
	text_put(out, verdict->quorum);
	buf_add_str(out, strcmp(verdict->quorum, "none") == 0 ? ": the policy asks for no cosignature\n" : ": met\n");
}
