#!/bin/bash
# REST over real connections: hits that prove what they show, and a node that lies; what a client has is not sent again;
# packed answers; downloads that are the same from whichever node; linked data, and names that lead to it.
. "$(dirname "$0")/lib.bash"

url() { echo "http://$(address "$1" http)"; }
check 'init sac' make_node sac
check 'init iso' make_node iso
check 'sac serves' start_node sac
check 'sac keeps its port' same_port sac
check 'they trust each other' join_nodes sac iso
check 'sac stops' stop_node sac
check 'iso serves' start_node iso
check 'sac serves again' start_node sac
check 'the sample of sac' normlink import "$home/sac" "$sample/sac.ndjson" --quiet
check 'the sample of iso' normlink import "$home/iso" "$sample/iso.ndjson" --quiet
size=$(held iso iso.example/log)
check 'sac has both' await 30 holds sac iso.example/log "$size"
check 'iso has both' await 30 holds iso sac.example/log "$(held sac sac.example/log)"

# Every hit proves what it shows, with a policy alone.
normlink policy "$home/sac" >"$home/policy"
cosigned() { normlink search "$(url sac)" quality --verify --policy "$home/policy"; }
check 'heads are cosigned' await 30 cosigned
check 'each hit is verified' answers 0 '^20 verified, 0 not; the node says that it found' cosigned
check 'as JSON' answers 0 '"failed":0}' normlink search "$(url sac)" --ics 03.120 --verify --policy "$home/policy" --json
check 'of a folder as well' answers 0 ' 0 not;' normlink search "$home/sac" quality --verify --policy "$home/policy"
check 'nothing found' answers 1 '^0 verified' normlink search "$home/sac" nothinglikethat --verify --policy "$home/policy"
check 'no policy' answers 2 'policy is missing' normlink search "$home/sac" quality --verify
echo 'quorum none' >"$home/nobody"
check 'nobody is trusted' answers 1 'NOT VERIFIED' normlink search "$(url sac)" quality --verify --policy "$home/nobody"
check 'an unknown filter' answers 2 '400' normlink search "$(url sac)" --status good --verify --policy "$home/policy"

# What was acknowledged is in the next answer, however often that question was answered before.
known=("$(url sac)/api/v1/search?ref=GB/T%2019001-2016" "$(url sac)/sru?query=dc.identifier%3D%22GB/T%2019001-2016%22")
for _ in {1..30}; do curl -sf "${known[@]}"; done >/dev/null
normlink records "$home/sac" | grep '"kind":"standard","subject":"GB/T 19001-2016"' >"$home/revision"
seen_at_once() { # title
	sed "s/\"value\":\"[^\"]*\"/\"value\":\"$1\"/" "$home/revision" >"$home/revision.ndjson"
	normlink import "$home/sac" "$home/revision.ndjson" --quiet || return
	local time door
	for time in first second third; do
		for door in "${known[@]}"; do
			curl -sf "$door" | grep -q "$1" || { echo "not in the $time answer of $door"; return 1; }
		done
	done
}
for title in one another 'a third' 'the last'; do check "seen at once: $title" seen_at_once "Title: $title of them"; done

