#!/bin/bash
# Authors without a node submit signed records; the public sends feedback.  sac hosts them, iso is its peer.
. "$(dirname "$0")/lib.bash"
cd "$home" || exit 1

if ! openssl version >/dev/null 2>&1; then
	echo "skipped: there is no openssl command"
	finish
fi

make_key() { # name genpkey-options...
	local name=$1
	shift
	openssl genpkey "$@" -out "$name.pem" 2>/dev/null && chmod 600 "$name.pem" &&
		openssl pkey -in "$name.pem" -pubout -out "$name.pub"
}

record() { # subject title
	printf '{"kind":"standard","subject":"%s","texts":[{"role":"title","lang":"en","value":"%s"}],"standard":{"status":"current"}}\n' "$1" "$2"
}

submit() { # key author file...
	local key=$1 author=$2
	shift 2
	normlink submit "$url" --key "$key.pem" --author "$author" --wait 60 "$@"
}

# From its next start on it answers where it does now.
same_http() {
	sed -i "s/^http-listen: .*/http-listen: $(address sac http)/" sac/node.conf
}

post_feedback() { # client curl-options...
	local client=$1
	shift
	curl -sS -m 20 -H "X-Forwarded-For: 198.51.100.1, $client" "$@" "$url/api/v1/feedback"
}
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$2" | head -n 1; }

make_node sac 2>/dev/null && make_node iso 2>/dev/null
check "an Ed25519 key" make_key ed -algorithm ed25519
check "a P-256 key" make_key ec -algorithm EC -pkeyopt ec_paramgen_curve:P-256
check "an SM2 key" make_key sm -algorithm SM2
check "another key" make_key other -algorithm ed25519
check "a key of another kind is refused" answers 3 "not a public key of Ed25519, P-256 or SM2" \
	bash -c "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem 2>/dev/null
	'$NORMLINK' submitter add sac p384 --key p384.pem --kind standard"

check "ed is let in while the node is stopped" answers 0 "ed25519" \
	normlink submitter add sac ed.example --key ed.pub --kind standard --prefix Q/ED
start_node sac && start_node iso
join_nodes sac iso >/dev/null
same_http
same_port sac
echo "trusted-proxy: 127.0.0.1" >>sac/node.conf
stop_node sac
start_node sac
url=http://$(address sac http)
check "ec is let in while it runs" answers 0 "ecdsa-p256" \
	normlink submitter add sac ec.example --key ec.pub --kind standard --kind notice --prefix Q/EC
check "sm is let in, for whatever nobody else has spoken about" answers 0 "sm2-sm3" \
	normlink submitter add sac "SM Ltd" --key sm.pem --kind standard
check "the list of them" answers 0 "Q/EC" normlink submitter list "$url"
check "and for programs" answers 0 '"key_id":"[0-9a-f]\{16\}"' normlink submitter list sac --json

# ---- three algorithms ----

