/* facts: what a record says, line by line for a terminal: a label and its value.  Private to this room.
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "proto/message.h"

/* A label, once, and its value, wrapped; nothing for a value that is NULL or empty. */
void facts_put(struct buf *out, const char *label, const char *value);

/* The values on one line, commas between; bytes in hex. */
void facts_list(struct buf *out, const char *label, char *const *values, size_t count);
void facts_hex(struct buf *out, const char *label, struct bytes value);

/* "replaced-by" or "valid_from" as a person writes it. */
void facts_words(const char *code, char *out, size_t size);

/* Events, each under its type after before; links and adoptions, as standards and projects have them. */
void facts_events(struct buf *out, const char *before, Normlink__Event *const *events, size_t count);
void facts_adopts(struct buf *out, Normlink__Adopts *const *adopts, size_t count);
void facts_links(struct buf *out, Normlink__Link *const *links, size_t count);

/* Any body, field by field as the schema has them: an item of a list a line, and what hangs on it below. */
void facts_body(struct buf *out, const ProtobufCMessage *body);
