#include "proto/bundle_file.h"

#include "crypto/note.h"
#include "node/base/limits.h"
#include "node/base/must.h"
#include "proto/card.h"
#include "proto/frame.h"

void bundle_part_write(const Normlink__BundlePart *part, struct buf *out)
{
	size_t n = protobuf_c_message_get_packed_size(&part->base);
	must(n >= 1 && n <= FRAME_MAX);
	buf_add_u32(out, (uint32_t)n);
	message_encode(&part->base, out);
}

int bundle_part_split(struct bytes stream, struct bytes *framed, size_t *used, struct err *err)
{
	if (stream.len < BUNDLE_PREFIX)
		return ERR_NOT_READY;
	const uint8_t *p = stream.data;
	uint32_t n = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	if (n == 0 || n > FRAME_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: a part of %u bytes, allowed are 1 to %d", (unsigned)n,
		               FRAME_MAX);
	if (stream.len - BUNDLE_PREFIX < n)
		return ERR_NOT_READY;
	*framed = bytes_of(p, BUNDLE_PREFIX + (size_t)n);
	*used = framed->len;
	return OK;
}

/* ---- what must hold of each part ---- */

static int broken(struct err *err, const char *clause, const char *what)
{
	return err_set(err, ERR_PROTOCOL, "clause %s: %s", clause, what);
}

static int start_check(const Normlink__BundleStart *m, struct err *err)
{
	struct vkey key;
	if (m->exporter == NULL || vkey_parse(bytes_str(m->exporter), &key, NULL) != OK || key.type != KEY_COSIGNATURE)
		return broken(err, "9.1", "BundleStart.exporter: not a verifier key of type 0x04");
	if (m->node == NULL || node_name_check(m->node, NULL) != OK)
		return broken(err, "9.1", "BundleStart.node: not a node's name");
	if (!m->has_time_ms || m->time_ms > TIME_MAX_MS)
		return broken(err, "9.1", "BundleStart.time_ms: missing, or after the year 9999");
	if (!m->has_logs || m->logs < 1 || m->logs > BUNDLE_LOGS_MAX)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: BundleStart.logs: missing, or not 1 to %d", BUNDLE_LOGS_MAX);
	return OK;
}

static bool hashes_fit(const ProtobufCBinaryData *hashes, size_t count, size_t wanted)
{
	if (count != wanted)
		return false;
	for (size_t i = 0; i < count; i++)
		if (hashes[i].len != HASH_SIZE)
			return false;
	return true;
}

static int log_check(const Normlink__BundleLog *m, struct err *err)
{
	if (m->origin == NULL || key_name_check(bytes_str(m->origin), NULL) != OK)
		return broken(err, "9.1", "BundleLog.origin: missing or not an origin");
	if (!m->has_since || m->since > INT64_MAX)
		return broken(err, "9.1", "BundleLog.since: missing or too large");
	if (!hashes_fit(m->peaks, m->n_peaks, tree_frontier_peaks(m->since)) ||
	    !hashes_fit(m->tail, m->n_tail, m->since % BUNDLE_ENTRIES))
		return broken(err, "9.1", "BundleLog: the frontier does not have the hashes that its size asks for");
	if (m->checkpoint.len == 0 || m->checkpoint.len > NOTE_MAX)
		return broken(err, "9.1", "BundleLog.checkpoint: missing or too large");
	return m->evidence != NULL ? frame_check_evidence(m->evidence, err) : OK;
}

static int entries_check(const Normlink__EntriesResponse *m, struct err *err)
{
	if (m->n_hashes > 0)
		return broken(err, "9.1", "EntriesResponse.hashes: a bundle file has none");
	return frame_check_entries(m, err);
}

/* Nothing signs this part: it has one form only, so that no byte of it can be another. */
static int end_check(const Normlink__BundlePart *part, struct bytes raw, struct err *err)
{
	const Normlink__BundleEnd *m = part->end;
	struct buf again = { 0 };
	if (m->digest.len != HASH_SIZE || m->signature.len != SIGNATURE_SIZE)
		return broken(err, "9.2", "BundleEnd: the digest or the signature is missing or has another length");
	message_encode(&part->base, &again);
	bool same =
	    bytes_equal(buf_bytes(&again), raw) && part->base.n_unknown_fields == 0 && m->base.n_unknown_fields == 0;
	buf_free(&again);
	return same ? OK : broken(err, "9.2", "BundleEnd: other bytes than a writer gives it");
}

