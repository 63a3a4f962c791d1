/* feedback: what the public sends, as a form and as JSON.  What makes records makes valid ones, of which the public one
 * names nobody. */
#include <string.h>

#include "node/base/must.h"
#include "proto/feedback.h"
#include "proto/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct feedback_dates dates = { "2026-03-01", "2026-03-31" };
	for (int json = 0; json < 2; json++) {
		struct arena arena = { 0 };
		struct buf public = { 0 }, personal = { 0 };
		struct err err = { 0 };
		Normlink__FeedbackRequest *q = NULL;
		Normlink__Record *r = NULL;
		int rc = feedback_read(bytes_of(data, size), json, &arena, &q, &err);
		must(rc == OK || err.text[0] != '\0');
		if (rc == OK && feedback_records(q, "a-2026-000001", &dates, false, &public, &personal, &err) == OK) {
			must(record_decode(buf_bytes(&public), &arena, &r, NULL) == OK && r->feedback->person == NULL);
			must(r->n_texts == 0);
			must(record_decode(buf_bytes(&personal), &arena, &r, NULL) == OK && r->n_texts == 1);
		}
		buf_free(&public);
		buf_free(&personal);
		arena_free(&arena);
	}
	return 0;
}
