/* map: roots and proofs against the definition, word for word and slowly; and everything near a proof proves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/encode.h"
#include "crypto/map.h"
#include "node/base/buf.h"
#include "tests/crypto/naive_tree.h"

enum { KEYS = 300 };

struct pair {
	struct hash key;
	uint64_t value;
};

static bool bit_of(const struct hash *key, unsigned depth)
{
	return (key->b[depth / 8] & 0x80 >> depth % 8) != 0;
}

/* Bit by bit: where all are on one side there is no node. */
static struct hash naive_root(const struct pair *pairs, size_t count, unsigned depth)
{
	struct pair side[2][KEYS];
	size_t n[2] = { 0, 0 };
	if (count == 0)
		return map_empty(h);
	if (count == 1)
		return map_leaf(h, &pairs[0].key, pairs[0].value);
	for (size_t i = 0; i < count; i++) {
		bool right = bit_of(&pairs[i].key, depth);
		side[right][n[right]++] = pairs[i];
	}
	if (n[0] == 0 || n[1] == 0)
		return naive_root(pairs, count, depth + 1);
	struct hash left = naive_root(side[0], n[0], depth + 1), right = naive_root(side[1], n[1], depth + 1);
	uint8_t raw[66] = { 0x11, (uint8_t)depth };
	memcpy(raw + 2, left.b, 32);
	memcpy(raw + 34, right.b, 32);
	return hash_sum(h, bytes_of(raw, sizeof raw));
}

static int by_key(const void *a, const void *b)
{
	return map_compare(&((const struct pair *)a)->key, &((const struct pair *)b)->key);
}

/* Keys that share many bits, too: one in three is another one with a bit turned. */
static size_t make_pairs(struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t n = random_below(UINT64_C(1) << 31);
		pairs[i].key = hash_sum(h, bytes_of(&n, sizeof n));
		if (i > 0 && random_below(3) == 0) {
			pairs[i].key = pairs[random_below(i)].key;
			pairs[i].key.b[random_below(32)] ^= (uint8_t)(1 << random_below(8));
		}
		pairs[i].value = random_below(1000);
	}
	qsort(pairs, count, sizeof *pairs, by_key);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || by_key(&pairs[kept - 1], &pairs[i]) != 0)
			pairs[kept++] = pairs[i];
	return kept;
}

static void make_items(const struct pair *pairs, size_t count, struct map_item *items)
{
	for (size_t i = 0; i < count; i++)
		items[i] = (struct map_item){ pairs[i].key, map_leaf(h, &pairs[i].key, pairs[i].value) };
}

static void prove(const struct pair *pairs, const struct map_item *items, size_t count, const struct hash *key,
                  struct map_proof *out)
{
	*out = (struct map_proof){ .empty = count == 0 };
	if (count == 0)
		return;
	size_t at = map_prove(h, items, count, key, out);
	out->key = pairs[at].key;
	out->value = pairs[at].value;
}

static void known_answers(void **state)
{
	static const struct {
		uint32_t kind;
		const char *subject;
		uint64_t value;
	} set[] = { { 1, "GB/T 19001-2016", 0 },
		        { 1, "ISO 9001:2015", 7 },
		        { 15, "SAMR-2026-ALERT-2", 3 },
		        { 106, "acme.example", 4711 },
		        { 14, "SAC", 2 } };
	static const char *const roots[] = {
		[0] = "f299791cddd3d6664f6670842812ef6053eb6501bd6282a476bbbf3ee91e750c",
		[1] = "6ed0b520c3060739b67929151ac2f34ce836ec8eaaabbd77ce2f22348ed38b85",
		[5] = "3a9a9a3e8fe497297e1924b9b735586e032f76e2060172055a2853f8a0c67651",
	};
	struct pair pairs[5];
	struct map_item items[5];
	struct buf hex = { 0 };
	for (size_t n = 0; n <= 5; n++) {
		for (size_t i = 0; i < n; i++)
			pairs[i] = (struct pair){ map_key(h, set[i].kind, bytes_str(set[i].subject)), set[i].value };
		qsort(pairs, n, sizeof *pairs, by_key);
		make_items(pairs, n, items);
		struct hash root = map_root(h, items, n);
		buf_reset(&hex);
		hex_add(&hex, bytes_of(root.b, HASH_SIZE));
		if (roots[n] != NULL)
			assert_string_equal(buf_str(&hex), roots[n]);
	}
	struct hash key = map_key(h, 1, bytes_str("GB/T 19001-2016"));
	buf_reset(&hex);
	hex_add(&hex, bytes_of(key.b, HASH_SIZE));
	assert_string_equal(buf_str(&hex), "fdd92f0ca60de2f9f8bc59674632054fd3ef13d490c0b20132b1b4ba96784a30");
	buf_free(&hex);
}

static void roots_are_the_definitions(void **state)
{
	static struct pair pairs[KEYS];
	static struct map_item items[KEYS];
	for (size_t round = 0; round < 120; round++) {
		size_t count = make_pairs(pairs, round < 40 ? round : 1 + random_below(KEYS));
		make_items(pairs, count, items);
		struct hash root = map_root(h, items, count), due = naive_root(pairs, count, 0);
		assert_true(hash_equal(&root, &due));
	}
}

