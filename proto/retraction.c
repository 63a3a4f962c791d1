#include "proto/retraction.h"

#include "node/base/arena.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/record.h"

/* The body of a kind, with nothing in it. */
static void put_body(Normlink__Record *r, struct arena *arena)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(
	    &normlink__record__descriptor, RECORD_BODY_FIRST + (unsigned)r->kind - 1);
	must(field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE);
	const ProtobufCMessageDescriptor *type = field->descriptor;
	ProtobufCMessage *body = arena_get(arena, type->sizeof_message);
	type->message_init(body);
	*(ProtobufCMessage **)(void *)((char *)r + field->offset) = body;
}

int retraction_write(int kind, const char *text, const char *reason, struct buf *out, struct err *err)
{
	struct arena arena = { 0 };
	struct designator subject;
	Normlink__Retraction retraction = NORMLINK__RETRACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	if (kind_word(kind) == NULL || kind_about_log(kind))
		return err_set(err, ERR_INVALID, "statements about logs are not taken back: the next one counts (clause 2.13)");
	int rc = record_subject(kind, text, &subject, err);
	if (rc != OK)
		return rc;
	r.has_kind = true;
	r.kind = (Normlink__Kind)kind;
	r.subject = subject.canonical;
	r.retraction = &retraction;
	retraction.reason = arena_str(&arena, reason);
	put_body(&r, &arena);
	rc = record_encode(&r, out, err);
	arena_free(&arena);
	return rc;
}
