/* talk: what tests say to a node of world.h: questions, cards, records.
 *
 * Thread: any; each call has its own connection.
 */
#pragma once

#include <sys/socket.h>

#include "proto/record.h"
#include "tests/shell/world.h"
#include "tests/support/ask.h"

enum { ASK_MS = 60 * 1000 };

/* ---- asking ---- */

/* One question on a connection of its own; gives the status, 0 when there was no answer. */
UNUSED static int ask_once(const char *address, const char *method, const char *target, struct bytes body,
                           struct buf *answer)
{
	struct ask ask;
	struct err err = { 0 };
	int status = 0;
	int rc = ask_open(&ask, address, ASK_MS, &err);
	if (rc == OK)
		rc = ask_send(&ask, method, target, NULL, body, &status, answer, &err);
	ask_close(&ask);
	return rc == OK ? status : 0;
}

UNUSED static int get(struct node *n, const char *target, struct buf *answer)
{
	return ask_once(shell_http_address(n->shell), "GET", target, bytes_of(NULL, 0), answer);
}

UNUSED static bool answers_with(struct node *n, const char *target, const char *what)
{
	struct buf answer = { 0 };
	bool found = get(n, target, &answer) == 200 && strstr(buf_str(&answer), what) != NULL;
	buf_free(&answer);
	return found;
}

/* Trust a peer, by its card, while both run. */
UNUSED static int trust(struct node *n, const struct card *card)
{
	struct buf text = { 0 };
	struct buf answer = { 0 };
	card_write(card, &text);
	int status = ask_once(n->socket, "POST", "/local/v1/peers", buf_bytes(&text), &answer);
	buf_free(&text);
	buf_free(&answer);
	return status;
}

UNUSED static struct card card_of(struct node *n)
{
	struct card card;
	node_dir_card(&n->dir, &card);
	return card;
}

UNUSED static void befriend(struct node *a, struct node *b)
{
	struct card of_a = card_of(a);
	struct card of_b = card_of(b);
	assert_int_equal(trust(a, &of_b), 200);
	assert_int_equal(trust(b, &of_a), 200);
}

/* ---- records ---- */

UNUSED static void text_set(Normlink__Text *t, const char *value)
{
	static char lang[] = "en";
	normlink__text__init(t);
	t->has_role = 1;
	t->role = NORMLINK__ROLE__ROLE_TITLE;
	t->lang = lang;
	t->value = (char *)(uintptr_t)value;
}

/* Append a record with its length, as POST /local/v1/records wants it. */
UNUSED static void body_add(struct buf *body, const char *subject, const char *title)
{
	Normlink__Record r = NORMLINK__RECORD__INIT;
	Normlink__Standard standard = NORMLINK__STANDARD__INIT;
	Normlink__Text text;
	Normlink__Text *texts[] = { &text };
	struct buf record = { 0 };
	struct err err = { 0 };
	text_set(&text, title);
	standard.has_status = 1;
	standard.status = NORMLINK__STATUS__STATUS_CURRENT;
	r.has_kind = 1;
	r.kind = NORMLINK__KIND__KIND_STANDARD;
	r.subject = (char *)(uintptr_t)subject;
	r.n_texts = 1;
	r.texts = texts;
	r.standard = &standard;
	if (record_encode(&r, &record, &err) != OK)
		fail_msg("%s: %s", subject, err.text);
	buf_add_u32(body, (uint32_t)record.len);
	buf_add_bytes(body, buf_bytes(&record));
	buf_free(&record);
}

UNUSED static int post(struct node *n, const struct buf *body, struct buf *answer)
{
	return ask_once(n->socket, "POST", "/local/v1/records", buf_bytes(body), answer);
}

/* Publish count records titled "<word> <number>" about "ISO <first + i>:2015". */
UNUSED static void publish(struct node *n, const char *word, unsigned first, unsigned count)
{
	struct buf body = { 0 };
	struct buf answer = { 0 };
	for (unsigned i = 0; i < count; i++) {
		char subject[64];
		char title[64];
		(void)snprintf(subject, sizeof subject, "ISO %u:2015", first + i);
		(void)snprintf(title, sizeof title, "%s %u", word, first + i);
		body_add(&body, subject, title);
	}
	int status = post(n, &body, &answer);
	if (status != 200)
		fail_msg("%d %s", status, buf_str(&answer));
	buf_free(&body);
	buf_free(&answer);
}

/* Addresses and errors of peers are for the local socket only. */
UNUSED static bool operator_sees(struct node *n, const char *what)
{
	struct buf answer = { 0 };
	int status = ask_once(n->socket, "GET", "/api/v1/peers", bytes_of(NULL, 0), &answer);
	bool seen = status == 200 && strstr(buf_str(&answer), what) != NULL;
	buf_free(&answer);
	return seen;
}

UNUSED static void still_well(struct node *n)
{
	assert_true(answers_with(n, "/healthz", ""));
	publish(n, "well", 1, 1);
}
