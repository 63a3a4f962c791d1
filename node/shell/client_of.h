/* client_of: whom a request on the public side is counted for: an address of version 4, or the half of one of version 6
 * that a household or a firm has (/64).
 *
 * Behind a proxy every connection is the proxy's.  One that node.conf names (trusted-proxy) is believed what it has
 * put last into X-Forwarded-For.
 * Knows: addresses.  Must not know: what is done with them; nothing is kept of them.
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "node/api/http.h"

enum { CLIENT_KEY_SIZE = 8, CLIENT_ADDRESS_MAX = 46 };

/* The address at the other end of a socket as text; "" when it has none. */
void client_address(int fd, char out[CLIENT_ADDRESS_MAX]);

/* The key of an address; false: the text is none. */
bool client_key_of(const char *text, uint8_t out[CLIENT_KEY_SIZE]);

/* Is it a key, as a number, of this machine itself? */
bool client_is_here(uint64_t key);

/* The key of the client behind a request that came from this address. */
void client_key(const struct http_request *request, const char *address, const char *trusted_proxy,
                uint8_t out[CLIENT_KEY_SIZE]);
