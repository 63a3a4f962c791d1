#!/bin/bash
# Strangers' programs judge normlink: Go's x/mod and clients written from the C2SP documents alone (tests/judges).  The
# judges are judged first: they must pass against another server written from the same documents, and fail when it breaks
# a rule or one byte of an answer is altered.
. "$(dirname "$0")/lib.bash"
judges=$root/build/judges
build=$root/tests/judges/build

"$build" "$judges" >"$home/build.out" 2>&1
case $? in
0) ;;
77)
	cat "$home/build.out"
	exit 0
	;;
*)
	cat "$home/build.out"
	check 'the judges build' false
	exit 1
	;;
esac

judge() { # what arguments...: one judge; its tests are counted as ours
	local what=$1 line
	shift
	timeout 300 "$judges/judge" "$@" >"$home/judge.out" 2>&1
	line=$(tail -n 1 "$home/judge.out")
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && [ "$((BASH_REMATCH[1] + BASH_REMATCH[2]))" -gt 0 ]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
		[ "${BASH_REMATCH[2]}" -eq 0 ] || sed "s/^FAILED: /FAILED: $what: /; \$d" "$home/judge.out" | head -n 40
		[ -z "${VERBOSE:-}" ] || echo "$what: $line"
	else
		failed=$((failed + 1))
		echo "FAILED: $what gave no verdict"
		tail -n 5 "$home/judge.out" | sed 's/^/    /'
	fi
}

fails() { # arguments...: the judge must reach a verdict, and find something
	timeout 300 "$judges/judge" "$@" >"$home/judge.out" 2>&1
	tail -n 1 "$home/judge.out" | grep -Eq '^[0-9]+ passed, [1-9][0-9]* failed$' || { tail -n 3 "$home/judge.out"; return 1; }
}

key() { # file name: a verifier key of a card
	sed -n "s/^$2: //p" "$1"
}

# ---- the judges themselves --------------------------------------------------------------------------------------------

"$judges/judge" keys >"$home/outside"

start_reference() { # [options]
	: >"$home/reference.ready"
	"$judges/reference" -dir "$home/reference" -outside "$home/outside" -size 66000 "$@" >"$home/reference.ready" 2>"$home/reference.log" &
	pid[reference]=$!
	await 20 grep -q '^ready ' "$home/reference.ready" || return 1
	at=http://$(address reference http)
	log=$(key "$home/reference/card" log) witness=$(key "$home/reference/card" witness)
	server=(-base "$at" -witness "$witness" -mirror "$(key "$home/reference/card" mirror)" -state "$home/state")
}

trial() {
	check 'the judges are formatted' test -z "$(gofmt -l "$root/tests/judges")"
	judge vectors vectors
	check 'the reference starts' start_reference
	judge 'reference, log' log -base "$at/log" -log "$log"
	judge 'reference, witness' witness "${server[@]}"
	judge 'reference, mirror' mirror "${server[@]}"
	judge 'reference, before' grow "${server[@]}" -size 300
	judge 'reference, torn' tear "${server[@]}" -size 3000
	stop_node reference KILL
	check 'the reference starts again' start_reference
	judge 'reference, after' recalls "${server[@]}"
	judge 'reference, mended' mend "${server[@]}"
	stop_node reference
	while read -r who fault; do
		check "a server that is wrong is noticed: $fault" notices "$who" "$fault"
		stop_node reference KILL
	done < <("$judges/reference" -faults)
	rm -rf "$home/reference" "$home/state"
}

notices() { # judge fault
	rm -rf "$home/reference" "$home/state"
	start_reference -size 600 -fault "$2" || return 1
	case $1 in
	log) fails log -base "$at/log" -log "$log" ;;
	witness | mirror) fails "$1" "${server[@]}" ;;
	recalls)
		"$judges/judge" grow "${server[@]}" -size 300 || return 1
		stop_node reference KILL
		start_reference -size 600 -fault "$2" && fails recalls "${server[@]}"
		;;
	*) false ;;
	esac
}

case ${BUILD:-} in
*asan) ;; # once is enough
*) trial ;;
esac
