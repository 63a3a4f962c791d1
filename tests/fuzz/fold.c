/* fold: titles and queries to terms. */
#include "proto/fold.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t len, start;
	unsigned run;
	bool any;
};

static int look(void *arg, const char *term, size_t len, size_t start, size_t end, unsigned run)
{
	struct seen *s = arg;
	must(len >= 1 && len <= FOLD_TERM_MAX && utf8_valid(bytes_of(term, len)));
	must(start >= s->start && start < end && end <= s->len);
	must(!s->any ? run == 0 : run == s->run || run == s->run + 1);
	s->any = true;
	s->start = start;
	s->run = run;
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .len = size };
	must(fold_terms(bytes_of(data, size), look, &s) == OK);
	return 0;
}
