#include "crypto/policy.h"

#include <inttypes.h>
#include <stdlib.h>

#include "crypto/lines.h"
#include "node/base/must.h"

enum { WORDS_MAX = POLICY_ITEMS_MAX + 3 };

/* A witness or a group: they share one space of names. */
struct member {
	char *name;
	bool is_group;
	bool grouped;    /* already a member of a group */
	struct vkey key; /* a witness's */
	const char *url; /* likewise; empty: none */
	size_t needed;   /* a group's threshold */
	size_t *members; /* a group's, by index: all before it */
	size_t member_count;
};

struct policy {
	struct vkey *logs;
	const char **log_urls;
	size_t log_count;
	struct member *members;
	size_t member_count;
	bool has_quorum;
	size_t quorum; /* index of a member; SIZE_MAX: none */
	struct arena arena;
};

struct words {
	struct bytes v[WORDS_MAX];
	size_t count;
};

static int split_words(struct bytes line, struct words *out, struct err *err)
{
	out->count = 0;
	for (size_t i = 0; i < line.len;) {
		size_t start = i;
		while (i < line.len && line.data[i] != ' ' && line.data[i] != '\t')
			i++;
		if (i > start) {
			if (out->count == WORDS_MAX)
				return err_set(err, ERR_LIMIT, "more than %d words", WORDS_MAX);
			out->v[out->count++] = bytes_of(line.data + start, i - start);
		} else {
			i++;
		}
	}
	return OK;
}

static bool word_is(struct bytes word, const char *text)
{
	return bytes_equal(word, bytes_str(text));
}

static size_t find_member(const struct policy *p, struct bytes name)
{
	for (size_t i = 0; i < p->member_count; i++)
		if (word_is(name, p->members[i].name))
			return i;
	return SIZE_MAX;
}

/* A key of a kind that is not done here (0x06 before OpenSSL 3.5) is listed all the same: it verifies nothing, and a
 * quorum that can do without it still works. */
static int parse_key(struct bytes word, enum key_type type, struct vkey *out, struct err *err)
{
	int rc = vkey_parse(word, out, err);
	if (rc == OK && out->type != type)
		rc = err_set(err, ERR_INVALID, "a key of type 0x%02x does not serve here", out->type);
	return rc == ERR_UNSUPPORTED ? OK : rc;
}

/* tlog-policy, "Public key representation": duplicates wrap the same bytes, whatever their names and IDs. */
static bool same_key(const struct vkey *a, const struct vkey *b)
{
	return memcmp(a->key, b->key, KEY_SIZE) == 0;
}

/* A word that may be left out. */
static const char *word_copy(struct policy *p, const struct words *w, size_t i)
{
	return i < w->count ? arena_strn(&p->arena, w->v[i].data, w->v[i].len) : "";
}

static int add_log(struct policy *p, const struct words *w, struct err *err)
{
	if (w->count < 2 || w->count > 3)
		return err_set(err, ERR_INVALID, "log <vkey> [<url>]");
	if (p->log_count == POLICY_ITEMS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d logs", POLICY_ITEMS_MAX);
	struct vkey key;
	int rc = parse_key(w->v[1], KEY_ED25519, &key, err);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < p->log_count; i++)
		if (same_key(&p->logs[i], &key))
			return err_set(err, ERR_INVALID, "the same log key twice");
	p->log_urls[p->log_count] = word_copy(p, w, 2);
	p->logs[p->log_count++] = key;
	return OK;
}

static int add_member(struct policy *p, struct bytes name, struct member **out, struct err *err)
{
	if (word_is(name, "none"))
		return err_set(err, ERR_INVALID, "the name none is taken");
	if (find_member(p, name) != SIZE_MAX)
		return err_set(err, ERR_INVALID, "the name is defined twice");
	if (p->member_count == 2 * POLICY_ITEMS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d witnesses and groups", 2 * POLICY_ITEMS_MAX);
	*out = &p->members[p->member_count++];
	(*out)->name = arena_strn(&p->arena, name.data, name.len);
	return OK;
}

static int add_witness(struct policy *p, const struct words *w, struct err *err)
{
	if (w->count < 3 || w->count > 4)
		return err_set(err, ERR_INVALID, "witness <name> <vkey> [<url>]");
	struct vkey key;
	struct member *m;
	int rc = parse_key(w->v[2], KEY_COSIGNATURE, &key, err);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < p->member_count; i++)
		if (!p->members[i].is_group && same_key(&p->members[i].key, &key))
			return err_set(err, ERR_INVALID, "the same witness key twice");
	rc = add_member(p, w->v[1], &m, err);
	if (rc != OK)
		return rc;
	m->key = key;
	m->url = word_copy(p, w, 3);
	return OK;
}

