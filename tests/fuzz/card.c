/* card: what a person was sent by somebody who says to be a peer. */
#include "proto/card.h"
#include "node/base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct card card;
	struct err err = { 0 };
	if (card_parse(bytes_of(data, size), &card, &err) != OK) {
		must(err.text[0] != '\0');
		return 0;
	}
	struct buf text = { 0 }, again = { 0 };
	card_write(&card, &text);
	must(card_parse(buf_bytes(&text), &card, &err) == OK);
	card_write(&card, &again);
	must(bytes_equal(buf_bytes(&text), buf_bytes(&again)));
	buf_free(&text);
	buf_free(&again);
	return 0;
}
