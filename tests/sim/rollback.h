/* rollback: an honest member's disk is put back to an earlier copy, and the guard must keep its log from forking.
 *
 * Three ways: the database alone, below the high-water mark; the whole folder copied back by hand, which an operator
 * then vouches for; a backup restored.  The last two lose the mark, so they are done only where so many peers hold all
 * of the log that any majority has one of them: what nobody else knows of, nobody can give back.
 */
#pragma once

#include "node/core/effect.h"

struct world;
struct node;

/* A body as it is before its first life: a mark that says nothing was signed. */
void rollback_init(struct node *n);

/* Take a copy, or put one back; whether, and of whom, is chance. */
void rollback_fault(struct world *w);

/* A head of its own became durable; the mark is raised, or (a crash) loses its last values. */
void rollback_raise(struct node *n, const struct store_write *write);
void rollback_crash(struct world *w, struct node *n);

/* The core said that its log is open. */
void rollback_opened(struct node *n);

/* What the shell would find beside the database, and the mark brought up to the head that is there. */
struct guard_facts rollback_facts(struct world *w, struct node *n);

/* Bodies that must not know what others hold of their log, so that they fork: hostile ones, and those of the planted
 * fault.  True: the frame is not heard; else *raw may be another one, in the arena. */
bool rollback_blinds(struct world *w, const struct node *n, struct bytes *raw, struct arena *arena);
