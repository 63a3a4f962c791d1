/* arena: memory that ends together.
 *
 * What is decoded from one message, or made for one answer, lives in one arena with a cap
 * and is freed at once.  A zeroed struct arena is an empty one whose cap is ARENA_CAP.
 * Thread: the owner's; ownership may be moved to another thread whole.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "node/base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used; /* bytes given out so far */
	size_t cap;  /* most that may be given out; 0 means ARENA_CAP (limits.h) */
};

/* n bytes, zeroed, aligned for any type; NULL when the cap would be passed (the caller
 * answers ERR_LIMIT). */
void *arena_try(struct arena *a, size_t n);

/* The same for sizes that our own code bounds: never NULL, aborts at the cap. */
void *arena_get(struct arena *a, size_t n);

/* count * size with the multiplication checked; never NULL. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Terminated copies; never NULL. */
char *arena_str(struct arena *a, const char *text);
char *arena_strn(struct arena *a, const void *text, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A copy of bytes. */
struct bytes arena_bytes(struct arena *a, struct bytes from);

/* Free everything; the arena is empty and may be used again (same cap). */
void arena_free(struct arena *a);

/* Move: what *from owned is given, and *from is empty. */
struct arena arena_take(struct arena *from);
