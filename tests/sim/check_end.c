#include "tests/sim/check_end.h"

#include "crypto/note.h"
#include "tests/sim/carry.h"
#include "tests/sim/check.h"
#include "tests/sim/classes.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/world.h"

enum { FAR = WORLD_IDENTS + 1 };

static bool honest(const struct world *w, uint32_t i)
{
	return w->idents[i].hostility == HOSTILE_NOT;
}

static bool linked(const struct world *w, uint32_t a, uint32_t b)
{
	const struct ident *x = &w->idents[a], *y = &w->idents[b];
	return x->knows[b] && y->knows[a] && (x->address[b] || y->address[a]);
}

/* An honest member that follows this origin, or is it. */
static bool follows(const struct world *w, uint32_t member, uint32_t origin)
{
	return honest(w, member) && (member == origin || w->idents[member].knows[origin]);
}

/* How many links lie between a member and all others, over honest members that follow the origin. */
static void distances(const struct world *w, uint32_t origin, uint32_t from, unsigned distance[WORLD_IDENTS])
{
	for (uint32_t i = 0; i < WORLD_IDENTS; i++)
		distance[i] = FAR;
	distance[from] = 0;
	for (unsigned round = 0; round < WORLD_IDENTS; round++)
		for (uint32_t a = 0; a < w->ident_count; a++)
			for (uint32_t b = 0; b < w->ident_count; b++)
				if (distance[a] == round && distance[b] > round + 1 && follows(w, b, origin) && linked(w, a, b))
					distance[b] = round + 1;
}

/* Can what is in that class come from the origin to the member, over members that may have it? */
static void reachable(const struct world *w, uint32_t origin, const struct branch *b, uint64_t size,
                      bool reach[WORLD_IDENTS][CLASSES])
{
	memset(reach, 0, WORLD_IDENTS * sizeof *reach);
	for (unsigned class = 0; class < CLASSES; class ++) {
		reach[origin][class] = true;
		for (unsigned round = 0; round < WORLD_IDENTS; round++)
			for (uint32_t from = 0; from < w->ident_count; from++)
				for (uint32_t to = 0; to < w->ident_count; to++)
					reach[to][class] |= reach[from][class] && follows(w, to, origin) && linked(w, from, to) &&
					                    classes_lists(b, size, class, to);
	}
}

static bool has_line(const struct ident *id, struct bytes raw, bool mirror)
{
	struct note note;
	return note_parse(raw, &note, NULL) == OK && keys_has_cosigned(id, &note, mirror);
}

/* An origin has both cosignatures of each member that it is linked with and that follows it. */
static bool cosigned(struct world *w, uint32_t origin, const char **why)
{
	const struct disk_log *log = &w->nodes[origin].disk.logs[origin];
	for (uint32_t i = 0; log->size > 0 && i < w->ident_count; i++) {
		if (i == origin || !follows(w, i, origin) || !linked(w, i, origin) ||
		    (has_line(&w->idents[i], buf_bytes(&log->head.note), false) &&
		     has_line(&w->idents[i], buf_bytes(&log->head.note), true)))
			continue;
		*why = "the cosignatures of neighbours";
		trace_say(w, "not settled: %s on %s: of %s", *why, w->idents[origin].name, w->idents[i].name);
		return false;
	}
	return true;
}

/* Everybody who can have an honest origin has it. */
static bool origin_settled(struct world *w, uint32_t origin, const char **why)
{
	unsigned distance[WORLD_IDENTS];
	bool reach[WORLD_IDENTS][CLASSES] = { { false } };
	const struct disk_log *truth = &w->nodes[origin].disk.logs[origin];
	distances(w, origin, origin, distance);
	if (truth->branch != NULL)
		reachable(w, origin, truth->branch, truth->size, reach);
	for (uint32_t i = 0; i < w->ident_count; i++) {
		const struct disk_log *log = &w->nodes[i].disk.logs[origin];
		if (distance[i] >= FAR)
			continue;
		/* What an origin lost and nobody holds whole stays lost: its log is closed, and some may have a part of it. */
		bool lost = w->nodes[origin].put_back;
		if ((!lost && log->size != truth->size) || log->head.size != truth->head.size)
			*why = i == origin ? "an origin's own head" : "equal held and head";
		else if (classes_settled(w, origin, i, reach[i], why))
			continue;
		trace_say(w, "not settled: %s of %s at %s: %llu, head %llu of %llu", *why, w->idents[origin].name,
		          w->idents[i].name, (unsigned long long)log->size, (unsigned long long)log->head.size,
		          (unsigned long long)truth->size);
		return false;
	}
	/* Nor does anybody cosign what is not the newest that he has seen. */
	return w->nodes[origin].put_back || cosigned(w, origin, why);
}

