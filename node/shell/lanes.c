#include "node/shell/lanes.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"

enum { WAYS = 8, SETS = LANES_MAX / WAYS };

struct lanes {
	uint64_t seed, entered;
	struct lane *first, *last; /* the ring: whose turn is next, and who was last */
	struct lane v[SETS][WAYS];
};

struct lanes *lanes_new(uint64_t seed)
{
	struct lanes *l = calloc(1, sizeof *l);
	must(l != NULL);
	l->seed = seed;
	return l;
}

void lanes_free(struct lanes *l)
{
	free(l);
}

/* ---- the table ---- */

/* splitmix64. */
static struct lane *set_of(struct lanes *l, uint64_t client)
{
	uint64_t z = client + l->seed;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return l->v[(z ^ (z >> 31)) % SETS];
}

static struct lane *find(struct lanes *l, uint64_t client)
{
	struct lane *set = set_of(l, client);
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].entered > 0 && set[i].client == client)
			return &set[i];
	return NULL;
}

/* Is a a better place for a newcomer than b?  An empty one that was not used for longest, else the shortest. */
static bool is_freer(const struct lane *a, const struct lane *b)
{
	if (a->held != b->held)
		return a->held < b->held;
	return a->entered < b->entered;
}

struct lane *lanes_enter(struct lanes *l, uint64_t client)
{
	struct lane *lane = find(l, client);
	if (lane == NULL) {
		struct lane *set = set_of(l, client);
		lane = set;
		for (size_t i = 1; i < WAYS; i++)
			lane = is_freer(&set[i], lane) ? &set[i] : lane;
		if (lane->held == 0)
			*lane = (struct lane){ .client = client };
	}
	lane->entered = ++l->entered;
	lane->held++;
	return lane;
}

void lanes_leave(struct lane *lane)
{
	must(lane->held > 0);
	lane->held--;
}

size_t lanes_held(struct lanes *l, uint64_t client)
{
	const struct lane *lane = find(l, client);
	return lane != NULL ? lane->held : 0;
}

/* ---- the ring ---- */

static void ring_add(struct lanes *l, struct lane *lane)
{
	lane->next = NULL;
	lane->prev = l->last;
	if (l->last != NULL)
		l->last->next = lane;
	else
		l->first = lane;
	l->last = lane;
}

static void ring_remove(struct lanes *l, struct lane *lane)
{
	if (lane->prev != NULL)
		lane->prev->next = lane->next;
	else
		l->first = lane->next;
	if (lane->next != NULL)
		lane->next->prev = lane->prev;
	else
		l->last = lane->prev;
	lane->prev = lane->next = NULL;
}

void lanes_add(struct lanes *l, struct lane *lane, struct reader_job *job)
{
	job->next = NULL;
	if (lane->first == NULL) {
		lane->first = job;
		ring_add(l, lane);
	} else {
		lane->last->next = job;
	}
	lane->last = job;
}

struct reader_job *lanes_take(struct lanes *l, uint64_t now_ns, bool quick)
{
	struct lane *lane = l->first;
	while (lane != NULL && quick && lane->slow_until > now_ns)
		lane = lane->next;
	if (lane == NULL)
		return NULL;
	struct reader_job *job = lane->first;
	lane->first = job->next;
	ring_remove(l, lane);
	if (lane->first != NULL)
		ring_add(l, lane);
	return job;
}

void lanes_remove(struct lanes *l, struct lane *lane, struct reader_job *job)
{
	struct reader_job **at = &lane->first, *before = NULL;
	while (*at != job) {
		must(*at != NULL);
		before = *at;
		at = &before->next;
	}
	*at = job->next;
	if (lane->last == job)
		lane->last = before;
	if (lane->first == NULL)
		ring_remove(l, lane);
}
