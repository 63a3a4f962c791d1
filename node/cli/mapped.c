#include "node/cli/mapped.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "node/base/limits.h"

static int read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "rbe");
	if (file == NULL && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND,
		               "%.200s: no included mapping and no file is called that; --mapping list shows them", path);
	if (file == NULL)
		return err_errno(err, errno, "%s", path);
	size_t n = fread(buf_reserve(out, MAPPING_MAX + 1), 1, MAPPING_MAX + 1, file);
	int rc = ferror(file) != 0 ? err_errno(err, errno, "%s", path) : OK;
	out->len += n;
	(void)fclose(file);
	return rc;
}

int mapped_load(const char *name, struct mapping **out, struct err *err)
{
	struct bytes text;
	struct buf file = { 0 };
	*out = NULL;
	if (strcmp(name, "iso-open-data") == 0)
		return OK;
	int rc = OK;
	if (!included_text(name, &text)) {
		rc = read_file(name, &file, err);
		text = buf_bytes(&file);
	}
	if (rc == OK) {
		rc = mapping_read(text, out, err);
		if (rc != OK)
			rc = err_wrap(err, rc, "%s", name);
	}
	buf_free(&file);
	return rc;
}

int mapped_list(const char *name, struct buf *out, struct err *err)
{
	struct bytes text;
	if (name != NULL && !included_text(name, &text))
		return err_set(err, ERR_NOT_FOUND, "%.200s: no mapping of that name is included", name);
	if (name != NULL)
		buf_add_bytes(out, text);
	for (size_t i = 0; name == NULL && included_name(i) != NULL; i++)
		buf_printf(out, "%-14s %s\n", included_name(i), included_title(i));
	return OK;
}
