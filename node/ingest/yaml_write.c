#include "node/ingest/yaml_write.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "node/base/must.h"

struct yaml_writer {
	yaml_emitter_t emitter;
	struct buf *out;
};

static int take(void *arg, unsigned char *data, size_t len)
{
	struct yaml_writer *w = arg;
	buf_add(w->out, data, len);
	return 1;
}

/* It can fail for want of memory or by events in a wrong order alone; either is ours. */
static void emit(struct yaml_writer *w, yaml_event_t *event)
{
	must(yaml_emitter_emit(&w->emitter, event) == 1);
}

struct yaml_writer *yaml_writer_new(struct buf *out)
{
	struct yaml_writer *w = calloc(1, sizeof *w);
	yaml_event_t event;
	must(w != NULL && yaml_emitter_initialize(&w->emitter) == 1);
	w->out = out;
	yaml_emitter_set_output(&w->emitter, take, w);
	yaml_emitter_set_unicode(&w->emitter, 1);
	yaml_emitter_set_width(&w->emitter, -1);
	must(yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) == 1);
	emit(w, &event);
	must(yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 0) == 1);
	emit(w, &event);
	return w;
}

void yaml_writer_end(struct yaml_writer *w)
{
	yaml_event_t event;
	must(yaml_document_end_event_initialize(&event, 1) == 1);
	emit(w, &event);
	must(yaml_stream_end_event_initialize(&event) == 1);
	emit(w, &event);
	yaml_emitter_delete(&w->emitter);
	free(w);
}

void yaml_map_begin(struct yaml_writer *w)
{
	yaml_event_t event;
	must(yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE) == 1);
	emit(w, &event);
}

void yaml_map_end(struct yaml_writer *w)
{
	yaml_event_t event;
	must(yaml_mapping_end_event_initialize(&event) == 1);
	emit(w, &event);
}

void yaml_list_begin(struct yaml_writer *w)
{
	yaml_event_t event;
	must(yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE) == 1);
	emit(w, &event);
}

void yaml_list_end(struct yaml_writer *w)
{
	yaml_event_t event;
	must(yaml_sequence_end_event_initialize(&event) == 1);
	emit(w, &event);
}

/* Would a reader without quotation marks take it for something else than text (1994, 2015-09, no, ~)?  Norwegian's code
 * is the known case. */
static bool looks_like_text(const char *text)
{
	static const char *const words[] = { "y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf" };
	bool letter = (text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z') || (text[0] & 0x80) != 0;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(words[i], text) == 0)
			return false;
	return letter;
}

static void put_scalar(struct yaml_writer *w, const char *text, bool plain, yaml_scalar_style_t style)
{
	yaml_event_t event;
	must(yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), plain, 1,
	                                  style) == 1);
	emit(w, &event);
}

void yaml_key(struct yaml_writer *w, const char *key)
{
	put_scalar(w, key, true, YAML_PLAIN_SCALAR_STYLE);
}

void yaml_plain(struct yaml_writer *w, const char *word)
{
	put_scalar(w, word, true, YAML_PLAIN_SCALAR_STYLE);
}

void yaml_text(struct yaml_writer *w, const char *text)
{
	bool lines = strchr(text, '\n') != NULL;
	put_scalar(w, text, looks_like_text(text), lines ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE);
}

void yaml_pair(struct yaml_writer *w, const char *key, const char *text)
{
	if (text == NULL)
		return;
	yaml_key(w, key);
	yaml_text(w, text);
}
