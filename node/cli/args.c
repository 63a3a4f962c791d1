/* Options and positional arguments: what command.h declares about them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/base/must.h"
#include "node/cli/command.h"

enum { OPTIONS_MAX = 48 };

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

/* False: too many of it. */
static bool take(const struct args_option *o)
{
	if (o->given != NULL) {
		*o->given = true;
	} else if (o->count == NULL) {
		*o->value = optarg;
	} else {
		if (*o->count == o->max)
			return false;
		o->value[(*o->count)++] = optarg;
	}
	return true;
}

bool args_read(const struct args *a)
{
	struct option options[OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	int count = 0, at = 0, c;
	for (; a->options != NULL && a->options[count].name != NULL; count++) {
		const struct args_option *o = &a->options[count];
		must(count < OPTIONS_MAX && (o->given != NULL) != (o->value != NULL));
		options[count] = (struct option){ o->name, o->given != NULL ? no_argument : required_argument, NULL, 0 };
	}
	opterr = 0;
	while ((c = getopt_long(a->argc, a->argv, ":", options, &at)) != -1) {
		if (c == ':')
			(void)args_wrong(a, "option %s needs a value", a->argv[optind - 1]);
		else if (c == '?')
			(void)args_wrong(a, "there is no option %s (or it takes no value)", a->argv[optind - 1]);
		else if (!take(&a->options[at]))
			(void)args_wrong(a, "--%s more than %zu times", a->options[at].name, a->options[at].max);
		else
			continue;
		return false;
	}
	return true;
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

void args_join(int count, char **words, struct buf *out)
{
	for (int i = 0; i < count; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", words[i]);
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
