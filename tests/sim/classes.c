#include "tests/sim/classes.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/base/must.h"
#include "proto/entry.h"
#include "proto/record.h"
#include "tests/sim/check.h"
#include "tests/sim/net.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

const char *classes_name(unsigned class)
{
	static const char *const names[CLASSES] = { NULL, "members", "drafts" };
	return names[class];
}

unsigned classes_of(struct bytes envelope)
{
	struct bytes name;
	if (!envelope_collection(envelope, &name))
		return 0;
	return bytes_equal(name, bytes_str(classes_name(1))) ? 1 : 2;
}

/* ---- statements ---- */

static unsigned mask_of(const struct world *w, const Normlink__Sharing *s)
{
	unsigned mask = 0;
	for (size_t i = 0; i < s->n_origins; i++)
		mask |= 1U << world_ident(w, s->origins[i]);
	return mask;
}

static bool is_statement(const struct entry *e)
{
	return kind_about_log(payload_kind(e->payload));
}

static bool names_entry(const struct branch *b, uint64_t index, const Normlink__Redaction *r)
{
	struct envelope e;
	return r->index < index && envelope_parse(b->entries[r->index].envelope, &e, NULL) == OK &&
	       bytes_equal(message_bytes(r->payload_digest), bytes_of(e.payload_digest.b, HASH_SIZE)) &&
	       !is_statement(&b->entries[r->index]);
}

static struct class_said *said_add(struct branch *b)
{
	if (b->said_count == b->said_cap) {
		b->said_cap = b->said_cap == 0 ? 8 : b->said_cap * 2;
		b->said = realloc(b->said, b->said_cap * sizeof *b->said);
		must(b->said != NULL);
	}
	return &b->said[b->said_count++];
}

void classes_read(struct world *w, struct branch *b)
{
	uint64_t index = b->size - 1;
	struct arena arena = { 0 };
	Normlink__Record *r = NULL;
	if (!is_statement(&b->entries[index]) || payload_open(b->entries[index].payload, &arena, &r, NULL) != OK) {
		arena_free(&arena);
		return;
	}
	if (r->sharing != NULL)
		*said_add(b) = (struct class_said){ .index = index,
			                                .class = strcmp(r->subject, classes_name(1)) == 0 ? 1 : 2,
			                                .mask = mask_of(w, r->sharing) };
	if (r->redaction != NULL && names_entry(b, index, r->redaction))
		*said_add(b) = (struct class_said){ .index = index, .target = r->redaction->index };
	arena_free(&arena);
}

static void write_record(struct world *w, Normlink__Record *r, enum _Normlink__Kind kind, struct buf *payload)
{
	struct buf record = { 0 };
	uint8_t nonce[NONCE_SIZE] = { 1 };
	for (unsigned i = 0; i < 8; i++)
		nonce[8 + i] = (uint8_t)(w->next_nonce >> (8 * i));
	w->next_nonce++;
	r->has_kind = true;
	r->kind = kind;
	int rc = record_encode(r, &record, NULL);
	must(rc == OK);
	payload_write(buf_bytes(&record), nonce, payload);
	buf_free(&record);
}

static void write_sharing(struct world *w, struct buf *payload)
{
	Normlink__Sharing body = NORMLINK__SHARING__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	char subject[CODE_MAX], *origins[WORLD_IDENTS];
	(void)snprintf(subject, sizeof subject, "%s", classes_name((unsigned)rng_between(&w->rng, 1, CLASSES - 1)));
	body.origins = origins;
	for (uint32_t i = 0; i < w->ident_count; i++)
		if (rng_permille(&w->rng, 600))
			origins[body.n_origins++] = w->idents[i].card.origin;
	r.subject = subject;
	r.sharing = &body;
	write_record(w, &r, NORMLINK__KIND__KIND_SHARING, payload);
}

static void write_redaction(struct world *w, const struct branch *b, uint64_t target, struct buf *payload)
{
	Normlink__Redaction body = NORMLINK__REDACTION__INIT;
	Normlink__Record r = NORMLINK__RECORD__INIT;
	struct envelope e;
	char subject[24];
	int rc = envelope_parse(b->entries[target].envelope, &e, NULL);
	must(rc == OK);
	if (rng_permille(&w->rng, 100)) /* a statement that says nothing */
		e.payload_digest.b[0] ^= 1;
	(void)snprintf(subject, sizeof subject, "%llu", (unsigned long long)target);
	body.has_index = body.has_payload_digest = true;
	body.index = target;
	body.payload_digest = message_field(bytes_of(e.payload_digest.b, HASH_SIZE));
	body.reason = (char[]){ "simulated" };
	body.basis = (char[]){ "simulated" };
	r.subject = subject;
	r.redaction = &body;
	write_record(w, &r, NORMLINK__KIND__KIND_REDACTION, payload);
}

bool classes_write(struct world *w, const struct node *n, struct buf *payload)
{
	const struct disk_log *log = &n->disk.logs[n->ident];
	if (rng_permille(&w->rng, 500)) {
		write_sharing(w, payload);
		return true;
	}
	if (log->size == 0)
		return false;
	uint64_t target = rng_below(&w->rng, log->size);
	if (is_statement(&log->branch->entries[target]))
		return false;
	write_redaction(w, log->branch, target, payload);
	return true;
}

/* ---- what they mean ---- */

bool classes_redacted(const struct branch *b, uint64_t size, uint64_t index)
{
	for (size_t i = 0; i < b->said_count; i++)
		if (b->said[i].index < size && b->said[i].class == 0 && b->said[i].target == index)
			return true;
	return false;
}

