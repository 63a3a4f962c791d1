#include "node/shell/quick.h"

#include <string.h>

enum {
	QUICK_NS = 40 * 1000,
	SLOW_NS = 2 * QUICK_NS,      /* what was quick is not any more */
	SPENT_MAX_NS = 4 * QUICK_NS, /* one that was kept waiting does not spoil many */
	QUICK_COUNT = 8,             /* so many are asked first */
	MEAN_SHARE = 16,             /* of each in the mean */
	INDEX_MAX = 16,              /* bytes of the name of CQL's first index */
};

static const char *const addresses[] = { "/healthz", "/api/v1/search", "/sru", "/id/", "/api/v1/records/" };

static void add(uint32_t *hash, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		*hash = (*hash ^ text.data[i]) * 0x01000193u;
	*hash = (*hash ^ 0xff) * 0x01000193u;
}

static bool begins(struct bytes path, const char *address)
{
	size_t len = strlen(address);
	bool below = address[len - 1] == '/';
	return path.len >= len && memcmp(path.data, address, len) == 0 && (below || path.len == len);
}

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

/* How much is wanted says how long it takes; of a CQL query what it begins with does. */
static void add_value(uint32_t *hash, struct bytes name, struct bytes value)
{
	size_t len = 0;
	if (bytes_equal(name, bytes_str("limit")) || bytes_equal(name, bytes_str("maximumRecords")))
		add(hash, value);
	if (!bytes_equal(name, bytes_str("query")))
		return;
	while (len < value.len && len < INDEX_MAX && is_name(value.data[len]))
		len++;
	add(hash, bytes_of(value.data, len));
}

uint32_t quick_shape(const struct http_request *r)
{
	struct bytes rest = r->query, name, value;
	uint32_t hash = 0x811c9dc5u;
	size_t i = 0, count = sizeof addresses / sizeof addresses[0];
	while (i < count && !begins(r->path, addresses[i]))
		i++;
	if (i == count || (!bytes_equal(r->method, bytes_str("GET")) && !bytes_equal(r->method, bytes_str("HEAD"))))
		return 0;
	add(&hash, bytes_str(addresses[i]));
	while (http_parameter_next(&rest, &name, &value)) {
		add(&hash, name);
		add_value(&hash, name, value);
	}
	return hash != 0 ? hash : 1;
}

void quick_note(struct quick *q, uint32_t shape, uint64_t spent_ns)
{
	struct quick_shape *s = &q->v[shape % QUICK_SHAPES];
	uint32_t spent = spent_ns < SPENT_MAX_NS ? (uint32_t)spent_ns : SPENT_MAX_NS;
	if (shape == 0)
		return;
	if (s->shape != shape)
		*s = (struct quick_shape){ .shape = shape, .mean_ns = spent };
	s->mean_ns = s->mean_ns - s->mean_ns / MEAN_SHARE + spent / MEAN_SHARE;
	s->count += s->count < QUICK_COUNT;
	s->quick = s->count == QUICK_COUNT && s->mean_ns < (s->quick ? SLOW_NS : QUICK_NS);
}

bool quick_is(const struct quick *q, uint32_t shape)
{
	const struct quick_shape *s = &q->v[shape % QUICK_SHAPES];
	return shape != 0 && s->shape == shape && s->quick;
}
