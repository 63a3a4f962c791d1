#!/bin/bash
# Collections and redaction between real nodes: sac publishes, iso is a member, jisc is not, din hears of sac through iso
# alone.  Who may not have something has nothing of it, in no file and on no page; who may in the end has all; and what is
# redacted is gone everywhere, from the files too.
. "$(dirname "$0")/lib.bash"

secret=Quastenflosser-Oberforstrat
personal=Wolpertinger-Habersaat

record() { # subject title
	printf '{"kind":"standard","subject":"%s","texts":[{"role":"title","lang":"en","value":"%s"}],"standard":{"status":"current"}}\n' "$1" "$2"
}
finds() { # node words
	answers 0 '1 record found' normlink search "$home/$1" "$2"
}
finds_nothing() {
	answers 1 'nothing found' normlink search "$home/$1" "$2"
}
# Nothing of TEXT in any file of NODE's folder, nor of its folded form.
clean() { # node text
	! grep -rqai -- "$2" "$home/$1"
}
page() { # node path
	curl -sS --max-time 10 "http://$(address "$1" http)$2"
}
silent() { # node path text: the network is not told
	! page "$1" "$2" | grep -qi -- "$3"
}

for node in sac iso jisc din; do
	check "init $node" make_node $node
	check "serve $node" start_node $node
done
check 'sac and iso trust each other' join_nodes sac iso
check 'sac and jisc' join_nodes sac jisc
check 'iso and jisc' join_nodes iso jisc
check 'iso and din' join_nodes iso din
sed '/^address:/d' "$home/sac.card" >"$home/sac-silent.card"
check 'din knows of sac, and cannot reach it' normlink peer add "$home/din" "$home/sac-silent.card"

record 'ISO 1:2001' 'Public from the beginning' >"$home/public.ndjson"
record 'ISO 2:2001' "$secret" >"$home/members.ndjson"
check 'members are named' normlink share "$home/sac" members iso.example/log
check 'the same again is nothing' answers 0 'already' normlink share "$home/sac" members iso.example/log
check 'no origin' answers 2 'argument' normlink share "$home/sac" members
check 'not a collection' answers 2 'collection' normlink share "$home/sac" Public iso.example/log
check 'public import' normlink import "$home/sac" "$home/public.ndjson" --quiet
check 'members import' normlink import "$home/sac" "$home/members.ndjson" --collection members --quiet
check 'a bad name' answers 2 'collection' normlink import "$home/sac" "$home/members.ndjson" --collection 'A B'

for node in iso jisc din; do
	check "$node holds the whole log" await 30 holds $node sac.example/log 3
	check "$node finds what is public" await 30 finds $node beginning
done
check 'the member finds it' await 30 finds iso "$secret"
check 'jisc does not' finds_nothing jisc "$secret"
check 'din does not' finds_nothing din "$secret"
check 'nothing of it at jisc' clean jisc "$secret"
check 'nothing of it at din' clean din "$secret"
check 'jisc counts what is withheld' answers 0 'sac.example/log  members  1 entry' normlink status "$home/jisc"
check 'and shows the entry without it' answers 0 'withheld' normlink show "$home/jisc" '#2' --origin sac.example/log
check 'its proof verifies without it' bash -c "'$NORMLINK' policy '$home/jisc' >'$home/policy' &&
	'$NORMLINK' proof '$home/jisc' '#2' --origin sac.example/log | '$NORMLINK' verify --policy '$home/policy' - | grep -q 'payload withheld'"

for node in sac iso; do
	check "$node itself finds it" finds $node "$secret"
	for path in "/api/v1/search?q=$secret" '/api/v1/search?kind=standard' /api/v1/records/ISO%202%3A2001 \
		/api/v1/records/ISO%202%3A2001/revisions /api/v1/records/ISO%202%3A2001/proof \
		'/api/v1/entries/2?origin=sac.example/log' '/api/v1/entries/2/proof?origin=sac.example/log' /api/v1/audit; do
		check "$node tells the network nothing: $path" silent $node "$path" "$secret\|UXVhc3RlbmZsb3NzZXIt\|F1YXN0ZW5mbG9zc2VyL\|RdWFzdGVuZmxvc3Nlci"
	done
