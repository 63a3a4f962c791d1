/* sts_reading: what the tests of NISO STS documents share: one document read into its records, as lines of JSON. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/limits.h"
#include "node/ingest/sts.h"
#include "proto/json.h"

struct reading {
	struct arena arena;
	struct sts_record *records;
	size_t count;
	uint64_t warnings; /* of all records */
	struct err err;
};

static inline void reading_free(struct reading *r)
{
	arena_free(&r->arena);
	*r = (struct reading){ 0 };
}

/* In pieces of that many bytes. */
static inline int reading_try(struct reading *r, struct bytes xml, size_t piece)
{
	const struct xml_node *root;
	uint64_t warnings = 0;
	int rc = OK;
	*r = (struct reading){ 0 };
	struct xml_reader *x = xml_open(&r->arena, sts_wants, &warnings);
	while (rc == OK && xml.len > 0) {
		size_t n = xml.len < piece ? xml.len : piece;
		rc = xml_feed(x, bytes_of(xml.data, n), &r->err);
		xml = bytes_of(xml.data + n, xml.len - n);
	}
	if (rc == OK)
		rc = xml_finish(x, &root, &r->err);
	if (rc == OK)
		rc = sts_read(root, warnings, &r->arena, &r->records, &r->count, &r->err);
	xml_close(x);
	for (size_t i = 0; rc == OK && i < r->count; i++)
		r->warnings += r->records[i].warnings;
	return rc;
}

static inline void reading_do(struct reading *r, const char *xml)
{
	if (reading_try(r, bytes_str(xml), SIZE_MAX) != OK)
		fail_msg("refused: %s", r->err.text);
}

/* Is record i that JSON? */
static inline void reading_has(struct reading *r, size_t i, const char *json)
{
	struct buf text = { 0 };
	Normlink__Record *record;
	assert_true(i < r->count);
	if (record_decode(r->records[i].record, &r->arena, &record, &r->err) != OK)
		fail_msg("record %zu: not valid: %s", i, r->err.text);
	json_of_message(&record->base, &text);
	assert_string_equal(buf_str(&text), json);
	buf_free(&text);
}

static inline void reading_refuses(const char *xml, int code, const char *reason)
{
	struct reading r;
	assert_int_equal(reading_try(&r, bytes_str(xml), SIZE_MAX), code);
	if (strstr(r.err.text, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", r.err.text, reason);
	reading_free(&r);
}
