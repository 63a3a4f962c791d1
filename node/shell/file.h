/* file: small files, read whole and written so that a crash leaves the old one or the new one.
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"

/* The whole of a file of at most max bytes, appended to out; "-" is standard input.  ERR_NOT_FOUND, ERR_LIMIT, ERR_IO;
 * the text names the path. */
CHECKED int file_read(const char *path, size_t max, struct buf *out, struct err *err);

/* The same for a secret: ERR_UNTRUSTED when anybody but its owner may read or write it. */
CHECKED int file_read_secret(const char *path, size_t max, struct buf *out, struct err *err);

/* Overwrite what a secret left in memory, then free it. */
void file_wipe(struct buf *content);

/* Write through a temporary file beside it, rename it into place, and make both the bytes and the name durable.
 * An older file is replaced. */
CHECKED int file_write(const char *path, struct bytes content, mode_t mode, struct err *err);

/* The same, but ERR_EXISTS when there is a file by that name already. */
CHECKED int file_write_new(const char *path, struct bytes content, mode_t mode, struct err *err);

/* Make the names in a folder durable; in the folder that holds path. */
CHECKED int file_sync_folder(const char *path, struct err *err);
CHECKED int file_sync_parent(const char *path, struct err *err);

/* Remove a folder and what is in it, at most depth levels of folders below it.  Best effort: what cannot be removed
 * stays. */
void file_remove_tree(const char *path, int depth);

/* "folder/name" into out.  ERR_LIMIT: does not fit. */
CHECKED int file_join(char *out, size_t size, const char *folder, const char *name, struct err *err);

/* Is it a folder without anything in it?  ERR_NOT_FOUND, ERR_EXISTS (it has something), ERR_IO, ERR_INVALID (no
 * folder). */
CHECKED int file_folder_empty(const char *path, struct err *err);
