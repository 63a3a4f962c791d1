#!/bin/bash
# What is current in a log, and what is not in it, shown offline; and a log that says something false about that.
. "$(dirname "$0")/lib.bash"
log=sac.example/log

record() { # subject title
	printf '{"kind":"standard","subject":"%s","texts":[{"role":"title","lang":"en","value":"%s"}],"standard":{"status":"current"}}\n' "$1" "$2"
}
publish() { # lines...
	printf '%s\n' "$@" >"$home/new.ndjson"
	normlink import "$home/sac" "$home/new.ndjson"
}
current() { # node reference file
	normlink proof "$home/$1" "$2" --origin $log --current >"$home/$3"
}
verify() { normlink verify --policy "$home/policy" "$@"; }
found() { # node text
	normlink status "$home/$1" | grep -q "$log  *$2"
}

check 'init sac' make_node sac
check 'init iso' make_node iso
check 'serve sac' start_node sac
check 'serve iso' start_node iso
check 'they meet' join_nodes sac iso
check 'sac publishes' publish "$(record 'GB/T 1-2020' 'First edition')" "$(record 'GB/T 2-2020' 'Another')" "$(record 'GB/T 3-2020' 'A third')"
check 'nothing is said about what is current' answers 1 'has not said yet' normlink proof "$home/sac" 'GB/T 1-2020' --current
check 'now it is' answers 0 'entry 3 says what is current: 3 subjects' normlink index "$home/sac"
check 'once' answers 0 'said already' normlink index "$home/sac"
check 'iso has it' await 20 holds iso $log 4
check 'and has found the same' await 20 found iso '3 subjects as of entry 3: that is what its entries give'
normlink policy "$home/iso" --quorum none >"$home/policy"

# From the mirror, checked with a policy alone.
check 'a proof that it is the newest' await 20 current iso 'GB/T 1-2020' first
check 'holds' answers 0 'GB/T 1-2020 (standard): entry 0 is the newest' verify "$home/first"
check 'as of' answers 0 'as of        3 entries, 3 subjects: index root at entry 3' verify "$home/first"
check 'for programs' answers 0 '"present":true,"as_of_size":3,.*"later_entries":0' verify --json "$home/first"
check 'a proof that there is none' current iso 'GB/T 9-2020' none
check 'holds, too' answers 0 'nothing is said about GB/T 9-2020 (standard)' verify "$home/none"
check 'of another kind likewise' answers 0 'nothing is said about GB/T 1-2020 (adoption)' \
	sh -c "'$NORMLINK' proof '$home/iso' 'GB/T 1-2020' --kind adoption --origin $log --current | '$NORMLINK' verify --policy '$home/policy' -"
check 'over HTTP' answers 0 '^normlink current v1' curl -fsS "http://$(address iso http)/api/v1/records/GB%2FT%201-2020/proof?current=1&origin=$log"

# Nothing near it holds: each line left out or doubled, bytes changed here and there.
forged() {
	local lines n
	lines=$(wc -l <"$home/first")
	for n in $(seq 1 "$lines"); do
		sed "${n}d" "$home/first" >"$home/forged"
		! verify "$home/forged" || return 1
	done
	for n in $(seq 30 97 "$(wc -c <"$home/first")"); do
		{ head -c "$n" "$home/first"; printf '#'; tail -c "+$((n + 2))" "$home/first"; } >"$home/forged"
		! verify "$home/forged" || return 1
	done
}
check 'nothing near it does' forged
sed 's/^subject .*/subject GB\/T 2-2020/' "$home/first" >"$home/forged"
check 'nor about another' answers 1 'not verified: way' verify "$home/forged"
sed 's/^subject .*/subject GB\/T 2-2020/' "$home/none" >"$home/forged"
check 'what is there cannot be denied' answers 1 'not verified: way' verify "$home/forged"

# A new revision.
check 'a revision' publish "$(record 'GB/T 1-2020' 'First edition, corrected')"
check 'the proof is of the root before it' current sac 'GB/T 1-2020' before
check 'and says how much came since' answers 0 '1 entries came after the index root' verify "$home/before"
check 'the next root' answers 0 'entry 5 says what is current: 3 subjects' normlink index "$home/sac"
check 'iso has that' await 20 found iso '3 subjects as of entry 5: that is what its entries give'
check 'the newest is another' await 20 current iso 'GB/T 1-2020' second
check 'and holds' answers 0 'entry 4 is the newest' verify "$home/second"
{ sed -n '1,/^statement/p' "$home/first" | sed '$d'; sed -n '/^statement/,$p' "$home/second"; } >"$home/forged"
check 'by the newer root the old one does not' answers 1 'not verified' verify "$home/forged"

