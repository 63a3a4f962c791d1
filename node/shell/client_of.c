#include "node/shell/client_of.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

void client_address(int fd, char out[CLIENT_ADDRESS_MAX])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_storage room;
	} at;
	socklen_t len = sizeof at;
	const char *text = NULL;
	out[0] = '\0';
	if (getpeername(fd, &at.any, &len) != 0)
		return;
	if (at.any.sa_family == AF_INET)
		text = inet_ntop(AF_INET, &at.v4.sin_addr, out, CLIENT_ADDRESS_MAX);
	else if (at.any.sa_family == AF_INET6)
		text = inet_ntop(AF_INET6, &at.v6.sin6_addr, out, CLIENT_ADDRESS_MAX);
	if (text == NULL)
		out[0] = '\0';
}

/* A /64, or a version 4 address behind four zero bytes. */
bool client_key_of(const char *text, uint8_t out[CLIENT_KEY_SIZE])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct in6_addr v6;
	struct in_addr v4;
	memset(out, 0, CLIENT_KEY_SIZE);
	if (inet_pton(AF_INET, text, &v4) == 1) {
		memcpy(out + 4, &v4, 4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	if (memcmp(v6.s6_addr, mapped, sizeof mapped) == 0)
		memcpy(out + 4, v6.s6_addr + 12, 4);
	else
		memcpy(out, v6.s6_addr, CLIENT_KEY_SIZE);
	return true;
}

bool client_is_here(uint64_t key)
{
	static const uint8_t v4[CLIENT_KEY_SIZE] = { 0, 0, 0, 0, 127 };
	uint8_t bytes[CLIENT_KEY_SIZE];
	memcpy(bytes, &key, sizeof bytes);
	return key == 0 /* ::1 */ || memcmp(bytes, v4, 5) == 0;
}

/* The last address of the last X-Forwarded-For: the proxy itself has put it there. */
static bool forwarded(const struct http_request *request, uint8_t out[CLIENT_KEY_SIZE])
{
	static const char name[] = "X-Forwarded-For";
	struct bytes value = { 0 };
	char text[CLIENT_ADDRESS_MAX];
	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *h = &request->headers[i];
		if (h->name.len == sizeof name - 1 && strncasecmp((const char *)h->name.data, name, h->name.len) == 0)
			value = h->value;
	}
	size_t start = value.len;
	while (start > 0 && value.data[start - 1] != ',' && value.data[start - 1] != ' ')
		start--;
	size_t len = value.len - start;
	if (len == 0 || len >= sizeof text)
		return false;
	memcpy(text, value.data + start, len);
	text[len] = '\0';
	return strlen(text) == len && client_key_of(text, out);
}

void client_key(const struct http_request *request, const char *address, const char *trusted_proxy,
                uint8_t out[CLIENT_KEY_SIZE])
{
	uint8_t own[CLIENT_KEY_SIZE], proxy[CLIENT_KEY_SIZE];
	bool known = client_key_of(address, own);
	if (known && client_key_of(trusted_proxy, proxy) && memcmp(own, proxy, sizeof own) == 0 && forwarded(request, out))
		return;
	memcpy(out, own, CLIENT_KEY_SIZE);
}
