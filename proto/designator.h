/* designator: references to standards in their one canonical form (proto/README.md, clause 2.2).
 *
 *   "GB/T19001—2016", "ｇｂ／ｔ 19001-2016", "gb/t 19001-2016"  ->  "GB/T 19001-2016"
 *   "iso/iec27001:2022/Amd 1:2024"                            ->  "ISO/IEC 27001:2022/Amd 1:2024"
 *   "JIS Q 9001：2015", "JIS A 0203:2019/AMENDMENT 1:2022"     ->  "JIS Q 9001:2015", "JIS A 0203:2019/Amd 1:2022"
 *
 * A reference of no known family is kept as text: NFKC, blanks folded to one, family empty.
 * Thread: any.
 */
#pragma once

#include <stdbool.h>

#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/base/limits.h"

struct designator {
	char canonical[SUBJECT_MAX + 1]; /* the whole, as records and links carry it */
	char undated[SUBJECT_MAX + 1];   /* without the year of the standard and without supplements: "GB/T 19001" */
	char prefix[32];                 /* "GB/T", "ISO/IEC TR", "JIS Q"; empty: not a known family */
	char number[64];                 /* "19001", "27001-1" with the part */
	int year;                        /* 0: undated */
	bool supplement;                 /* an amendment, corrigendum or addendum of the above */
	bool fragment;                   /* canonical has one: of a record's subject alone (record.h) */
};

/* ERR_INVALID: empty, not UTF-8, control characters, or longer than SUBJECT_MAX once folded. */
CHECKED int designator_parse(struct bytes text, struct designator *out, struct err *err);

/* The canonical form of a text that is not to be read as a reference: NFKC, blanks folded.  Errors as above. */
CHECKED int designator_fold(struct bytes text, char out[SUBJECT_MAX + 1], struct err *err);
