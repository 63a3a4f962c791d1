#include "node/api/written.h"

#include <string.h>

#include "node/base/limits.h"
#include "node/base/memo.h"

struct memo *written_new(void)
{
	return memo_new(WRITTEN_BYTES_MAX, WRITTEN_PIECE_MAX);
}

static uint64_t number_of(const struct written_key *key)
{
	uint64_t form = bytes_hash(bytes_str(key->form), key->index);
	return bytes_hash(bytes_str(key->origin), form);
}

/* Take a part with its length before it off the rest; false: it is another. */
static bool holds(struct bytes *rest, struct bytes part)
{
	size_t len;
	if (rest->len < sizeof len)
		return false;
	memcpy(&len, rest->data, sizeof len);
	*rest = bytes_of(rest->data + sizeof len, rest->len - sizeof len);
	bool same = len == part.len && bytes_equal(bytes_of(rest->data, len), part);
	if (same)
		*rest = bytes_of(rest->data + len, rest->len - len);
	return same;
}

bool written_find(struct memo *w, const struct written_key *key, struct bytes *out)
{
	struct bytes numbers = bytes_of(&(uint64_t[]){ key->index, key->mark }, 2 * sizeof(uint64_t));
	return w != NULL && key->mark != 0 && memo_find(w, number_of(key), out) && holds(out, bytes_str(key->form)) &&
	       holds(out, bytes_str(key->origin)) && holds(out, numbers);
}

void written_keep(struct memo *w, const struct written_key *key, struct bytes value)
{
	uint64_t numbers[] = { key->index, key->mark };
	size_t lengths[] = { strlen(key->form), strlen(key->origin), sizeof numbers };
	const struct bytes parts[] = {
		bytes_of(&lengths[0], sizeof lengths[0]),
		bytes_str(key->form),
		bytes_of(&lengths[1], sizeof lengths[1]),
		bytes_str(key->origin),
		bytes_of(&lengths[2], sizeof lengths[2]),
		bytes_of(numbers, sizeof numbers),
		value,
	};
	if (w != NULL && key->mark != 0)
		memo_keep(w, number_of(key), parts, sizeof parts / sizeof parts[0]);
}
