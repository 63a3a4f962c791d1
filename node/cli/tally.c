#include "node/cli/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "node/api/text.h"
#include "node/base/must.h"
#include "proto/json.h"

enum { REFUSALS_SHOWN = 20, NOTES_MAX = 1000 };

int tally_begin(struct tally *t, bool quiet, const char *file, struct err *err)
{
	*t = (struct tally){ 0 };
	if (file != NULL && (t->list = fopen(file, "we")) == NULL)
		return err_errno(err, errno, "%s", file);
	must(pthread_mutex_init(&t->mutex, NULL) == 0);
	meter_start(&t->meter, quiet);
	return OK;
}

/* File names and reasons carry what others wrote: nothing in them reaches a terminal as a command. */
static void put_line(FILE *out, const char *head, const char *what, const char *reason)
{
	struct buf line = { 0 };
	buf_add_str(&line, head);
	text_put(&line, what);
	buf_add_str(&line, ": ");
	text_put(&line, reason);
	buf_add_char(&line, '\n');
	(void)fputs(buf_str(&line), out);
	buf_free(&line);
}

void tally_refused(struct tally *t, const char *what, const char *reason)
{
	(void)pthread_mutex_lock(&t->mutex);
	t->refusals++;
	if (t->list != NULL)
		put_line(t->list, "", what, reason);
	if (t->refusals <= REFUSALS_SHOWN) {
		meter_clear(&t->meter);
		put_line(stderr, "refused: ", what, reason);
	} else if (t->refusals == REFUSALS_SHOWN + 1) {
		meter_clear(&t->meter);
		(void)fputs(t->list != NULL ? "refused: more; see the list\n"
		                            : "refused: more; --refused FILE lists them all\n",
		            stderr);
	}
	(void)pthread_mutex_unlock(&t->mutex);
}

void tally_note(struct tally *t, const char *file, const char *text)
{
	(void)pthread_mutex_lock(&t->mutex);
	meter_clear(&t->meter);
	put_line(stderr, "note: ", file, text);
	if (t->note_count < NOTES_MAX) {
		buf_printf(&t->notes, "%s: %s", file, text);
		buf_add_char(&t->notes, '\0');
		t->note_count++;
	}
	(void)pthread_mutex_unlock(&t->mutex);
}

void tally_disappeared(struct tally *t, const char *subject, FILE *list)
{
	t->disappeared++;
	if (list != NULL)
		(void)fprintf(list, "%s\n", subject);
	(void)pthread_mutex_lock(&t->mutex);
	meter_clear(&t->meter);
	if (t->disappeared <= REFUSALS_SHOWN)
		put_line(stderr, "", "disappeared", subject);
	else if (t->disappeared == REFUSALS_SHOWN + 1)
		(void)fputs("disappeared: more; --disappeared FILE lists them all\n", stderr);
	(void)pthread_mutex_unlock(&t->mutex);
}

void tally_progress(struct tally *t)
{
	char eta[32];
	(void)pthread_mutex_lock(&t->mutex);
	if (meter_due(&t->meter)) {
		double seconds = meter_seconds(&t->meter);
		(void)meter_eta(seconds, t->done_bytes, t->total_bytes, eta);
		meter_show(&t->meter, "%" PRIu64 " documents, %.0f/s, %.1f of %.1f MB%s%s", t->counts.read,
		           (double)t->counts.read / seconds, (double)t->done_bytes / 1e6, (double)t->total_bytes / 1e6,
		           eta[0] != '\0' ? ", left: " : "", eta);
	}
	(void)pthread_mutex_unlock(&t->mutex);
}

void tally_clear(struct tally *t)
{
	(void)pthread_mutex_lock(&t->mutex);
	meter_clear(&t->meter);
	(void)pthread_mutex_unlock(&t->mutex);
}

int tally_end(struct tally *t, struct err *err)
{
	int rc = OK;
	meter_clear(&t->meter);
	t->seconds = meter_seconds(&t->meter);
	if (t->list != NULL && (ferror(t->list) != 0 || fflush(t->list) != 0))
		rc = err_errno(err, errno, "cannot write the list of refusals");
	if (t->list != NULL && fclose(t->list) != 0 && rc == OK)
		rc = err_errno(err, errno, "cannot write the list of refusals");
	t->list = NULL;
	(void)pthread_mutex_destroy(&t->mutex);
	return rc;
}