# What is redacted.
check 'it is redacted' normlink redact "$home/sac" '#4' --reason 'wrong' --basis 'order 1' --yes
check 'nothing is proved by what is gone' answers 1 'was redacted since' normlink proof "$home/sac" 'GB/T 1-2020' --current
check 'until the next root' answers 0 'says what is current: 4 subjects' normlink index "$home/sac"
check 'then the one before it is the newest' await 20 current iso 'GB/T 1-2020' third
check 'so it is' await 20 found iso '4 subjects as of entry 7: that is what its entries give'
check 'again' await 20 sh -c "'$NORMLINK' proof '$home/iso' 'GB/T 1-2020' --origin $log --current | '$NORMLINK' verify --policy '$home/policy' - | grep -q 'entry 0 is the newest'"

# Somebody makes sac pass over a revision.
check 'sac stops' stop_node sac
check 'its map is changed' sqlite3 "$home/sac/normlink.db" 'UPDATE index_map SET size = size + 2 WHERE slot = (SELECT slot FROM origin WHERE own = 1)'
check 'a revision and another record' publish "$(record 'GB/T 2-2020' 'Another, corrected')" "$(record 'GB/T 4-2020' 'A fourth')"
check 'a root that knows one of them' answers 0 'entry 10 says what is current' normlink index "$home/sac"
check 'sac is back' start_node sac
check 'iso finds that it is false' await 20 found iso '.*as of entry 10: THAT IS NOT WHAT ITS ENTRIES GIVE'
check 'and says so' answers 0 '"index":10,"found":"differs"' curl -fsS "http://$(address iso http)/api/v1/index"
check 'every answer is marked' answers 0 '"index_root":"differs"' curl -fsS "http://$(address iso http)/api/v1/search?q=another"
check 'for people, too' answers 0 'ITS INDEX ROOT IS FALSE' normlink search "$home/iso" another
check 'in the metrics, too' answers 0 'normlink_index_mismatch{origin="sac.example/log"} 1' curl -fsS "http://$(address iso http)/metrics"
check 'nothing is proved by it there' answers 1 'is not what its entries give' normlink proof "$home/iso" 'GB/T 2-2020' --origin $log --current
check 'the statement can be proved like any entry' answers 0 'current' sh -c \
	"curl -fsS 'http://$(address iso http)/api/v1/entries/10/proof?origin=$log' | '$NORMLINK' verify --policy '$home/policy' -"

# The evidence of it: found, listed, fetched, checked offline by somebody who has the log.
evidence() { # node file [options]
	local node=$1 file=$2
	shift 2
	normlink evidence "$home/$node" $log "$@" >"$home/$file"
}
check 'iso told its operator' grep -q "level=error event=index_root_false origin=$log entry=10 " "$home/iso.log"
check 'status says where to look' answers 0 'normlink evidence shows it' normlink status "$home/iso"
check 'it is listed' answers 0 "$log  SIGNED A FALSE INDEX ROOT" normlink evidence "$home/iso"
check 'with what it says' answers 0 'entry 10 says 5 subjects' normlink evidence "$home/iso"
check 'for programs, too' answers 0 '"frozen":false,"files":\[\],"index_roots":\[{"index":10,"said":{"keys":5' \
	curl -fsS "http://$(address iso http)/api/v1/evidence"
check 'and linked from what was found' answers 0 '"evidence":"/api/v1/evidence/sac.example%2Flog?index=10"' \
	curl -fsS "http://$(address iso http)/api/v1/index"