bool classes_lists(const struct branch *b, uint64_t size, unsigned class, uint32_t ident)
{
	for (size_t i = b->said_count; class != 0 && i-- > 0;)
		if (b->said[i].index < size && b->said[i].class == class)
			return (b->said[i].mask >> ident & 1) != 0;
	return class == 0;
}

bool classes_ever(const struct world *w, uint32_t origin, unsigned class, uint32_t ident)
{
	const struct truth *t = &w->idents[origin].truth;
	if (class == 0 || origin == ident)
		return true;
	for (size_t k = 0; k < t->count; k++)
		for (size_t i = 0; i < t->branches[k]->said_count; i++)
			if (t->branches[k]->said[i].class == class && (t->branches[k]->said[i].mask >> ident & 1) != 0)
				return true;
	return false;
}

void classes_carry_out(struct disk_log *log, uint64_t from, uint64_t to)
{
	const struct branch *b = log->branch;
	for (size_t i = 0; i < b->said_count; i++) {
		const struct class_said *s = &b->said[i];
		if (s->class == 0 && s->index >= from && s->index < to && log->states.data[s->index] == PAYLOAD_PRESENT)
			log->states.data[s->target] = PAYLOAD_REDACTED;
	}
}

/* ---- checks ---- */

/* The statements on a class that are on this disk, the newest first: does one of the first few list the member? */
static bool disk_lists(const struct disk_log *log, unsigned class, uint32_t ident, unsigned few)
{
	const struct branch *b = log->branch;
	for (size_t i = b->said_count; few > 0 && i-- > 0;) {
		const struct class_said *s = &b->said[i];
		if (s->class != class || s->index >= log->size || log->states.data[s->index] != PAYLOAD_PRESENT)
			continue;
		if ((s->mask >> ident & 1) != 0)
			return true;
		few--;
	}
	return false;
}

static void check_sent(struct world *w, struct node *n, uint32_t to, const struct hidden *h)
{
	const struct disk_log *log = &n->disk.logs[h->origin];
	const char *from = w->idents[n->ident].name, *reader = w->idents[to].name;
	w->figures.shared++;
	/* What the disk has done and not told yet the core cannot know. */
	unsigned few = n->disk.done.count + n->disk.waiting.count > 0 ? 2 + (unsigned)n->disk.done.count : 1;
	if (to != h->origin && (log->branch == NULL || !disk_lists(log, h->class, to, few)))
		check_fail(w, "nobody is sent what is not for him", "%s sends %s entry %llu of %s", from, reader,
		           (unsigned long long)h->index, w->idents[h->origin].name);
	if (log->audit.len <= h->index || (log->audit.data[h->index] >> to & 1) == 0)
		check_fail(w, "who gets what is noted first", "%s sends %s entry %llu of %s", from, reader,
		           (unsigned long long)h->index, w->idents[h->origin].name);
}

void classes_check_sent(struct world *w, struct node *n, link_id link, Normlink__Payload *const *payloads, size_t count)
{
	struct conn *c;
	const struct end *e = net_end(w, n, link, &c);
	if (e == NULL)
		return;
	uint32_t to = w->nodes[c->end[1 - (e - c->end)].node].ident;
	for (size_t i = 0; i < count && !w->failed; i++) {
		if (payloads[i]->state != NORMLINK__PAYLOAD__STATE__STATE_PRESENT) {
			w->figures.withheld++;
			continue;
		}
		struct hash digest = hash_sum(w->hasher, message_bytes(payloads[i]->data));
		const struct hidden *h = truth_hidden(w, &digest);
		if (h != NULL)
			check_sent(w, n, to, h);
	}
}

bool classes_check_kept(struct world *w, const struct node *n, uint32_t origin, const struct branch *b,
                        const struct store_write *write)
{
	for (size_t i = 0; n->checked && i < write->count; i++) {
		uint64_t index = write->kind == WRITE_PAYLOADS ? write->indexes[i] : write->start + i;
		if (write->entries[i].state != PAYLOAD_PRESENT ||
		    classes_ever(w, origin, classes_of(b->entries[index].envelope), n->ident))
			continue;
		check_fail(w, "nobody holds what is not for him", "%s holds entry %llu of %s", w->idents[n->ident].name,
		           (unsigned long long)index, w->idents[origin].name);
		return false;
	}
	return true;
}

bool classes_settled(const struct world *w, uint32_t origin, uint32_t ident, const bool reach[CLASSES],
                     const char **why)
{
	const struct disk_log *log = &w->nodes[ident].disk.logs[origin];
	for (uint64_t i = 0; i < log->size; i++) {
		unsigned class = classes_of(log->branch->entries[i].envelope);
		uint8_t state = log->states.data[i];
		bool redacted = classes_redacted(log->branch, log->size, i);
		/* What is not public and was lost with its log's disk, nobody else need have. */
		const struct node *author = &w->nodes[origin];
		const struct buf *theirs = &author->disk.logs[origin].states;
		bool lost = class != 0 && author->was_put_back && (i >= theirs->len || theirs->data[i] != PAYLOAD_PRESENT);
		bool due = !lost && (origin == ident || (classes_lists(log->branch, log->size, class, ident) && reach[class]));
		if (redacted ? state == PAYLOAD_REDACTED : state != PAYLOAD_REDACTED && (state == PAYLOAD_PRESENT || !due))
			continue;
		*why = redacted ? "what was redacted is nowhere" : "every payload that is for it";
		return false;
	}
	return true;
}
