#include "proto/record_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "crypto/hash.h"
#include "crypto/key.h"
#include "node/base/limits.h"
#include "proto/entry.h"
#include "proto/key_change.h"
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

static int collection_check(const char *subject, struct err *err)
{
	struct place at = place_of("subject");
	if (subject == NULL)
		return place_refuse(err, &at, clause, "missing", NULL);
	if (!collection_valid(subject) || strcmp(subject, COLLECTION_PUBLIC) == 0)
		return place_refuse(err, &at, clause, "not the name of a collection that is shared", subject);
	return OK;
}

static int sharing_check(const char *subject, const Normlink__Sharing *s, struct err *err)
{
	int rc = collection_check(subject, err);
	if (rc == OK)
		rc = place_list(s->n_origins, SHARING_ORIGINS_MAX, "sharing.origins", err);
	for (size_t i = 0; rc == OK && i < s->n_origins; i++) {
		struct place at = { "sharing.origins", i, NULL };
		rc = origin_check(s->origins[i], &at, err);
	}
	return rc;
}

static int redaction_check(const char *subject, const Normlink__Redaction *r, struct err *err)
{
	struct place about = place_of("subject"), index = place_of("redaction.index"),
	             reason = place_of("redaction.reason"), basis = place_of("redaction.basis");
	char number[24];
	(void)snprintf(number, sizeof number, "%" PRIu64, r->index);
	int rc = OK;
	if (!r->has_index || r->index > INT64_MAX)
		rc = place_refuse(err, &index, clause, r->has_index ? "not the number of an entry" : "missing", NULL);
	if (rc == OK && (subject == NULL || strcmp(subject, number) != 0))
		rc = place_refuse(err, &about, clause, subject == NULL ? "missing" : "not the index in decimal", subject);
	if (rc == OK)
		rc = hash_check(r->has_payload_digest, r->payload_digest, "redaction.payload_digest", err);
	if (rc == OK)
		rc = place_string(r->reason, LABEL_MAX, false, &reason, err);
	return rc == OK ? place_string(r->basis, LABEL_MAX, false, &basis, err) : rc;
}

static int key_check(const Normlink__Record *r, struct err *err)
{
	struct key_change unused;
	return key_change_read(r, &unused, err);
}

int log_statement_check(const Normlink__Record *r, struct err *err)
{
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_SHARING:
		return sharing_check(r->subject, r->sharing, err);
	case NORMLINK__KIND__KIND_REDACTION:
		return redaction_check(r->subject, r->redaction, err);
	case NORMLINK__KIND__KIND_KEY:
		return key_check(r, err);
	case NORMLINK__KIND__KIND_VERDICT:
		return verdict_check(r->subject, r->verdict, err);
	default:
		return err_set(err, ERR_INTERNAL, "a log statement without a check");
	}
}

const char *log_statement_text(const Normlink__Record *r)
{
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_REDACTION:
		return r->redaction->reason;
	case NORMLINK__KIND__KIND_VERDICT:
		return r->verdict->reason;
	default:
		return NULL;
	}
}
