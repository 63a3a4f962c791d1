/* outcome: what came of a checkpoint or of entries that were brought through HTTP.  The numbers of HTTP are the api's.
 */
#pragma once

enum answer_outcome {
	ANSWER_OK,
	ANSWER_UNKNOWN,   /* not a log that this is done for here */
	ANSWER_UNTRUSTED, /* no signature of the log, one that fails, or a log that has forked */
	ANSWER_MALFORMED,
	ANSWER_CONFLICT, /* what is here is not what the request goes on from: size and next say what is */
	ANSWER_PARTIAL,  /* what an upload brought is kept, and more of it is due from next on */
	ANSWER_UNPROVED,
	ANSWER_BUSY,
};