static uint64_t refused(const struct tally *t)
{
	return t->counts.refused + t->totals.refused;
}

uint64_t tally_unknown(const struct tally *t)
{
	uint64_t known =
	    t->totals.added + t->totals.revised + t->totals.unchanged + t->counts.duplicates + refused(t) + t->deleted;
	uint64_t met = t->counts.read + t->counts.extra;
	return met > known ? met - known : 0;
}

static void put_json(const struct tally *t, struct buf *out)
{
	struct json j = { .out = out };
	char seconds[32];
	(void)snprintf(seconds, sizeof seconds, "%.3f", t->seconds);
	json_object_begin(&j);
	json_put_u64(&j, "read", t->counts.read);
	json_put_u64(&j, "added", t->totals.added);
	json_put_u64(&j, "revised", t->totals.revised);
	json_put_u64(&j, "unchanged", t->totals.unchanged);
	json_put_u64(&j, "duplicates", t->counts.duplicates);
	json_put_u64(&j, "refused", refused(t));
	json_put_u64(&j, "not_sent", tally_unknown(t));
	json_put_u64(&j, "extra", t->counts.extra);
	json_put_u64(&j, "warnings", t->counts.warnings);
	json_put_u64(&j, "bytes", t->counts.bytes);
	json_put_u64(&j, "size", t->totals.size);
	if (t->complete) {
		json_put_u64(&j, "disappeared", t->disappeared);
		json_put_u64(&j, "withdrawn", t->withdrawn);
	}
	if (t->harvest) {
		json_put_u64(&j, "deleted", t->deleted);
		json_put_u64(&j, "retracted", t->retracted);
	}
	json_key(&j, "seconds");
	json_raw(&j, bytes_str(seconds));
	json_key(&j, "notes");
	json_array_begin(&j);
	const char *note = (const char *)t->notes.data;
	for (size_t i = 0; i < t->note_count; i++, note += strlen(note) + 1)
		json_text(&j, note);
	json_array_end(&j);
	json_object_end(&j);
	buf_add_char(out, '\n');
}

static void put_text(const struct tally *t, struct buf *out)
{
	buf_printf(out, "%10" PRIu64 " documents read, %.1f MB in %.1f s (%.0f/s)\n", t->counts.read,
	           (double)t->counts.bytes / 1e6, t->seconds, (double)t->counts.read / (t->seconds > 0 ? t->seconds : 1));
	if (t->counts.extra > 0)
		buf_printf(out, "%10" PRIu64 " more records in documents that hold several\n", t->counts.extra);
	const struct {
		const char *what;
		uint64_t count;
		const char *meaning;
	} lines[] = {
		{ "added", t->totals.added, "new to the log" },
		{ "revised", t->totals.revised, "another statement on a subject that was there" },
		{ "unchanged", t->totals.unchanged, "the log says so already" },
		{ "duplicates", t->counts.duplicates, "in the source more than once; the better one was taken" },
		{ "refused", refused(t), "each with its reason, above or in the list" },
		{ "deleted", t->deleted, "in the source; what the log said of them is retracted" },
		{ "not sent", tally_unknown(t), "not acknowledged; import again" },
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (i < 5 || lines[i].count > 0)
			buf_printf(out, "  %-10s %10" PRIu64 "  %s\n", lines[i].what, lines[i].count, lines[i].meaning);
	if (t->harvest)
		buf_printf(out,
		           "%10" PRIu64 " statements of ours retracted: their item is deleted, or names another standard\n",
		           t->retracted);
	if (t->counts.warnings > 0)
		buf_printf(out, "%10" PRIu64 " facts left out of records that were kept (empty titles, dates that are none)\n",
		           t->counts.warnings);
	if (t->complete)
		buf_printf(out,
		           "%10" PRIu64 " disappeared: said in the log, and not in the source any more; %" PRIu64
		           " of them withdrawn\n",
		           t->disappeared, t->withdrawn);
	if (t->totals.size > 0)
		buf_printf(out, "%10" PRIu64 " entries in the log now\n", t->totals.size);
}

void tally_summary(struct tally *t, bool json, struct buf *out)
{
	if (json)
		put_json(t, out);
	else
		put_text(t, out);
	buf_free(&t->notes);
	t->note_count = 0;
}
