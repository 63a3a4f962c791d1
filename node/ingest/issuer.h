/* issuer: what a reference alone says of a standard: at which level it was made, whether it binds, and where.
 *
 * Chinese families (GB, sectors, DB with a region, T/, Q/), ISO, IEC and their kin, JIS.  Of others nothing is known.
 * Thread: any.
 */
#pragma once

#include "proto/designator.h"
#include "proto/message.h"

/* Values of the schema's Level and Obligation; 0 where the reference does not say.  The letters GB, and DB with a
 * region, without /T bind; those of sectors do not tell: old voluntary ones have no /T either. */
int issuer_level(const struct designator *d);
int issuer_obligation(const struct designator *d);

/* ISO 3166: the country, or its subdivision for a local standard; NULL where the reference does not say. */
const char *issuer_region(const struct designator *d);
