#include "tests/sim/check_send.h"

#include "crypto/evidence.h"
#include "proto/frame.h"
#include "tests/sim/check.h"
#include "tests/sim/classes.h"
#include "tests/sim/keys.h"
#include "tests/sim/node.h"
#include "tests/sim/questions.h"
#include "tests/sim/world.h"

static uint32_t ident_of(const struct world *w, struct bytes origin)
{
	char name[NAME_MAX_BYTES + 1];
	if (origin.len > NAME_MAX_BYTES)
		return UINT32_MAX;
	memcpy(name, origin.data, origin.len);
	name[origin.len] = '\0';
	return world_ident(w, name);
}

static int open_note(struct bytes raw, struct note *note, struct checkpoint *cp)
{
	int rc = note_parse(raw, note, NULL);
	return rc == OK ? checkpoint_parse(note->text, cp, NULL) : rc;
}

/* The node's own cosignatures on what it announces must be durable with it. */
static bool own_lines_durable(const struct ident *self, const struct witnessed *wit, const struct note *note,
                              const struct checkpoint *cp)
{
	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *s = &note->signatures[i];
		const struct skey *key = keys_of_line(self, s);
		if (key == NULL || skey_public(key)->type != KEY_COSIGNATURE)
			continue;
		bool mirror = keys_of_mirror(self, key);
		uint64_t time_s = note_time(s);
		bool found = false;
		for (size_t k = 0; !found && k < wit->count; k++)
			found = !wit->cosigned[k].forgotten && wit->cosigned[k].time_s == time_s &&
			        wit->cosigned[k].size == cp->size && wit->cosigned[k].mirror == mirror &&
			        hash_equal(&wit->cosigned[k].root, &cp->root);
		if (!found)
			return false;
	}
	return true;
}

static void check_announce(struct world *w, const struct node *n, const Normlink__Announce *m)
{
	struct note note;
	struct checkpoint cp = { 0 };
	const char *name = w->idents[n->ident].name;
	uint32_t ident = UINT32_MAX;
	if (open_note(message_bytes(m->checkpoint), &note, &cp) == OK)
		ident = ident_of(w, cp.origin);
	if (ident == UINT32_MAX) {
		check_fail(w, "what is announced is a head", "%s announces no known origin's head", name);
		return;
	}
	const struct disk_log *log = &n->disk.logs[ident];
	const struct witnessed *wit = &n->witnessed[ident];
	const struct ident *self = &w->idents[n->ident];
	if (log->branch == NULL || cp.size > log->head.size || !branch_head(log->branch, cp.size, &cp.root))
		check_fail(w, "nothing is said before it is durable", "a head: %s announces %s at %llu, its disk has %llu",
		           name, w->idents[ident].name, (unsigned long long)cp.size, (unsigned long long)log->head.size);
	else if (!own_lines_durable(self, wit, &note, &cp))
		check_fail(w, "nothing is said before it is durable", "a cosignature of %s on %s at %llu", name,
		           w->idents[ident].name, (unsigned long long)cp.size);
}

static void check_accusation(struct world *w, const struct node *n, const Normlink__Evidence *m)
{
	struct evidence e;
	uint32_t ident = UINT32_MAX;
	if (evidence_parse(message_bytes(m->file), &e, NULL) == OK)
		ident = world_ident(w, e.origin);
	if (ident == UINT32_MAX || n->disk.logs[ident].evidence.len == 0)
		check_fail(w, "nothing is said before it is durable", "an accusation that is not on the disk of %s",
		           w->idents[n->ident].name);
}

void check_send(struct world *w, struct node *n, link_id link, struct bytes frame)
{
	struct arena arena = { 0 };
	struct bytes raw;
	size_t used = 0;
	struct err err = { 0 };
	Normlink__Frame *m = NULL;
	int rc = frame_split(frame, &raw, &used, &err);
	if (rc == OK)
		rc = frame_decode(raw, &arena, &m, &err);
	if (rc != OK || used != frame.len) {
		check_fail(w, "what is said is well formed", "%s (%s on link %u)", err.text, w->idents[n->ident].name, link);
	} else if (n->checked) {
		if (m->body_case == NORMLINK__FRAME__BODY_ANNOUNCE)
			check_announce(w, n, m->announce);
		if (m->body_case == NORMLINK__FRAME__BODY_EVIDENCE)
			check_accusation(w, n, m->evidence);
		if (m->body_case == NORMLINK__FRAME__BODY_ENTRIES_RESPONSE)
			classes_check_sent(w, n, link, m->entries_response->payloads, m->entries_response->n_payloads);
		if (m->body_case == NORMLINK__FRAME__BODY_PAYLOADS_RESPONSE)
			classes_check_sent(w, n, link, m->payloads_response->payloads, m->payloads_response->n_payloads);
		if (m->body_case == NORMLINK__FRAME__BODY_QUERY_RESPONSE)
			questions_check_sent(w, n, m->query_response);
		w->figures.bundles += m->body_case == NORMLINK__FRAME__BODY_ENTRIES_RESPONSE;
	}
	arena_free(&arena);
}

/* ---- evidence ---- */

/* Both notes bear one line, by a log key that the accused has or had. */
static bool signed_by(struct world *w, const struct ident *accused, struct bytes raw)
{
	struct note note;
	if (note_parse(raw, &note, NULL) != OK || note.count != 1)
		return false;
	const struct skey *key = keys_of_line(accused, &note.signatures[0]);
	return key != NULL && skey_public(key)->type == KEY_ED25519 &&
	       check_line_holds(w, &note, &note.signatures[0], skey_public(key));
}

/* The file must hold by the rules that anybody would apply, and by what is true here. */
bool check_evidence(struct world *w, const struct node *n, uint32_t ident, struct bytes raw)
{
	struct evidence e;
	struct err err = { 0 };
	const struct ident *accused = &w->idents[ident];
	const char *accuser = w->idents[n->ident].name;
	int rc = evidence_parse(raw, &e, &err);
	if (rc == OK)
		rc = evidence_contradicts(w->hasher, &e, &err);
	if (rc == OK && (!signed_by(w, accused, e.smaller) || !signed_by(w, accused, e.larger)))
		rc = err_set(&err, ERR_UNTRUSTED, "not signed by it");
	if (rc != OK)
		check_fail(w, "evidence proves a fork", "%s against %s: %s", accuser, accused->name, err.text);
	else if (truth_both(&accused->truth, e.smaller_size, &e.smaller_root, e.larger_size, &e.larger_root) != NULL ||
	         accused->hostility == HOSTILE_NOT)
		check_fail(w, "nobody is accused falsely", "%s accuses %s: %llu and %llu", accuser, accused->name,
		           (unsigned long long)e.smaller_size, (unsigned long long)e.larger_size);
	return !w->failed;
}
