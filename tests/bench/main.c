/* bench: times and ratios.
 *
 *     BENCH_DATA=DIR     work on the Relaton archives in DIR instead of generated records
 *     --records N        how many to generate (60,000)     --seed N        from which seed (1)
 *     --only NAME        replication, latency, busy, search, federate, tiles, verify, import or witness
 *     --program FILE     the normlink binary (build/release/normlink)
 *     --write FILE       only write the generated records there, as NDJSON
 */
#include <dirent.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

double bench_now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The load of looking must not weigh on what is measured. */
void bench_pause(long us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
	(void)ppoll(NULL, 0, &t, NULL);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double bench_percentile(double *values, size_t count, double p)
{
	qsort(values, count, sizeof *values, by_value);
	size_t at = (size_t)(p * (double)count);
	return values[at < count ? at : count - 1];
}

static char home[64] = "/tmp/normlink-bench.XXXXXX";

static void remove_home(void)
{
	char command[128];
	(void)snprintf(command, sizeof command, "rm -rf %s", home);
	(void)!system(command);
}

void bench_fail(const char *what, const struct err *err)
{
	fprintf(stderr, "bench: %s: %s\n", what, err != NULL ? err->text : "failed");
	exit(1);
}

static int is_archive(const struct dirent *entry)
{
	return strstr(entry->d_name, ".tar") != NULL || strstr(entry->d_name, ".zip") != NULL;
}

static void load(struct corpus *c, const char *data, size_t records, uint64_t seed)
{
	struct err err = { 0 };
	if (data == NULL) {
		corpus_generate(c, records, seed);
		return;
	}
	struct dirent **names;
	int n = scandir(data, &names, is_archive, alphasort);
	for (int i = 0; i < n; i++) {
		char path[4096];
		(void)snprintf(path, sizeof path, "%s/%s", data, names[i]->d_name);
		if (corpus_read(c, path, &err) != OK)
			bench_fail(path, &err);
		free(names[i]);
	}
	if (n > 0)
		free(names);
	if (c->count == 0)
		bench_fail("BENCH_DATA holds no archive", NULL);
}

static int wanted(const char *only, const char *name)
{
	return only == NULL || strcmp(only, name) == 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "records", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' },    { "program", required_argument, NULL, 'p' },
		{ "write", required_argument, NULL, 'w' },   { 0 }
	};
	const char *only = NULL, *program = "build/release/normlink", *data = getenv("BENCH_DATA"), *write_to = NULL;
	size_t records = 60000;
	uint64_t seed = 1;
	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (o) {
		case 'n':
			records = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 'o':
			only = optarg;
			break;
		case 'p':
			program = optarg;
			break;
		case 'w':
			write_to = optarg;
			break;
		default:
			return 2;
		}
	}
	struct corpus c = { 0 };
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (write_to != NULL) {
		corpus_generate(&c, records, seed);
		bench_write(&c, write_to);
		corpus_free(&c);
		return 0;
	}
	if (mkdtemp(home) == NULL)
		bench_fail(home, NULL);
	atexit(remove_home);
	load(&c, data != NULL && *data != '\0' ? data : NULL, records, seed);
	printf("%zu %s records, %.0f bytes each\n", c.count, c.name, (double)c.bytes / (double)c.count);
	if (wanted(only, "replication"))
		bench_replication(&c, program, home);
	if (wanted(only, "latency"))
		bench_latency(&c, program, home);
	if (wanted(only, "busy"))
		bench_busy(&c, program, home);
	if (wanted(only, "search"))
		bench_search(&c, program, home);
	if (wanted(only, "federate"))
		bench_federate(&c, program, home);
	if (wanted(only, "tiles"))
		bench_tiles(&c, program, home);
	if (wanted(only, "verify"))
		bench_verify(&c);
	if (wanted(only, "import"))
		bench_import(data, &c, program, home);
	if (wanted(only, "witness"))
		bench_witness(program, home);
	corpus_free(&c);
	return 0;
}