int bundle_part_decode(struct bytes framed, struct arena *arena, Normlink__BundlePart **out, struct err *err)
{
	must(framed.len > BUNDLE_PREFIX);
	struct bytes raw = bytes_of(framed.data + BUNDLE_PREFIX, framed.len - BUNDLE_PREFIX);
	struct err inner = { 0 };
	ProtobufCMessage *message = NULL;
	if (message_decode(&normlink__bundle_part__descriptor, raw, arena, &message, &inner) != OK)
		return err_set(err, ERR_PROTOCOL, "clause 9.1: %s", inner.text);
	Normlink__BundlePart *part = *out = (Normlink__BundlePart *)message;
	switch (part->part_case) {
	case NORMLINK__BUNDLE_PART__PART_START:
		return start_check(part->start, err);
	case NORMLINK__BUNDLE_PART__PART_LOG:
		return log_check(part->log, err);
	case NORMLINK__BUNDLE_PART__PART_ENTRIES:
		return entries_check(part->entries, err);
	case NORMLINK__BUNDLE_PART__PART_END:
		return end_check(part, raw, err);
	case NORMLINK__BUNDLE_PART__PART__NOT_SET:
	case _NORMLINK__BUNDLE_PART__PART__CASE_IS_INT_SIZE:
	default:
		return broken(err, "9.1", "a part without content, or of a later version");
	}
}

/* ---- writing ---- */

void bundle_log_write(const char *origin, const struct tree_frontier *since, struct bytes head, struct bytes keys,
                      struct bytes evidence, struct buf *out)
{
	Normlink__Evidence file = NORMLINK__EVIDENCE__INIT;
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__BundleLog log = NORMLINK__BUNDLE_LOG__INIT;
	ProtobufCBinaryData peaks[64], tail[BUNDLE_ENTRIES];
	for (size_t i = 0; i < since->peak_count; i++)
		peaks[i] = message_field(bytes_of(since->peaks[i].b, HASH_SIZE));
	for (size_t i = 0; i < since->size % BUNDLE_ENTRIES; i++)
		tail[i] = message_field(bytes_of(since->tail[i].b, HASH_SIZE));
	log.origin = (char *)(uintptr_t)origin;
	log.has_since = 1;
	log.since = since->size;
	log.peaks = peaks;
	log.n_peaks = since->peak_count;
	log.tail = tail;
	log.n_tail = since->size % BUNDLE_ENTRIES;
	log.has_checkpoint = 1;
	log.checkpoint = message_field(head);
	log.has_keys = keys.len > 0;
	log.keys = message_field(keys);
	file.has_file = 1;
	file.file = message_field(evidence);
	log.evidence = evidence.len > 0 ? &file : NULL;
	part.part_case = NORMLINK__BUNDLE_PART__PART_LOG;
	part.log = &log;
	bundle_part_write(&part, out);
}

void bundle_log_frontier(const Normlink__BundleLog *log, struct tree_frontier *out)
{
	*out = (struct tree_frontier){ .size = log->since, .peak_count = log->n_peaks };
	for (size_t i = 0; i < log->n_peaks; i++)
		memcpy(out->peaks[i].b, log->peaks[i].data, HASH_SIZE);
	for (size_t i = 0; i < log->n_tail; i++)
		memcpy(out->tail[i].b, log->tail[i].data, HASH_SIZE);
}

void bundle_end_text(const struct hash *digest, struct buf *out)
{
	buf_add_str(out, "normlink bundle v1\n");
	buf_add(out, digest->b, HASH_SIZE);
}

void bundle_end_write(const struct skey *key, const struct hash *digest, struct buf *out)
{
	Normlink__BundlePart part = NORMLINK__BUNDLE_PART__INIT;
	Normlink__BundleEnd end = NORMLINK__BUNDLE_END__INIT;
	uint8_t signature[SIGNATURE_SIZE];
	struct buf text = { 0 };
	bundle_end_text(digest, &text);
	skey_sign(key, buf_bytes(&text), signature);
	buf_free(&text);
	end.has_digest = end.has_signature = 1;
	end.digest = message_field(bytes_of(digest->b, HASH_SIZE));
	end.signature = message_field(bytes_of(signature, sizeof signature));
	part.part_case = NORMLINK__BUNDLE_PART__PART_END;
	part.end = &end;
	bundle_part_write(&part, out);
}
