#include "node/cli/meter.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double terminal_every_s = 0.2;
static const double lines_every_s = 5;

static double now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void meter_start(struct meter *m, bool quiet)
{
	double t = now();
	bool terminal = isatty(STDERR_FILENO) == 1;
	*m = (struct meter){ .quiet = quiet, .terminal = terminal, .start = t };
	m->next = t + (terminal ? terminal_every_s : lines_every_s);
}

double meter_seconds(const struct meter *m)
{
	return now() - m->start;
}

bool meter_due(struct meter *m)
{
	if (m->quiet)
		return false;
	double t = now();
	if (t < m->next)
		return false;
	m->next = t + (m->terminal ? terminal_every_s : lines_every_s);
	return true;
}

void meter_show(struct meter *m, const char *format, ...)
{
	if (m->quiet)
		return;
	va_list args;
	va_start(args, format);
	(void)fputs(m->terminal ? "\r\x1b[K" : "", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputs(m->terminal ? "" : "\n", stderr);
	(void)fflush(stderr);
	va_end(args);
	m->shown = m->terminal;
}

void meter_clear(struct meter *m)
{
	if (m->shown)
		(void)fputs("\r\x1b[K", stderr);
	m->shown = false;
}

const char *meter_eta(double seconds_so_far, uint64_t done, uint64_t total, char out[32])
{
	out[0] = '\0';
	if (done == 0 || total <= done || seconds_so_far < 1)
		return out;
	double left = seconds_so_far * (double)(total - done) / (double)done;
	if (left < 60)
		(void)snprintf(out, 32, "%.0f s", left);
	else if (left < 3600)
		(void)snprintf(out, 32, "%d min %02d s", (int)left / 60, (int)left % 60);
	else if (left < 360000)
		(void)snprintf(out, 32, "%d h %02d min", (int)left / 3600, (int)left % 3600 / 60);
	return out;
}

void meter_work(struct meter *m, const char *unit, uint64_t done, uint64_t total)
{
	char eta[32];
	if (!meter_due(m))
		return;
	double seconds = meter_seconds(m);
	(void)meter_eta(seconds, done, total, eta);
	if (total > 0)
		meter_show(m, "%" PRIu64 " of %" PRIu64 " %s, %.0f/s%s%s", done, total, unit, (double)done / seconds,
		           eta[0] != '\0' ? ", left: " : "", eta);
	else
		meter_show(m, "%" PRIu64 " %s, %.0f/s", done, unit, (double)done / seconds);
}
