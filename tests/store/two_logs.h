/* two_logs: what a test begins with that asks a store of two logs for what is new: the logs, the store, a view of it,
 * and an arena for its answers. Thread: main's.
 */
#pragma once

#include "tests/store/fixture.h"

UNUSED static struct maker iso, sac;
UNUSED static struct view view;
UNUSED static struct arena arena;

UNUSED static int logs_up(void **state)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, STORE_CREATE);
	view = store_view(store);
	maker_init(&iso, "iso.example/log");
	maker_init(&sac, "sac.example/log");
	return 0;
}

UNUSED static int logs_down(void **state)
{
	maker_close(&iso);
	maker_close(&sac);
	arena_free(&arena);
	store_close(store);
	store = NULL;
	scratch_remove(&scratch);
	return 0;
}
