#!/bin/bash
# Keys change while three nodes work: each role, under load, without a restart; a node that was away for the overlap
# catches up; old policies say what is the matter; fsck is clean.
. "$(dirname "$0")/lib.bash"

# What NAME's newest key of ROLE is, as PRINTER prints it: "log", "witness", "mirror", "tls".
newest() { # printer role
	normlink key list "$home/$1" 2>/dev/null | awk -v name="$1" -v role="$2" '$1 == name { here = 1; next } here && $1 == role { print $2; exit }'
}
connected() { # a b: both see the other's link
	normlink status "$home/$1" --json 2>/dev/null | tr '{' '\n' | grep "\"name\":\"$2\"" | grep -q '"state":"connected"'
}
agree() { # count: all three hold so many entries of sac's log
	local name
	for name in sac iso jisc; do holds "$name" sac.example/log "$1" || return 1; done
}
cosigners() { # of sac's head, as sac counts them
	normlink status "$home/sac" --json | tr '{' '\n' | grep '"origin":"sac.example/log"' | sed -n 's/.*"cosignatures":\([0-9]*\).*/\1/p'
}

for name in sac iso jisc; do
	check "init $name" make_node $name
	check "serve $name" start_node $name
done
normlink card "$home/sac" | grep -v '^address' >"$home/first.card"
check 'sac and iso' join_nodes sac iso
check 'sac and jisc' join_nodes sac jisc
check 'iso and jisc' join_nodes iso jisc
made_records 0 20 >"$home/first.ndjson"
check 'records' normlink import "$home/sac" "$home/first.ndjson" --quiet
check 'are everywhere' await 20 agree 20
normlink policy "$home/iso" >"$home/old.policy"
normlink proof "$home/sac" 'ISO 100000:2020' >"$home/old.proof"
check 'a backup' normlink backup "$home/sac" "$home/first.backup"
check 'a proof' await 10 normlink verify --policy "$home/old.policy" "$home/old.proof"

# ---- while everybody is there, under load ----
(for ((i = 0; i < 20; i++)); do
	made_records $((1000 + 50 * i)) 50 >"$home/load.ndjson"
	"$NORMLINK" import "$home/sac" "$home/load.ndjson" --quiet || exit 1
done) >"$home/load.out" 2>&1 &
load=$!
sac_pid=${pid[sac]}
for role in log witness mirror tls; do
	before=$(newest sac $role)
	check "rotate the $role key" answers 0 "the $role key is now" normlink key rotate "$home/sac" $role
	check "it is another one" test -n "$before" -a "$(newest sac $role)" != "$before"
	check "the card has it" grep -qF "$(newest sac $role)" <(normlink card "$home/sac")
done
check 'the load was taken' wait $load
check 'no restart' test "$sac_pid" = "${pid[sac]}" -a -d "/proc/$sac_pid"
check 'all entries are everywhere' await 30 agree 1024
check 'iso knows the new key' await 10 grep -qF "$(newest sac log)" <(normlink policy "$home/iso")
check 'both cosign' await 20 test "$(cosigners)" = 2
check 'an old policy still holds' await 10 bash -c "'$NORMLINK' proof '$home/sac' 'ISO 101000:2020' >'$home/overlap.proof' && '$NORMLINK' verify --policy '$home/old.policy' '$home/overlap.proof'"

# ---- jisc is away, and there is no overlap ----
check 'jisc goes' stop_node jisc
for role in log log witness mirror tls tls; do
	check "rotate the $role key of sac" normlink key rotate "$home/sac" $role --overlap 0
done
check 'and the tls key of iso' normlink key rotate "$home/iso" tls --overlap 0
made_records 5000 600 >"$home/away.ndjson"
check 'more records' normlink import "$home/sac" "$home/away.ndjson" --quiet
check 'iso follows' await 20 holds iso sac.example/log 1630
check 'jisc comes back' start_node jisc
check 'and follows' await 60 holds jisc sac.example/log 1630
check 'it is linked with both' await 60 connected jisc sac
check 'and with iso' await 60 connected jisc iso
check 'its word is fresh' test "$(newest sac tls)" != ''

