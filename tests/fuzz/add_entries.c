/* fuzz: uploads of entries.  What is read is written again as the body's beginning, but for the ticket. */
#include "node/api/add_entries.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct upload upload;
	struct buf again = { 0 };
	struct err err = { 0 };
	int rc = add_entries_parse(bytes_of(data, size), &upload, &err);
	must(rc == OK || (rc == ERR_INVALID && err.text[0] != '\0'));
	if (rc == OK) {
		must(upload.count <= UPLOAD_PACKAGES_MAX);
		uint64_t at = upload.start;
		for (size_t i = 0; i < upload.count; i++) {
			must(upload.packages[i].count >= 1 && upload.packages[i].count <= BUNDLE_ENTRIES - at % BUNDLE_ENTRIES);
			at += upload.packages[i].count;
			must(at == upload.end || at % BUNDLE_ENTRIES == 0);
		}
		must(at <= upload.end || upload.count == 0);
		add_entries_write(&upload, &again);
		size_t origin = strlen(upload.origin), header = 2 + origin + 16;
		bool plain = size >= header + 2 && ((size_t)data[0] << 8 | data[1]) == origin && data[header] == 0 &&
		             data[header + 1] == 0;
		must(!plain || (again.len <= size && memcmp(again.data, data, again.len) == 0));
	}
	buf_free(&again);
	arena_free(&upload.arena);
	return 0;
}
