/* relaton_xml: a document of Relaton's XML as the tree that its YAML would be, for relaton.h to read.
 *
 * An element with attributes or children is a mapping, its own text under `content`; one without is a scalar; elements
 * of one name side by side are a sequence.  Names that the two serialisations spell differently are YAML's.
 *
 * Knows: both spellings.  Must not know: what a field means.  Thread: any; the tree belongs to the arena.
 */
#pragma once

#include "node/base/arena.h"
#include "node/ingest/xml.h"
#include "node/ingest/yaml.h"

/* *warnings counts what has no place: an element with more than YAML_KEYS_MAX names below it.  Never NULL. */
const struct yaml_node *relaton_from_xml(struct arena *arena, const struct xml_node *root, uint64_t *warnings);
