/* meter: how far a long piece of work has come, on standard error: one line that is rewritten on a terminal, a line
 * every few seconds elsewhere, nothing when quiet.
 *
 * Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct meter {
	bool quiet;
	bool terminal;
	bool shown;   /* a rewritten line stands on the terminal */
	double start; /* seconds, monotonic */
	double next;  /* when to print again */
};

void meter_start(struct meter *m, bool quiet);

/* Seconds since the start. */
double meter_seconds(const struct meter *m);

/* Is it time to print?  Cheap. */
bool meter_due(struct meter *m);

/* Print a line, whatever the time; nothing when quiet. */
void meter_show(struct meter *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Take the rewritten line off the terminal, before something else is printed there. */
void meter_clear(struct meter *m);

/* "done of total, rate/s" of work whose unit has a name, when it is due. */
void meter_work(struct meter *m, const char *unit, uint64_t done, uint64_t total);

/* "12 s", "3 min 05 s", "1 h 02 min"; "" when it cannot be told. */
const char *meter_eta(double seconds_so_far, uint64_t done, uint64_t total, char out[32]);
