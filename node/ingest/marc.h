/* marc: a MARC 21 bibliographic record in MARCXML to a record of a standard.
 *
 * Libraries describe a standard as a book.  The reference is the first that stands, or begins, in 024 $a (other
 * standard identifier), 088, 028 and 086 (numbers of reports, publishers, governments), 001, 490 and 245: in that
 * order.
 *
 *     245 246 titles        250 edition       264 260 publisher and date   500 notes   520 abstract   540 licence
 *     041 languages         084 ICS, CCS      710 110 committees, of the bodies that are called one
 *     780 785 what came before and after      787 other relations, by the words in $i   856 where it is
 *
 * The language of a title is not said in MARC.  A note "Status: current", as the export writes it, is the status.
 *
 * Knows: fields of MARC 21.  Must not know: who gave the record.  Thread: any; everything lives in the draft's arena.
 */
#pragma once

#include "node/base/err.h"
#include "node/ingest/draft.h"
#include "node/ingest/xml.h"

/* Fill a draft that was begun from a record element.  ERR_INVALID: no reference to a standard is in it. */
CHECKED int marc_read(const struct xml_node *record, struct draft *d, struct err *err);
