/* reading: what the tests of Relaton documents share: one document read into one decoded record, and checks of it. */
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
#include "node/ingest/ingest.h"

struct fixture {
	struct arena arena;
	struct buf bytes;
	Normlink__Record *record;
	const Normlink__Standard *s;
	uint64_t warnings;
	bool held;
	struct err err;
};

static inline int setup(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	*state = &f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->arena);
	buf_free(&f->bytes);
	return 0;
}

static inline int try_read(struct fixture *f, const char *yaml)
{
	buf_reset(&f->bytes);
	f->warnings = 0;
	f->err = (struct err){ 0 };
	return relaton_record(bytes_str(yaml), &f->bytes, &f->warnings, &f->held, &f->err);
}

static inline void read_it(struct fixture *f, const char *yaml)
{
	if (try_read(f, yaml) != OK)
		fail_msg("refused: %s", f->err.text);
	arena_free(&f->arena);
	if (record_decode(buf_bytes(&f->bytes), &f->arena, &f->record, &f->err) != OK)
		fail_msg("not a valid record: %s", f->err.text);
	f->s = f->record->standard;
}

/* The same with a document of nothing but a name, and one more part. */
static inline void read_with(struct fixture *f, const char *name, const char *part)
{
	struct buf yaml = { 0 };
	buf_printf(&yaml, "---\ntype: standard\ndocid:\n- id: '%s'\n  primary: true\n%s", name, part);
	read_it(f, buf_str(&yaml));
	buf_free(&yaml);
}

static inline void refuses(struct fixture *f, const char *yaml, const char *reason)
{
	assert_int_equal(try_read(f, yaml), ERR_INVALID);
	assert_int_equal(f->bytes.len, 0);
	if (strstr(f->err.text, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->err.text, reason);
}

static inline void has_text(const struct fixture *f, size_t i, int role, const char *lang, const char *value)
{
	assert_true(i < f->record->n_texts);
	assert_int_equal(f->record->texts[i]->role, role);
	assert_string_equal(f->record->texts[i]->lang, lang);
	assert_string_equal(f->record->texts[i]->value, value);
}

static inline void has_event(const struct fixture *f, size_t i, int type, const char *date)
{
	assert_true(i < f->s->n_events);
	assert_int_equal(f->s->events[i]->type, type);
	assert_string_equal(f->s->events[i]->date, date);
}

static inline void has_link(const struct fixture *f, size_t i, int type, const char *target)
{
	assert_true(i < f->s->n_links);
	assert_int_equal(f->s->links[i]->type, type);
	assert_string_equal(f->s->links[i]->target, target);
}

enum {
	TITLE = NORMLINK__ROLE__ROLE_TITLE,
	ABSTRACT = NORMLINK__ROLE__ROLE_ABSTRACT,
	PUBLISHED = NORMLINK__EVENT_TYPE__EVENT_PUBLISHED,
	ISSUED = NORMLINK__EVENT_TYPE__EVENT_ISSUED,
	CONFIRMED = NORMLINK__EVENT_TYPE__EVENT_CONFIRMED,
	CORRECTED = NORMLINK__EVENT_TYPE__EVENT_CORRECTED,
	UPDATED = NORMLINK__EVENT_TYPE__EVENT_UPDATED,
	REPLACES = NORMLINK__LINK_TYPE__LINK_REPLACES,
	REPLACED_BY = NORMLINK__LINK_TYPE__LINK_REPLACED_BY,
	AMENDS = NORMLINK__LINK_TYPE__LINK_AMENDS,
	AMENDED_BY = NORMLINK__LINK_TYPE__LINK_AMENDED_BY,
	CORRECTS = NORMLINK__LINK_TYPE__LINK_CORRECTS,
	CORRECTED_BY = NORMLINK__LINK_TYPE__LINK_CORRECTED_BY,
};
