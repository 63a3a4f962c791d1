#include "node/ingest/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { SLOTS_MIN = 1024 };

void pairs_init(struct pairs *p)
{
	*p = (struct pairs){ .hasher = hasher_new() };
}

void pairs_close(struct pairs *p)
{
	buf_free(&p->waiting);
	free(p->slots);
	hasher_free(p->hasher);
	*p = (struct pairs){ 0 };
}

static bool is_empty(const struct pair_key *key)
{
	static const struct pair_key none;
	return memcmp(key, &none, sizeof none) == 0;
}

static struct pair_key *find_slot(struct pair_key *slots, size_t count, const struct pair_key *key)
{
	size_t at;
	memcpy(&at, key->b, sizeof at);
	for (at &= count - 1; !is_empty(&slots[at]); at = (at + 1) & (count - 1))
		if (memcmp(&slots[at], key, sizeof *key) == 0)
			break;
	return &slots[at];
}

static void grow(struct pairs *p)
{
	size_t count = p->slot_count > 0 ? p->slot_count * 2 : SLOTS_MIN;
	struct pair_key *slots = calloc(count, sizeof *slots);
	must(slots != NULL);
	for (size_t i = 0; i < p->slot_count; i++)
		if (!is_empty(&p->slots[i]))
			*find_slot(slots, count, &p->slots[i]) = p->slots[i];
	free(p->slots);
	p->slots = slots;
	p->slot_count = count;
}

int pairs_add(struct pairs *p, const char *subject, bool *fresh, struct err *err)
{
	if (p->used == IMPORT_SUBJECTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d distinct documents in one source", IMPORT_SUBJECTS_MAX);
	if (p->used * 4 >= p->slot_count * 3)
		grow(p);
	struct hash sum = hash_sum(p->hasher, bytes_str(subject));
	struct pair_key key;
	memcpy(&key, sum.b, sizeof key);
	key.b[15] |= 1; /* never all zero */
	struct pair_key *slot = find_slot(p->slots, p->slot_count, &key);
	*fresh = is_empty(slot);
	if (*fresh) {
		*slot = key;
		p->used++;
	}
	return OK;
}

/* ---- what waits: u32 lengths, then subject, file and record; both names with their NUL ------------------------- */

enum { LENGTHS = 3 * 4 };

bool pairs_has_room(const struct pairs *p, const char *subject, const char *file, struct bytes record)
{
	size_t need = LENGTHS + strlen(subject) + strlen(file) + 2 + record.len;
	return need <= IMPORT_HELD_MAX && p->waiting.len <= IMPORT_HELD_MAX - need;
}

void pairs_hold(struct pairs *p, const char *subject, const char *file, struct bytes record)
{
	must(pairs_has_room(p, subject, file, record));
	uint32_t lengths[3] = { (uint32_t)strlen(subject) + 1, (uint32_t)strlen(file) + 1, (uint32_t)record.len };
	buf_add(&p->waiting, lengths, sizeof lengths);
	buf_add(&p->waiting, subject, lengths[0]);
	buf_add(&p->waiting, file, lengths[1]);
	buf_add_bytes(&p->waiting, record);
}

bool pairs_next(const struct pairs *p, size_t *at, struct waiting *out)
{
	if (*at == p->waiting.len)
		return false;
	const uint8_t *here = p->waiting.data + *at;
	uint32_t lengths[3];
	memcpy(lengths, here, sizeof lengths);
	here += sizeof lengths;
	out->subject = (const char *)here;
	out->file = (const char *)here + lengths[0];
	out->record = bytes_of(here + lengths[0] + lengths[1], lengths[2]);
	*at += LENGTHS + lengths[0] + lengths[1] + lengths[2];
	must(*at <= p->waiting.len);
	return true;
}

void pairs_forget(struct pairs *p)
{
	buf_reset(&p->waiting);
}
