#include "node/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node/base/must.h"

enum { LINE_MAX_BYTES = 2048 };

static _Atomic int threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&threshold, (int)level);
}

static size_t put_prefix(char *line, size_t size, enum log_level level, const char *event)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	struct timespec now;
	struct tm utc;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);
	size_t n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &utc);
	int m = snprintf(line + n, size - n, ".%03ldZ level=%s event=%s", now.tv_nsec / 1000000, names[level], event);
	return n + (size_t)m;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	must(level >= LOG_DEBUG && level < LOG_NONE);
	if ((int)level < atomic_load(&threshold))
		return;
	char line[LINE_MAX_BYTES];
	size_t n = put_prefix(line, sizeof line / 2, level, event);
	if (format != NULL && format[0] != '\0') {
		line[n++] = ' ';
		va_list args;
		va_start(args, format);
		int m = vsnprintf(line + n, sizeof line - n - 1, format, args);
		va_end(args);
		size_t room = sizeof line - n - 2;
		n += m < 0 ? 0 : (size_t)m > room ? room : (size_t)m;
	}
	line[n++] = '\n';
	/* Nowhere to report a failed write of the log itself. */
	ssize_t written = write(STDERR_FILENO, line, n);
	(void)written;
}

const char *log_value(const char *text, char *out, size_t size)
{
	must(size >= 8);
	int quote = text[0] == '\0' || strpbrk(text, " \"=\t\r\n\\") != NULL;
	size_t n = 0;
	if (quote)
		out[n++] = '"';
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0' && n + 7 < size; c++) {
		if (*c < 0x20 || *c == 0x7f)
			n += (size_t)snprintf(out + n, size - n, "\\x%02x", *c);
		else if (*c == '"' || *c == '\\')
			n += (size_t)snprintf(out + n, size - n, "\\%c", *c);
		else
			out[n++] = (char)*c;
	}
	if (quote)
		out[n++] = '"';
	out[n] = '\0';
	return out;
}
