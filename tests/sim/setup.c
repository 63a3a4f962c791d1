/* setup: a world from its seed: members, who knows whom, how much goes wrong. */
#include <stdio.h>

#include "node/base/must.h"
#include "tests/sim/hostile.h"
#include "tests/sim/node.h"
#include "tests/sim/rollback.h"
#include "tests/sim/setup.h"
#include "tests/sim/world.h"

struct skey *setup_key(struct world *w, const char *name, enum key_type type)
{
	uint8_t seed[KEY_SIZE];
	struct skey *key = NULL;
	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)rng_next(&w->rng);
	int rc = skey_from_seed(name, type, seed, &key, NULL);
	must(rc == OK);
	return key;
}

static void make_ident(struct world *w, uint32_t i)
{
	static const char *const names[WORLD_IDENTS] = { "sac", "iso", "jisc", "bsi", "din", "ksa", "gost" };
	struct ident *id = &w->idents[i];
	char witness[NAME_MAX_BYTES], mirror[NAME_MAX_BYTES];
	(void)snprintf(id->name, sizeof id->name, "%s", names[i]);
	struct card *card = &id->card;
	(void)snprintf(card->name, sizeof card->name, "%s", names[i]);
	(void)snprintf(card->origin, sizeof card->origin, "%s.example/log", names[i]);
	(void)snprintf(witness, sizeof witness, "%s.example/witness", names[i]);
	(void)snprintf(mirror, sizeof mirror, "%s.example/mirror", names[i]);
	id->log_key = setup_key(w, card->origin, KEY_ED25519);
	id->witness_key = setup_key(w, witness, KEY_COSIGNATURE);
	id->mirror_key = setup_key(w, mirror, KEY_COSIGNATURE);
	card->log = *skey_public(id->log_key);
	card->witness = *skey_public(id->witness_key);
	card->mirror = *skey_public(id->mirror_key);
	memset(card->pin.b, (int)i + 1, HASH_SIZE);
	truth_init(&id->truth, w->hasher);
}

/* ---- who knows whom ---- */

/* A link may come about: both hold the other's card, and one of them or both dial. */
static void join(struct world *w, uint32_t a, uint32_t b)
{
	uint64_t dice = rng_below(&w->rng, 3);
	if (a == b)
		return;
	w->idents[a].knows[b] = w->idents[b].knows[a] = true;
	w->idents[a].address[b] |= dice != 1;
	w->idents[b].address[a] |= dice != 0;
}

static void make_topology(struct world *w)
{
	uint32_t n = (uint32_t)w->ident_count, shape = (uint32_t)rng_below(&w->rng, 4);
	for (uint32_t i = 1; i < n; i++) {
		uint32_t to = i - 1; /* a chain */
		if (shape == 1)
			to = 0; /* a star */
		else if (shape == 2)
			to = (uint32_t)rng_below(&w->rng, i); /* a tree */
		join(w, i, to);
	}
	for (uint32_t i = 0; shape == 3 && i < n; i++) /* a mesh */
		for (uint32_t k = i + 1; k < n; k++)
			if (rng_permille(&w->rng, 600))
				join(w, i, k);
	/* Cards travel further than links: to all, to some, to none. */
	unsigned further = rng_permille(&w->rng, 600) ? 1000 : (unsigned)rng_below(&w->rng, 1000);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			if (i != k && rng_permille(&w->rng, further))
				w->idents[i].knows[k] = true;
	if (rng_permille(&w->rng, 100)) /* somebody dials a member that does not know it */
		w->idents[rng_below(&w->rng, n)].address[rng_below(&w->rng, n)] = true;
}

/* ---- who is not honest ---- */

static void make_hostile(struct world *w)
{
	uint64_t dice = rng_below(&w->rng, 10);
	uint32_t n = (uint32_t)w->ident_count;
	if (dice < 2 || n < 3)
		return;
	uint32_t one = (uint32_t)rng_below(&w->rng, n), two = (uint32_t)rng_below(&w->rng, n);
	struct ident *id = &w->idents[one];
	if (dice < 6) {
		id->hostility = HOSTILE_HAND;
		id->modes = rng_next(&w->rng) & MODE_ALL;
		if (rng_permille(&w->rng, 400))
			id->modes &= rng_next(&w->rng);
		if (rng_permille(&w->rng, 500))
			id->modes |= MODE_FORK;
	} else {
		id->hostility = dice < 8 ? HOSTILE_CLONE : HOSTILE_ROLLBACK;
	}
	if (two != one && n > 3 && rng_permille(&w->rng, 300)) {
		w->idents[two].hostility = HOSTILE_HAND;
		w->idents[two].modes = rng_next(&w->rng) & MODE_ALL;
	}
}

