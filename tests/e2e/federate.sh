#!/bin/bash
# One node asks its peers: a log that it does not mirror is found over another, duplicates come once, and a peer that is
# away, stopped or lying changes nothing but its own line.
. "$(dirname "$0")/lib.bash"
two_faced=$(realpath "$root/${BUILD:-build/release}/tests/two_faced")

search() { # words and options: the answer as JSON, a piece a line
	normlink search "$home/asker" "$@" --json 2>&1 | sed 's/},{/}\n{/g; s/\],/],\n/g; s/"peers":\[/\n&\n/'
}
line_has() { # peer text search...
	local peer=$1 text=$2
	shift 2
	search "$@" | grep "\"name\":\"$peer\"" | grep -q -- "$text"
}
says() { # text search...
	local text=$1
	shift
	search "$@" >"$home/says.out"
	grep -q -- "$text" "$home/says.out" || { cat "$home/says.out"; return 1; }
}
publish() { # name first count
	made_records "$2" "$3" >"$home/$1.ndjson" && normlink import "$home/$1" "$home/$1.ndjson" --quiet
}
sru() { # text parameters...: an answer of SRU, valid where xmllint is there, with that text; in $home/sru.xml
	local text=$1
	shift
	curl -fsS -G "http://$(address asker http)/sru" "$@" >"$home/sru.xml" || return 1
	grep -q -- "$text" "$home/sru.xml" || { head -c 3000 "$home/sru.xml"; return 1; }
	! command -v xmllint >/dev/null || xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" "$home/sru.xml" 2>"$home/valid" || { tail -n 5 "$home/valid"; return 1; }
}
whole() { # the last of them: everybody answered
	grep -q 'partial="false"' "$home/sru.xml" && ! grep -q 'diagnostic/1/' "$home/sru.xml"
}
in_time() { # ms command...
	local most=$1 begun=$(($(date +%s%N) / 1000000))
	shift
	"$@" || return 1
	local took=$(($(date +%s%N) / 1000000 - begun))
	[ "$took" -le "$most" ] || { echo "took $took ms, allowed are $most"; return 1; }
}

for name in asker near far slow away liar; do
	check "init $name" make_node $name
	normlink card "$home/$name" >"$home/$name.card" 2>/dev/null
	[ $name = liar ] || check "serve $name" start_node $name
done
for name in near slow away; do
	check "asker and $name are peers" join_nodes asker $name
	check "$name publishes" publish $name "${#name}0" 5
done
check 'near and far are peers' join_nodes near far
check 'the asker trusts the liar' normlink peer add "$home/asker" "$home/liar.card"
check 'the asker knows the key of far' answers 0 'may be witnessed' normlink log add "$home/asker" "$(sed -n 's/^log: //p' "$home/far.card")"
check 'far publishes' publish far 30 5
check 'near mirrors far' await 20 holds near far.example/log 5
for name in near slow away; do
	check "the asker mirrors $name" await 20 holds asker $name.example/log 5
done

# A log that is not mirrored here.
check 'not here' answers 1 'nothing found' normlink search "$home/asker" n32
check 'found over a peer' answers 0 'far.example/log #2' normlink search "$home/asker" n32 --peers all
check 'and said over whom' answers 0 'given by near' normlink search "$home/asker" n32 --peers near
check 'a peer that does not have it' answers 1 'nothing found' normlink search "$home/asker" n32 --peers slow
check 'what several have comes once' says '"total":1' n41 --peers near,slow
check 'with every way' says '"paths":\[{"node":null,"size":5},\?' n41 --peers near,slow
check 'from near, too' says '{"node":"near","size":5}' n41 --peers near,slow
check 'everybody answered' says '"partial":false' made record --peers near,slow,away
normlink policy "$home/asker" >"$home/policy"
check 'hits of peers prove themselves' answers 0 'near.example/log' normlink search "$home/asker" n41 --peers near --verify --policy "$home/policy"
check 'there is no such peer' answers 2 'no peer is called nobody' normlink search "$home/asker" n32 --peers nobody
check 'a wrong deadline' answers 2 'deadline_ms' normlink search "$home/asker" n32 --peers all --deadline 1
check 'facets cannot be merged' sh -c "curl -s 'http://$(address asker http)/api/v1/search?q=n32&peers=all&facets=ics' | grep -q '\"status\":400'"

