#include "proto/joint.h"

struct widen {
	edge_cb each_cb;
	void *arg;
};

size_t joint_parts(const char *reference, struct designator out[JOINT_PARTS_MAX])
{
	size_t count = 0;
	if (strchr(reference, '|') == NULL)
		return 0;
	for (const char *at = reference;; at++) {
		size_t len = strcspn(at, "|");
		if (count == JOINT_PARTS_MAX || designator_parse(bytes_of(at, len), &out[count++], NULL) != OK)
			return 0;
		at += len;
		if (*at == '\0')
			return count;
	}
}

static int give(const struct widen *w, int type, int detail, const char *joint, struct err *err)
{
	struct designator parts[JOINT_PARTS_MAX];
	size_t count = joint_parts(joint, parts);
	int rc = OK;
	for (size_t i = 0; rc == OK && i < count; i++)
		rc = w->each_cb(w->arg, &(struct edge){ type, detail, parts[i].canonical }, err);
	return rc;
}

static int one_edge(void *arg, const struct edge *edge, struct err *err)
{
	const struct widen *w = arg;
	int rc = w->each_cb(w->arg, edge, err);
	return rc == OK ? give(w, edge->type, edge->detail, edge->target, err) : rc;
}

int joint_edges(const Normlink__Record *r, edge_cb each_cb, void *arg, struct err *err)
{
	struct widen w = { each_cb, arg };
	int rc = record_edges(r, one_edge, &w, err);
	if (rc == OK && r->kind == NORMLINK__KIND__KIND_STANDARD && r->standard != NULL && r->retraction == NULL)
		rc = give(&w, NORMLINK__LINK_TYPE__LINK_IDENTICAL, 0, r->subject, err);
	return rc;
}