static void make_node(struct world *w, uint32_t index, uint32_t ident)
{
	struct node *n = &w->nodes[index];
	n->index = index;
	n->ident = ident;
	n->checked = w->idents[ident].hostility == HOSTILE_NOT;
	n->mono_base_ms = rng_below(&w->rng, UINT64_C(1) << (rng_permille(&w->rng, 300) ? 40 : 20));
	n->wall_skew_ms = (int64_t)rng_below(&w->rng, 20000) - 10000;
	n->tick_ms = UINT64_MAX;
	n->own = w->idents[ident].truth.branches[0];
	rollback_init(n);
}

static void make_nodes(struct world *w)
{
	for (uint32_t i = 0; i < w->ident_count; i++) {
		make_node(w, i, i);
		w->nodes[i].exists = true;
		if (w->idents[i].hostility == HOSTILE_HAND)
			w->hostile[i] = hostile_new(w, i);
	}
	w->node_count = w->ident_count;
	for (uint32_t i = 0; i < w->ident_count; i++)
		if (w->idents[i].hostility == HOSTILE_CLONE)
			make_node(w, (uint32_t)w->node_count++, i);
}

/* ---- how much goes wrong ---- */

static unsigned dose(struct world *w, unsigned chance, unsigned most)
{
	return rng_permille(&w->rng, chance) ? (unsigned)rng_below(&w->rng, most + 1) : 0;
}

static void make_doses(struct world *w)
{
	w->quiet_ms = rng_permille(&w->rng, 700) ? rng_between(&w->rng, 5000, 40000) : rng_between(&w->rng, 40000, 240000);
	w->dose.write_fail = dose(w, 400, 150);
	w->dose.read_fail = dose(w, 300, 150);
	w->dose.reload_fail = dose(w, 300, 300);
	w->dose.slow_disk = dose(w, 500, 100);
	w->dose.crash = dose(w, 600, 300);
	w->dose.crash_writing = dose(w, 500, 60);
	w->dose.cut = dose(w, 600, 500);
	w->dose.half_open = dose(w, 400, 200);
	w->dose.partition = dose(w, 300, 150);
	w->dose.full = dose(w, 200, 200);
	w->dose.jump = dose(w, 300, 300);
	w->dose.put_back = dose(w, 600, 600);
	w->dose.fault_every_ms = rng_between(&w->rng, 100, 2000);
	w->dose.latency_ms = rng_permille(&w->rng, 600) ? rng_below(&w->rng, 30) : rng_below(&w->rng, 600);
	w->dose.rotate = dose(w, 600, 200);
	w->dose.batch_max = rng_between(&w->rng, 1, 12);
	w->dose.big_batch = dose(w, 250, 600);
	w->submits_left = rng_between(&w->rng, 4, 20);
	w->dose.submit_every_ms = w->quiet_ms / (w->submits_left + 1) + 1;
	w->dose.verdict = dose(w, 600, 400);
	if (w->dose.verdict > 0 && w->quiet_ms < 40000 && rng_permille(&w->rng, 400))
		w->quiet_ms += 40000; /* a release shows what it is worth only later */
	w->dose.visit_every_ms = rng_permille(&w->rng, 500) ? w->quiet_ms / rng_between(&w->rng, 4, 60) + 1 : 0;
	w->dose.hostile_stays = rng_permille(&w->rng, 500);
}

void setup_world(struct world *w)
{
	w->wall_ms = UINT64_C(1767225600000) + rng_below(&w->rng, UINT64_C(1) << 34);
	w->ident_count = (size_t)rng_between(&w->rng, 2, rng_permille(&w->rng, 500) ? 4 : WORLD_IDENTS);
	make_doses(w);
	for (uint32_t i = 0; i < w->ident_count; i++)
		make_ident(w, i);
	make_topology(w);
	make_hostile(w);
	make_nodes(w);
}

void setup_start(struct world *w)
{
	for (size_t i = 0; i < w->ident_count && !w->failed; i++)
		node_start(w, &w->nodes[i]);
}
