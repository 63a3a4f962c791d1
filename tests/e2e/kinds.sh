#!/bin/bash
# Every kind of record through a real node and to its peer: imported from lines, found by kind, shown as a person reads it,
# taken back; and who a person is stays with those who may know.
. "$(dirname "$0")/lib.bash"

kinds='standard project adoption indicator comparison recognition translation patent citation declaration review feedback
deposit body notice'

lines() { # kind: its good records, one a line
	sed -n 's/,$//; /^{/p' "$root/tests/vectors/good/$1.json"
}
shows() { # text arguments...
	local text=$1
	shift
	answers 0 "$text" normlink show "$@"
}
told() { # node reference: what it says, but for who has cosigned
	normlink show "$home/$1" "$2" | grep -v 'cosigned by\|^as of\|^ *[a-z]*\.example/\(witness\|mirror\)'
}
same_answers() {
	local reference
	for reference in 'GB 4706.1-2024' 'GB 12021.2-2015' 'ISO 1302:2002' SAC; do
		diff <(told sac "$reference") <(told iso "$reference") || return 1
	done
}

for kind in $kinds; do lines "$kind"; done >"$home/all.ndjson"
count=$(wc -l <"$home/all.ndjson")
for node in sac iso; do
	check "init $node" make_node $node
	check "serve $node" start_node $node
done
check 'they trust each other' join_nodes sac iso

# ---- in ----
check 'all but the personal part is taken in' answers 0 "added  *$((count - 1)) " normlink import "$home/sac" "$home/all.ndjson"
check 'and why not that' answers 0 'personal: the personal part of feedback is not for the public' normlink import "$home/sac" "$home/all.ndjson"
check 'again: nothing changes' answers 0 "unchanged  *$((count - 1)) " normlink import "$home/sac" "$home/all.ndjson"
grep '#personal' "$home/all.ndjson" >"$home/personal.ndjson"
check 'into its collection' answers 0 'added  *1 ' normlink import "$home/sac" "$home/personal.ndjson" --collection handlers

# ---- found and shown ----
for kind in $kinds; do
	check "search --kind $kind" answers 0 'found' normlink search "$home/sac" --kind "$kind"
	subject=$(lines "$kind" | tail -n 1 | sed 's/.*"subject": "\([^"]*\)".*/\1/')
	check "show $subject" shows "$subject" "$home/sac" "$subject"
	check "show $subject --kind $kind" shows "$subject" "$home/sac" "$subject" --kind "$kind"
done
check 'a standard, and what else is said about it' shows '^adoption (1)$' "$home/sac" 'GB4706.1-2024'
check 'its own record first' sh -c "'$NORMLINK' show '$home/sac' 'GB 4706.1-2024' | head -n 1 | grep -qx 'GB 4706.1-2024'"
check 'a range as a person reads it' shows '>= 0.008, < 1e2 um' "$home/sac" 'ISO 1302:2002#Ra'
check 'an enterprise by its name' answers 0 'Q-2026-0331-0007' normlink search "$home/sac" kettles
check 'no such kind' answers 2 'is not a kind of record: standard, project' normlink search "$home/sac" --kind tale

# ---- taken back ----
lines retraction >"$home/retraction.ndjson"
check 'a retraction of what was not said yet' answers 0 'added  *2 ' normlink import "$home/sac" "$home/retraction.ndjson"
check 'it is shown as one' shows 'RETRACTED  *the patent lapsed' "$home/sac" ISO-PD-2021-117
check 'and not found' answers 1 'nothing found' normlink search "$home/sac" SAMR-2026-ALERT-2

# ---- at the peer ----
check 'the peer has it all' await 30 normlink show "$home/iso" ISO-PD-2021-117
check 'and answers alike' same_answers
check 'but who it was' sh -c "! '$NORMLINK' show '$home/iso' FB-2026-000117 | grep -q '#personal'"
check 'not on the page of its own node either' sh -c "! curl -sS 'http://$(address sac http)/api/v1/records/FB-2026-000117' | grep -q 'wang@'"

# ---- whole ----
for node in sac iso; do
	check "stop $node" stop_node $node
	check "fsck $node" normlink fsck "$home/$node"
done