# A node that answers with what it was told to.
liar() { # file
	# shellcheck disable=SC2016 -- of perl
	perl -MIO::Socket::INET -e '$| = 1; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5) or die;
		print $s->sockport, "\n"; open my $f, "<", $ARGV[0]; my $page = do { local $/; <$f> };
		while (my $c = $s->accept) { while (<$c>) { last if /^\r?$/ }
			print $c "HTTP/1.1 200 OK\r\nContent-Length: " . length($page) . "\r\nConnection: close\r\n\r\n$page"; close $c; }' \
		"$1" >"$home/liar" 2>/dev/null &
	pid[liar]=$!
	await 10 test -s "$home/liar"
}
lies() { # code text sed-expression
	sed "$3" "$home/answer" >"$home/lie"
	: >"$home/liar"
	liar "$home/lie" && answers "$1" "$2" normlink search "http://127.0.0.1:$(cat "$home/liar")" x --verify --policy "$home/policy"
	local rc=$?
	stop_node liar
	return $rc
}
curl -sf -o "$home/answer" "$(url sac)/api/v1/search?q=9001&proofs=1&limit=3"
check 'the truth' lies 0 '^3 verified, 0 not' ''
check 'another status' lies 1 'its status is not what the signed record says' 's/"status":"current"/"status":"withdrawn"/'
check 'another title' lies 1 'its titles is not what' 's/"value":"Quality/"value":"Quantity/'
check 'a proof left out' lies 1 'proof: the answer has none' 's/"proof_file":"[^"]*"/"proof_file":null/'
check 'a proof of something else' lies 1 'NOT VERIFIED' 's/\\nindex [0-9]*/\\nindex 0/'
check 'another root' lies 1 'as-of' 's/"root":"\(.\)[^"]*"/"root":"\1AAA"/g'
check 'no answer at all' lies 5 'not an answer of a search' 's/.*/{}/'

# What a client has is not sent again, until a head has grown.
tag() { curl -sI "$@" | tr -d '\r' | sed -n 's/^ETag: //p'; }
status() { curl -s -o "$home/body" -w '%{http_code}\n' "$@"; }
query="$(url sac)/api/v1/search?q=quality"
held_tag=$(tag "$query")
check 'it has a validator' test -n "$held_tag"
check 'not again' answers 0 '^304$' status -H "If-None-Match: $held_tag" "$query"
check 'nothing was sent' test ! -s "$home/body"
check 'another form' answers 0 '^200$' status -H "If-None-Match: $held_tag" -H 'Accept: text/plain' "$query"
made_records 0 3 >"$home/r.ndjson"
check 'the log of iso grows' normlink import "$home/iso" "$home/r.ndjson" --quiet
check 'sac has it' await 30 holds sac iso.example/log "$((size + 3))"
check 'so it is another answer' answers 0 '^200$' status -H "If-None-Match: $held_tag" "$query"

# Packed for who takes it.
plain=$(curl -s -o "$home/plain" -w '%{size_download}' "$query")
packed=$(curl -s --compressed -o "$home/unpacked" -w '%{size_download}' "$query")
check 'packed it is smaller' test "$packed" -lt $((plain / 2))
check 'and the same' cmp "$home/plain" "$home/unpacked"

# A whole log as of a size: whenever, from whichever node, in whatever parts.
bulk() { curl -sf -o "$1" "$2/api/v1/bulk?origin=iso.example/log&at=$size&$3"; }
for form in ndjson csv; do
	check "iso's log from iso, as $form" bulk "$home/iso.$form" "$(url iso)" "format=$form"
	check "and from sac" bulk "$home/sac.$form" "$(url sac)" "format=$form"
	check 'is the same' cmp "$home/iso.$form" "$home/sac.$form"
	check 'and has all' test "$(grep -c . "$home/iso.$form")" -ge "$size"
	index=$(sed -n '100s/^\(.*"index":\)\?\([0-9]*\).*/\2/p' "$home/iso.$form")
	head -n 100 "$home/iso.$form" >"$home/parts.$form"
	check 'it goes on' bulk "$home/rest.$form" "$(url sac)" "format=$form&from=$((index + 1))"
	check 'packed' curl -sf --raw -H 'Accept-Encoding: gzip' -o /dev/null -D "$home/heads" "$(url iso)/api/v1/bulk?origin=iso.example/log&at=$size&format=$form"
	check 'it says so' grep -qi '^content-encoding: gzip' "$home/heads"
	packed=$(curl -sf --compressed -o "$home/unpacked.$form" -w '%{size_download}' "$(url iso)/api/v1/bulk?origin=iso.example/log&at=$size&format=$form")
	check 'it is smaller' test "$packed" -lt $(($(wc -c <"$home/iso.$form") / 2))
	check 'and unpacked the same' cmp "$home/unpacked.$form" "$home/iso.$form"
	check 'also by gzip' sh -c "curl -sf -H 'Accept-Encoding: gzip' '$(url sac)/api/v1/bulk?origin=iso.example/log&at=$size&format=$form' | gzip -dc | cmp - '$home/iso.$form'"
	cat "$home/rest.$form" >>"$home/parts.$form"
	check 'to the same bytes' cmp "$home/parts.$form" "$home/iso.$form"
