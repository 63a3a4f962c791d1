/* bulk: GET /api/v1/bulk: every public record of a log as of a size, for who wants them all.
 *
 *     ?origin=           the log; the node's own when absent
 *     &at=SIZE           as of its first SIZE entries: what was current then; its complete head when absent
 *     &kind=             of one kind alone
 *     &format=ndjson     a line of JSON each, {"index": N, "record": {...}} (the default), or csv (csv.h)
 *     &from=INDEX        from this entry on: with the index of the last line one has, plus 1, a download that was cut
 *                        off goes on, and both parts together are the same bytes as the whole
 *
 * The same size gives the same bytes, whenever they are asked for and from whichever node, but for what was redacted
 * meanwhile, which nobody can give any more; a node that lacks a public record gives none (503).  Normlink-Size and
 * Normlink-Origin name what it is; the ETag is a strong one.  It comes in chunks (RFC 9112 7.1), made as the client
 * takes them: one that ends without the last chunk is not whole.  Who accepts gzip gets the same bytes packed, under a
 * tag of their own.
 *
 * Thread: any; one view and one arena for each call.
 */
#pragma once

#include "node/api/api.h"
#include "node/api/gzip.h"

/* Is this the question, by GET, of a client that takes chunks? */
bool bulk_is_stream(const struct http_request *request);

/* Between two portions. */
struct bulk_place {
	bool begun;
	uint64_t at, next; /* as of; from where to go on */
	bool packed;
	struct gzip_member member; /* what was packed so far */
};

/* Append the next portion: at first the head of the response; when *more is false the last chunk.  Gives the status;
 * one that is not 200 comes first, and the response is whole then, or later: it appends nothing, and the stream is to
 * end.
 */
int bulk_portion(const struct http_request *request, const struct api_context *context, struct arena *arena,
                 struct bulk_place *place, bool *more, struct buf *out);
