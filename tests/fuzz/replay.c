/* replay: runs a fuzz target over its corpus where libFuzzer is not linked in.
 *
 *     TARGET PATH...      each a file or a folder of files
 *
 * Besides each file as it is, every prefix of the small ones is tried, since a parser's edges are where its input ends.
 * Ends with "N passed, N failed"; a finding crashes the program.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "node/base/buf.h"
#include "node/base/must.h"

enum { PREFIXES_MAX = 512, PATH_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly the input's size, so that a sanitizer sees a read past its end. */
static void feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	must(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return 0;
	struct buf content = { 0 };
	size_t got;
	while ((got = fread(buf_reserve(&content, 65536), 1, 65536, file)) > 0)
		content.len += got;
	fclose(file);
	feed(content.data, content.len);
	for (size_t n = 0; n < content.len && n < PREFIXES_MAX; n++)
		feed(content.data, n);
	buf_free(&content);
	return 1;
}

static int replay(const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return replay_file(path);
	DIR *dir = opendir(path);
	if (dir == NULL)
		return 0;
	int count = 0;
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		char inner[PATH_BYTES];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		count += replay(inner);
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;
	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	if (count == 0) {
		printf("no corpus file found\n0 passed, 1 failed\n");
		return 1;
	}
	printf("%d passed, 0 failed\n", count);
	return 0;
}
