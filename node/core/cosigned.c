/* Two heads of each log: the newest signed one, and the newest that enough witnesses have cosigned.
 *
 * Publishing never waits for witnesses: a log that grows leaves heads behind whose cosignatures are still on their way.
 * A few of them wait here, beside the newest, for what comes late.
 *
 *     another head ──enough already──> cosigned
 *          └──────────> waiting ──the lines that were missing──> cosigned (what waited below it is forgotten)
 *
 * What is lost of this in a crash is only the waiting: the next head is cosigned anew.
 */
#include "node/base/must.h"
#include "node/core/parts.h"

static size_t needed(const struct core *c, size_t log)
{
	size_t all = witness_all(c, log);
	if (c->config.quorum == QUORUM_MAJORITY)
		return all > 0 ? all / 2 + 1 : 0;
	return c->config.quorum == QUORUM_ALL ? all : (size_t)c->config.quorum;
}

bool cosigned_enough(const struct core *c, size_t log, struct bytes note)
{
	size_t witnesses, mirrors;
	witness_count(c, log, note, &witnesses, &mirrors);
	return witnesses >= needed(c, log);
}

/* Those before the one at that place, and itself, wait no more. */
static void forget_to(struct log *l, size_t place)
{
	for (size_t i = 0; i <= place; i++)
		head_clear(&l->waiting[i]);
	l->waiting_count -= place + 1;
	memmove(&l->waiting[0], &l->waiting[place + 1], l->waiting_count * sizeof l->waiting[0]);
}

void cosigned_free(struct log *l)
{
	if (l->waiting_count > 0)
		forget_to(l, l->waiting_count - 1);
	head_clear(&l->cosigned);
}

static void keep_waiting(struct log *l, const struct head *h)
{
	if (l->waiting_count == COSIGN_WAITING_MAX)
		forget_to(l, 0);
	struct head *place = &l->waiting[l->waiting_count++];
	*place = (struct head){ 0 };
	head_set(place, buf_bytes(&h->note), h->size, &h->root);
}

void cosigned_head(struct core *c, size_t log, const struct head *was)
{
	struct log *l = c->logs[log];
	if (cosigned_enough(c, log, buf_bytes(&l->head.note))) {
		cosigned_stored(c, log, &l->head);
		return;
	}
	if (was != NULL && was->note.len > 0 && was->size < l->head.size && was->size > l->cosigned.size)
		keep_waiting(l, was);
	if (l->uncosigned_since_ms == 0)
		l->uncosigned_since_ms = c->wall_ms;
}

void cosigned_heard(struct core *c, size_t log, const struct head *seen)
{
	struct log *l = c->logs[log];
	size_t i = 0;
	while (i < l->waiting_count && (l->waiting[i].size != seen->size || !hash_equal(&l->waiting[i].root, &seen->root)))
		i++;
	if (i == l->waiting_count || l->loading)
		return;
	struct head *h = &l->waiting[i];
	struct buf merged = { 0 };
	if (witness_union(c, buf_bytes(&h->note), buf_bytes(&seen->note), &merged))
		head_set(h, buf_bytes(&merged), seen->size, &seen->root);
	buf_free(&merged);
	if (!cosigned_enough(c, log, buf_bytes(&h->note)))
		return;
	struct store_write *w = write_new(l, WRITE_COSIGNED);
	w->head = arena_bytes(&w->arena, buf_bytes(&h->note));
	w->head_size = h->size;
	w->head_root = h->root;
	forget_to(l, i);
	(void)core_store(c, log, &w);
}

void cosigned_stored(struct core *c, size_t log, const struct head *head)
{
	struct log *l = c->logs[log];
	if (head->size < l->cosigned.size)
		return;
	head_set(&l->cosigned, buf_bytes(&head->note), head->size, &head->root);
	size_t below = 0;
	while (below < l->waiting_count && l->waiting[below].size <= head->size)
		below++;
	if (below > 0)
		forget_to(l, below - 1);
	if (l->cosigned.size >= l->head.size)
		l->uncosigned_since_ms = 0;
}
