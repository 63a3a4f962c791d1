/* openapi: the description that programs read names every address that there is, and none that there is not. */
#include "node/api/openapi.h"
#include "tests/api/world.h"

#include <jansson.h>

/* What the shell answers before the router is asked (doors.h, public.h). */
static const char *const doors[] = { "/witness/add-checkpoint", "/mirror/add-checkpoint", "/mirror/add-entries",
	                                 "/api/v1/submissions", NULL };

static bool fits(const char *path, const char *route)
{
	size_t len = strlen(route);
	if (strcmp(path, route) == 0)
		return true;
	return len > 1 && route[len - 1] == '/' && strncmp(path, route, len) == 0 && path[len] != '\0';
}

static json_t *read_document(void)
{
	struct bytes text = openapi_text();
	json_error_t error;
	json_t *root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		fail_msg("line %d: %s", error.line, error.text);
	assert_int_equal(strncmp(json_string_value(json_object_get(root, "openapi")), "3.1.", 4), 0);
	return root;
}

static void every_address_is_described(void **state)
{
	json_t *root = read_document(), *paths = json_object_get(root, "paths"), *value;
	size_t count = 0;
	const char *route, *path;
	for (; (route = api_route(count)) != NULL; count++) {
		bool described = false;
		json_object_foreach(paths, path, value) described = described || fits(path, route);
		if (!described)
			fail_msg("%s is not in openapi.json", route);
	}
	assert_true(count > 30);
	for (size_t i = 0; doors[i] != NULL; i++)
		assert_non_null(json_object_get(paths, doors[i]));
	json_decref(root);
}

static void nothing_else_is(void **state)
{
	json_t *root = read_document(), *paths = json_object_get(root, "paths"), *value;
	const char *path;
	json_object_foreach(paths, path, value)
	{
		bool known = false;
		for (size_t i = 0; api_route(i) != NULL; i++)
			known = known || fits(path, api_route(i));
		for (size_t i = 0; doors[i] != NULL; i++)
			known = known || strcmp(path, doors[i]) == 0;
		if (!known)
			fail_msg("%s is in openapi.json, and nowhere else", path);
	}
	json_decref(root);
}

static void it_is_served(void **state)
{
	struct world *w = *state;
	assert_int_equal(ask(w, "/openapi.json"), 200);
	SAYS(w, "Content-Type: application/openapi+json\r\n");
	assert_int_equal(ask(w, "/api/v1/openapi.json"), 200);
	assert_int_equal(ask(w, "/"), 200);
	SAYS(w, "Link: </openapi.json>; rel=\"service-desc\"; type=\"application/openapi+json\"\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_is_described),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test_setup_teardown(it_is_served, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
