#!/bin/bash
# No fork by accident: a copied folder, a database put back by hand, a backup restored.  In none of them may a peer ever
# hold evidence, and each refusal says what to do.
. "$(dirname "$0")/lib.bash"

import() { # name first count
	made_records "$2" "$3" >"$home/$1.ndjson"
	normlink import "$home/$1" "$home/$1.ndjson" --quiet
}
closed() { # name reason ("null": open)
	local word=$2
	[ "$word" = null ] || word="\"$word\""
	normlink status "$home/$1" --json | grep -q "\"closed\":$word,"
}
over() { # name count: holds more of alice's log
	[ "$(held "$1" alice.example/log)" -gt "$2" ]
}
no_fork() { # names...
	local name
	for name in "$@"; do
		if ! normlink status "$home/$name" --json >"$home/nofork" || grep -q '"frozen":true' "$home/nofork" ||
			! grep -q '"forks":0' "$home/nofork"; then
			echo "$name holds evidence"
			return 1
		fi
	done
}

check 'init alice' make_node alice
check 'init bob' make_node bob
check 'serve alice' start_node alice
check 'serve bob' start_node bob
check 'alice keeps her port' same_port alice
check 'bob keeps his' same_port bob
check 'they trust each other' join_nodes alice bob
check 'alice publishes' import alice 0 300
check 'bob follows' await 20 holds bob alice.example/log 300

# ---- a copied folder beside the original --------------------------------------------------------------------------

cp -a "$home/alice" "$home/twin"
sed -i 's/^peer-listen: .*/peer-listen: 127.0.0.1:0/' "$home/twin/node.conf"
rm -f "$home/twin/socket" "$home/twin/lock" "$home/twin/addresses"
check 'the copy serves' start_node twin
check 'and says that it is one' closed twin moved
check 'its status says what to do' answers 0 'normlink resume DIR' normlink status "$home/twin"
made_records 9000 10 >"$home/more.ndjson"
check 'it publishes nothing' answers 1 'normlink resume DIR' normlink import "$home/twin" "$home/more.ndjson" --quiet
check 'it can be searched' answers 0 'ISO 100001:2020' normlink search "$home/twin" n1
check 'it is not ready' answers 22 '' curl -fsS "http://$(address twin http)/readyz"
check 'its metric says why' answers 0 'log_closed{reason="moved"} 1' curl -fsS "http://$(address twin http)/metrics"
check 'the original goes on' import alice 300 100
check 'and bob with it' await 20 holds bob alice.example/log 400
check 'no fork beside a copy' no_fork alice bob twin
check 'the copy stops' stop_node twin
check 'stopped, it refuses too' answers 1 'normlink resume DIR' normlink import "$home/twin" "$home/more.ndjson" --quiet

# ---- the database put back to an older copy -----------------------------------------------------------------------

check 'alice stops' stop_node alice
mkdir "$home/old" && cp "$home/alice"/normlink.db* "$home/old/"
check 'alice serves again' start_node alice
check 'an ordinary start is open' await 20 closed alice null
check 'she publishes' import alice 400 500
check 'bob follows her' await 20 holds bob alice.example/log 900
check 'bob stops' stop_node bob
check 'alice stops again' stop_node alice
rm -f "$home/alice"/normlink.db* && cp "$home/old"/normlink.db* "$home/alice/"
check 'stopped, nothing is signed over what is lost' answers 1 'older than what was signed here (400 of 900)' \
	import alice 9000 10
check 'alice serves an older database' start_node alice
check 'and says so' closed alice older
check 'she refuses' answers 1 'older' import alice 9000 10
check 'a word does not help' answers 1 'older' normlink resume "$home/alice"
check 'bob comes back' start_node bob
check 'and gives her what she lost' await 30 holds alice alice.example/log 900
check 'her log opens' await 30 closed alice null
check 'she publishes after that' import alice 900 10
check 'bob has it all' await 20 holds bob alice.example/log 910
check 'no fork after an older database' no_fork alice bob

# ---- backup beside an import, everything lost, restored -----------------------------------------------------------

