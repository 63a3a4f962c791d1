/* issuer: where a standard was made, as its reference alone tells: Chinese families (GB, sectors, DB with a region, T/,
 * Q/), and JIS.  Of others nothing is known.
 * Thread: any.
 */
#pragma once

#include "proto/designator.h"

/* ISO 3166: the country, or its subdivision for a local standard; NULL where the reference does not say. */
const char *issuer_region(const struct designator *d);
