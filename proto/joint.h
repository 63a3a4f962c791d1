/* joint: one document under several references, written as "ISO/IEC 27002:2022 | ITU-T X.1054".
 *
 * A joint reference that is a record's subject says that each of its parts is the same document; one that is pointed
 * at is pointed at under each of its parts, too.
 * Thread: any.
 */
#pragma once

#include "proto/designator.h"
#include "proto/edges.h"

enum { JOINT_PARTS_MAX = 8 };

/* Its parts in canonical form.  0: it is not joint, or has more than JOINT_PARTS_MAX parts, or one that is nothing. */
size_t joint_parts(const char *reference, struct designator out[JOINT_PARTS_MAX]);

/* record_edges, and what joint references add to them. */
CHECKED int joint_edges(const Normlink__Record *r, edge_cb each_cb, void *arg, struct err *err);
