/* island_log: records put into the log of an island's node by hand, in any collection, and its head signed.
 *
 * Include after cmocka.h.
 */
#pragma once

#include "crypto/note.h"
#include "proto/json.h"
#include "tests/cli/island.h"

static inline struct bytes island_payload(struct arena *arena, const char *word, size_t i)
{
	static const uint8_t nonce[NONCE_SIZE] = { 9 };
	struct buf record = { 0 }, payload = { 0 };
	ProtobufCMessage *message;
	struct err err = { 0 };
	const char *json =
	    arena_printf(arena,
	                 "{\"kind\":\"standard\",\"subject\":\"ISO %zu:2020\",\"texts\":[{\"role\":\"title\","
	                 "\"lang\":\"en\",\"value\":\"%s%zu\"}],\"standard\":{\"status\":\"current\"}}",
	                 i + 1, word, i);
	if (json_to_message(&normlink__record__descriptor, bytes_str(json), arena, &message, &err) != OK)
		fail_msg("%s", err.text);
	message_encode(message, &record);
	payload_write(buf_bytes(&record), nonce, &payload);
	struct bytes out = arena_bytes(arena, buf_bytes(&payload));
	buf_free(&record);
	buf_free(&payload);
	return out;
}

/* Sign the head of what w will have made of the log. */
static inline void island_sign(const struct node_dir *dir, struct store_write *write, uint64_t size, struct buf *note)
{
	struct buf text = { 0 };
	write->head_size = size;
	write->head_root = write->root;
	checkpoint_write(dir->config.origin, size, &write->root, &text);
	buf_add_bytes(note, buf_bytes(&text));
	buf_add_char(note, '\n');
	note_sign(dir->log_key, buf_bytes(&text), note);
	write->head = buf_bytes(note);
	buf_free(&text);
}

/* count more records in node i's own log, titled "<word>N", of that collection (NULL: public). */
static inline void island_publish(struct island *w, size_t i, size_t count, const char *word, const char *collection)
{
	struct node_dir dir;
	struct store *store = NULL;
	struct origin_state state = { 0 };
	struct store_write write = { .kind = WRITE_ENTRIES }, *pointer = &write;
	struct buf envelope = { 0 }, note = { 0 };
	struct err err = { 0 };
	int code;
	island_open(w, i, &dir);
	assert_int_equal(store_open(dir.path, STORE_WRITE, &store, &err), OK);
	int rc = store_load(store, dir.config.origin, &state, &err);
	assert_true(rc == OK || rc == ERR_NOT_FOUND);
	struct tree *tree = tree_restore(w->hasher, state.size, state.roots, state.tail);
	memcpy(write.origin, dir.config.origin, sizeof write.origin);
	write.start = state.size;
	write.entries = arena_array(&write.arena, count, sizeof *write.entries);
	write.leaves = arena_array(&write.arena, count, sizeof *write.leaves);
	for (; write.count < count; write.count++) {
		struct entry *e = &write.entries[write.count];
		e->payload = island_payload(&write.arena, word, (size_t)state.size + write.count);
		buf_reset(&envelope);
		envelope_write(w->hasher, e->payload, 1700000000000, collection != NULL ? collection : "public", &envelope);
		e->envelope = arena_bytes(&write.arena, buf_bytes(&envelope));
		e->state = PAYLOAD_PRESENT;
		write.leaves[write.count] = hash_leaf(w->hasher, e->envelope);
		tree_append(tree, &write.leaves[write.count]);
	}
	write.root = tree_root(tree);
	island_sign(&dir, &write, state.size + count, &note);
	if (store_apply(store, &pointer, 1, &code, &err) != OK || code != OK)
		fail_msg("%s", err.text);
	tree_free(tree);
	origin_state_free(&state);
	arena_free(&write.arena);
	buf_free(&envelope);
	buf_free(&note);
	store_close(store);
	node_dir_close(&dir);
}
