#include "crypto/map.h"

#include <string.h>

#include "node/base/must.h"

static const char domain[] = "normlink index v1\n";

enum { PREFIX_LEAF = 0x10, PREFIX_INNER = 0x11, PREFIX_EMPTY = 0x12 };

/* ---- hashes ---- */

struct hash map_key(struct hasher *h, uint32_t kind, struct bytes subject)
{
	const uint8_t number[] = { (uint8_t)(kind >> 24), (uint8_t)(kind >> 16), (uint8_t)(kind >> 8), (uint8_t)kind };
	const struct bytes parts[] = { bytes_str(domain), bytes_of(number, sizeof number), subject };
	return hash_sum_parts(h, parts, 3);
}

struct hash map_leaf(struct hasher *h, const struct hash *key, uint64_t value)
{
	uint8_t raw[1 + HASH_SIZE + 8] = { PREFIX_LEAF };
	memcpy(raw + 1, key->b, HASH_SIZE);
	for (int i = 0; i < 8; i++)
		raw[1 + HASH_SIZE + i] = (uint8_t)(value >> (56 - 8 * i));
	return hash_sum(h, bytes_of(raw, sizeof raw));
}

static struct hash inner(struct hasher *h, uint8_t depth, const struct hash *left, const struct hash *right)
{
	uint8_t raw[2 + 2 * HASH_SIZE] = { PREFIX_INNER, depth };
	memcpy(raw + 2, left->b, HASH_SIZE);
	memcpy(raw + 2 + HASH_SIZE, right->b, HASH_SIZE);
	return hash_sum(h, bytes_of(raw, sizeof raw));
}

struct hash map_empty(struct hasher *h)
{
	const uint8_t raw[] = { PREFIX_EMPTY };
	return hash_sum(h, bytes_of(raw, sizeof raw));
}

/* ---- bits ---- */

int map_compare(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_SIZE);
}

static bool bit(const struct hash *key, unsigned depth)
{
	return (key->b[depth / 8] >> (7 - depth % 8) & 1) != 0;
}

/* How many leading bits two different keys share. */
static uint8_t shared(const struct hash *a, const struct hash *b)
{
	unsigned byte = 0, depth;
	while (byte < HASH_SIZE && a->b[byte] == b->b[byte])
		byte++;
	must(byte < HASH_SIZE);
	for (depth = byte * 8; bit(a, depth) == bit(b, depth);)
		depth++;
	return (uint8_t)depth;
}

/* Where the keys part: the first of them whose bit there is 1.  At least two, ascending. */
static size_t part(const struct map_item *items, size_t count, uint8_t *depth)
{
	size_t low = 0, high = count - 1; /* bit 0 at low, 1 at high */
	must(map_compare(&items[0].key, &items[count - 1].key) < 0);
	*depth = shared(&items[0].key, &items[count - 1].key);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (bit(&items[middle].key, *depth))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* ---- roots and proofs ---- */

/* As deep as keys have bits, at most. */
struct hash map_root(struct hasher *h, const struct map_item *items, size_t count)
{
	uint8_t depth;
	if (count == 0)
		return map_empty(h);
	if (count == 1)
		return items[0].hash;
	size_t middle = part(items, count, &depth);
	struct hash left = map_root(h, items, middle), right = map_root(h, items + middle, count - middle);
	return inner(h, depth, &left, &right);
}

size_t map_prove(struct hasher *h, const struct map_item *items, size_t count, const struct hash *key,
                 struct map_proof *proof)
{
	size_t first = 0;
	must(count >= 1);
	while (count > 1) {
		uint8_t depth;
		size_t middle = part(items + first, count, &depth);
		bool right = bit(key, depth);
		size_t sibling = right ? first : first + middle, width = right ? middle : count - middle;
		must(proof->count < MAP_STEPS_MAX && (proof->count == 0 || proof->steps[proof->count - 1].depth < depth));
		proof->steps[proof->count++] =
		    (struct map_step){ .depth = depth, .sibling = map_root(h, items + sibling, width) };
		first = right ? first + middle : first;
		count = right ? count - middle : middle;
	}
	return first;
}

int map_verify(struct hasher *h, const struct map_proof *proof, const struct hash *key, const struct hash *root,
               bool *found)
{
	*found = false;
	struct hash at = proof->empty ? map_empty(h) : map_leaf(h, &proof->key, proof->value);
	if (proof->count > (proof->empty ? 0 : MAP_STEPS_MAX))
		return ERR_UNTRUSTED;
	for (size_t i = proof->count; i-- > 0;) {
		const struct map_step *step = &proof->steps[i];
		bool right = bit(&proof->key, step->depth);
		if ((i > 0 && proof->steps[i - 1].depth >= step->depth) || bit(key, step->depth) != right)
			return ERR_UNTRUSTED;
		at = right ? inner(h, step->depth, &step->sibling, &at) : inner(h, step->depth, &at, &step->sibling);
	}
	if (!hash_equal(&at, root))
		return ERR_UNTRUSTED;
	*found = !proof->empty && map_compare(&proof->key, key) == 0;
	return OK;
}
