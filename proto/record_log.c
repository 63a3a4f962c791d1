#include "proto/record_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/key.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/index_root.h"
#include "proto/key_change.h"
#include "proto/place.h"

static const char clause[] = "2.7";

static int refuse(const Normlink__Record *r, const char *reason, struct err *err)
{
	struct place subject = place_of("subject");
	return place_refuse(err, &subject, clause, reason, r->subject);
}

static int redaction_check(const Normlink__Record *r, struct err *err)
{
	char number[24];
	(void)snprintf(number, sizeof number, "%" PRIu64, r->redaction->index);
	/* Without an index, or with a wrong one, that is what is said. */
	if (!r->redaction->has_index || r->redaction->index > INT64_MAX || strcmp(r->subject, number) == 0)
		return OK;
	return refuse(r, "not the index in decimal", err);
}

static int submitter_check(const Normlink__Record *r, struct err *err)
{
	struct place subject = place_of("subject");
	return place_string(r->subject, SUBJECT_MAX, false, &subject, err);
}

int log_subject_check(const Normlink__Record *r, struct err *err)
{
	switch ((int)r->kind) {
	case NORMLINK__KIND__KIND_SHARING:
		if (collection_valid(r->subject) && strcmp(r->subject, COLLECTION_PUBLIC) != 0)
			return OK;
		return refuse(r, "not the name of a collection that is shared", err);
	case NORMLINK__KIND__KIND_REDACTION:
		return redaction_check(r, err);
	case NORMLINK__KIND__KIND_KEY:
		return OK; /* with its body */
	case NORMLINK__KIND__KIND_VERDICT:
	case NORMLINK__KIND__KIND_AUTHORITY:
		return key_name_check(bytes_str(r->subject), NULL) == OK ? OK : refuse(r, "not the name of an origin", err);
	case NORMLINK__KIND__KIND_INDEX:
		return strcmp(r->subject, INDEX_SUBJECT) == 0 ? OK : refuse(r, "not the word " INDEX_SUBJECT, err);
	case NORMLINK__KIND__KIND_SUBMITTER:
		return submitter_check(r, err);
	default:
		must(!"a log statement without a check");
		return ERR_INTERNAL;
	}
}

int log_key_check(const Normlink__Record *r, struct err *err)
{
	struct key_change unused;
	return key_change_read(r, &unused, err);
}
