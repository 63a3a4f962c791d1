/* node_conf: node.conf, read and written (proto/PROTOCOL.md, clause 6: the lines of proto/card.h).
 *
 *     name: sac
 *     origin: sac.example/log
 *     peer-listen: 0.0.0.0:7443
 *     http-listen: 127.0.0.1:7080
 *     advertise: node.sac.example:7443
 *     quorum: majority
 *     admin-email: standards@sac.example
 *     base-url: https://node.sac.example
 *     readers: 2
 *     client-rate: 1000
 *     trusted-proxy: 127.0.0.1
 *     feedback: on
 *     feedback-text: withheld
 *     index: on
 *
 * Thread: any.
 */
#pragma once

#include "node/base/buf.h"
#include "node/base/bytes.h"
#include "node/base/err.h"
#include "node/shell/node_dir.h"

/* ERR_USAGE; the text names the setting and what it may be. */
CHECKED int node_conf_check(const struct node_config *config, struct err *err);

/* Append the file: what differs from the default as a line, the rest as comments that show it. */
void node_conf_write(const struct node_config *config, struct buf *out);

/* Read and check one, defaults filled in.  ERR_INVALID. */
CHECKED int node_conf_parse(struct bytes text, struct node_config *out, struct err *err);

/* core_config.quorum of a configuration with its defaults; QUORUM_NONSENSE: it is none that there is. */
enum { QUORUM_NONSENSE = -3 };
int node_conf_quorum(const struct node_config *config);
