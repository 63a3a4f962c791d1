#include "node/ingest/life.h"

#include <string.h>

#include "proto/record.h"

/* 60.60 is the publication, so 60.00 ("under publication") is not there yet; a review (90) or a ballot on withdrawal
 * (95.20 to 95.92) changes nothing before 95.99; and .98 ends a project at any stage. */
int life_status(const char *stage)
{
	if (strcmp(stage + 3, "98") == 0)
		return NORMLINK__STATUS__STATUS_CANCELLED;
	if (strcmp(stage, "60.60") < 0)
		return NORMLINK__STATUS__STATUS_PREPARATION;
	return strcmp(stage, "95.99") == 0 ? NORMLINK__STATUS__STATUS_WITHDRAWN : NORMLINK__STATUS__STATUS_CURRENT;
}
