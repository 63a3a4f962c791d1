#!/bin/bash
# A node as witness and mirror: strangers' programs (tests/judges) take it through every answer of tlog-witness and
# tlog-mirror, before and after a kill -9; and two nodes that are no peers witness for one another.
. "$(dirname "$0")/lib.bash"
judges=$root/build/judges

key() { sed -n "s/^$2: //p" "$1"; }
status_has() { normlink status "$home/$1" | grep -q "$2"; }

check 'init asker' make_node asker
check 'init witness' make_node witness
normlink card "$home/asker" >"$home/asker.card" 2>/dev/null
normlink card "$home/witness" >"$home/witness.card" 2>/dev/null
check 'a log is allowed before the node runs' answers 0 'may be witnessed' normlink log add "$home/witness" "$(key "$home/asker.card" log)"
check 'again' answers 0 'already' normlink log add "$home/witness" "$(key "$home/asker.card" log)"
check 'the witness serves' start_node witness
check 'the asker serves' start_node asker
made_records 0 300 >"$home/r.ndjson"
check 'it publishes' normlink import "$home/asker" "$home/r.ndjson" --quiet
url=http://$(address witness http)/witness
check 'a witness is asked from now on' answers 0 'is asked' normlink witness add "$home/asker" w1 "$(key "$home/witness.card" witness)" "$url"
check 'it cosigns' await 30 status_has asker 'w1 *at 300 *cosigned'
check 'the proof has it' sh -c "'$NORMLINK' proof '$home/asker' 'ISO 100000:2020' | grep -q '^— witness.example/witness '"
check 'it counts as the quorum' await 30 status_has asker 'head 300 *cosigned 1/1'
check 'the witness says so' status_has witness 'asker.example/log *outside, witnessed at 300'
stop_node witness KILL
made_records 300 10 >"$home/r.ndjson"
check 'publishing does not wait for a witness that is gone' normlink import "$home/asker" "$home/r.ndjson" --quiet
check 'what is missing since is said' await 30 status_has asker 'cosigned head 300, behind since .*; missing: w1'
check 'its trouble is shown' await 30 status_has asker 'last error'
check 'a wrong address is refused' answers 2 'http' normlink witness add "$home/asker" w2 "$(key "$home/witness.card" mirror)" nowhere
stop_node asker

"$root/tests/judges/build" "$judges" >"$home/build.out" 2>&1
case $? in
0) ;;
77)
	cat "$home/build.out"
	exit 0
	;;
*) check 'the judges build' false && exit 1 ;;
esac

judge() { # what arguments...: one judge; its tests are counted as ours
	local what=$1 line
	shift
	timeout 300 "$judges/judge" "$@" "${server[@]}" >"$home/judge.out" 2>&1
	line=$(tail -n 1 "$home/judge.out")
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && [ "$((BASH_REMATCH[1] + BASH_REMATCH[2]))" -gt 0 ]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
		[ "${BASH_REMATCH[2]}" -eq 0 ] || sed "s/^FAILED: /FAILED: $what: /; \$d" "$home/judge.out" | head -n 40
	else
		failed=$((failed + 1))
		echo "FAILED: $what gave no verdict"
	fi
}
serve() {
	start_node judged || return 1
	server=(-base "http://$(address judged http)" -witness "$(key "$home/judged.card" witness)"
		-mirror "$(key "$home/judged.card" mirror)" -state "$home/state")
}

check 'init judged' make_node judged
normlink card "$home/judged" >"$home/judged.card" 2>/dev/null
"$judges/judge" keys >"$home/judged/outside"
check 'the node to be judged serves' serve
judge 'witness' witness
judge 'mirror' mirror
judge 'before' grow -size 300
judge 'torn' tear -size 3000
stop_node judged KILL
check 'it serves again' serve
judge 'after' recalls
judge 'mended' mend
check 'it stops in order' stop_node judged
check 'fsck' normlink fsck "$home/judged"

# A peer's log, brought to a mirror that does not reach the peer; and once it does.
check 'init keeper' make_node keeper
check 'init mirror' make_node mirror
check 'the keeper serves' start_node keeper
made_records 0 700 >"$home/r.ndjson"
check 'it publishes' normlink import "$home/keeper" "$home/r.ndjson" --quiet
normlink card "$home/keeper" | sed 's/^address: .*/address: /' >"$home/keeper.card"
check 'the mirror trusts it, and cannot dial it' normlink peer add "$home/mirror" "$home/keeper.card"
check 'the mirror serves' start_node mirror
normlink card "$home/mirror" >"$home/mirror.card"
server=(-base "http://$(address mirror http)" -witness "$(key "$home/mirror.card" witness)"
	-mirror "$(key "$home/mirror.card" mirror)" -log "$(key "$home/keeper.card" log)" -from "http://$(address keeper http)/log")
judge 'stranded' stranded
check 'the keeper dials the mirror' normlink peer add "$home/keeper" "$home/mirror.card"
judge 'carried' carried
check 'its payloads came too' answers 0 'ISO 100699' normlink search "$home/mirror" n699
check 'the mirror stops in order' stop_node mirror
check 'fsck of the mirror' normlink fsck "$home/mirror"