# The same as SRU.
check 'SRU: not here' sru 'numberOfRecords>0<' -d query=n32
for version in 1.1 1.2 2.0; do
	check "SRU $version: found over a peer" sru 'far.example/log' -d query=n32 -d x-peers=near,slow,away -d version=$version -d operation=searchRetrieve
	check "SRU $version: everybody answered" whole
done
check 'SRU: over which' sru '<nl:path node="near" size="5"/>' -d query=n32 -d x-peers=near
check 'SRU: in a schema' sru 'numberOfRecords>3<.*http://www.loc.gov/MARC21/slim' -d query=n41 -d x-peers=near,slow -d recordSchema=marcxml
check 'SRU: what is held here, too, has its proof' sru '<nl:path size="5"/>' -d query=n41 -d x-peers=near
check 'SRU: a page and the next' sru 'nextRecordPosition>3<' --data-urlencode 'query=dc.title = "made record"' -d x-peers=all -d maximumRecords=2
check 'SRU: of at least so many' grep -q 'resultCountPrecision/1/minimum' "$home/sru.xml"
check 'SRU: or of just so many' sru 'resultCountPrecision/1/exact' -d query=n32 -d x-peers=near
check 'SRU: beyond the last' sru 'diagnostic/1/61<' -d query=n32 -d x-peers=all -d startRecord=9
validator() { curl -sS -i -H 'If-None-Match: *' "http://$(address asker http)/$1" | tr -d '\r' | sed -n '1p;/^ETag/p'; }
check 'SRU: of what peers say nobody has a copy' test "$(validator 'sru?query=n32&x-peers=near')" = 'HTTP/1.1 200 OK'
check 'REST: nor there' test "$(validator 'api/v1/search?q=n32&peers=near')" = 'HTTP/1.1 200 OK'
check 'SRU: not of conjunctions' sru 'diagnostic/1/48<' --data-urlencode 'query=n32 or n33' -d x-peers=all
check 'SRU: there is no such peer' sru 'diagnostic/1/6<.*nobody' -d query=n32 -d x-peers=nobody
check 'SRU: as a form' sh -c "curl -sS 'http://$(address asker http)/sru' -d query=n32 -d x-peers=all | grep -q far.example/log"
soap() { # text version extraRequestData: the same in an envelope, valid, too
	printf '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><s:searchRetrieveRequest xmlns:s="http://www.loc.gov/zing/srw/"><s:version>%s</s:version><s:query>n32</s:query><s:extraRequestData>%s</s:extraRequestData></s:searchRetrieveRequest></E:Body></E:Envelope>' "$2" "$3" >"$home/envelope.xml"
	curl -fsS -H 'Content-Type: text/xml' --data-binary "@$home/envelope.xml" "http://$(address asker http)/sru" >"$home/sru.xml" || return 1
	grep -q -- "SOAP-ENV:Envelope.*$1" "$home/sru.xml" || { head -c 3000 "$home/sru.xml"; return 1; }
	! command -v xmllint >/dev/null || xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" "$home/sru.xml" 2>"$home/valid" || { tail -n 5 "$home/valid"; return 1; }
}
for version in 1.1 1.2 2.0; do
	check "SRU $version in SOAP: found over a peer" soap 'far.example/log' $version '<n:peers xmlns:n="urn:normlink:sru">near,slow,away</n:peers>'
	check "SRU $version in SOAP: everybody answered" whole
