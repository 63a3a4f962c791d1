#include "node/shell/http_body.h"

#include <string.h>

#include "node/api/add_entries.h"
#include "node/api/submission.h"
#include "node/base/limits.h"
#include "node/shell/loop.h"

size_t http_body_max(bool local, const struct http_request *request)
{
	if (local)
		return HTTP_BODY_MAX;
	return add_entries_is_door(request->path)  ? UPLOAD_BODY_MAX
	       : submission_is_door(request->path) ? SUBMISSION_BODY_MAX
	                                           : HTTP_PUBLIC_BODY_MAX;
}

bool http_body_may_be_cut(bool local, const struct http_request *request)
{
	return !local && add_entries_is_door(request->path);
}

int http_body_check(struct shell *s, bool local, const struct http_request *request, bool *large, const char **why)
{
	*why = "the body is larger than this node takes";
	bool upload = http_body_may_be_cut(local, request);
	if (!upload && request->content_length > http_body_max(local, request))
		return 413;
	if (!upload || *large || (!request->chunked && request->content_length <= HTTP_PUBLIC_BODY_MAX))
		return 0;
	*why = "too many uploads at once";
	if (s->uploads >= UPLOADS_MAX)
		return 503;
	s->uploads++;
	*large = true;
	return 0;
}

int http_body_early(struct shell *s, bool local, const struct http_request *request, struct bytes begun,
                    const char **why)
{
	char origin[NAME_MAX_BYTES + 1] = { 0 };
	bool packed;
	*why = "entries of this log are not taken here";
	if (local || !add_entries_is_door(request->path) || !add_entries_takes(request, &packed) || packed || begun.len < 2)
		return 0;
	size_t len = (size_t)begun.data[0] << 8 | begun.data[1];
	if (len > NAME_MAX_BYTES)
		return 404;
	if (begun.len - 2 < len)
		return 0;
	memcpy(origin, begun.data + 2, len);
	return core_takes_entries(s->core, origin) ? 0 : 404;
}

uint64_t http_patience_ms(const struct shell_options *o, enum conn_wait wait)
{
	switch (wait) {
	case WAIT_HEAD:
		return o->http_head_timeout_ms > 0 ? (uint64_t)o->http_head_timeout_ms : HTTP_HEAD_TIMEOUT_MS;
	case WAIT_BODY:
		return o->http_body_timeout_ms > 0 ? (uint64_t)o->http_body_timeout_ms : HTTP_BODY_TIMEOUT_MS;
	case WAIT_LINGER:
		return LINGER_MS;
	case WAIT_REST:
		return HTTP_REST_MS;
	case WAIT_NONE:
	case WAIT_IDLE:
	case WAIT_WRITE:
		break;
	}
	return o->http_idle_timeout_ms > 0 ? (uint64_t)o->http_idle_timeout_ms : HTTP_IDLE_TIMEOUT_MS;
}
