/* iso_open: ISO Open Data's deliverables and committees, one JSON object a line, to records.
 *
 *     {"id":62085,"deliverableType":"IS","reference":"ISO 9001:2015","publicationDate":"2015-09-22","edition":5,
 *      "icsCode":["03.120.10"],"ownerCommittee":"ISO/TC 176/SC 2","currentStage":9093,"replaces":[46486],
 *      "replacedBy":null,"languages":["en","fr"],"title":{"en":"...","fr":"..."},"scope":{"en":"<p>...</p>"}}
 *     {"id":53882,"reference":"ISO/TC 176","status":"Active","title":{"en":"..."},"secretariat":"SCC","parentId":null}
 *
 * A stage 6060 is 60.60, and tells the status as everywhere (life.h).  Numbers of other documents are looked up among
 * those of the same file; one that is not there is a warning.  The data is under the ODC Attribution License 1.0: each
 * record names its source.
 *
 * Knows: the keys of that data.  Must not know: files.  Thread: the caller's.
 */
#pragma once

#include "node/base/arena.h"
#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* The references of documents by their numbers.  Zeroed: empty. */
struct iso_ids {
	struct iso_id *v;
	size_t count, room;
	struct buf texts; /* references, each with its NUL */
	bool sorted;
};

/* Is the line, or its beginning, one of that data? */
bool iso_open_looks(struct bytes line);

/* Take the number and reference of a line, if it has both.  ERR_LIMIT: more than LINKED_IDS_MAX. */
CHECKED int iso_ids_add(struct iso_ids *ids, struct bytes line, struct err *err);
/* After the last. */
void iso_ids_sort(struct iso_ids *ids);
void iso_ids_free(struct iso_ids *ids);

/* The record of one line, encoded, is appended to out; subject lives in the arena.  ERR_INVALID, ERR_LIMIT with the
 * reason (out is then as it was). */
struct iso_facts {
	int kind;
	const char *subject;
	uint64_t warnings;
};
CHECKED int iso_open_record(const struct iso_ids *ids, struct bytes line, struct arena *arena, struct buf *out,
                            struct iso_facts *facts, struct err *err);
