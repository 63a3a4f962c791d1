#include "node/ingest/reference.h"

#include <string.h>

#include "proto/designator.h"

bool reference_reads(struct bytes text)
{
	struct designator d;
	return text.len > 0 && designator_parse(text, &d, NULL) == OK && d.prefix[0] != '\0';
}

struct bytes reference_front(struct bytes text)
{
	static const char *const ends[] = { " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 ", ": ", " : ", ", ", ". " };
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		const uint8_t *end = text.len > 0 ? memmem(text.data, text.len, ends[i], strlen(ends[i])) : NULL;
		if (end != NULL && reference_reads(bytes_of(text.data, (size_t)(end - text.data))))
			return bytes_of(text.data, (size_t)(end - text.data));
	}
	return reference_reads(text) ? text : bytes_of(NULL, 0);
}