/* Whole subtrees as items give the same root and, put together, the same proofs. */
static void subtrees_stand_for_what_is_below(void **state)
{
	static struct pair pairs[KEYS];
	static struct map_item items[KEYS], tops[256];
	static struct map_proof whole, parts;
	for (int round = 0; round < 40; round++) {
		size_t count = make_pairs(pairs, 1 + random_below(KEYS)), n = 0, first[256], width[256];
		make_items(pairs, count, items);
		for (size_t i = 0; i < count; i += width[n++]) {
			first[n] = i;
			for (width[n] = 1; i + width[n] < count && pairs[i].key.b[0] == pairs[i + width[n]].key.b[0];)
				width[n]++;
			tops[n] = (struct map_item){ pairs[i].key, map_root(h, items + i, width[n]) };
		}
		struct hash root = map_root(h, items, count), same = map_root(h, tops, n);
		assert_true(hash_equal(&root, &same));
		struct hash key = round % 2 == 0 ? pairs[random_below(count)].key : hash_sum(h, bytes_of(&round, sizeof round));
		prove(pairs, items, count, &key, &whole);
		parts = (struct map_proof){ 0 };
		size_t top = map_prove(h, tops, n, &key, &parts);
		size_t at = map_prove(h, items + first[top], width[top], &key, &parts);
		assert_memory_equal(&pairs[first[top] + at].key, &whole.key, HASH_SIZE);
		assert_int_equal(parts.count, whole.count);
		assert_memory_equal(parts.steps, whole.steps, whole.count * sizeof *whole.steps);
	}
}

static void refused(const struct map_proof *proof, const struct hash *key, const struct hash *root)
{
	bool found = true;
	assert_int_equal(map_verify(h, proof, key, root, &found), ERR_UNTRUSTED);
	assert_false(found);
}

/* One thing changed at a time. */
static void refuse_neighbours(const struct map_proof *good, const struct hash *key, const struct hash *root)
{
	static struct map_proof p;
	struct hash other = *root;
	other.b[random_below(32)] ^= 1;
	refused(good, key, &other);
	p = *good;
	p.empty = !p.empty;
	refused(&p, key, root);
	if (good->empty)
		return;
	p = *good;
	p.value++;
	refused(&p, key, root);
	p = *good;
	p.key.b[random_below(32)] ^= (uint8_t)(1 << random_below(8));
	refused(&p, key, root);
	for (size_t i = 0; i < good->count; i++) {
		p = *good;
		p.steps[i].sibling.b[random_below(32)] ^= 1;
		refused(&p, key, root);
		p = *good;
		p.steps[i].depth ^= (uint8_t)(1 << random_below(8));
		refused(&p, key, root);
		p = *good;
		memmove(&p.steps[i], &p.steps[i + 1], (p.count - i - 1) * sizeof *p.steps);
		p.count--;
		refused(&p, key, root);
		p = *good;
		memmove(&p.steps[i + 1], &p.steps[i], (p.count - i) * sizeof *p.steps);
		p.count++;
		refused(&p, key, root);
	}
}

static void every_key_is_proved_there_or_not(void **state)
{
	static struct pair pairs[KEYS];
	static struct map_item items[KEYS];
	static struct map_proof proof;
	bool found;
	for (size_t round = 0; round < 60; round++) {
		size_t count = make_pairs(pairs, round < 20 ? round : 1 + random_below(60));
		make_items(pairs, count, items);
		struct hash root = map_root(h, items, count);
		for (size_t i = 0; i < count; i++) {
			prove(pairs, items, count, &pairs[i].key, &proof);
			assert_int_equal(map_verify(h, &proof, &pairs[i].key, &root, &found), OK);
			assert_true(found && proof.value == pairs[i].value);
			refuse_neighbours(&proof, &pairs[i].key, &root);
		}
		for (size_t i = 0; i < 20; i++) {
			struct hash key =
			    count > 0 && i % 2 == 0 ? pairs[random_below(count)].key : hash_sum(h, bytes_of(&i, sizeof i));
			key.b[random_below(32)] ^= (uint8_t)(1 << random_below(8));
			if (bsearch(&key, pairs, count, sizeof *pairs, by_key) != NULL)
				continue;
			prove(pairs, items, count, &key, &proof);
			assert_int_equal(map_verify(h, &proof, &key, &root, &found), OK);
			assert_false(found);
			refuse_neighbours(&proof, &key, &root);
		}
	}
}

/* No leaf of the map that another key's way ends at says anything about a key that is there. */
static void what_is_there_cannot_be_denied(void **state)
{
	static struct pair pairs[KEYS];
	static struct map_item items[KEYS];
	static struct map_proof proof;
	for (int round = 0; round < 20; round++) {
		size_t count = make_pairs(pairs, 2 + random_below(40));
		make_items(pairs, count, items);
		struct hash root = map_root(h, items, count);
		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < count; k++) {
				prove(pairs, items, count, &pairs[k].key, &proof);
				if (i != k)
					refused(&proof, &pairs[i].key, &root);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(roots_are_the_definitions),
		cmocka_unit_test(subtrees_stand_for_what_is_below),
		cmocka_unit_test(every_key_is_proved_there_or_not),
		cmocka_unit_test(what_is_there_cannot_be_denied),
	};
	return cmocka_run_group_tests(tests, make_leaves, close_hasher);
}
