/* path: a field of a record by its path, as mappings name it: set from a text.
 *
 *     standard.status    standard.events[].date    texts[].value    adoption.sources[].target
 *
 * A list of messages has [] behind it: each value that is set makes an item of its own.  A list of texts takes one more
 * text for each value.  The types are the schema's; code lists take their words.
 *
 * Knows: the schema's descriptors.  Must not know: formats, columns.  Thread: any; everything lives in arenas.
 */
#pragma once

#include <stdbool.h>

#include "node/base/arena.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "proto/message.h"

enum { PATH_STEPS_MAX = 6 };

struct path {
	const char *path;
	const ProtobufCFieldDescriptor *steps[PATH_STEPS_MAX]; /* from the record down; the last one takes the value */
	size_t count;
	size_t item; /* steps[item - 1] is the list whose items are made; 0: there is none */
};

/* Read a path below a message.  Borrows path.  ERR_INVALID: no such field, or one that a text cannot fill. */
CHECKED int path_find(const ProtobufCMessageDescriptor *type, const char *path, struct path *out, struct err *err);

/* The message that holds the field, made where it is not there yet; an item is made anew each time, and given in *item
 * (without a list: the holder itself).  NULL: a list has RECORD_LIST_MAX items already. */
ProtobufCMessage *path_place(const struct path *f, ProtobufCMessage *root, struct arena *arena,
                             ProtobufCMessage **item);

/* What *item will be. */
const ProtobufCMessageDescriptor *path_item_type(const struct path *f, const ProtobufCMessageDescriptor *root);

/* Set the field in its message (of path_place).  A text that is there is replaced, one of a list added.
 * ERR_INVALID: a word that is not in the list, no number, no hex; ERR_LIMIT: the list is full. */
CHECKED int path_set(const struct path *f, ProtobufCMessage *at, struct bytes value, struct arena *arena,
                     struct err *err);

/* Is there a value below root? */
bool path_is_set(const struct path *f, const ProtobufCMessage *root);

/* Does it take a word of a code list?  And is it a list of texts? */
bool path_is_code(const struct path *f);
bool path_is_list(const struct path *f);
