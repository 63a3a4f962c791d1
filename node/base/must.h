/* must: an invariant of ours.  When it does not hold the program is wrong and goes on no
 * further: it prints the place and aborts, in every build.  Never for what the world or a
 * peer did: those are error values (err.h). */
#pragma once

#define must(condition) ((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__, __func__))

_Noreturn void must_fail(const char *condition, const char *file, int line, const char *func);
