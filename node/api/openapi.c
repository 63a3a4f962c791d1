#include "node/api/openapi.h"

#include "node/api/answer.h"

/* The file as it stands, put into the program by the assembler (the Makefile knows that this file depends on it). */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "openapi_json_text:\n"
        ".incbin \"node/api/openapi.json\"\n"
        "openapi_json_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const uint8_t openapi_json_text[], openapi_json_end[];

struct bytes openapi_text(void)
{
	return bytes_of(openapi_json_text, (size_t)(openapi_json_end - openapi_json_text));
}

void openapi_answer(struct answer *a)
{
	static const char *const known[] = { NULL };
	if (!answer_parameters_known(a, known))
		return;
	a->type = "application/openapi+json";
	a->vary = NULL;
	a->cache = "public, max-age=300";
	buf_add_bytes(&a->body, openapi_text());
}
