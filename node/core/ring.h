/* ring: our signing keys, and whose key counts for what.  For this room only.
 *
 * The ring holds every signing key at hand; which of them is in force is what our own log says (clause 2.10).
 */
#pragma once

#include "node/core/state.h"

/* The keys of a role of the operator of that log, oldest first. */
void ring_line(const struct core *c, size_t log, enum key_role role, struct key_line *out);
/* The log of this peer. */
size_t ring_log_of(const struct core *c, uint32_t peer);
/* Is every key that our log says is ours at hand?  ERR_INVALID names the first that is not. */
CHECKED int ring_complete(const struct core *c, struct err *err);
/* Why this key statement cannot become the entry of that index of our log; NULL: it can. */
const char *ring_refuses(const struct core *c, struct bytes payload, const char *collection, uint64_t index);
/* Append the lines of a head of ours: by the log key that is due, and by those before it that still count. */
void ring_sign(const struct core *c, uint64_t size, struct bytes text, struct buf *out);
/* Open a head of a log that was announced or shown, with the key statements told with it.  *known gets those that it
 * was judged by; free it with keys_free in any case.  As keys_open_head. */
CHECKED int ring_open(const struct core *c, size_t log, struct bytes raw, const ProtobufCBinaryData *told, size_t count,
                      struct note *note, struct checkpoint *out, struct keys *known, struct err *err);
/* The same with them as keys_pack. */
CHECKED int ring_open_packed(const struct core *c, size_t log, struct bytes raw, struct bytes told, struct note *note,
                             struct checkpoint *out, struct keys *known, struct err *err);
/* Those in the log and those that came with this head; free *out. */
void ring_told(const struct core *c, size_t log, const struct head *head, struct keys *out);
/* The log key's statements among the first size entries, as a frame carries them; borrowed from k.  Gives their number.
 */
size_t ring_fields(const struct keys *k, uint64_t size, ProtobufCBinaryData out[KEY_CHANGES_MAX]);
/* The log key by which this head was taken over.  False: since then its log has said otherwise. */
bool ring_key_of(const struct core *c, size_t log, const struct head *head, struct vkey *out);
/* Is this head, held whole, signed by the key that its own tree says is due?  If not it is given up. */
bool ring_founded(struct core *c, size_t log, const struct head *head);
/* Whoever announces so many entries of our log knows the keys that they name: what we cosigned is said to it again. */
void ring_heard(struct core *c, struct link *link, uint64_t size);
/* Is this line by a cosigning key of ours, in force or not? */
bool ring_owns(const struct core *c, const struct note_signature *s);
/* Is it by a key in that role of the operator of that log, and counts for the time that it names? */
bool ring_cosigns(const struct core *c, size_t log, enum key_role role, const struct note_signature *s);
/* By whatever cosigner that we know, ourselves among them? */
bool ring_cosigner(const struct core *c, const struct note_signature *s, struct vkey *out);
