#include "node/store/filter.h"

#include "proto/record.h"

int filter_read(const struct query *query, const struct origin_row *origins, size_t count, struct filter *out,
                struct err *err)
{
	struct filter f = { .ics = query->ics, .public = query->public_only, .nothing = query->origin != NULL };
	if (query->status != NULL && (f.status = status_of_word(query->status)) == 0)
		return err_set(err, ERR_USAGE, "no status is called that");
	if (query->kind != NULL && (f.kind = kind_of_word(query->kind)) == 0)
		return err_set(err, ERR_USAGE, "no kind of record is called that");
	if (query->ics != NULL && !ics_valid(query->ics))
		return err_set(err, ERR_USAGE, "an ICS code is NN, NN.NNN or NN.NNN.NN");
	f.ics_len = query->ics != NULL ? strlen(query->ics) : 0;
	for (size_t i = 0; query->origin != NULL && i < count; i++) {
		if (strcmp(origins[i].name, query->origin) == 0) {
			f.slot = origins[i].slot;
			f.nothing = false;
		}
	}
	*out = f;
	return OK;
}

/* A code and what lies below it: "03" and "03.120", not "030". */
static bool below(struct bytes code, const struct filter *f)
{
	return code.len >= f->ics_len && memcmp(code.data, f->ics, f->ics_len) == 0 &&
	       (code.len == f->ics_len || code.data[f->ics_len] == '.');
}

bool filter_ics(struct bytes codes, const struct filter *f)
{
	while (codes.len > 0) {
		const uint8_t *blank = memchr(codes.data, ' ', codes.len);
		size_t n = blank == NULL ? codes.len : (size_t)(blank - codes.data);
		if (below(bytes_of(codes.data, n), f))
			return true;
		size_t used = blank == NULL ? n : n + 1;
		codes = bytes_of(codes.data + used, codes.len - used);
	}
	return false;
}
