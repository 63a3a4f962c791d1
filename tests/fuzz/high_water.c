/* high_water: the mark beside the database, as an enemy may have written it. */
#include <string.h>

#include "node/base/must.h"
#include "node/shell/high_water.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guard_facts facts;
	char place[HIGH_WATER_PLACE];
	bool whole = high_water_parse(bytes_of(data, size), &facts, place);
	must(facts.marked == whole && !facts.here);
	must(!whole || strlen(place) < HIGH_WATER_PLACE);
	must(whole || facts.size == 0);
	return 0;
}
