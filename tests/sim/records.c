#include "tests/sim/records.h"

#include <stdio.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"

enum { RECORDS = 64 };

static void record_make(unsigned number, struct buf *out)
{
	char subject[32];
	(void)snprintf(subject, sizeof subject, "GB/T %u-2016", 10000 + number);
	Normlink__Text title = NORMLINK__TEXT__INIT;
	title.has_role = true;
	title.role = NORMLINK__ROLE__ROLE_TITLE;
	title.lang = (char[]){ "en" };
	title.value = number % 2 == 0 ? (char[]){ "Quality management" } : (char[]){ "Test methods for a simulated world" };
	Normlink__Text *texts[] = { &title };
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	standard.has_status = true;
	standard.status = NORMLINK__STATUS__STATUS_CURRENT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	r.has_kind = true;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = subject;
	r.n_texts = 1;
	r.texts = texts;
	r.standard = &standard;
	struct err err = { 0 };
	int rc = record_encode(&r, out, &err);
	if (rc != OK)
		(void)fprintf(stderr, "a made-up record is not valid: %s\n", err.text);
	must(rc == OK);
}

void records_write(uint64_t number, struct buf *out)
{
	static struct buf cache[RECORDS]; /* made once: the simulator is one thread */
	struct buf *record = &cache[number % RECORDS];
	if (record->len == 0)
		record_make((unsigned)(number % RECORDS), record);
	uint8_t nonce[NONCE_SIZE] = { 0 };
	for (unsigned i = 0; i < 8; i++)
		nonce[i] = (uint8_t)(number >> (8 * i));
	payload_write(buf_bytes(record), nonce, out);
}
