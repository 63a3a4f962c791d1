/* relaton_write: a record of a standard as a Relaton document, in YAML, of the newer generation of the model.
 *
 * What the model has no place for is left out: stage events, the region of a level that it does not know.  What is
 * written here and read by relaton.h gives the same facts again, and finds the same things odd.
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "proto/message.h"

/* Append one YAML document, beginning with "---".  record is valid and of a standard; adoption is the record of what it
 * adopts (NULL: none). */
void relaton_write(const Normlink__Record *record, const Normlink__Record *adoption, struct buf *out);