made_records 1000 6000 >"$home/big.ndjson"
normlink import "$home/alice" "$home/big.ndjson" --quiet >"$home/big.out" 2>&1 &
importing=$!
check 'the import is under way' await 20 over alice 910
check 'backup beside it' answers 0 'head of [0-9]* entries' normlink backup "$home/alice" "$home/backup" --quiet
check 'the import was not hurt' wait $importing
check 'a second backup needs another place' answers 1 'not empty' normlink backup "$home/alice" "$home/backup"
check 'the backup is its owner'\''s alone' test "$(stat -c %a "$home/backup" "$home/backup/keys/log.key" "$home/backup/normlink.db" | xargs)" = '700 600 600'
check 'the backup as it is signs nothing' answers 1 'normlink resume DIR' normlink import "$home/backup" "$home/more.ndjson" --quiet
check 'bob has all of it' await 60 holds bob alice.example/log 6910
check 'bob stops once more' stop_node bob
stop_node alice KILL
rm -rf "$home/alice"

cp -a "$home/backup" "$home/damaged"
at=$(grep -abo 'alice.example/log' "$home/damaged/normlink.db" | head -n 1 | cut -d: -f1)
printf 'X' | dd of="$home/damaged/normlink.db" bs=1 seek="$at" conv=notrunc 2>/dev/null
check 'a damaged backup is refused' sh -c "! '$NORMLINK' restore '$home/damaged' '$home/alice' --quiet"
check 'and leaves nothing' test ! -e "$home/alice"
check 'the whole one is restored' answers 0 'checked whole' normlink restore "$home/backup" "$home/alice" --quiet
check 'not over a folder that is there' answers 1 'not touched' normlink restore "$home/backup" "$home/alice"
check 'it serves' start_node alice
check 'it says that it was restored' closed alice restored
check 'strangers see nothing yet' answers 22 '503' curl -fsS "http://$(address alice http)/api/v1/search"
check 'not ready either' answers 22 '503' curl -fsS "http://$(address alice http)/readyz"
check 'but alive' answers 0 '' curl -fsS "http://$(address alice http)/healthz"
check 'the operator sees what it waits for' answers 0 '0 of 1 spoke, 1 must' normlink status "$home/alice"
check 'nothing is signed before peers were asked' answers 1 'restored from a backup' import alice 9000 10
check 'bob is asked' start_node bob
check 'and gives back the rest' await 60 holds alice alice.example/log 6910
check 'the log opens' await 30 closed alice null
check 'strangers may ask' answers 0 'ISO 100001:2020' curl -fsS "http://$(address alice http)/api/v1/search?q=n1"
check 'alice publishes' import alice 9000 10
check 'bob follows to the end' await 20 holds bob alice.example/log 6920
check 'no fork after a restore' no_fork alice bob

# ---- the copy that was vouched for, while the good one still runs: told, and no fork ------------------------------

check 'a wrong word is given' answers 0 'resumed' normlink resume "$home/twin"
check 'alice stops for a while' stop_node alice
check 'the twin serves, and takes back what it lacks' start_node twin
check 'all of it' await 60 holds twin alice.example/log 6920
check 'it opens' await 30 closed twin null
check 'it publishes' import twin 9500 5
check 'bob follows the twin' await 20 holds bob alice.example/log 6925
check 'the twin stops' stop_node twin
check 'alice is back' start_node alice
check 'she is told that somebody signed with her key' await 30 closed alice twice
check 'she refuses, and says why' answers 1 'bob has 6925 entries of this log, 6920 are here' import alice 9600 5
check 'no fork still' no_fork alice bob
check 'the twin is gone, she is vouched for' answers 0 'resumed' normlink resume "$home/alice"
check 'she takes back what the twin published' await 60 holds alice alice.example/log 6925
check 'and goes on' await 30 closed alice null
check 'publishing' import alice 9600 5
check 'bob has all' await 20 holds bob alice.example/log 6930
check 'no fork in the end' no_fork alice bob

check 'alice stops in order' stop_node alice
check 'bob stops in order' stop_node bob
check 'fsck alice' normlink fsck "$home/alice" --quiet
check 'fsck bob' normlink fsck "$home/bob" --quiet