# A receipt is made at once: whoever wants witnesses under it asks for a proof later.
{ normlink policy sac | grep '^log '; echo 'quorum none'; } >policy
for name in ed ec sm; do
	author=$name.example
	[ $name = sm ] && author="SM Ltd"
	record "Q/${name^^} 1-2026" "first of $name" >$name.ndjson
	check "$name submits" answers 0 "added 1" submit $name "$author" $name.ndjson --receipts $name.receipts --policy policy
	check "its receipt holds offline, with its key" answers 0 "its signature holds" \
		normlink verify --policy policy --author-key $name.pub $name.receipts/*.tlog-proof
	check "and not with another" answers 1 "no signature on the record is by this key" \
		normlink verify --policy policy --author-key other.pub $name.receipts/*.tlog-proof
	check "the node says who signed it" answers 0 "the signature holds by the key" normlink show sac "Q/${name^^} 1-2026"
done
size=$(held sac sac.example/log)
check "sent again it is known" answers 0 "known already 1" submit ed ed.example ed.ndjson --receipts again
check "with a receipt of the same entry" bash -c 'ls ed.receipts | diff - <(ls again)'
check "and not in the log twice" holds sac sac.example/log "$size"

# ---- what is refused ----

record "Q/ED 2-2026" "second" >two.ndjson
record "GB/T 19001-2016" "not ours" >gb.ndjson
record "Q/EC 1-2026" "taken over" >taken.ndjson
printf '{"kind":"notice","subject":"Q/ED 9","notice":{"type":"alert","date":"2026-01-01"}}\n' >notice.ndjson
check "another's key" answers 1 "no signature by the key" submit other ed.example two.ndjson
check "a name that is not registered" answers 1 "not registered here" submit other nobody.example two.ndjson
check "a subject that no prefix covers" answers 1 "none of its prefixes covers it" submit ed ed.example gb.ndjson
check "a kind that it may not use" answers 1 "may not submit records of kind notice" submit ed ed.example notice.ndjson
check "a subject that somebody else has spoken about" answers 1 "somebody else has spoken" submit sm "SM Ltd" taken.ndjson
check "what is no record" answers 1 "unreadable 1" bash -c "echo '{}' >none.ndjson
	'$NORMLINK' submit '$url' --key ed.pem --author ed.example none.ndjson"
check "a body that is none" answers 0 "422" curl -sS -m 20 -o /dev/null -w '%{http_code}' \
	-H 'Content-Type: application/json' -d '{"record":"AAEC"}' "$url/api/v1/submissions"
check "a body of another type" answers 0 "415" curl -sS -m 20 -o /dev/null -w '%{http_code}' -d x "$url/api/v1/submissions"
check "another method" answers 0 "405" curl -sS -m 20 -o /dev/null -w '%{http_code}' "$url/api/v1/submissions"
check "nothing of that is in the log" holds sac sac.example/log "$size"

# ---- old revisions stay old ----

record "Q/ED 1-2026" "second revision" >revised.ndjson
check "a revision" answers 0 "revised 1" submit ed ed.example revised.ndjson
check "the old one, sent again, is known" answers 0 "known already 1" submit ed ed.example ed.ndjson
check "and not current again" answers 0 "second revision" normlink show sac "Q/ED 1-2026"

# ---- a crash while an author submits ----

made_records 1 400 | sed 's/ISO \([0-9]*\):2020/Q\/ED \1-2026/' >many.ndjson
before=$(held sac sac.example/log)
submit ed ed.example many.ndjson --receipts many --policy policy >many.out 2>&1 &
pid[author]=$!
await 20 bash -c 'ls many 2>/dev/null | grep -q .'
stop_node sac KILL
start_node sac
wait "${pid[author]}"
check "the author gets through a kill -9" test $? -eq 0
unset "pid[author]"
check "everything is in the log once" holds sac sac.example/log $((before + 400))
check "with a receipt for each" bash -c '[ "$(ls many | wc -l)" = 400 ]'
check "after the restart they are known" answers 0 "known already 400" submit ed ed.example many.ndjson
check "the whole log is sound" answers 0 "" normlink status sac

# ---- an author whose time is over ----

check "ed is let in no more" answers 0 "not admitted any more" normlink submitter end sac ed.example
check "twice it cannot be" answers 1 "already" normlink submitter end sac ed.example
check "who never was cannot be either" answers 1 "says nothing about it" normlink submitter end sac nobody.example
check "its records are refused" answers 1 "not admitted any more" submit ed ed.example two.ndjson
check "what it has published is known still" answers 0 "known already 1" submit ed ed.example ed.ndjson
check "and holds still" answers 0 "the signature holds" normlink show sac "Q/ED 1-2026"

# ---- a flood ----

curl -sS -m 60 -o /dev/null -w '%{http_code} %header{retry-after}\n' -H 'X-Forwarded-For: 192.0.2.7' \
	-H 'Content-Type: application/json' -d '{}' "$url/api/v1/submissions?n=[1-200]" >flood.out 2>/dev/null
check "one that floods is told to come later" grep -q '^429 [0-9]' flood.out
record "Q/EC 2-2026" "through" >through.ndjson
check "others get through" answers 0 "added 1" submit ec ec.example through.ndjson

# ---- the peer sees the same ----

check "the peer has it all" await 30 bash -c "[ \"\$('$NORMLINK' show iso 'Q/EC 2-2026' 2>/dev/null | grep -c through)\" -gt 0 ]"
check "and checks the signature itself" answers 0 "the signature holds by the key" normlink show iso "Q/EC 2-2026"

# ---- feedback ----

check "feedback is off at first" answers 0 "403" bash -c "curl -sS -m 20 -o /dev/null -w '%{http_code}' -d 'type=question' '$url/api/v1/feedback'"
stop_node sac
echo "feedback: on" >>sac/node.conf
start_node sac
post_feedback 203.0.113.1 -H 'Content-Type: application/json' -d '{"type":"complaint","about":["q/ec 1-2026"],
	"text":"The kettle leaks at 3 bar","lang":"en","name":"Li Xiaoming","contact":"li@people.example"}' >fb.json
number=$(field number fb.json)
index=$(sed -n 's/.*"index":\([0-9]*\).*/\1/p' fb.json)
field receipt fb.json | base64 -d >fb.tlog-proof
field withheld_receipt fb.json | base64 -d >mine.tlog-proof
check "feedback has a number" grep -qE "^sac-20[0-9]{2}-[0-9]{6}$" <<<"$number"
check "its receipt holds offline" answers 0 "verified offline: $number" normlink verify --policy policy fb.tlog-proof
check "and does not say who" bash -c '! grep -q "Li Xiaoming" <(strings -n 4 fb.tlog-proof; sed -n 2p fb.tlog-proof | cut -d" " -f2 | base64 -d)'
check "the sender can prove what was written" answers 0 "kettle leaks" normlink verify --policy policy mine.tlog-proof --json
check "the public sees what about" answers 0 "Q/EC 1-2026" normlink feedback show "$url" "$number"
check "the operator sees who, too" answers 0 "Li Xiaoming" normlink feedback show sac "$number"
for path in "feedback" "feedback/$number" "entries/$((index + 1))" "entries/$((index + 1))/proof" "records/$number" \
	"records/$number%23personal" "search?q=leaks" "search?q=Xiaoming"; do
	check "no person, no text at $path" bash -c \
		"! curl -sS -m 20 '$url/api/v1/$path' | tee seen | grep -qE 'Xiaoming|li@people|leaks' && [ -s seen ]"
