/* designator: references as anybody types them; a canonical form is canonical. */
#include "proto/designator.h"
#include "node/base/must.h"
#include "proto/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct designator d, again;
	struct err err = { 0 };
	if (designator_parse(bytes_of(data, size), &d, &err) != OK) {
		must(err.text[0] != '\0');
		return 0;
	}
	must(utf8_valid(bytes_str(d.canonical)) && d.canonical[0] != '\0');
	must(designator_parse(bytes_str(d.canonical), &again, &err) == OK);
	must(strcmp(d.canonical, again.canonical) == 0 && strcmp(d.undated, again.undated) == 0);
	must(strcmp(d.prefix, again.prefix) == 0 && strcmp(d.number, again.number) == 0);
	must(d.year == again.year && d.supplement == again.supplement);
	must(designator_parse(bytes_str(d.undated), &again, &err) == OK);
	must(strcmp(again.canonical, d.undated) == 0 && again.year == 0);
	return 0;
}
