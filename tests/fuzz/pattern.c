/* Masked words: what is read has letters in each, and fits itself where its masks are taken for letters. */
#include "node/store/pattern.h"

#include <string.h>

#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pattern p;
	struct err err;
	char text[1024];
	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	int rc = pattern_read(text, &p, &err);
	must(rc == OK || rc == ERR_USAGE);
	for (size_t i = 0; rc == OK && i < p.count; i++) {
		const char *t = p.v[i].text;
		must(strspn(t, "*?") < strlen(t) && (p.v[i].masked || strcspn(t, "*?") == strlen(t)));
		/* Every mask stands for itself, too. */
		must(pattern_fits(t, t));
	}
	return 0;
}
