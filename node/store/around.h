/* around: values of fields whose values are few (status, kind, origin, degree of an adoption), or names of other
 * records, of acts or of entries, around one: for lists of what there is.
 * Thread: the owner's of the store.
 */
#pragma once

#include "node/store/clause.h"

/* Can the values of the field be listed here? */
bool around_has(enum record_field field);

/* As query.h says of values.  Errors as those of select. */
CHECKED int around_values(struct finding *f, enum record_field field, const char *text, size_t before, size_t after,
                          struct arena *arena, struct value_list *out);
