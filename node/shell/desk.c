#include "node/shell/desk.h"

#include <stdlib.h>

#include "node/base/limits.h"
#include "node/base/must.h"
#include "node/shell/kit.h"
#include "node/shell/quick.h"

struct desk {
	struct kit kit;
	struct quick quick;
	const _Atomic uint64_t *turns;
	uint64_t turn;     /* when the snapshot was taken that */
	bool holds;        /* is held, */
	uv_timer_t end;    /* and when that ends */
	uint64_t until_ns; /* for the question that is being answered, */
	bool over;         /* which was cut off */
};

/* ---- the snapshot ---- */

static void let_go(struct desk *d)
{
	if (d->holds)
		store_let_go(d->kit.store);
	d->holds = false;
}

static void on_end(uv_timer_t *timer)
{
	let_go(timer->data);
}

void desk_begin(struct desk *d)
{
	uint64_t turn = atomic_load(d->turns); /* first: what is written after this is seen, or noticed the next time */
	if (turn != d->turn)
		let_go(d);
	if (d->holds)
		return;
	d->holds = store_hold(d->kit.store);
	d->turn = turn;
	if (d->holds)
		(void)uv_timer_start(&d->end, on_end, DESK_HOLD_MS, 0);
}

void desk_end(struct desk *d)
{
	if (d->turn % 2 != 0) /* it will not stand, and the writer may wait for nobody to have one */
		let_go(d);
}

/* ---- answering ---- */

void desk_note(struct desk *d, const struct reader_job *job)
{
	quick_note(&d->quick, job->shape, job->spent_ns);
}

bool desk_takes(const struct desk *d, const struct reader_job *job)
{
	return job->rank != READ_CORE && quick_is(&d->quick, job->shape);
}

static bool is_over(void *arg)
{
	struct desk *d = arg;
	d->over = d->over || uv_hrtime() >= d->until_ns;
	return d->over;
}

bool desk_answer(struct desk *d, struct reader_job *job)
{
	uint64_t begun = uv_hrtime();
	job->cancelled = reader_job_is_over(job);
	if (job->cancelled)
		return true;
	d->until_ns = begun + DESK_JOB_US * UINT64_C(1000);
	d->over = false;
	store_budget(d->kit.store, job->work_max, is_over, d);
	reader_job_run(job, &d->kit);
	job->spent_ns = uv_hrtime() - begun;
	if (!d->over)
		return true;
	let_go(d); /* what was interrupted may have ended it */
	desk_note(d, job);
	job->again_cb(job);
	return false;
}

/* ---- the beginning and the end ---- */

int desk_open(uv_loop_t *loop, const char *dir, const _Atomic uint64_t *turns, struct desk **out, struct err *err)
{
	struct desk *d = calloc(1, sizeof *d);
	must(d != NULL);
	int rc = kit_open(dir, true, &d->kit, err);
	if (rc != OK) {
		free(d);
		return rc;
	}
	d->turns = turns;
	must(uv_timer_init(loop, &d->end) == 0);
	d->end.data = d;
	*out = d;
	return OK;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void desk_close(struct desk **d)
{
	struct desk *gone = *d;
	*d = NULL;
	if (gone == NULL)
		return;
	let_go(gone);
	kit_close(&gone->kit);
	uv_close((uv_handle_t *)&gone->end, on_closed);
}
