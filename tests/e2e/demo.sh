#!/bin/bash
# The demo federation, as `make run ONCE=1` runs it: every step holds, and nothing is left behind.
. "$(dirname "$0")/lib.bash"

check 'the tour holds' answers 0 'Every step held' env ONCE=1 TMPDIR="$home" "$root/deploy/demo" "$NORMLINK"
check 'every step said so' grep -q 'verified offline' "$home/answers.out"
check 'no step failed' sh -c "! grep -A 20 FAILED '$home/answers.out'"
check 'nothing is left behind' test -z "$(find "$home" -maxdepth 1 -name 'normlink-demo.*')"

# With job control, or the shell would start it with SIGINT ignored.
set -m
ONCE='' TMPDIR="$home" "$root/deploy/demo" "$NORMLINK" >"$home/long.out" 2>&1 &
pid[demo]=$!
set +m
check 'without ONCE it stays up' await 60 grep -q '^  try   curl' "$home/long.out"
check 'and its URL answers' sh -c "curl -fsS \"\$(sed -n 's/.*sac *\\(http:[^ ]*\\) .*/\\1/p' '$home/long.out')/healthz\""
kill -INT "${pid[demo]}"
check 'until it is told to stop' await 20 sh -c "! kill -0 ${pid[demo]}"
unset 'pid[demo]'
check 'and then nothing is left' test -z "$(find "$home" -maxdepth 1 -name 'normlink-demo.*')"
