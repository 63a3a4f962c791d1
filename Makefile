# normlink.  Written by hand; `make help` lists what it does.
#
# One build folder for each flavour: build/debug, build/release, build/asan, build/tsan, build/fuzz, build/cover.
# Each room becomes one archive; a test program links the rooms that its own room may reach.

FLAVOUR ?= release
O       ?= build/$(FLAVOUR)
CC      ?= gcc
V       ?= 0
Q       := $(if $(filter 1,$V),,@)

PACKAGES := libuv libssl libcrypto libprotobuf-c sqlite3 jansson libutf8proc yaml-0.1 expat libarchive libzstd libcurl zlib

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wwrite-strings \
        -Wpointer-arith -Wcast-qual -Wswitch-enum -Wno-unused-parameter -Werror
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DFUZZING
FLAGS_cover   := -O0 -g --coverage
CFLAGS += -std=c17 -D_GNU_SOURCE -fPIE $(FLAGS_$(FLAVOUR)) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS += -I. -I$(O)/gen -MMD -MP
LDFLAGS += $(filter -fsanitize=% --coverage,$(FLAGS_$(FLAVOUR))) -pie
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lpthread -lm

# ---- rooms, from the bottom up -------------------------------------------------------------------------------------

ROOMS := node/base crypto proto node/core node/store node/ingest node/api node/shell node/cli
room_lib = $(O)/$(subst /,_,$1).a
room_src = $(wildcard $1/*.c)

# What a test of each room links, top first.
REACH_node/base   := node/base
REACH_crypto      := crypto $(REACH_node/base)
REACH_proto       := proto $(REACH_crypto)
REACH_node/core   := node/core $(REACH_proto)
REACH_node/store  := node/store $(REACH_node/core)
REACH_node/ingest := node/ingest $(REACH_node/core)
REACH_node/api    := node/api $(REACH_node/core)
REACH_node/shell  := node/shell node/api node/store $(REACH_node/core)
REACH_node/cli    := node/cli node/shell node/api node/ingest node/store $(REACH_node/core)
reach_libs = $(foreach r,$(REACH_$1),$(call room_lib,$r))

SCHEMAS := $(wildcard proto/*.proto)
GEN_C   := $(SCHEMAS:proto/%.proto=$(O)/gen/proto/%.pb-c.c)
GEN_H   := $(GEN_C:.c=.h)
GEN_O   := $(GEN_C:.c=.o)
TABLES  := $(patsubst %.tsv,$(O)/gen/%.inc,$(wildcard proto/*.tsv))

.PHONY: help all run test lint fmt asan tsan sim fuzz cover bench install clean setup check programs threads
.DELETE_ON_ERROR:
.SECONDARY:

help: ## list what can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

all: $(O)/normlink ## build the program

# ---- compiling -----------------------------------------------------------------------------------------------------

$(O)/gen/proto/%.pb-c.c $(O)/gen/proto/%.pb-c.h: proto/%.proto
	@mkdir -p $(@D)
	$(Q)protoc-c --c_out=$(O)/gen/proto -I proto $<

# Data with its sources, as rows of an array.
$(O)/gen/proto/%.inc: proto/%.tsv proto/table.awk
	@mkdir -p $(@D)
	$(Q)LC_ALL=C awk -f proto/table.awk $< >$@

# Generated code is not ours to warn about.
$(O)/gen/%.o: $(O)/gen/%.c
	$(Q)$(CC) $(CFLAGS) -w -c $< -o $@

$(O)/obj/%.o: %.c | $(GEN_H) $(TABLES)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CFLAGS) $(WARN) $(CFLAGS_$(dir $<)) -c $< -o $@

# A file that the assembler puts into the program.
$(O)/obj/node/ingest/included.o: $(wildcard node/ingest/mappings/*.yaml)
$(O)/obj/node/api/schemas.o: $(wildcard node/api/schemas/*.xsd)
$(O)/obj/node/api/openapi.o: node/api/openapi.json

define room_rule
$(call room_lib,$1): $(patsubst %.c,$(O)/obj/%.o,$(call room_src,$1)) $(if $(filter proto,$1),$(GEN_O))
	@rm -f $$@
	$(Q)ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$r)))

$(O)/normlink: $(O)/obj/node/main.o $(call reach_libs,node/cli)
	@echo "  LINK  $@"
	$(Q)$(CC) $(LDFLAGS) $< $(call reach_libs,node/cli) $(LIBS) -o $@

# ---- tests ---------------------------------------------------------------------------------------------------------
#
# tests/<room>/<name>_test.c is one program; tests/support/*.c is linked into each that asks for it by header.

TEST_ROOMS := base crypto proto core store ingest api shell cli
room_of = $(if $(filter crypto proto,$1),$1,node/$1)
SUPPORT_O := $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/support/*.c))
TEST_PROGRAMS :=

define test_rule
TEST_PROGRAMS += $(patsubst tests/%.c,$(O)/tests/%,$(wildcard tests/$1/*_test.c))
$(O)/tests/$1/%_test: $(O)/obj/tests/$1/%_test.o $(SUPPORT_O) $(call reach_libs,$(call room_of,$1))
	@mkdir -p $$(@D)
	$(Q)$(CC) $(LDFLAGS) $$< $(SUPPORT_O) $(call reach_libs,$(call room_of,$1)) $(LIBS) -lcmocka -o $$@
endef
$(foreach r,$(TEST_ROOMS),$(eval $(call test_rule,$r)))

$(O)/tests/sim: $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/sim/*.c)) $(call reach_libs,node/core)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) $(LDFLAGS) $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/sim/*.c)) $(call reach_libs,node/core) $(LIBS) -o $@

# Who plays a part in an end-to-end test.
$(O)/tests/two_faced: $(O)/obj/tests/e2e/two_faced.o $(SUPPORT_O) $(call reach_libs,node/shell)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $< $(SUPPORT_O) $(call reach_libs,node/shell) $(LIBS) -o $@

$(O)/tests/flooder: $(O)/obj/tests/e2e/flooder.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $< -lpthread -o $@

$(O)/tests/bench: $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/bench/*.c)) $(SUPPORT_O) $(call reach_libs,node/cli)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) $(LDFLAGS) $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/bench/*.c)) $(SUPPORT_O) $(call reach_libs,node/cli) $(LIBS) -o $@

# tests/fuzz/<target>.c with one LLVMFuzzerTestOneInput each; replay.c gives main() where libFuzzer does not.
FUZZ_TARGETS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_PROGRAMS := $(FUZZ_TARGETS:%=$(O)/tests/fuzz/%)
FUZZ_MAIN := $(if $(filter fuzz,$(FLAVOUR)),-fsanitize=fuzzer,$(O)/obj/tests/fuzz/replay.o)
$(O)/tests/fuzz/%: $(O)/obj/tests/fuzz/%.o $(O)/obj/tests/fuzz/replay.o $(call reach_libs,node/cli)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $< $(FUZZ_MAIN) $(call reach_libs,node/cli) $(LIBS) -o $@

threads: $(filter $(O)/tests/shell/%,$(TEST_PROGRAMS))
programs: $(O)/normlink $(TEST_PROGRAMS) $(FUZZ_PROGRAMS) $(O)/tests/sim $(O)/tests/bench $(O)/tests/two_faced $(O)/tests/flooder

setup:
	$(Q)deploy/setup

test: setup ## install what is missing, build, run every suite, plain and under the sanitizers; ends with "N passed, N failed"
	$(Q)$(MAKE) --no-print-directory programs
	$(Q)$(MAKE) --no-print-directory FLAVOUR=asan programs
	$(Q)$(MAKE) --no-print-directory FLAVOUR=tsan threads
	$(Q)tests/run build/release:all build/asan:memory build/tsan:threads

check: programs ## the suites of one flavour without set-up: make check
	$(Q)tests/run $(O):all

asan: ## the suites under AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)$(MAKE) --no-print-directory FLAVOUR=asan programs
	$(Q)tests/run build/asan:memory

tsan: ## the suites that start threads, under ThreadSanitizer
	$(Q)$(MAKE) --no-print-directory FLAVOUR=tsan threads
	$(Q)tests/run build/tsan:threads

sim: $(O)/tests/sim ## replay one simulated world: make sim SEED=n
	$(Q)$(O)/tests/sim --seed $(SEED) --trace

fuzz: ## fuzz one target for SECONDS_EACH (60): make fuzz T=note
	$(Q)$(MAKE) --no-print-directory FLAVOUR=fuzz CC=clang build/fuzz/tests/fuzz/$(T)
	$(Q)mkdir -p build/fuzz/corpus/$(T)
	$(Q)build/fuzz/tests/fuzz/$(T) -max_total_time=$(or $(SECONDS_EACH),60) -rss_limit_mb=1024 -timeout=10 \
	    -print_final_stats=1 build/fuzz/corpus/$(T) tests/fuzz/corpus/$(T)

cover: ## line coverage of the unit suites, as text
	$(Q)$(MAKE) --no-print-directory FLAVOUR=cover check
	$(Q)tests/cover build/cover

bench: $(O)/normlink $(O)/tests/bench ## times and ratios, each beside a floor of the same run
	$(Q)$(O)/tests/bench $(BENCH_ARGS)
	$(Q)$(if $(BENCH_ARGS),,tests/judges/verify_bench)
	$(Q)$(if $(BENCH_ARGS),,NORMLINK=$(O)/normlink BENCH=$(O)/tests/bench tests/bench/rivals/run)

lint: ## arrows between rooms, sole includers, lone headers, sizes
	$(Q)tests/lint/lint --self-test
	$(Q)tests/lint/lint

fmt: ## format the sources
	$(Q)git ls-files '*.c' '*.h' | xargs clang-format -i

run: setup ## the demo federation, on loopback; ONCE=1 ends after the tour
	$(Q)$(MAKE) --no-print-directory all
	$(Q)ONCE="$(ONCE)" deploy/demo $(O)/normlink

PREFIX ?= /usr/local
install: $(O)/normlink ## install the program and its service unit under PREFIX
	install -D -m 0755 $(O)/normlink $(DESTDIR)$(PREFIX)/bin/normlink
	install -D -m 0644 deploy/normlink@.service $(DESTDIR)$(PREFIX)/lib/systemd/system/normlink@.service

clean: ## remove everything that was built
	rm -rf build

-include $(shell find $(O) -name '*.d' 2>/dev/null)