done
check 'of what it does not hold' answers 0 '^400$' status "$(url sac)/api/v1/bulk?origin=iso.example/log&at=999999"
check 'the present head is named' answers 0 "^Normlink-Size: $((size + 3))" curl -sI "$(url sac)/api/v1/bulk?origin=iso.example/log"
same_tag() { [ "$(tag "$(url iso)/api/v1/bulk?origin=iso.example/log&at=$size")" = "$(tag "$(url sac)/api/v1/bulk?origin=iso.example/log&at=$size")" ]; }
check 'with the same validator' same_tag
normlink records "$home/sac" >"$home/records" 2>/dev/null
sed 's/^{"index":[0-9]*,"record":\(.*\)}$/\1/' "$home/iso.ndjson" | sort >"$home/a"
curl -sf "$(url iso)/api/v1/records?limit=200&kind=standard" | sort >"$home/b"
check 'and is what the listing has' test -z "$(comm -13 "$home/a" "$home/b" | grep -v 'Made record')"

# Names, and linked data.
leads() { curl -s -o /dev/null -w '%{http_code} %{redirect_url}\n' "$@"; }
check 'an undated name' answers 0 '^303 .*/api/v1/records/GB%2FT%2019001-2016$' leads "$(url sac)/id/GB/T%2019001"
check 'loosely typed' answers 0 '^303 .*/api/v1/records/ISO%209001:2015$' leads "$(url sac)/id/iso9001"
check 'nobody knows it' answers 0 '^404 ' leads "$(url sac)/id/ISO%2099999"
check 'a browser reads text' answers 0 'format=text$' leads -H 'Accept: text/html,*/*;q=0.8' "$(url sac)/id/iso9001"
check 'as linked data' answers 0 '"@type":"dcat:CatalogRecord"' curl -sL -H 'Accept: application/ld+json' "$(url sac)/id/gbt19001"
expand() { # record
	curl -sfL -o "$home/record.jsonld" "$(url sac)/id/$1?format=jsonld" && "$python" - "$home/record.jsonld" <<'END'
import json, sys
from pyld import jsonld
document = json.load(open(sys.argv[1]))
def refuse(url, options): raise Exception("no network: " + url)
jsonld.set_document_loader(refuse)
expanded = jsonld.expand(document, {"base": "http://node.example/"})
terms = lambda d: sum(terms(v) for v in d) if isinstance(d, list) else sum(1 + terms(v) for k, v in d.items() if k[0] != "@") if isinstance(d, dict) else 0
written, read = terms(document["@graph"]), terms(expanded)
topics = [n for n in expanded if "http://purl.org/dc/terms/Standard" in n.get("@type", [])]
assert written == read and written > 20, (written, read)
assert topics and all(t["@value"] and t["@language"] for t in topics[0]["http://purl.org/dc/terms/title"])
nquads = jsonld.to_rdf(document, {"base": "http://node.example/", "format": "application/n-quads"})
assert "<http://node.example/id/" in nquads
print(written, "terms,", nquads.count("\n"), "statements")
END
}
python=
for one in /usr/bin/python3 python3; do
	if [ -z "$python" ] && "$one" -c 'import pyld' 2>/dev/null; then python=$one; fi
done
if [ -n "$python" ]; then
	for name in GB/T%2019001-2016 ISO%209001:2015 ISO%209001 GB/T%2019011; do
		check "no term of $name is dropped" expand "$name"
	done
else
	echo 'skipped: no python3 with pyld (Debian: python3-pyld) on this machine: JSON-LD is not expanded'
fi
