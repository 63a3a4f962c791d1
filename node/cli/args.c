/* Options and positional arguments: what command.h declares about them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/cli/command.h"

int args_wrong(const struct args *a, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	(void)fprintf(stderr, "normlink: %s: %s\n  See: normlink %s --help\n", a->name, text, a->name);
	return ARGS_EXIT;
}

int args_next(struct args *a)
{
	opterr = 0;
	int c = getopt_long(a->argc, a->argv, ":", a->options, NULL);
	if (c == ':') {
		(void)args_wrong(a, "option %s needs a value", a->argv[optind - 1]);
		return ARGS_WRONG;
	}
	if (c == '?') {
		(void)args_wrong(a, "there is no option %s (or it takes no value)", a->argv[optind - 1]);
		return ARGS_WRONG;
	}
	return c;
}

bool args_positional(const struct args *a, int min, int max)
{
	int count = a->argc - optind;
	if (count >= min && count <= max)
		return true;
	if (count < min)
		(void)args_wrong(a, count == 0 ? "what to work on is missing" : "an argument is missing after %s",
		                 a->argv[a->argc - 1]);
	else
		(void)args_wrong(a, "one argument too many: %s", a->argv[optind + max]);
	return false;
}

bool args_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;
	if (text[0] == '\0' || strlen(text) > 19)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (uint64_t)(*text - '0');
	}
	if (n > max)
		return false;
	*out = n;
	return true;
}
