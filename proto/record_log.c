#include "proto/record_log.h"

#include "crypto/hash.h"
#include "crypto/key.h"
#include "node/base/limits.h"
#include "proto/place.h"

static const char clause[] = "2.7";

static int origin_check(const char *value, const struct place *at, struct err *err)
{
	struct err inner = { 0 };
	if (value == NULL)
		return place_refuse(err, at, clause, "missing", NULL);
	if (key_name_check(bytes_str(value), &inner) != OK)
		return place_refuse(err, at, clause, "not the name of an origin", value);
	return OK;
}

static int hash_check(protobuf_c_boolean present, ProtobufCBinaryData value, const char *field, struct err *err)
{
	struct place at = place_of(field);
	if (!present)
		return place_refuse(err, &at, clause, "missing", NULL);
	return value.len == HASH_SIZE ? OK : place_refuse(err, &at, clause, "not 32 bytes", NULL);
}

static int verdict_check(const char *subject, const Normlink__Verdict *v, struct err *err)
{
	struct place about = place_of("subject"), decision = place_of("verdict.decision"), size = place_of("verdict.size"),
	             reason = place_of("verdict.reason");
	int rc = origin_check(subject, &about, err);
	if (rc == OK)
		rc = place_code(v->has_decision, (int)v->decision, clause, &decision, err);
	if (rc == OK)
		rc = hash_check(v->has_evidence_digest, v->evidence_digest, "verdict.evidence_digest", err);
	if (rc == OK && !v->has_size)
		rc = place_refuse(err, &size, clause, "missing", NULL);
	if (rc == OK)
		rc = hash_check(v->has_root, v->root, "verdict.root", err);
	return rc == OK ? place_string(v->reason, LABEL_MAX, false, &reason, err) : rc;
}

int log_statement_check(const Normlink__Record *r, struct err *err)
{
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_VERDICT:
		return verdict_check(r->subject, r->verdict, err);
	default:
		return err_set(err, ERR_INTERNAL, "a log statement without a check");
	}
}

const char *log_statement_text(const Normlink__Record *r)
{
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_VERDICT:
		return r->verdict->reason;
	default:
		return NULL;
	}
}
