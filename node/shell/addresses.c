#include "node/shell/addresses.h"

#include <stdio.h>
#include <unistd.h>

#include "node/base/buf.h"
#include "node/shell/file.h"

int addresses_write(const char *dir, const char *peer, const char *http, struct err *err)
{
	char path[4096];
	struct buf text = { 0 };
	int rc = file_join(path, sizeof path, dir, "addresses", err);
	if (rc != OK)
		return rc;
	if (peer[0] != '\0')
		buf_printf(&text, "peer: %s\n", peer);
	if (http[0] != '\0')
		buf_printf(&text, "http: %s\n", http);
	rc = file_write(path, buf_bytes(&text), 0644, err);
	buf_free(&text);
	return rc;
}

void addresses_remove(const char *dir)
{
	static const char *const names[] = { "addresses", "socket" };
	char path[4096];
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (file_join(path, sizeof path, dir, names[i], NULL) == OK)
			(void)unlink(path);
}