done
check "nor as a payload" answers 0 "403" curl -sS -m 20 -o /dev/null -w '%{http_code}' \
	"$url/log/payload/$(printf '%03d' $((index + 1)))"
check "nor at the peer" bash -c "'$NORMLINK' search iso leaks --json | grep -q '\"total\":0'"
post_feedback 203.0.113.1 -d 'type=question&about=Q%2FEC+1-2026&text=Why%3F%0D%0AHow%3F&name=&contact=' >fb.html
check "a plain form gets a page" grep -q 'sac-20[0-9]*-[0-9]*' fb.html
post_feedback 203.0.113.1 -d 'type=praise&about=Q%2FEC+1-2026&text=x' >bad.out
check "what is no feedback is told why" grep -q "question, proposal, complaint or report" bad.out

check "a step" answers 0 "noted, entry" normlink feedback step sac "$number" --step assigned --by "Kettle committee" \
	--deadline 2099-01-01 --note "Looked at in March"
check "a step that is none" answers 2 "accepted, assigned, answered" normlink feedback step sac "$number" --step lost
check "a number that is none" answers 1 "says nothing about it" normlink feedback step sac sac-2026-999999 --step answered
check "the text is made public" answers 0 "public from now on" normlink feedback publish sac "$number"
check "and is read by everybody" answers 0 "leaks" normlink feedback show "$url" "$number"
check "without the person" bash -c "! '$NORMLINK' feedback show '$url' '$number' --json | grep -q Xiaoming"
check "closed" answers 0 "closed, entry" normlink feedback close sac "$number" --result accepted --note "A new gasket"
check "a step after that is refused" answers 1 "is closed" normlink feedback step sac "$number" --step answered
check "reopened" answers 0 "noted" normlink feedback step sac "$number" --step reopened
check "every step stands" bash -c "[ \"\$('$NORMLINK' feedback show '$url' '$number' --json | grep -o '\"type\":\"[a-z]*\",\"date\"' | wc -l)\" = 4 ]"
check "its history is public" answers 0 "revised" normlink show sac "$number"
check "the open ones" answers 0 "$number" normlink feedback list "$url" --open
check "none is overdue" answers 0 "none" normlink feedback list sac --overdue
check "a monitor is told" answers 0 "^normlink_feedback_open 2" curl -sS -m 20 "$url/metrics"
check "the personal part is redacted" answers 0 "redacted" normlink redact sac "#$((index + 1))" --yes \
	--reason "asked for by the person" --basis "PIPL, article 47"
check "and gone" bash -c "! '$NORMLINK' feedback show sac '$number' | grep -q Xiaoming"
check "the complaint is not" answers 0 "reopened" normlink feedback show "$url" "$number"
for i in 1 2 3 4 5 6 7; do
	post_feedback 203.0.113.9 -o /dev/null -w '%{http_code}\n' -d 'type=question&about=GB+1&text=again'
done >fb.flood
check "one that floods is told to come later" grep -q 429 fb.flood
check "others get through" grep -q sac-20 <(post_feedback 203.0.113.10 -d 'type=question&about=GB+1&text=other')

stop_node sac
stop_node iso
check "the log is sound" answers 0 "" normlink fsck sac
finish
