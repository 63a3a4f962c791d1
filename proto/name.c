#include "proto/name.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "node/base/must.h"
#include "proto/utf8.h"

static bool is_blank(uint32_t c)
{
	if (c <= ' ' || c == 0x7f)
		return true;
	if (c < 0x80)
		return false;
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
	       category == UTF8PROC_CATEGORY_CC;
}

const char *name_fold(struct bytes text, struct arena *arena)
{
	if (text.len == 0 || text.len > NAME_IN_MAX || !utf8_valid(text))
		return arena_str(arena, "");
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n =
	    utf8proc_map(text.data, (utf8proc_ssize_t)text.len, &mapped,
	                 UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	must(n >= 0);
	char *out = arena_strn(arena, mapped, (size_t)n);
	size_t used = 0;
	for (size_t at = 0, len; at < (size_t)n; at += len) {
		uint32_t c;
		len = utf8_read(bytes_of(mapped + at, (size_t)n - at), &c);
		must(len > 0);
		if (is_blank(c))
			continue;
		memcpy(out + used, mapped + at, len);
		used += len;
	}
	out[used] = '\0';
	free(mapped);
	return out;
}
