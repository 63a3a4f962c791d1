#include "node/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "node/base/must.h"

static const struct {
	const char *name;
	int exit;
} table[ERR_CODES] = {
	[OK] = { "ok", 0 },
	[ERR_USAGE] = { "usage", 2 },
	[ERR_INVALID] = { "invalid", 3 },
	[ERR_NOT_FOUND] = { "not-found", 1 },
	[ERR_EXISTS] = { "exists", 1 },
	[ERR_BUSY] = { "busy", 4 },
	[ERR_IO] = { "io", 4 },
	[ERR_FULL] = { "full", 4 },
	[ERR_CORRUPT] = { "corrupt", 4 },
	[ERR_PROTOCOL] = { "protocol", 5 },
	[ERR_UNTRUSTED] = { "untrusted", 1 },
	[ERR_CONFLICT] = { "conflict", 1 },
	[ERR_LIMIT] = { "limit", 3 },
	[ERR_TIMEOUT] = { "timeout", 5 },
	[ERR_CLOSED] = { "closed", 5 },
	[ERR_NOT_READY] = { "not-ready", 1 },
	[ERR_UNSUPPORTED] = { "unsupported", 3 },
	[ERR_INTERNAL] = { "internal", 70 },
};

/* C0, DEL, and C1, whose UTF-8 begins with 0xc2: terminals obey them as well. */
static void make_printable(char *text)
{
	for (; *text; text++) {
		bool c1 = (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0;
		if ((unsigned char)*text < 0x20 || *text == 0x7f || c1)
			*text = '?';
		if (c1)
			*++text = '?';
	}
}

/* vsnprintf may cut a UTF-8 sequence in two: drop the incomplete tail. */
static void trim_utf8(char *text)
{
	size_t n = strlen(text);
	size_t back = 0;
	while (back < n && back < 4 && ((unsigned char)text[n - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back == n)
		return;
	unsigned char lead = (unsigned char)text[n - 1 - back];
	size_t want = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
	if (want > back)
		text[n - 1 - back] = '\0';
}

int err_set(struct err *e, int code, const char *format, ...)
{
	must(code > OK && code < ERR_CODES);
	if (e == NULL)
		return code;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	if (n >= (int)sizeof e->text)
		trim_utf8(e->text);
	make_printable(e->text);
	e->code = code;
	return code;
}

int err_wrap(struct err *e, int code, const char *format, ...)
{
	must(code > OK && code < ERR_CODES);
	if (e == NULL)
		return code;
	char inner[ERR_TEXT_MAX];
	char context[ERR_TEXT_MAX / 2];
	memcpy(inner, e->text, sizeof inner);
	va_list args;
	va_start(args, format);
	(void)vsnprintf(context, sizeof context, format, args);
	va_end(args);
	return err_set(e, code, "%s: %s", context, inner);
}

static int code_of_errno(int errno_value)
{
	switch (errno_value) {
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case EAGAIN:
	case EBUSY:
		return ERR_BUSY;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_IO;
	}
}

int err_errno(struct err *e, int errno_value, const char *format, ...)
{
	int code = code_of_errno(errno_value);
	if (e == NULL)
		return code;
	char context[ERR_TEXT_MAX / 2];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(context, sizeof context, format, args);
	va_end(args);
	return err_set(e, code, "%s: %s", context, strerror(errno_value));
}

const char *err_name(int code)
{
	return code >= 0 && code < ERR_CODES ? table[code].name : "unknown";
}

int err_exit(int code)
{
	return code >= 0 && code < ERR_CODES ? table[code].exit : 70;
}
