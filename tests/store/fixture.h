/* fixture: what the tests of this room begin with: a folder; or a folder, a log, and a store that takes it.
 * Thread: main's.
 */
#pragma once

#include "tests/store/kit.h"

UNUSED static struct scratch scratch;
UNUSED static struct maker maker;
UNUSED static struct store *store;

UNUSED static int folder_up(void **state)
{
	scratch_make(&scratch);
	return 0;
}

UNUSED static int folder_down(void **state)
{
	scratch_remove(&scratch);
	return 0;
}

UNUSED static int log_up(void **state)
{
	scratch_make(&scratch);
	maker_init(&maker, "iso.example/log");
	store = scratch_open(&scratch, STORE_CREATE);
	return 0;
}

UNUSED static int log_down(void **state)
{
	store_close(store);
	store = NULL;
	maker_close(&maker);
	scratch_remove(&scratch);
	return 0;
}