done
check 'sac knows who has it' answers 0 'iso.example/log  received  sac.example/log #2' normlink audit "$home/sac"
check 'and from whom it was withheld' answers 0 'had withheld  sac.example/log members' \
	bash -c "'$NORMLINK' audit '$home/sac'; '$NORMLINK' audit '$home/iso'"

# The right is granted: everybody catches up, din through iso alone.
check 'more members' normlink share "$home/sac" members iso.example/log jisc.example/log din.example/log
check 'jisc catches up' await 30 finds jisc "$secret"
check 'din catches up' await 30 finds din "$secret"
check 'iso knows that it passed it on' answers 0 'din.example/log  received  sac.example/log #2' normlink audit "$home/iso" --peer din.example/log
check 'nothing is withheld from din now' bash -c "! '$NORMLINK' status '$home/din' | grep -q 'without content$'"

# It is taken back: what comes later stays away, what was given stays.
check 'fewer members' normlink share "$home/sac" members iso.example/log
check 'jisc has heard' await 30 holds jisc sac.example/log 5
record 'ISO 3:2001' "${secret}-later" >"$home/later.ndjson"
check 'one more' normlink import "$home/sac" "$home/later.ndjson" --collection members --quiet
check 'iso has it' await 30 finds iso 'later'
check 'jisc holds the log' await 30 holds jisc sac.example/log 6
check 'without it' finds_nothing jisc 'later'
check 'and keeps what it had' finds jisc "$secret"

# Redaction: 2100 records so that there is a dictionary, one of them names somebody.
made_records 0 2100 >"$home/many.ndjson"
record 'ISO 4:2001' "Drafted by $personal" >"$home/personal.ndjson"
check 'a record that names somebody' normlink import "$home/sac" "$home/personal.ndjson" "$home/many.ndjson" --quiet
for node in iso jisc din; do
	check "$node finds it" await 60 finds $node "$personal"
done
check 'nobody says yes' answers 2 'say --yes' bash -c "'$NORMLINK' redact '$home/sac' 'ISO 4:2001' --reason 'names a person' --basis 'GDPR 17' </dev/null"
check 'a reason is needed' answers 2 'reason' normlink redact "$home/sac" 'ISO 4:2001' --yes
check 'redact' answers 0 'redacted 1' normlink redact "$home/sac" 'ISO 4:2001' --reason 'names a person' --basis 'GDPR 17' --yes
check 'gone from the files of sac at once' clean sac "$personal"
check 'redacted already' answers 1 'already' normlink redact "$home/sac" '#6' --reason 'names a person' --basis 'GDPR 17' --yes
check 'nothing of that name' answers 1 'nothing' normlink redact "$home/sac" 'ISO 4:2001' --reason x --basis y --yes
for node in iso jisc din; do
	check "$node does not find it any more" await 30 finds_nothing $node "$personal"
	check "gone from the files of $node" await 60 clean $node "$personal"
	check "$node says why" answers 0 'names a person' normlink show "$home/$node" '#6' --origin sac.example/log
done
check 'sac hears that it was done' await 30 answers 0 'confirmed    iso, jisc' normlink show "$home/sac" '#6'
check 'and lists it' answers 0 'redactions of our log' normlink status "$home/sac"
check 'its entry is still proved' bash -c "'$NORMLINK' policy '$home/iso' >'$home/policy' &&
	'$NORMLINK' proof '$home/iso' '#6' --origin sac.example/log | '$NORMLINK' verify --policy '$home/policy' - | grep -q 'payload redacted'"

for node in sac iso jisc din; do
	stop_node $node
	check "fsck of $node" normlink fsck "$home/$node"
	check "nothing at $node" clean $node "$personal"
done
# A stopped node redacts as well.
check 'redact while stopped' answers 0 'redacted 1' normlink redact "$home/sac" 'ISO 3:2001' --reason r --basis b --yes
check 'gone' clean sac "${secret}-later"
check 'reindex gives the same' normlink reindex "$home/sac" --quiet
check 'fsck after it' normlink fsck "$home/sac"
