#!/bin/bash
# A node without a network: anna and bert replicate, cleo gets anna's log from bert by file alone, whole and then what
# came since; what is found at cleo proves itself under bert's policy.
. "$(dirname "$0")/lib.bash"

check 'init' make_node anna
check 'init' make_node bert
check 'init' make_node cleo
# Cards of stopped nodes have no address: cleo dials nobody, and nobody knows cleo.
normlink card "$home/anna" >"$home/anna.island" 2>/dev/null
normlink card "$home/bert" >"$home/bert.island" 2>/dev/null
check 'cleo knows both' normlink peer add "$home/cleo" "$home/anna.island"
check 'cleo knows both' normlink peer add "$home/cleo" "$home/bert.island"
check 'anna serves' start_node anna
check 'bert serves' start_node bert
check 'they trust each other' join_nodes anna bert
made_records 0 600 >"$home/first.ndjson"
check 'anna publishes' normlink import "$home/anna" "$home/first.ndjson" --quiet
check 'bert has it' await 30 holds bert anna.example/log 600
cosigned() { normlink proof "$home/$1" 'ISO 100000:2020' 2>/dev/null | grep -q bert.example/witness; }
check 'and has cosigned it' await 30 cosigned bert

normlink policy "$home/bert" >"$home/policy"
check 'bert exports while it runs' normlink export "$home/bert" --output "$home/all.bundle"
check 'the file proves itself' answers 0 'cosigned by *bert' normlink verify --policy "$home/policy" "$home/all.bundle"
check 'cleo serves' start_node cleo
check 'cleo takes it while it runs' answers 0 '600 entries more, 600 in all' normlink ingest "$home/cleo" "$home/all.bundle"
check 'and holds it' holds cleo anna.example/log 600
check 'what is in it is found there' answers 0 'ISO 100599' normlink search "$home/cleo" n599
normlink proof "$home/cleo" 'ISO 100599:2020' >"$home/found.tlog-proof"
check 'with its proof' answers 0 'cosigned by *bert' normlink verify --policy "$home/policy" "$home/found.tlog-proof"
check 'a proof through a pipe' answers 0 'cosigned by *bert' normlink verify --policy "$home/policy" <(cat "$home/found.tlog-proof")
check 'a bundle through a pipe' bash -c "'$NORMLINK' verify --policy '$home/policy' - <'$home/all.bundle' | grep -q 'cosigned by *bert'"
check 'cleo has cosigned too' grep -q cleo.example/witness "$home/found.tlog-proof"
check 'again: nothing new' answers 0 'nothing new' normlink ingest "$home/cleo" "$home/all.bundle"
stop_node cleo

made_records 600 300 >"$home/second.ndjson"
check 'anna goes on' normlink import "$home/anna" "$home/second.ndjson" --quiet
check 'bert follows' await 30 holds bert anna.example/log 900
whole() { normlink export "$home/bert" --origin anna.example/log --since 900 >/dev/null 2>&1; }
check 'with the whole head' await 30 whole
check 'what came since' sh -c "'$NORMLINK' export '$home/bert' --origin anna.example/log --since 600 --quiet >'$home/delta.bundle'"
cp "$home/delta.bundle" "$home/bad.bundle"
printf 'X' | dd of="$home/bad.bundle" bs=1 seek=20000 conv=notrunc status=none
check 'an altered file changes nothing' sh -c "! '$NORMLINK' ingest '$home/cleo' '$home/bad.bundle'"
head -c 20000 "$home/delta.bundle" >"$home/cut.bundle"
check 'one cut short changes nothing' answers 3 'Nothing was changed' normlink ingest "$home/cleo" "$home/cut.bundle"
check 'cleo holds what it held' holds cleo anna.example/log 600
check 'the delta, by a stopped node' answers 0 '300 entries more, 900 in all' normlink ingest "$home/cleo" "$home/delta.bundle"
check 'is found' answers 0 'ISO 100899' normlink search "$home/cleo" n899
check 'the older file changes nothing' answers 0 'nothing new' normlink ingest "$home/cleo" "$home/all.bundle"
check 'fsck' normlink fsck "$home/cleo" --quiet

check 'a node that begins too late' make_node dora
check 'knows both' normlink peer add "$home/dora" "$home/anna.island"
check 'a stranger is refused' answers 1 'stranger' normlink ingest "$home/dora" "$home/all.bundle"
check 'knows both' normlink peer add "$home/dora" "$home/bert.island"
check 'is told what to ask for' answers 1 'export DIR --origin anna.example/log' normlink ingest "$home/dora" "$home/delta.bundle"

# A large one, and a node that is killed while it takes it.
made_records 900 20000 >"$home/third.ndjson"
check 'anna publishes more' normlink import "$home/anna" "$home/third.ndjson" --quiet
check 'export' normlink export "$home/anna" --output "$home/large.bundle" --quiet
check 'dora serves' start_node dora
normlink ingest "$home/dora" "$home/large.bundle" --quiet >"$home/ingest.out" 2>&1 &
ingest=$!
some() { [ "$(held dora anna.example/log)" -ge 512 ]; }
check 'some of it is in' await 60 some
stop_node dora KILL 2>/dev/null
wait $ingest
check 'what was taken is whole' normlink fsck "$home/dora" --quiet
check 'the rest goes in' answers 0 '20900' normlink ingest "$home/dora" "$home/large.bundle"
check 'and is found' answers 0 'ISO 120899' normlink search "$home/dora" n20899
check 'fsck' normlink fsck "$home/dora" --quiet
stop_node anna
stop_node bert
view() { normlink reindex "$home/$1" --quiet | sed 's/.*: //'; }
check 'the same log gives the same view' normlink ingest "$home/bert" "$home/large.bundle" --quiet
check 'the same log gives the same view' test "$(view bert)" = "$(view dora)"
