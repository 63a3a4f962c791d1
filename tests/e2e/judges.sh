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

# ---- normlink: its own log, cosigned by a peer -------------------------------------------------------------------------

checkpoint_has() { # url size text...: the checkpoint served there has this size and these texts
	local url=$1 size=$2 text
	shift 2
	curl -fsS "$url/checkpoint" >"$home/checkpoint" && [ "$(sed -n 2p "$home/checkpoint")" = "$size" ] || return 1
	for text in "$@"; do grep -q "^— $text " "$home/checkpoint" || return 1; done
}
prove() { # file reference
	normlink proof "$home/alice" "$2" --output "$home/$1.tlog-proof"
}
urls() { alice=http://$(address alice http) bob=http://$(address bob http); }

check 'init alice' make_node alice
check 'init bob' make_node bob
normlink card "$home/alice" >"$home/alice.card" 2>/dev/null
own=$(key "$home/alice.card" log)
check 'alice serves' start_node alice
check 'bob serves' start_node bob
check 'they trust each other' join_nodes alice bob
urls
made_records 0 600 >"$home/r.ndjson"
check 'alice publishes' normlink import "$home/alice" "$home/r.ndjson" --quiet
cosigners=(bob.example/witness bob.example/mirror)
check 'bob cosigns, twice' await 30 checkpoint_has "$alice/log" 600 "${cosigners[@]}"
cosigned=(-cosigner "$(key "$home/bob.card" witness)" -cosigner "$(key "$home/bob.card" mirror)")
judge 'alice, log' log -base "$alice/log" -log "$own" "${cosigned[@]}" -remember "$home/seen"
judge 'alice, log, altered' flips-log -base "$alice/log" -log "$own" "${cosigned[@]}"

check 'whose signatures count' sh -c "'$NORMLINK' policy '$home/alice' --quorum all >'$home/policy'"
cat >"$home/strict" <<POLICY
log $own
witness bob $(key "$home/bob.card" witness)
witness bob/mirror $(key "$home/bob.card" mirror)
group everybody all bob bob/mirror
quorum everybody
POLICY
check 'a proof of the first' prove first 'ISO 100000:2020'
check 'a proof of one between' prove between 'ISO 100300:2020'
check 'a proof of the last' prove last 'ISO 100599:2020'
judge 'alice, proofs' proof -base "$alice/log" -policy "$home/policy" "$home"/*.tlog-proof
judge 'alice, proofs, everybody' proof -base "$alice/log" -policy "$home/strict" "$home"/*.tlog-proof
judge 'alice, proof, altered' flips-proof -base "$alice/log" -policy "$home/strict" "$home/between.tlog-proof"
judge 'alice, proof, altered, her own verifier' flips-verify -program "$NORMLINK" -policy "$home/strict" "$home/between.tlog-proof"

theirs=$(key "$home/bob.card" log) mirrored=$alice/mirror/$(printf %s bob.example/log | sha256sum | cut -d ' ' -f 1)
last=0
for size in 1 255 256 257 512; do
	made_records $((700000 + last)) $((size - last)) >"$home/r.ndjson"
	last=$size
	check "bob publishes, $size" normlink import "$home/bob" "$home/r.ndjson" --quiet
	check "alice mirrors $size" await 30 checkpoint_has "$mirrored" "$size" alice.example/mirror
	judge "bob, log of $size" log -base "$bob/log" -log "$theirs" -remember "$home/seen.bob"
	judge "alice, mirror of bob's $size" log -base "$mirrored" -log "$theirs" -cosigner "$(key "$home/alice.card" mirror)" \
		-remember "$home/seen.mirror"
done

made_records 600 65400 >"$home/r.ndjson"
check 'alice publishes more' normlink import "$home/alice" "$home/r.ndjson" --quiet
check 'bob cosigns again' await 60 checkpoint_has "$alice/log" 66000 "${cosigners[@]}"
judge 'alice, grown log' log -base "$alice/log" -log "$own" "${cosigned[@]}" -remember "$home/seen"
check 'a proof in the large tree' prove large 'ISO 165900:2020'
check 'a new proof of the first' prove again 'ISO 100000:2020'
judge 'alice, old and new proofs' proof -base "$alice/log" -policy "$home/strict" "$home"/*.tlog-proof
mirrored=$bob/mirror/$(printf %s alice.example/log | sha256sum | cut -d ' ' -f 1)
check 'bob mirrors it' await 60 checkpoint_has "$mirrored" 66000 bob.example/mirror
judge 'bob, mirror of alice' log -base "$mirrored" -log "$own" -cosigner "$(key "$home/bob.card" mirror)"
check 'alice stops in order' stop_node alice
check 'fsck alice' normlink fsck "$home/alice"