# ---- a newer card of a peer that is trusted: jisc goes on from it, through the next changes too ----
normlink card "$home/sac" >"$home/newer.card"
check 'a newer card is no new peer' answers 1 'peer add --replace' normlink peer add "$home/jisc" "$home/newer.card"
check 'it takes the place of the old' answers 0 'started again' normlink peer add "$home/jisc" "$home/newer.card" --replace
check 'jisc goes again' stop_node jisc
check 'and serves by it' start_node jisc
check 'it is linked with sac' await 60 connected jisc sac
check 'and tells of the statement' answers 0 'new key' normlink show "$home/jisc" log --kind key

# ---- policies and proofs ----
normlink policy "$home/iso" >"$home/new.policy"
check 'a new proof' await 20 bash -c "'$NORMLINK' proof '$home/sac' 'ISO 105000:2020' >'$home/new.proof' && '$NORMLINK' verify --policy '$home/new.policy' '$home/new.proof'"
check 'an old policy says why not' answers 1 'another key of that log' normlink verify --policy "$home/old.policy" "$home/new.proof"

# ---- a stopped node; bsi waits to be dialed, and knows the tls key from before alone ----
check 'init bsi' make_node bsi
check 'serve bsi' start_node bsi
normlink card "$home/bsi" >"$home/bsi.card"
normlink card "$home/sac" | grep -v '^address' >"$home/sac.card"
check 'bsi trusts sac' normlink peer add "$home/bsi" "$home/sac.card"
check 'sac trusts bsi' normlink peer add "$home/sac" "$home/bsi.card"
check 'sac dials bsi' await 20 connected sac bsi
stop_node sac
check 'rotate while it is stopped' answers 0 'the log key is now' normlink key rotate "$home/sac" log --overlap 0
check 'and the tls key' answers 0 'the tls key is now' normlink key rotate "$home/sac" tls --overlap 0
check 'it serves with the new key' start_node sac
made_records 9000 1 >"$home/last.ndjson"
check 'one more record' normlink import "$home/sac" "$home/last.ndjson" --quiet
check 'is everywhere' await 60 agree 1633
check 'bsi was dialed with the key that it knows' await 30 holds bsi sac.example/log 1633

# ---- a node without a network, that knows the first keys alone ----
check 'init din' make_node din
check 'din trusts sac' normlink peer add "$home/din" "$home/first.card"
check 'serve din' start_node din
check 'export' normlink export "$home/sac" --origin sac.example/log --output "$home/sac.bundle"
check 'its maker is known' normlink ingest "$home/din" "$home/sac.bundle"
check 'din has it all' await 30 holds din sac.example/log 1633
check 'a backup of now' normlink backup "$home/sac" "$home/last.backup"
stop_node din

# ---- the first keys may go; without the newest nothing starts ----
stop_node sac
rm -f "$home/sac/keys/log.key" "$home/sac/keys/witness.key" "$home/sac/keys/mirror.key"
check 'it serves without its first keys' start_node sac
stop_node sac
id=$(newest sac log | cut -d+ -f2)
check 'the newest key is a file of its own' test -f "$home/sac/keys/log-$id.key"
mv "$home/sac/keys/log-$id.key" "$home/away.key"
check 'and is missed' answers 3 'no such key is at hand' normlink serve "$home/sac"
mv "$home/away.key" "$home/sac/keys/log-$id.key"

# ---- put back: from now, and from before all changes of keys ----
check 'restore' normlink restore "$home/last.backup" "$home/again"
check 'all key files are there' diff -r "$home/last.backup/keys" "$home/again/keys"
mv "$home/sac" "$home/lost"
check 'restore the first one' normlink restore "$home/first.backup" "$home/sac"
check 'serve what is old' start_node sac
check 'what is missing is fetched, the keys are not there' await 60 bash -c "'$NORMLINK' status '$home/sac' | grep -q 'keys/'"
made_records 9500 1 >"$home/later.ndjson"
check 'nothing is signed' answers 1 'keys/' normlink import "$home/sac" "$home/later.ndjson" --quiet
stop_node sac
cp "$home/lost/keys/"* "$home/sac/keys/"
check 'serve it with them' start_node sac
check 'its peers are asked then' await 60 bash -c "'$NORMLINK' status '$home/sac' | grep -q 'spoke, '"
stop_node sac

for name in iso jisc bsi; do stop_node $name; done
for name in sac iso jisc bsi din; do
	check "fsck of $name" normlink fsck "$home/$name"
done
