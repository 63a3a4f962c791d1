/* life: where ISO's harmonised stage codes say that a standard is.
 * Thread: any.
 */
#pragma once

/* The status (of the schema's Status) at a stage XX.YY that stage_valid() accepts. */
int life_status(const char *stage);
