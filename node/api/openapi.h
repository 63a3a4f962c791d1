/* openapi: GET /openapi.json: what can be asked here, for programs: OpenAPI 3.1 (openapi.json, put into the program as
 * it stands).  Every address of api.h and of the shell's doors is in it; a test sees to that.
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>

#include "node/base/bytes.h"

struct bytes openapi_text(void);

/* The addresses that the router knows: with a slash at its end whatever is below it.  NULL past the last. */
const char *api_route(size_t i);
