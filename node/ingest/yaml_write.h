/* yaml_write: YAML out: mappings, lists and texts that any reader takes as texts, whatever they look like.
 *
 * Knows: libyaml's emitter.  Must not know: what a key means.  Thread: the owner's.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/bytes.h"

struct yaml_writer;

/* Begin a document that is appended to out (borrowed). */
struct yaml_writer *yaml_writer_new(struct buf *out);
/* End it, and free.  Everything opened is closed. */
void yaml_writer_end(struct yaml_writer *w);

void yaml_map_begin(struct yaml_writer *w);
void yaml_map_end(struct yaml_writer *w);
void yaml_list_begin(struct yaml_writer *w);
void yaml_list_end(struct yaml_writer *w);
void yaml_key(struct yaml_writer *w, const char *key);
void yaml_text(struct yaml_writer *w, const char *text);
/* A word that is to be read as what it looks like: true. */
void yaml_plain(struct yaml_writer *w, const char *word);

/* "key: text"; nothing when text is NULL. */
void yaml_pair(struct yaml_writer *w, const char *key, const char *text);