static bool heads_clash(const struct world *w, uint32_t origin, uint32_t a, uint32_t b)
{
	const struct disk_head *x = &w->nodes[a].disk.logs[origin].head, *y = &w->nodes[b].disk.logs[origin].head;
	if (x->note.len == 0 || y->note.len == 0)
		return false;
	return truth_both(&w->idents[origin].truth, x->size, &x->root, y->size, &y->root) == NULL;
}

static bool has_evidence(const struct world *w, uint32_t member, uint32_t origin)
{
	return w->nodes[member].disk.logs[origin].evidence.len > 0;
}

/* Whoever is connected with somebody who has evidence, or holds the other branch, has evidence. */
static bool fork_settled(struct world *w, uint32_t origin, const char **why)
{
	for (uint32_t i = 0; i < w->ident_count; i++) {
		unsigned distance[WORLD_IDENTS];
		if (i == origin || !follows(w, i, origin) || has_evidence(w, i, origin))
			continue;
		distances(w, origin, i, distance);
		for (uint32_t j = 0; j < w->ident_count; j++) {
			if (j == i || distance[j] >= FAR || (!has_evidence(w, j, origin) && !heads_clash(w, origin, i, j)))
				continue;
			*why = "the evidence of a fork";
			trace_say(w, "not settled: %s of %s at %s", *why, w->idents[origin].name, w->idents[i].name);
			return false;
		}
	}
	return true;
}

static bool replies_settled(const struct world *w, const char **why)
{
	for (size_t i = 0; i < w->node_count; i++)
		for (size_t k = 0; w->nodes[i].checked && k < WORLD_SUBMITS; k++)
			if (w->nodes[i].submits[k].op != 0) {
				*why = "a reply for each submission";
				return false;
			}
	for (size_t i = 0; i < w->node_count; i++)
		for (size_t k = 0; w->nodes[i].checked && k < WORLD_CALLERS; k++)
			if (w->nodes[i].callers[k].op != 0) {
				*why = "an answer for each visit";
				return false;
			}
	return true;
}

bool check_settled(struct world *w, const char **why)
{
	const char *reason = NULL;
	bool good = replies_settled(w, &reason);
	if (good && carry_unanswered(w)) {
		reason = "an answer to what was handed over";
		good = false;
	}
	for (uint32_t i = 0; good && i < w->ident_count; i++)
		good = honest(w, i) ? origin_settled(w, i, &reason) : fork_settled(w, i, &reason);
	if (why != NULL)
		*why = reason;
	return good;
}

static void count(struct world *w)
{
	for (uint32_t origin = 0; origin < w->ident_count; origin++) {
		unsigned distance[WORLD_IDENTS];
		bool found = false;
		for (uint32_t i = 0; i < w->ident_count; i++) {
			found |= honest(w, i) && has_evidence(w, i, origin);
			w->figures.accusations += honest(w, i) && has_evidence(w, i, origin);
		}
		w->figures.forks += !honest(w, origin) && truth_forked(&w->idents[origin].truth);
		w->figures.forks_found += found;
		for (uint32_t i = 0; i < w->ident_count; i++)
			for (uint64_t k = 0; k < w->nodes[i].disk.logs[origin].size; k++)
				w->figures.redacted += w->nodes[i].disk.logs[origin].states.data[k] == PAYLOAD_REDACTED;
		w->figures.over_256 += w->nodes[origin].disk.logs[origin].size > BUNDLE_ENTRIES;
		w->figures.over_512 += w->nodes[origin].disk.logs[origin].size > 2 * BUNDLE_ENTRIES;
		distances(w, origin, origin, distance);
		for (uint32_t i = 0; honest(w, origin) && i < w->ident_count; i++)
			w->figures.relayed += distance[i] < FAR && distance[i] >= 2 && w->nodes[i].disk.logs[origin].size > 0;
	}
}

void check_end(struct world *w)
{
	const char *why = "";
	if (!check_settled(w, &why))
		check_fail(w, "all that is honest and connected agrees in the end", "missing after the quiet phase: %s", why);
	count(w);
}
