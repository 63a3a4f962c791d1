#include "node/store/cursor.h"

#include "crypto/encode.h"

enum { CHECK_BYTES = 8, NUMBER_BYTES = 10 };

/* Seven bits a byte, the lowest first. */
static void add_number(struct buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_add_char(out, (char)(0x80 | (n & 0x7f)));
	buf_add_char(out, (char)n);
}

static bool take_number(struct bytes *from, uint64_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < NUMBER_BYTES && i < from->len; i++) {
		*out |= (uint64_t)(from->data[i] & 0x7f) << (7 * i);
		if ((from->data[i] & 0x80) != 0)
			continue;
		*from = bytes_of(from->data + i + 1, from->len - i - 1);
		return *out <= INT64_MAX;
	}
	return false;
}

static void sign(struct store *s, struct bytes text, uint64_t check, struct bytes key, uint8_t out[CHECK_BYTES])
{
	struct buf all = { 0 };
	buf_add_u64(&all, check);
	buf_add_u64(&all, text.len);
	buf_add_bytes(&all, text);
	buf_add_bytes(&all, key);
	struct hash sum = hash_sum(s->hasher, buf_bytes(&all));
	memcpy(out, sum.b, CHECK_BYTES);
	buf_free(&all);
}

const char *cursor_write(struct store *s, const struct place *p, uint64_t check, struct bytes key, struct arena *arena)
{
	struct buf raw = { 0 }, text = { 0 };
	uint8_t sum[CHECK_BYTES];
	add_number(&raw, (uint64_t)p->pin.seq);
	add_number(&raw, p->given);
	add_number(&raw, (uint64_t)p->last);
	for (size_t slot = 1; slot <= SLOT_MAX; slot++) {
		if (p->pin.held[slot] == 0)
			continue;
		add_number(&raw, slot);
		add_number(&raw, p->pin.held[slot]);
	}
	sign(s, buf_bytes(&raw), check, key, sum);
	buf_add(&raw, sum, sizeof sum);
	hex_add(&text, buf_bytes(&raw));
	const char *out = text.len <= CURSOR_MAX ? arena_strn(arena, text.data, text.len) : NULL;
	buf_free(&raw);
	buf_free(&text);
	return out;
}

/* The numbers, and that nothing else is there. */
static bool read_numbers(struct bytes rest, struct place *out)
{
	uint64_t seq, last, slot = 0, next;
	*out = (struct place){ 0 };
	if (!take_number(&rest, &seq) || !take_number(&rest, &out->given) || !take_number(&rest, &last))
		return false;
	out->pin.seq = (int64_t)seq;
	out->last = (int64_t)last;
	while (rest.len > 0) {
		if (!take_number(&rest, &next) || next <= slot || next > SLOT_MAX || !take_number(&rest, &out->pin.held[next]))
			return false;
		slot = next;
	}
	return true;
}

int cursor_read(struct store *s, const struct snapshot *n, const char *text, struct bytes key, struct place *out,
                uint64_t *check, struct err *err)
{
	struct buf raw = { 0 };
	uint8_t sum[CHECK_BYTES];
	size_t len = strnlen(text, CURSOR_MAX + 1);
	bool good = len <= CURSOR_MAX && hex_decode(bytes_of(text, len), &raw) == OK && raw.len > CHECK_BYTES;
	struct bytes numbers = bytes_of(raw.data, good ? raw.len - CHECK_BYTES : 0);
	good = good && read_numbers(numbers, out);
	int rc = good ? pin_check(s, n, &out->pin, check, NULL) : ERR_CONFLICT;
	if (rc == OK) {
		sign(s, numbers, *check, key, sum);
		rc = memcmp(sum, numbers.data + numbers.len, CHECK_BYTES) == 0 ? OK : ERR_CONFLICT;
	}
	buf_free(&raw);
	if (rc != OK && rc != ERR_CONFLICT && rc != ERR_NOT_FOUND)
		return err_set(err, rc, "the order of arrival cannot be read");
	return rc == OK ? OK
	                : err_set(err, ERR_CONFLICT,
	                          "the cursor is not one that this node gave for this question: begin again without one");
}