done
check 'SRU in SOAP: not asked for, not here' soap 'numberOfRecords>0<' 1.2 '<o:peers xmlns:o="urn:other">all</o:peers>'
check 'SRU in SOAP: as YAZ would write it' soap '<nl:path node="near" size="5"/>' 1.2 '<s:peers>near</s:peers>'
check 'SRU in SOAP: there is no such peer' soap 'diagnostic/1/6<.*nobody' 1.2 '<s:peers>nobody</s:peers>'
check 'SRU in SOAP: a wrong deadline' soap 'diagnostic/1/6<.*x-deadline-ms' 1.2 '<s:peers>all</s:peers><s:deadline-ms>1</s:deadline-ms>'
check 'SRU: entries of all logs, one log after another' sru 'near.example/log#4<.*slow.example/log#0<.*slow.example/log#1<' --data-urlencode 'scanClause=rec.id="near.example/log#4"' -d maximumTerms=3
check 'SRU: and back' sru 'near.example/log#4<.*slow.example/log#0<' --data-urlencode 'scanClause=rec.id="slow.example/log#0"' -d maximumTerms=3 -d responsePosition=2

# Two hops: far is asked itself.
check 'far is asked over near' line_has far '"via":"near","outcome":"answered"' n32 --peers near --hops 2
check 'far has both ways' says '"node":"near"' n32 --peers near --hops 2

# A liar, whose log has gone on.
: >"$home/face"
"$two_faced" "$home/liar" "$(address asker peer)" 1 8 6 >"$home/face" 2>>"$home/face.log" &
pid[face]=$!
check 'the liar announces its log' await 20 grep -q acknowledged "$home/face"
check 'its log is mirrored' await 20 holds asker liar.example/log 6
check 'its lies are counted' line_has liar '"lied":2' History --peers liar
check 'what it signed is shown' answers 0 'liar.example/log #7' normlink search "$home/asker" History --peers liar
check 'and nothing else' answers 0 '^7 records found' normlink search "$home/asker" History --peers liar
check 'the others are as they were' line_has near '"lied":0' made record --peers all
check 'compared with the living log' says '"behind":2' History --peers liar --compare live
check 'what is only there' says '"here":null,"there":7' History --peers liar --compare live
check 'nothing differs from near' answers 0 'near has 5 entries of near.example/log, here are 5; 0 differences' normlink search "$home/asker" made record --peers near --compare live

# One is stopped, one does not move.
stop_node away
kill -STOP "${pid[slow]}"
check 'a partial answer comes in time' in_time 1500 says '"partial":true' made record --peers all --deadline 600
check 'who is late' line_has slow '"outcome":"late"' n41 --peers all --deadline 300
check 'who is away' line_has away '"outcome":"unreachable"' n41 --peers all --deadline 300
check 'who answered' line_has near '"outcome":"answered"' n41 --peers all --deadline 300
check 'SRU: who is away and who is late' sru 'diagnostic/1/59<.*away unreachable' -d query=n32 -d x-peers=all -d x-deadline-ms=300
check 'SRU: and late' grep -q '<details>.*slow late' "$home/sru.xml"
check 'SRU: the records stand beside it' grep -q 'name="slow" outcome="late".*' "$home/sru.xml"
check 'SRU: with those that came' grep -q 'numberOfRecords>1<.*far.example/log' "$home/sru.xml"
check 'SRU in SOAP: who is away' soap 'far.example/log.*diagnostic/1/59<.*away unreachable' 1.1 '<s:peers>all</s:peers><s:deadline-ms>300</s:deadline-ms>'
check 'all the same it is found' answers 0 'PARTIAL' normlink search "$home/asker" n32 --peers all --deadline 300
kill -CONT "${pid[slow]}"
check 'it is back' await 20 line_has slow '"outcome":"answered"' n41 --peers slow
check 'the metrics count them' sh -c "curl -s 'http://$(address asker http)/metrics' | grep -q 'normlink_federated_query_peers_total{outcome=\"late\"} [1-9]'"
timeout 0.3 curl -s "http://$(address asker http)/api/v1/search?q=n32&peers=all&deadline_ms=5000" >"$home/gone.out"
check 'after a client that went away' answers 0 'far.example/log #2' normlink search "$home/asker" n32 --peers near
check 'the asker stops well' stop_node asker
check 'a stopped node asks nobody' answers 4 'does not run' normlink search "$home/asker" n32 --peers all
