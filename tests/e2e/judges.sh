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
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] && [ "${BASH_REMATCH[1]}" -gt 0 ]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
		[ "${BASH_REMATCH[2]}" -eq 0 ] || sed "s/^FAILED: /FAILED: $what: /; \$d" "$home/judge.out"
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

check 'the judges are formatted' test -z "$(gofmt -l "$root/tests/judges")"
judge vectors vectors
"$judges/judge" keys >"$home/outside"

start_reference() { # [options]
	: >"$home/reference.ready"
	"$judges/reference" -dir "$home/reference" -outside "$home/outside" -size 66000 "$@" >"$home/reference.ready" 2>"$home/reference.log" &
	pid[reference]=$!
	await 20 grep -q '^ready ' "$home/reference.ready" || return 1
	at=http://$(address reference http)
	witness=$(key "$home/reference/card" witness) mirror=$(key "$home/reference/card" mirror) log=$(key "$home/reference/card" log)
}

check 'the reference starts' start_reference
judge 'reference, log' log -base "$at/log" -log "$log"
judge 'reference, witness' witness -base "$at" -witness "$witness"
judge 'reference, mirror' mirror -base "$at" -witness "$witness" -mirror "$mirror"
judge 'reference, before' grow -base "$at" -witness "$witness" -mirror "$mirror" -size 300 -state "$home/state"
stop_node reference KILL
check 'the reference starts again' start_reference
judge 'reference, after' recalls -base "$at" -witness "$witness" -mirror "$mirror" -state "$home/state"
stop_node reference

notices() { # judge fault
	rm -rf "$home/reference" "$home/state"
	start_reference -size 600 -fault "$2" || return 1
	case $1 in
	log) fails log -base "$at/log" -log "$log" ;;
	witness) fails witness -base "$at" -witness "$witness" ;;
	mirror) fails mirror -base "$at" -witness "$witness" -mirror "$mirror" ;;
	recalls)
		"$judges/judge" grow -base "$at" -witness "$witness" -mirror "$mirror" -size 300 -state "$home/state" || return 1
		stop_node reference KILL
		start_reference -size 600 -fault "$2" || return 1
		fails recalls -base "$at" -witness "$witness" -mirror "$mirror" -state "$home/state"
		;;
	*) false ;;
	esac
}
while read -r who fault; do
	check "a server that is wrong is noticed: $fault" notices "$who" "$fault"
	stop_node reference KILL
done < <("$judges/reference" -faults)
