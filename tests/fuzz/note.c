/* fuzz: signed notes and checkpoints.  What is read has the form that is promised, and is written the same again. */
#include "crypto/note.h"
#include "crypto/hash.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct note note;
	static const char example[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	struct vkey key;
	struct checkpoint c;
	struct err err;
	struct buf again = { 0 };
	if (note_parse(bytes_of(data, size), &note, &err) != OK)
		return 0;
	must(vkey_parse(bytes_str(example), &key, &err) == OK);
	key.type = KEY_COSIGNATURE;
	must(note.count >= 1 && note.text.len >= 1 && note.text.data[note.text.len - 1] == '\n');
	/* Nobody ever cosigned with the specification's example key. */
	must(note_verify(&note, &key, NULL) != OK);
	buf_add_bytes(&again, note.text);
	for (size_t i = 0; i < note.count; i++) {
		buf_add_char(&again, '\n');
		buf_add_bytes(&again, note.signatures[i].line);
	}
	buf_add_char(&again, '\n');
	must(bytes_equal(buf_bytes(&again), bytes_of(data, size)));
	if (checkpoint_parse(note.text, &c, &err) == OK && c.extensions == 0) {
		char origin[NAME_MAX_BYTES + 1] = { 0 };
		memcpy(origin, c.origin.data, c.origin.len);
		buf_reset(&again);
		checkpoint_write(origin, c.size, &c.root, &again);
		must(bytes_equal(buf_bytes(&again), note.text));
	}
	buf_free(&again);
	return 0;
}
