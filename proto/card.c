#include "proto/card.h"

#include <arpa/inet.h>
#include <stddef.h>

#include "crypto/encode.h"
#include "node/base/must.h"
#include "proto/utf8.h"

static const char card_version[] = "1";

/* ---- documents of "key: value" lines ------------------------------------------------------------------------------
 */

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct bytes trim(struct bytes text)
{
	while (text.len > 0 && blank(text.data[0]))
		text = bytes_of(text.data + 1, text.len - 1);
	while (text.len > 0 && blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

static struct bytes take_line(struct bytes *rest)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;
	struct bytes line = bytes_of(rest->data, n);
	size_t used = end != NULL ? n + 1 : n;
	*rest = bytes_of(rest->data + used, rest->len - used);
	return line;
}

static bool text_line(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
			return false;
	return utf8_valid(line);
}

static int parse_line(struct bytes line, field_cb line_cb, void *arg, struct err *err)
{
	char key[CODE_MAX + 1];
	char value[CARD_MAX + 1];
	const uint8_t *colon = memchr(line.data, ':', line.len);
	if (colon == NULL)
		return err_set(err, ERR_INVALID, "not of the form key: value (clause 6)");
	struct bytes left = trim(bytes_of(line.data, (size_t)(colon - line.data)));
	struct bytes right = trim(bytes_of(colon + 1, line.len - (size_t)(colon + 1 - line.data)));
	if (left.len == 0 || left.len > CODE_MAX)
		return err_set(err, ERR_INVALID, "a key has 1 to %d bytes (clause 6)", CODE_MAX);
	memcpy(key, left.data, left.len);
	key[left.len] = '\0';
	memcpy(value, right.data, right.len);
	value[right.len] = '\0';
	return line_cb(arg, key, value, err);
}

int fields_parse(struct bytes text, field_cb line_cb, void *arg, struct err *err)
{
	if (text.len > CARD_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes, at most %d (clause 6)", text.len, CARD_MAX);
	struct bytes rest = text;
	for (unsigned number = 1; rest.len > 0; number++) {
		struct bytes line = take_line(&rest);
		struct bytes content = trim(line);
		if (!text_line(line))
			return err_set(err, ERR_INVALID, "line %u: not UTF-8, or a control character (clause 6)", number);
		if (content.len == 0 || content.data[0] == '#')
			continue;
		struct err inner = { 0 };
		int rc = parse_line(content, line_cb, arg, &inner);
		if (rc != OK)
			return err_set(err, rc, "line %u: %s", number, inner.text);
	}
	return OK;
}

/* ---- names and addresses ------------------------------------------------------------------------------------------
 */

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

int node_name_check(const char *name, struct err *err)
{
	size_t n = strlen(name);
	bool good = n >= 1 && n <= CODE_MAX && name[0] != '-' && name[0] != '.';
	for (size_t i = 0; good && i < n; i++)
		good = name_char(name[i]);
	return good ? OK
	            : err_set(err, ERR_INVALID, "a name is 1 to %d of a-z 0-9 - . and begins with a letter or digit",
	                      CODE_MAX);
}

static bool host_valid(const char *host)
{
	size_t n = strlen(host);
	if (n == 0 || host[0] == '.' || host[0] == '-' || strstr(host, "..") != NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!name_char(host[i]) && !(host[i] >= 'A' && host[i] <= 'Z') && host[i] != '_')
			return false;
	return true;
}

static bool v6_valid(const char *host)
{
	struct in6_addr ignored;
	return inet_pton(AF_INET6, host, &ignored) == 1;
}

static bool port_parse(const char *text, uint16_t *port)
{
	unsigned value = 0;
	size_t n = strlen(text);
	if (n == 0 || n > 5 || (text[0] == '0' && n > 1))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*port = (uint16_t)value;
	return value <= UINT16_MAX;
}

int address_split(const char *address, char host[NAME_MAX_BYTES + 1], uint16_t *port, struct err *err)
{
	size_t n = strlen(address);
	if (n > NAME_MAX_BYTES)
		return err_set(err, ERR_INVALID, "an address has at most %d bytes", NAME_MAX_BYTES);
	bool bracketed = address[0] == '[';
	const char *colon = strrchr(address, ':');
	if (colon == NULL || !port_parse(colon + 1, port))
		return err_set(err, ERR_INVALID, "%s: not host:port or [v6]:port", address);
	size_t len = (size_t)(colon - address);
	if (bracketed && (len < 2 || address[len - 1] != ']'))
		return err_set(err, ERR_INVALID, "%s: the bracket is not closed before the port", address);
	size_t skip = bracketed ? 1 : 0;
	memcpy(host, address + skip, len - 2 * skip);
	host[len - 2 * skip] = '\0';
	if (bracketed ? !v6_valid(host) : !host_valid(host))
		return err_set(err, ERR_INVALID, "%s: %s", address, bracketed ? "not an IPv6 address" : "not a host name");
	return OK;
}

int address_check(const char *address, struct err *err)
{
	char host[NAME_MAX_BYTES + 1];
	uint16_t port;
	return address_split(address, host, &port, err);
}

/* ---- cards --------------------------------------------------------------------------------------------------------
 */

enum card_field { F_VERSION, F_NAME, F_ORIGIN, F_LOG, F_WITNESS, F_MIRROR, F_PIN, F_ADDRESS, FIELDS };

static const char *const field_names[FIELDS] = { "normlink-card", "name",   "origin", "log",
	                                             "witness",       "mirror", "pin",    "address" };

struct reading {
	struct card *card;
	bool seen[FIELDS];
};

static int take_pin(struct card *card, const char *value, struct err *err)
{
	struct buf pin = { 0 };
	int rc = hex_decode(bytes_str(value), &pin);
	if (rc != OK || pin.len != HASH_SIZE)
		rc = err_set(err, ERR_INVALID, "pin: not %d lower-case hex digits (clause 6)", HASH_SIZE * 2);
	else
		memcpy(card->pin.b, pin.data, HASH_SIZE);
	buf_free(&pin);
	return rc;
}

static int take_key(struct vkey *key, enum key_type type, const char *name, const char *value, struct err *err)
{
	struct err inner = { 0 };
	int rc = vkey_parse(bytes_str(value), key, &inner);
	if (rc != OK)
		return err_set(err, rc, "%s: %s", name, inner.text);
	if (key->type != type)
		return err_set(err, ERR_INVALID, "%s: a key of type %d, expected %d (clause 6)", name, (int)key->type,
		               (int)type);
	return OK;
}

static int take_origin(struct card *card, const char *value, struct err *err)
{
	struct err inner = { 0 };
	if (strlen(value) > NAME_MAX_BYTES)
		return err_set(err, ERR_INVALID, "origin: at most %d bytes (clause 6)", NAME_MAX_BYTES);
	if (key_name_check(bytes_str(value), &inner) != OK)
		return err_set(err, ERR_INVALID, "origin: %s (clause 6)", inner.text);
	memcpy(card->origin, value, strlen(value) + 1);
	return OK;
}

static int take_value(struct card *card, enum card_field field, const char *value, struct err *err)
{
	switch (field) {
	case F_VERSION:
		return strcmp(value, card_version) == 0
		           ? OK
		           : err_set(err, ERR_UNSUPPORTED, "normlink-card: version %s (clause 6)", value);
	case F_NAME:
		if (node_name_check(value, err) != OK)
			return ERR_INVALID;
		memcpy(card->name, value, strlen(value) + 1);
		return OK;
	case F_ORIGIN:
		return take_origin(card, value, err);
	case F_LOG:
		return take_key(&card->log, KEY_ED25519, "log", value, err);
	case F_WITNESS:
		return take_key(&card->witness, KEY_COSIGNATURE, "witness", value, err);
	case F_MIRROR:
		return take_key(&card->mirror, KEY_COSIGNATURE, "mirror", value, err);
	case F_PIN:
		return take_pin(card, value, err);
	case F_ADDRESS:
		if (value[0] != '\0' && address_check(value, err) != OK)
			return ERR_INVALID;
		memcpy(card->address, value, strlen(value) + 1);
		return OK;
	case FIELDS:
	default:
		must(false);
		return ERR_INTERNAL;
	}
}

static int take_line_of_card(void *arg, const char *key, const char *value, struct err *err)
{
	struct reading *r = arg;
	size_t field = 0;
	while (field < FIELDS && strcmp(key, field_names[field]) != 0)
		field++;
	if (field == FIELDS)
		return err_set(err, ERR_INVALID, "%s: not a field of a card (clause 6)", key);
	if (r->seen[field])
		return err_set(err, ERR_INVALID, "%s: given twice (clause 6)", key);
	if (field != F_VERSION && !r->seen[F_VERSION])
		return err_set(err, ERR_INVALID, "a card begins with normlink-card: %s (clause 6)", card_version);
	r->seen[field] = true;
	return take_value(r->card, (enum card_field)field, value, err);
}

/* tlog-cosignature, "Ed25519 signed message": the name is not signed, so a log, a witness and a mirror must not share a
 * key; tlog-mirror: nor a witness and a mirror a name. */
static int check_keys(const struct card *c, struct err *err)
{
	if (memcmp(c->log.key, c->witness.key, KEY_SIZE) == 0)
		return err_set(err, ERR_INVALID, "witness: the same key as the log's (clause 6)");
	if (memcmp(c->log.key, c->mirror.key, KEY_SIZE) == 0)
		return err_set(err, ERR_INVALID, "mirror: the same key as the log's (clause 6)");
	if (memcmp(c->witness.key, c->mirror.key, KEY_SIZE) == 0)
		return err_set(err, ERR_INVALID, "mirror: the same key as the witness's (clause 6)");
	if (strcmp(c->witness.name, c->mirror.name) == 0)
		return err_set(err, ERR_INVALID, "mirror: the same name as the witness's (clause 6)");
	return OK;
}

static int card_check(const struct reading *r, struct err *err)
{
	const struct card *c = r->card;
	for (size_t i = 0; i < F_ADDRESS; i++)
		if (!r->seen[i])
			return err_set(err, ERR_INVALID, "%s: missing (clause 6)", field_names[i]);
	if (strcmp(c->log.name, c->origin) != 0)
		return err_set(err, ERR_INVALID, "log: the key's name is not the origin (clause 6)");
	return check_keys(c, err);
}

int card_parse(struct bytes text, struct card *out, struct err *err)
{
	struct card card = { 0 };
	struct reading r = { .card = &card };
	int rc = fields_parse(text, take_line_of_card, &r, err);
	if (rc == OK)
		rc = card_check(&r, err);
	if (rc == OK)
		*out = card;
	return rc;
}

void card_write(const struct card *card, struct buf *out)
{
	buf_printf(out, "%s: %s\n", field_names[F_VERSION], card_version);
	buf_printf(out, "%s: %s\n", field_names[F_NAME], card->name);
	buf_printf(out, "%s: %s\n", field_names[F_ORIGIN], card->origin);
	buf_printf(out, "%s: ", field_names[F_LOG]);
	vkey_write(&card->log, out);
	buf_printf(out, "\n%s: ", field_names[F_WITNESS]);
	vkey_write(&card->witness, out);
	buf_printf(out, "\n%s: ", field_names[F_MIRROR]);
	vkey_write(&card->mirror, out);
	buf_printf(out, "\n%s: ", field_names[F_PIN]);
	hex_add(out, bytes_of(card->pin.b, HASH_SIZE));
	buf_add_char(out, '\n');
	if (card->address[0] != '\0')
		buf_printf(out, "%s: %s\n", field_names[F_ADDRESS], card->address);
}

bool card_equal(const struct card *a, const struct card *b)
{
	struct buf left = { 0 };
	struct buf right = { 0 };
	card_write(a, &left);
	card_write(b, &right);
	bool same = bytes_equal(buf_bytes(&left), buf_bytes(&right));
	buf_free(&left);
	buf_free(&right);
	return same;
}
