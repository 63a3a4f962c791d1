/* span: what spans the fields of one message: checks that rules.h names, one function for each message.
 * Thread: any.  Inside proto/ only.
 */
#pragma once

#include "proto/message.h"
#include "proto/place.h"

/* Each: OK, or ERR_INVALID with the place of the field that does not go with the others. */
CHECKED int span_record(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_consultation(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_project(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_quantity(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_compared(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_recognised(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_recognition(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_evidence(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_review(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_step(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_person(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_feedback(const ProtobufCMessage *m, const struct place *at, struct err *err);
CHECKED int span_notice(const ProtobufCMessage *m, const struct place *at, struct err *err);
