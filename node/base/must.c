#include "node/base/must.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void must_fail(const char *condition, const char *file, int line, const char *func)
{
	fprintf(stderr, "level=fatal event=broken_invariant at=%s:%d func=%s must=\"%s\"\n", file, line, func, condition);
	abort();
}
