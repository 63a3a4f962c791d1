/* Import through the command line into a stopped node: from file to durable and searchable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/json.h"
#include "proto/record.h"
#include "tests/bench/bench.h"

void bench_write(const struct corpus *c, const char *path)
{
	struct err err = { 0 };
	FILE *f = fopen(path, "w");
	if (f == NULL)
		bench_fail(path, NULL);
	for (size_t i = 0; i < c->count; i++) {
		struct arena a = { 0 };
		struct buf line = { 0 };
		Normlink__Record *r;
		if (record_decode(c->v[i].record, &a, &r, &err) != OK)
			bench_fail("record", &err);
		json_of_message(&r->base, &line);
		buf_add_char(&line, '\n');
		(void)!fwrite(line.data, 1, line.len, f);
		buf_free(&line);
		arena_free(&a);
	}
	if (fclose(f) != 0)
		bench_fail(path, NULL);
}

static double import_rate(const char *program, const char *home, const char *from)
{
	char command[8192], line[512];
	unsigned long long read = 0;
	(void)snprintf(command, sizeof command,
	               "'%s' init '%s/import' --name import --origin import.example/log >'%s/import.card' && "
	               "'%s' import '%s/import' %s --quiet",
	               program, home, home, program, home, from);
	double began = bench_now();
	FILE *out = popen(command, "r");
	while (out != NULL && fgets(line, sizeof line, out) != NULL)
		if (read == 0)
			(void)sscanf(line, "%*[^0-9]%llu", &read);
	if (out == NULL || pclose(out) != 0 || read == 0)
		bench_fail("import", NULL);
	return (double)read / (bench_now() - began);
}

void bench_import(const char *data, const struct corpus *c, const char *program, const char *home)
{
	char from[4200];
	double floor = floor_rows(c, home);
	if (data != NULL && *data != '\0') {
		(void)snprintf(from, sizeof from, "'%s'/*.tar.gz", data);
	} else {
		char path[128];
		(void)snprintf(path, sizeof path, "%s/records.ndjson", home);
		bench_write(c, path);
		(void)snprintf(from, sizeof from, "'%s'", path);
	}
	double rate = import_rate(program, home, from);
	printf("import                %9.0f documents/s  floor %9.0f (rows and index alone)   ratio %.2f\n", rate, floor,
	       rate / floor);
}
