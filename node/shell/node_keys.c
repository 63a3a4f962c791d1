#include "node/shell/node_keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/encode.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/file.h"

enum {
	PATH_SIZE = 1024,
	ID_DIGITS = 8,
	CERTIFICATE_DAYS = 3653, /* ten years: peers pin the key, so nothing but the clock ends it */
};

void node_identity_free(struct node_identity *identity)
{
	file_wipe(&identity->key_pem);
	buf_free(&identity->cert_pem);
	*identity = (struct node_identity){ 0 };
}

void node_keys_free(struct node_keys *keys)
{
	for (size_t role = 0; role < KEY_OF_TLS; role++) {
		for (size_t i = 0; i < keys->count[role]; i++)
			skey_free(keys->v[role][i]);
		free(keys->v[role]);
	}
	for (size_t i = 0; i < keys->identity_count; i++)
		node_identity_free(&keys->identities[i]);
	free(keys->identities);
	*keys = (struct node_keys){ 0 };
}

/* ---- reading ---- */

/* The content without the white space at its end. */
static struct bytes trimmed(const struct buf *text)
{
	struct bytes b = buf_bytes(text);
	while (b.len > 0 && (b.data[b.len - 1] == '\n' || b.data[b.len - 1] == '\r'))
		b.len--;
	return b;
}

static int read_signing_key(const char *path, enum key_role role, struct skey **out, struct err *err)
{
	struct buf text = { 0 };
	int rc = file_read_secret(path, KEY_FILE_MAX, &text, err);
	if (rc == OK) {
		/* The parser's text could quote the key: say only that it failed. */
		rc = skey_parse(trimmed(&text), out, NULL);
		if (rc != OK)
			rc = err_set(err, ERR_INVALID, "%s: not a signing key", path);
		else if (skey_public(*out)->type != (role == KEY_OF_LOG ? KEY_ED25519 : KEY_COSIGNATURE))
			rc = err_set(err, ERR_INVALID, "%s: a key of another type than this file needs", path);
	}
	file_wipe(&text);
	return rc;
}

static int take_signing_key(struct node_keys *keys, enum key_role role, const char *path, struct err *err)
{
	struct skey *key = NULL;
	int rc = read_signing_key(path, role, &key, err);
	if (rc != OK) {
		skey_free(key);
		return rc;
	}
	keys->v[role] = realloc(keys->v[role], (keys->count[role] + 1) * sizeof *keys->v[role]);
	must(keys->v[role] != NULL);
	keys->v[role][keys->count[role]++] = key;
	return OK;
}

/* path ends in .key; its certificate lies beside it. */
static int read_identity(const char *path, struct node_identity *out, struct err *err)
{
	char cert[PATH_SIZE];
	(void)snprintf(cert, sizeof cert, "%.*s.crt", (int)(strlen(path) - strlen(".key")), path);
	int rc = file_read_secret(path, KEY_FILE_MAX, &out->key_pem, err);
	if (rc == OK)
		rc = file_read(cert, KEY_FILE_MAX, &out->cert_pem, err);
	if (rc == OK && tls_pin_of(buf_bytes(&out->cert_pem), &out->pin, err) != OK)
		rc = err_wrap(err, ERR_INVALID, "%s", cert);
	return rc;
}

static int take_identity(struct node_keys *keys, const char *path, struct err *err)
{
	keys->identities = realloc(keys->identities, (keys->identity_count + 1) * sizeof *keys->identities);
	must(keys->identities != NULL);
	keys->identities[keys->identity_count] = (struct node_identity){ 0 };
	return read_identity(path, &keys->identities[keys->identity_count++], err);
}

/* "log.key" and "log-1f0e22b7.key" are log keys. */
static bool is_key_of(const char *file, enum key_role role)
{
	const char *word = key_role_word(role);
	size_t len = strlen(file), word_len = strlen(word);
	if (len < word_len + strlen(".key") || strncmp(file, word, word_len) != 0 || strcmp(file + len - 4, ".key") != 0)
		return false;
	return len == word_len + 4 || (file[word_len] == '-' && len == word_len + 1 + ID_DIGITS + 4);
}

