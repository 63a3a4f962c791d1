#!/bin/bash
# What is new, as it comes: watched at a node while a peer publishes, over restarts of both, to the last record and with
# proofs that hold; streams that nobody reads; and a node that lost its place.
. "$(dirname "$0")/lib.bash"

watch() { # name, what follows: a watcher in the background, in files by its name
	local name=$1
	shift
	"$NORMLINK" watch "$@" >"$home/$name.out" 2>"$home/$name.err" &
	pid[$name]=$!
}
shown() { # name count
	[ "$(grep -c '^\(added\|revised\)  ' "$home/$1.out")" -ge "$2" ]
}
shown_once() { # name count: so many records, each at least once, none twice but what a lost connection may repeat
	[ "$(grep '^\(added\|revised\)  ' "$home/$1.out" | sort -u | wc -l)" = "$2" ]
}

check 'init a' make_node a
check 'init b' make_node b
check 'a serves' start_node a
check 'a keeps its port' same_port a
check 'they trust each other' join_nodes a b
check 'b serves' start_node b
mkdir "$home/proofs"
watch all "$home/b" --since start --proofs "$home/proofs" --state "$home/all.state"
watch some "http://$(address b http)" n7 --since start --json
check 'the watchers have begun' await 20 test -s "$home/all.state"
made_records 0 300 >"$home/r.ndjson"
check 'a publishes' normlink import "$home/a" "$home/r.ndjson" --quiet
check 'everything is shown at b' await 30 shown all 300
check 'a word chooses' await 10 grep -q '"subject":"ISO 100007:2020"' "$home/some.out"
check 'and nothing else comes' test "$(wc -l <"$home/some.out")" = 1
check 'each with a proof' test "$(ls "$home/proofs" | wc -l)" = 300
normlink policy "$home/b" >"$home/policy"
proofs_hold() { for f in "$home"/proofs/*7-ISO*; do normlink verify --policy "$home/policy" "$f" || return 1; done; }
check 'proofs hold' proofs_hold

check 'b is killed' sh -c "kill -KILL ${pid[b]}"
stop_node b KILL
made_records 300 300 >"$home/r.ndjson"
check 'a goes on' normlink import "$home/a" "$home/r.ndjson" --quiet
sed -i "s/^http-listen: .*/http-listen: $(address b http)/" "$home/b/node.conf"
check 'b is back' start_node b
check 'the rest is shown' await 60 shown all 600
check 'nothing was missed' shown_once all 600
stop_node all
made_records 600 100 >"$home/r.ndjson"
check 'a publishes while nobody watches' normlink import "$home/a" "$home/r.ndjson" --quiet
check 'b has it' await 30 holds b a.example/log 700
again() { normlink watch "$home/b" --state "$home/all.state" --once >"$home/again.out" && grep -c '^added' "$home/again.out" | grep -qx 100; }
check 'a saved search goes on' again
check 'and is up to date then' sh -c "test -z \"\$('$NORMLINK' watch '$home/b' --state '$home/all.state' --once)\""
check 'another search by that file is refused' answers 2 'holds another search' normlink watch "$home/b" words --state "$home/all.state" --once

# Server-Sent Events by hand: Last-Event-ID, and a stranger's cursor.
events() { curl -sN --max-time "$1" -H 'Accept: text/event-stream' "${@:2}" "http://$(address b http)/api/v1/changes?proof=link" || :; }
events 3 >"$home/first" 2>&1
check 'a stream gives everything' test "$(grep -c '^event: added' "$home/first")" = 700
last=$(grep -B1 '^event: added' "$home/first" | grep '^id: ' | sed -n 650p | cut -c5-)
events 3 -H "Last-Event-ID: $last" >"$home/second" 2>&1
check 'and goes on from an id' test "$(grep -c '^event: added' "$home/second")" = 50
check 'a stranger'"'"'s cursor is refused' sh -c "curl -s 'http://$(address b http)/api/v1/changes?since=1.1.ffffffff' | grep -q 'go on by heads'"
sed -i 's/^cursor .*/cursor 1.1.ffffffff/' "$home/all.state"
made_records 700 5 >"$home/r.ndjson"
check 'five more' normlink import "$home/a" "$home/r.ndjson" --quiet
check 'b has them' await 30 holds b a.example/log 705
lost() { normlink watch "$home/b" --state "$home/all.state" --once >"$home/lost.out" 2>"$home/lost.err" && grep -c '^added' "$home/lost.out" | grep -qx 5; }
check 'a lost place is found by the heads' lost
check 'and that is said' grep -q 'lost its place' "$home/lost.err"

# Streams that nobody reads take places, not memory, and are given back.
check 'b is stopped while streams are open' stop_node b
check 'the stopped folder answers once' answers 0 '^added' normlink watch "$home/b" --since start --once
check 'and does not pretend to follow' answers 5 'nobody serves' normlink watch "$home/b" --since start
