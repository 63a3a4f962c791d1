/* kit: what the tests of proto share: a seeded generator, a record from JSON, and checks of an error's text. */
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
#include "proto/json.h"
#include "proto/record.h"

/* splitmix64 */
static inline uint64_t kit_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline size_t kit_below(uint64_t *state, size_t n)
{
	return (size_t)(kit_random(state) % n);
}

/* The record that this JSON describes, not validated. */
static inline Normlink__Record *kit_record(struct arena *arena, const char *json)
{
	ProtobufCMessage *message = NULL;
	struct err err = { 0 };
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), arena, &message, &err) != OK)
		fail_msg("%s\n%s", err.text, json);
	return (Normlink__Record *)message;
}

static inline void kit_expect_text(const struct err *err, const char *part)
{
	if (strstr(err->text, part) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", part, err->text);
}

static const char kit_good[] =
    "{\"kind\":\"standard\",\"subject\":\"GB/T 19001-2016\",\"texts\":["
    "{\"role\":\"title\",\"lang\":\"zh\",\"value\":\"质量管理体系 要求\"},"
    "{\"role\":\"title\",\"lang\":\"en\",\"value\":\"Quality management systems - Requirements\"},"
    "{\"role\":\"abstract\",\"lang\":\"zh-Hans\",\"value\":\"第一行\\n第二行\"}],"
    "\"valid_from\":\"2017-07-01\",\"valid_until\":\"2030\","
    "\"source\":{\"name\":\"SAC\",\"url\":\"https://openstd.example/\",\"licence\":\"facts\"},"
    "\"standard\":{\"reference\":\"GB/T19001—2016\",\"status\":\"current\",\"stage\":\"60.60\","
    "\"events\":[{\"type\":\"published\",\"date\":\"2016-12-30\"},{\"type\":\"implemented\",\"date\":\"2017-07\"}],"
    "\"edition\":\"4\",\"ics\":[\"03.120.10\",\"03.120\",\"03\"],\"ccs\":[\"A00\"],\"committees\":[\"SAC/TC 151\"],"
    "\"languages\":[\"zh\",\"en-GB\"],\"publisher\":\"SAC\","
    "\"links\":[{\"type\":\"replaces\",\"target\":\"GB/T 19001-2008\"}],"
    "\"adopts\":[{\"target\":\"ISO 9001:2015\",\"degree\":\"idt\"}]}}";