/* The first file of a role before its later ones. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	size_t left = strlen((*a)->d_name), right = strlen((*b)->d_name);
	return left != right ? (left > right) - (left < right) : strcmp((*a)->d_name, (*b)->d_name);
}

static int take_file(const char *folder, const char *file, struct node_keys *out, struct err *err)
{
	char path[PATH_SIZE];
	int rc = file_join(path, sizeof path, folder, file, err);
	for (int i = 0; rc == OK && i < KEY_OF_TLS; i++)
		if (is_key_of(file, (enum key_role)i))
			return take_signing_key(out, (enum key_role)i, path, err);
	return rc == OK && is_key_of(file, KEY_OF_TLS) ? take_identity(out, path, err) : rc;
}

int node_keys_read(const char *dir, struct node_keys *out, struct err *err)
{
	char folder[PATH_SIZE];
	struct dirent **files = NULL;
	*out = (struct node_keys){ 0 };
	int rc = file_join(folder, sizeof folder, dir, "keys", err);
	if (rc != OK)
		return rc;
	int count = scandir(folder, &files, NULL, by_name);
	if (count < 0)
		return err_errno(err, errno, "%s", folder);
	for (int i = 0; i < count; i++) {
		if (rc == OK)
			rc = take_file(folder, files[i]->d_name, out, err);
		free(files[i]);
	}
	free(files);
	for (int i = 0; rc == OK && i < KEY_ROLES; i++)
		if ((i == KEY_OF_TLS ? out->identity_count : out->count[i]) == 0)
			rc = err_set(err, ERR_NOT_FOUND, "%s/%s.key: is not there", folder, key_role_word((enum key_role)i));
	return rc;
}

/* ---- making ---- */

static int write_in(const char *dir, const char *name, struct bytes content, mode_t mode, struct err *err)
{
	char path[PATH_SIZE];
	int rc = file_join(path, sizeof path, dir, name, err);
	return rc == OK ? file_write_new(path, content, mode, err) : rc;
}

int node_keys_make(const char *dir, enum key_role role, const char *name, struct skey **out, struct err *err)
{
	char file[64];
	struct skey *key = NULL;
	struct buf text = { 0 };
	int rc = skey_generate(name, role == KEY_OF_LOG ? KEY_ED25519 : KEY_COSIGNATURE, &key, err);
	if (rc == OK) {
		skey_write(key, &text);
		buf_add_char(&text, '\n');
		(void)snprintf(file, sizeof file, "keys/%s-%08x.key", key_role_word(role), skey_public(key)->id);
		rc = write_in(dir, file, buf_bytes(&text), 0600, err);
	}
	file_wipe(&text);
	if (rc == OK)
		*out = key;
	else
		skey_free(key);
	return rc;
}

int node_keys_make_identity(const char *dir, const char *name, struct node_identity *out, struct err *err)
{
	char file[64];
	struct buf hex = { 0 };
	*out = (struct node_identity){ 0 };
	int rc = tls_identity_new(name, (int64_t)time(NULL), CERTIFICATE_DAYS, &out->key_pem, &out->cert_pem, err);
	if (rc == OK)
		rc = tls_pin_of(buf_bytes(&out->cert_pem), &out->pin, err);
	hex_add(&hex, bytes_of(out->pin.b, ID_DIGITS / 2));
	/* The certificate first: a key without one would keep the folder from being read. */
	(void)snprintf(file, sizeof file, "keys/tls-%s.crt", buf_str(&hex));
	if (rc == OK)
		rc = write_in(dir, file, buf_bytes(&out->cert_pem), 0644, err);
	(void)snprintf(file, sizeof file, "keys/tls-%s.key", buf_str(&hex));
	if (rc == OK)
		rc = write_in(dir, file, buf_bytes(&out->key_pem), 0600, err);
	buf_free(&hex);
	if (rc != OK)
		node_identity_free(out);
	return rc;
}
