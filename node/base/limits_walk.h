/* limits_walk: how far a walk from record to record goes for one answer; the rest is in limits.h.
 *
 * Sizes in bytes, unless the name says otherwise.
 */
#pragma once

enum {
	CLAIM_ITEMS_MAX = 128,               /* prefixes of one of them, and as many bodies; more do not count */
	FAMILY_FACTS_MAX = 4096,             /* statements on one family of standards, and as many that point at it */
	GRAPH_MEMORY_MAX = 48 * 1024 * 1024, /* one walk */
	GRAPH_FAMILIES_MAX = 4096,           /* likewise */
	GRAPH_NODES_MAX = 4096,              /* standards that one walk reaches */
	GRAPH_EDGES_MAX = 20 * 1000 * 1000,  /* that it looks at on the way */
	GRAPH_SAID_MAX = 256 * 1024,         /* steps from one of them, each as often as it is said */
	EDITION_NODES_MAX = 256,             /* on the way to the edition in force */
	DRIFT_STATEMENTS_MAX = 2048,         /* of adoptions of one origin, followed for one answer */
	IMPACT_STANDARDS_MAX = 128,          /* whose dependents one answer lists */
	IMPACT_FEEDBACK_MAX = 1000,          /* of one standard, looked at for what is open */
};