check 'it is a file' evidence iso false.evidence
check 'by its entry as well' evidence iso same.evidence --index 10
check 'the same one' cmp "$home/false.evidence" "$home/same.evidence"
check 'of a root that is true there is none' answers 1 'no index root at that entry is known to be false' evidence iso none.evidence --index 7
check 'alone it shows what was signed' answers 0 'has signed this index root' verify "$home/false.evidence"
check 'for programs likewise' answers 0 '"index_root":"not recomputed","said":{"keys":5' verify --json "$home/false.evidence"
check 'the log as a file' normlink export "$home/iso" --origin $log --output "$home/log.bundle"
check 'with it the claim is false' answers 0 'has signed a FALSE index root' verify --log "$home/log.bundle" "$home/false.evidence"
check 'so it is for programs' answers 0 '"index_root":"false"' verify --json --log "$home/log.bundle" "$home/false.evidence"
check 'and with the folder of a node' answers 0 'has signed a FALSE index root' verify --log "$home/iso" "$home/false.evidence"
check 'even that of who said it' answers 0 'has signed a FALSE index root' verify --log "$home/sac" - <"$home/false.evidence"
check 'a part of the log is not enough' normlink export "$home/iso" --origin $log --since 3 --output "$home/part.bundle"
check 'and that is told' answers 1 'not verified: log: .*begins after the first 3 entries' verify --log "$home/part.bundle" "$home/false.evidence"
record 'ISO 1:2020' 'Its own' >"$home/own.ndjson"
check 'iso has a log, too' normlink import "$home/iso" "$home/own.ndjson"
check 'nor is another log' normlink export "$home/iso" --origin iso.example/log --output "$home/other.bundle"
check 'and that as well' answers 1 'not verified: log: .* is not in ' verify --log "$home/other.bundle" "$home/false.evidence"
head -c -80 "$home/log.bundle" >"$home/cut.bundle"
check 'nor one that was cut' answers 1 'not verified: log: ' verify --log "$home/cut.bundle" "$home/false.evidence"
check 'a log goes with nothing else' answers 2 'goes with evidence of a false index root' verify --log "$home/log.bundle" "$home/first"

# A true root dressed up: what was found is made up, all else is right.
dress() {
	{ echo 'normlink index evidence v1'
	sed -n 2p "$home/false.evidence"
	sed -n '/^statement/,$p' "$home/third" | sed '1d' | sed '/^entry [0-9]/,$d' | sed '/^— /{/^— sac.example\/log /!d}'; } >"$home/dressed"
}
check 'a true root dressed up' dress
check 'was signed, too' answers 0 'entry 7, about the 7 before it' verify "$home/dressed"
check 'with the log it is refused' answers 1 'not verified: claim: the index root at entry 7 is true' verify --log "$home/log.bundle" "$home/dressed"

# Flipped bytes: all but those of what was found are refused at once, and those with the log.
flipped() {
	local n found
	found=$(head -n 2 "$home/false.evidence" | wc -c)
	for n in $(seq 1 17 "$(wc -c <"$home/false.evidence")"); do
		{ head -c "$n" "$home/false.evidence"; tail -c "+$((n + 1))" "$home/false.evidence" | head -c 1 | tr '\000-\377' '\001-\377\000'
		tail -c "+$((n + 2))" "$home/false.evidence"; } >"$home/forged"
		if [ "$n" -ge "$found" ]; then
			! verify "$home/forged" || return 1
		fi
		! verify --log "$home/log.bundle" "$home/forged" || return 1
	done
}
check 'a flipped byte is refused' flipped
check 'a policy that does not know the log' sh -c "normlink() { '$NORMLINK' \"\$@\"; }; normlink card '$home/iso' | sed -n 's/^log: */log /p' >'$home/stranger'; echo 'quorum none' >>'$home/stranger'"
check 'makes nothing of it' answers 1 'not verified: signature' normlink verify --policy "$home/stranger" "$home/false.evidence"
check 'the log is not frozen' answers 0 '"frozen":false' curl -fsS "http://$(address iso http)/api/v1/status"
check 'sac looks at itself' stop_node sac
check 'its database is not sound' answers 1 'index_map is not what the entries give' normlink fsck "$home/sac"
check 'it is mended' normlink reindex "$home/sac"
check 'and knows what it said' answers 0 'THAT IS NOT WHAT ITS ENTRIES GIVE' normlink status "$home/sac"
check 'the next root is right' answers 0 'entry 11 says' normlink index "$home/sac"
check 'sac is back again' start_node sac
check 'iso finds that, and remembers' await 20 found iso '.*as of entry 11: that is what its entries give; FALSE before, 1 times'
check 'the revision is current' await 20 sh -c "'$NORMLINK' proof '$home/iso' 'GB/T 2-2020' --origin $log --current | '$NORMLINK' verify --policy '$home/policy' - | grep -q 'entry 8 is the newest'"
check 'the evidence is there still, under the newer head' evidence iso later.evidence
check 'and holds' answers 0 'has signed a FALSE index root' verify --log "$home/log.bundle" "$home/later.evidence"
check 'iso stops' stop_node iso
check 'iso is sound, and finds it again' answers 0 'indexes    5 (recomputed), and 1 that' normlink fsck "$home/iso"
check 'and remembers after the view is made anew' sh -c "'$NORMLINK' reindex '$home/iso' && '$NORMLINK' status '$home/iso' | grep -q 'FALSE before'"
check 'so does its evidence' answers 0 'has signed a FALSE index root' sh -c \
	"'$NORMLINK' evidence '$home/iso' $log | '$NORMLINK' verify --policy '$home/policy' --log '$home/iso' -"
