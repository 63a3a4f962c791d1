/* shown: what another machine has written, on standard output.
 *
 * To a file or a program it goes as it came.  A terminal obeys what it reads, and a node far away may say anything:
 * there, control characters and marks that turn the direction of writing are shown as U+FFFD (node/api/text.h).
 * Thread: the main one.
 */
#pragma once

#include <stdbool.h>

#include "node/base/buf.h"

/* False: it could not be written. */
bool shown_print(struct bytes text);

/* Append the text as a terminal is to have it: its lines, each made harmless. */
void shown_put(struct bytes text, struct buf *out);
