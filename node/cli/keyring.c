#include "node/cli/keyring.h"

#include <stdlib.h>

#include "crypto/encode.h"
#include "node/base/must.h"
#include "node/cli/client.h"
#include "node/cli/command.h"

static struct keys *keys_of(struct keyring *k, struct bytes origin)
{
	for (size_t i = 0; i < k->count; i++)
		if (bytes_equal(bytes_str(k->v[i].origin), origin))
			return &k->v[i].keys;
	k->v = realloc(k->v, (k->count + 1) * sizeof *k->v);
	must(k->v != NULL);
	struct keyring_log *log = &k->v[k->count++];
	*log = (struct keyring_log){ 0 };
	memcpy(log->origin, origin.data, origin.len);
	return &log->keys;
}

static bool cut(struct bytes *rest, char end, struct bytes *out)
{
	const uint8_t *at = rest->len > 0 ? memchr(rest->data, end, rest->len) : NULL;
	if (at == NULL)
		return false;
	*out = bytes_of(rest->data, (size_t)(at - rest->data));
	*rest = bytes_of(at + 1, rest->len - out->len - 1);
	return true;
}

/* "ORIGIN INDEX BASE64" */
static bool take_line(struct keyring *k, struct bytes line)
{
	struct bytes origin, index;
	char number[24] = { 0 };
	uint64_t n;
	struct buf payload = { 0 };
	if (!cut(&line, ' ', &origin) || !cut(&line, ' ', &index) || key_name_check(origin, NULL) != OK ||
	    index.len >= sizeof number)
		return false;
	memcpy(number, index.data, index.len);
	bool good = args_number(number, INT64_MAX, &n) && base64_decode(line, &payload) == OK;
	if (good)
		(void)keys_add(keys_of(k, origin), n, buf_bytes(&payload));
	buf_free(&payload);
	return good;
}

int keyring_read(struct bytes text, struct keyring *out, struct err *err)
{
	struct bytes line;
	*out = (struct keyring){ 0 };
	while (cut(&text, '\n', &line))
		if (!take_line(out, line))
			return err_set(err, ERR_PROTOCOL, "the node's answer is no list of key statements");
	return OK;
}

int keyring_ask(const char *where, struct keyring *out, struct err *err)
{
	struct client *client = NULL;
	struct reply reply = { 0 };
	*out = (struct keyring){ 0 };
	int rc = client_open(where, &client, err);
	if (rc == OK)
		rc = client_get(client, "/api/v1/keys", "text/plain", &reply, err);
	if (rc == OK && reply.status != 200)
		rc = err_set(err, client_code(reply.status), "the node does not tell its key statements (HTTP %d)",
		             reply.status);
	if (rc == OK)
		rc = keyring_read(buf_bytes(&reply.body), out, err);
	reply_free(&reply);
	client_close(client);
	return rc;
}

void keyring_free(struct keyring *k)
{
	for (size_t i = 0; i < k->count; i++)
		keys_free(&k->v[i].keys);
	free(k->v);
	*k = (struct keyring){ 0 };
}

void keyring_line(const struct keyring *k, const struct card *card, enum key_role role, struct key_line *out)
{
	static const struct keys none;
	static _Thread_local struct vkey pin; /* a line borrows its anchor */
	const struct keys *keys = &none;
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->v[i].origin, card->origin) == 0)
			keys = &k->v[i].keys;
	memcpy(pin.key, card->pin.b, HASH_SIZE);
	const struct vkey *const anchors[KEY_ROLES] = { &card->log, &card->witness, &card->mirror, &pin };
	keys_line(keys, role, anchors[role], out);
}

void keyring_renew(const struct keyring *k, struct card *card)
{
	struct vkey *const places[] = { &card->log, &card->witness, &card->mirror };
	struct key_line line;
	struct vkey newest;
	for (int role = 0; role < KEY_ROLES; role++) {
		keyring_line(k, card, (enum key_role)role, &line);
		newest = *line.v[line.count - 1].key;
		if (role == KEY_OF_TLS)
			memcpy(card->pin.b, newest.key, HASH_SIZE);
		else
			*places[role] = newest;
	}
}