static int parse_threshold(struct bytes word, size_t members, size_t *out, struct err *err)
{
	uint64_t n;
	if (word_is(word, "any"))
		n = 1;
	else if (word_is(word, "all"))
		n = members;
	else if (!lines_decimal(word, &n))
		return err_set(err, ERR_INVALID, "a group's threshold is all, any or a number");
	if (n < 1 || n > members)
		return err_set(err, ERR_INVALID, "a group of %zu cannot have the threshold %" PRIu64, members, n);
	*out = (size_t)n;
	return OK;
}

static int add_group(struct policy *p, const struct words *w, struct err *err)
{
	if (w->count < 4)
		return err_set(err, ERR_INVALID, "group <name> all|any|<k> <member>...");
	size_t needed = 0, count = w->count - 3;
	size_t *members = arena_array(&p->arena, count, sizeof *members);
	int rc = parse_threshold(w->v[2], count, &needed, err);
	for (size_t i = 0; rc == OK && i < count; i++) {
		members[i] = find_member(p, w->v[3 + i]);
		if (members[i] == SIZE_MAX)
			rc = err_set(err, ERR_INVALID, "a group's member is not defined before it");
		else if (p->members[members[i]].grouped)
			rc = err_set(err, ERR_INVALID, "%s is a group's member already", p->members[members[i]].name);
		else
			p->members[members[i]].grouped = true;
	}
	struct member *m;
	if (rc == OK)
		rc = add_member(p, w->v[1], &m, err);
	if (rc != OK)
		return rc;
	m->is_group = true;
	m->needed = needed;
	m->members = members;
	m->member_count = count;
	return OK;
}

static int set_quorum(struct policy *p, const struct words *w, struct err *err)
{
	if (w->count != 2)
		return err_set(err, ERR_INVALID, "quorum <name>|none");
	if (p->has_quorum)
		return err_set(err, ERR_INVALID, "a second quorum line");
	p->quorum = word_is(w->v[1], "none") ? SIZE_MAX : find_member(p, w->v[1]);
	if (p->quorum == SIZE_MAX && !word_is(w->v[1], "none"))
		return err_set(err, ERR_INVALID, "the quorum's name is not defined before it");
	p->has_quorum = true;
	return OK;
}

/* tlog-policy, "Character set": of the control characters only tab and line feed. */
static bool has_control(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
			return true;
	return false;
}

static bool is_comment(struct bytes line)
{
	size_t i = 0;
	while (i < line.len && (line.data[i] == ' ' || line.data[i] == '\t'))
		i++;
	return i < line.len && line.data[i] == '#';
}

static int parse_line(struct policy *p, struct bytes line, struct words *w, struct err *err)
{
	if (has_control(line))
		return err_set(err, ERR_INVALID, "a control character");
	if (is_comment(line))
		return OK;
	int rc = split_words(line, w, err);
	if (rc != OK || w->count == 0)
		return rc;
	if (word_is(w->v[0], "log"))
		return add_log(p, w, err);
	if (word_is(w->v[0], "witness"))
		return add_witness(p, w, err);
	if (word_is(w->v[0], "group"))
		return add_group(p, w, err);
	if (word_is(w->v[0], "quorum"))
		return set_quorum(p, w, err);
	return err_set(err, ERR_INVALID, "neither log, witness, group nor quorum");
}

static int parse_lines(struct policy *p, struct bytes text, struct err *err)
{
	struct words *w = arena_get(&p->arena, sizeof *w);
	size_t number = 1;
	for (struct bytes line; lines_next(&text, &line); number++) {
		int rc = parse_line(p, line, w, err);
		if (rc != OK)
			return err_wrap(err, rc, "line %zu", number);
	}
	/* A file cut short could still parse, and ask for less than its author did. */
	if (text.len > 0)
		return err_set(err, ERR_INVALID, "line %zu: does not end with a line feed", number);
	return p->has_quorum ? OK : err_set(err, ERR_INVALID, "line %zu: the file ends without a quorum line", number);
}

int policy_parse(struct bytes text, struct policy **out, struct err *err)
{
	if (text.len > POLICY_MAX)
		return err_set(err, ERR_LIMIT, "line 1: a policy of more than %d bytes", POLICY_MAX);
	struct policy *p = calloc(1, sizeof *p);
	must(p != NULL);
	p->logs = arena_array(&p->arena, POLICY_ITEMS_MAX, sizeof *p->logs);
	p->log_urls = arena_array(&p->arena, POLICY_ITEMS_MAX, sizeof *p->log_urls);
	p->members = arena_array(&p->arena, 2 * POLICY_ITEMS_MAX, sizeof *p->members);
	int rc = parse_lines(p, text, err);
	if (rc != OK) {
		policy_free(p);
		return rc;
	}
	*out = p;
	return OK;
}

void policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	arena_free(&p->arena);
	free(p);
}

/* ---- what it lists ---- */

bool policy_log(const struct policy *p, size_t i, const struct vkey **key, const char **url)
{
	if (i >= p->log_count)
		return false;
	*key = &p->logs[i];
	*url = p->log_urls[i];
	return true;
}

bool policy_witness(const struct policy *p, size_t i, const char **name, const struct vkey **key, const char **url)
{
	for (size_t k = 0; k < p->member_count; k++) {
		const struct member *m = &p->members[k];
		if (m->is_group || i-- > 0)
			continue;
		*name = m->name;
		*key = &m->key;
		*url = m->url;
		return true;
	}
	return false;
}

/* ---- checking ---- */

/* Every listed log whose line is there must verify (signed-note); only one whose name is the origin counts. */
static int check_log(const struct policy *p, const struct note *note, const struct checkpoint *c,
                     struct policy_verdict *verdict, struct err *err)
{
	for (size_t i = 0; i < p->log_count; i++) {
		int rc = note_verify(note, &p->logs[i], NULL);
		if (rc == ERR_UNTRUSTED)
			return err_set(err, ERR_UNTRUSTED, "the signature of log %s does not verify", p->logs[i].name);
		if (rc == OK && verdict->log == NULL && bytes_equal(c->origin, bytes_str(p->logs[i].name)))
			verdict->log = &p->logs[i];
	}
	if (p->log_count == 0)
		return err_set(err, ERR_UNTRUSTED, "the policy lists no log");
	if (verdict->log == NULL)
		return err_set(err, ERR_UNTRUSTED, "no log of the policy has signed this checkpoint of %.*s",
		               (int)c->origin.len, (const char *)c->origin.data);
	return OK;
}

/* Which witnesses have cosigned; groups follow from members, which always stand before them. */
static int check_witnesses(const struct policy *p, const struct note *note, bool *holds, struct policy_verdict *verdict,
                           struct err *err)
{
	for (size_t i = 0; i < p->member_count; i++) {
		const struct member *m = &p->members[i];
		if (m->is_group) {
			size_t have = 0;
			for (size_t k = 0; k < m->member_count; k++)
				have += holds[m->members[k]];
			holds[i] = have >= m->needed;
			continue;
		}
		uint64_t time_s;
		int rc = note_verify(note, &m->key, &time_s);
		if (rc == ERR_UNTRUSTED)
			return err_set(err, ERR_UNTRUSTED, "the cosignature of witness %s does not verify", m->name);
		holds[i] = rc == OK;
		if (holds[i] && verdict->seen_count < NOTE_SIGNATURES_MAX)
			verdict->seen[verdict->seen_count++] =
			    (struct policy_witness_seen){ .name = m->name, .key_name = m->key.name, .time_s = time_s };
	}
	return OK;
}

int policy_find_log(const struct policy *p, struct bytes checkpoint, const struct vkey **log, struct err *err)
{
	struct note note;
	struct checkpoint c;
	struct policy_verdict verdict = { 0 };
	int rc = checkpoint_read(checkpoint, &note, &c, err);
	if (rc == OK)
		rc = check_log(p, &note, &c, &verdict, err);
	if (rc == OK)
		*log = verdict.log;
	return rc;
}

int policy_check(const struct policy *p, struct bytes checkpoint, struct policy_verdict *verdict, struct err *err)
{
	struct note note;
	struct checkpoint c;
	bool holds[2 * POLICY_ITEMS_MAX] = { false };
	*verdict = (struct policy_verdict){ .quorum = "none" };
	int rc = checkpoint_read(checkpoint, &note, &c, err);
	if (rc == OK)
		rc = check_log(p, &note, &c, verdict, err);
	if (rc == OK)
		rc = check_witnesses(p, &note, holds, verdict, err);
	if (rc != OK)
		return rc;
	verdict->size = c.size;
	verdict->root = c.root;
	if (p->quorum == SIZE_MAX)
		return OK;
	verdict->quorum = p->members[p->quorum].name;
	if (!holds[p->quorum])
		return err_set(err, ERR_UNTRUSTED, "the quorum %s is not met: %zu of the policy's witnesses %s cosigned",
		               verdict->quorum, verdict->seen_count, verdict->seen_count == 1 ? "has" : "have");
	return OK;
}
