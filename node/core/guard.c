#include "node/core/guard.h"

#include <stdio.h>

#include "node/base/limits.h"
#include "node/base/must.h"

size_t guard_majority(size_t peers)
{
	return peers == 0 ? 0 : peers / 2 + 1;
}

/* The mark and the database speak of one size and of two histories. */
static bool contradicts(const struct guard_facts *f, const struct guard_view *v)
{
	return f->marked && f->size > 0 && f->size == v->held && !hash_equal(&f->root, &v->root);
}

/* Entries are missing that our key has signed.  They may be fetched back when we know that they were lost here: up to
 * the mark this place signed them itself, and beyond it only an operator can tell a loss from a second signer. */
static enum guard_state missing(const struct guard_facts *f, const struct guard_view *v)
{
	return f->word != GUARD_ORDINARY || v->known <= f->size ? GUARD_BEHIND : GUARD_TWICE;
}

enum guard_state guard_decide(const struct guard_facts *f, const struct guard_view *v)
{
	if (v->forked)
		return GUARD_FORKED;
	if (!v->open && (!f->marked || !f->here))
		return GUARD_MOVED;
	if (!v->open && contradicts(f, v))
		return GUARD_OTHER;
	if (v->known > v->held || v->stored > v->held)
		return missing(f, v);
	if (v->keyless)
		return GUARD_KEYLESS;
	if (v->open)
		return GUARD_OPEN;
	if (f->size > v->held)
		return GUARD_OLDER;
	bool patience = v->unheard > 0 && v->waited_ms < GUARD_WAIT_MS;
	if (f->word == GUARD_ORDINARY)
		return patience ? GUARD_ASKING : GUARD_OPEN;
	if (v->asked >= guard_majority(v->peers) && !patience)
		return GUARD_OPEN;
	return f->word == GUARD_WAS_RESTORED ? GUARD_RESTORED : GUARD_RESUMED;
}

bool guard_resumable(enum guard_state state)
{
	return state == GUARD_MOVED || state == GUARD_TWICE;
}

const char *guard_name(enum guard_state state)
{
	static const char *const names[GUARD_STATES] = {
		[GUARD_OPEN] = "open",   [GUARD_ASKING] = "asking",     [GUARD_MOVED] = "moved",     [GUARD_OLDER] = "older",
		[GUARD_OTHER] = "other", [GUARD_RESTORED] = "restored", [GUARD_RESUMED] = "resumed", [GUARD_BEHIND] = "behind",
		[GUARD_TWICE] = "twice", [GUARD_KEYLESS] = "keyless",   [GUARD_FORKED] = "forked",
	};
	must((unsigned)state < GUARD_STATES);
	return names[state];
}

void guard_explain(enum guard_state state, const struct guard_facts *f, const struct guard_view *v, const char *who,
                   char out[GUARD_TEXT_MAX])
{
	const unsigned long long held = v->held, known = v->known, marked = f->size;
	out[0] = '\0';
	switch (state) {
	case GUARD_OPEN:
		break;
	case GUARD_ASKING:
		(void)snprintf(out, GUARD_TEXT_MAX,
		               "just started: peers are asked what they hold of this log, for %d s at most",
		               GUARD_WAIT_MS / 1000);
		break;
	case GUARD_MOVED:
		(void)snprintf(out, GUARD_TEXT_MAX,
		               "this folder was copied or put back by hand; if no other copy will ever run again, say so: "
		               "normlink resume DIR");
		break;
	case GUARD_OLDER:
		(void)snprintf(
		    out, GUARD_TEXT_MAX,
		    "the database is older than what was signed here (%llu of %llu): put the newer one back, or wait for "
		    "peers that hold the rest",
		    held, marked);
		break;
	case GUARD_OTHER:
		(void)snprintf(out, GUARD_TEXT_MAX,
		               "the database has another history than the %llu entries signed here: put the right one back",
		               marked);
		break;
	case GUARD_RESTORED:
	case GUARD_RESUMED:
		(void)snprintf(out, GUARD_TEXT_MAX,
		               "%s: peers are asked what they hold of this log; %zu of %zu spoke, %zu must",
		               state == GUARD_RESTORED ? "restored from a backup" : "resumed", v->asked, v->peers,
		               guard_majority(v->peers));
		break;
	case GUARD_BEHIND:
		(void)snprintf(out, GUARD_TEXT_MAX, "%s knows of %llu entries of this log and %llu are here: %s", who,
		               known > held ? known : (unsigned long long)v->stored, held,
		               v->served ? "they are fetched back from peers; try again later"
		                         : "no peer in reach holds the rest; it is waited for");
		break;
	case GUARD_TWICE:
		(void)snprintf(
		    out, GUARD_TEXT_MAX,
		    "%s has %llu entries of this log, %llu are here: stop whoever else signs with its key, then: normlink "
		    "resume DIR",
		    who, known, held);
		break;
	case GUARD_KEYLESS:
		(void)snprintf(
		    out, GUARD_TEXT_MAX,
		    "a key of ours was replaced after what is at hand in keys/: put the newer file there, then start anew");
		break;
	case GUARD_FORKED:
		(void)snprintf(out, GUARD_TEXT_MAX, "our log has forked: nothing is signed until an operator decides");
		break;
	case GUARD_STATES:
		must(!"a state");
	}
}
