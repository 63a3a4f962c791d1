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

/* ---- what waits: a head, then subject, file and record; both names with their NUL ------------------------------ */

struct head {
	uint64_t warnings;
	uint32_t subject_len;
	uint32_t file_len;
	uint32_t record_len;
};

bool pairs_has_room(const struct pairs *p, const struct waiting *w)
{
	size_t need = sizeof(struct head) + strlen(w->subject) + strlen(w->file) + 2 + w->record.len;
	return need <= IMPORT_HELD_MAX && p->waiting.len <= IMPORT_HELD_MAX - need;
}

void pairs_hold(struct pairs *p, const struct waiting *w)
{
	must(pairs_has_room(p, w));
	struct head head = {
		.warnings = w->warnings,
		.subject_len = (uint32_t)strlen(w->subject) + 1,
		.file_len = (uint32_t)strlen(w->file) + 1,
		.record_len = (uint32_t)w->record.len,
	};
	buf_add(&p->waiting, &head, sizeof head);
	buf_add(&p->waiting, w->subject, head.subject_len);
	buf_add(&p->waiting, w->file, head.file_len);
	buf_add_bytes(&p->waiting, w->record);
}

bool pairs_next(const struct pairs *p, size_t *at, struct waiting *out)
{
	if (*at == p->waiting.len)
		return false;
	const uint8_t *here = p->waiting.data + *at;
	struct head head;
	memcpy(&head, here, sizeof head);
	here += sizeof head;
	out->warnings = head.warnings;
	out->subject = (const char *)here;
	out->file = (const char *)here + head.subject_len;
	out->record = bytes_of(here + head.subject_len + head.file_len, head.record_len);
	*at += sizeof head + head.subject_len + head.file_len + head.record_len;
	must(*at <= p->waiting.len);
	return true;
}

void pairs_forget(struct pairs *p)
{
	buf_reset(&p->waiting);
}
