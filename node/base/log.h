/* log: one line for each event, key=value, to standard error.
 *
 *     log_line(LOG_INFO, "link_up", "peer=%s dialed=%d", name, dialed);
 *     2026-03-01T09:30:00.123Z level=info event=link_up peer=jisc dialed=1
 *
 * No secret and no query text is ever an argument.  A value that an outsider chose goes
 * through log_value.  Thread: any; a line is written with one write(2).
 */
#pragma once

#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NONE };

/* Lines below the level are dropped.  Default LOG_INFO.  Set before threads start. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* text as one value: quoted when it has a blank, quote or '=', control characters and
 * invalid bytes as \xNN, cut to fit.  Returns out. */
const char *log_value(const char *text, char *out, size_t size);
