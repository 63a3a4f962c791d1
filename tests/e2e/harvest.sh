#!/bin/bash
# normlink harvest: from another node in every format, deletions and all, again and after being cut off; and from providers
# that misbehave: bounded, with clear words, and nothing said twice or lost.
. "$(dirname "$0")/lib.bash"

command -v perl >/dev/null || { echo 'skipped: perl is not here'; exit 0; }

cat >"$home/records.ndjson" <<'END'
{"kind":"standard","subject":"GB/T 19001-2008","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"}],"standard":{"status":"superseded","ics":["03.120.10"],"ccs":["A00"],"events":[{"type":"published","date":"2008-12-30"}]}}
{"kind":"standard","subject":"GB/T 19001-2016","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"},{"role":"title","lang":"en","value":"Quality management systems - Requirements"}],"standard":{"status":"current","ics":["03.120.10"],"ccs":["A00"],"publisher":"SAC","committees":["SAC/TC 151"],"languages":["zh"],"events":[{"type":"published","date":"2016-12-30"}],"adopts":[{"target":"ISO 9001:2015","degree":"idt"}],"links":[{"type":"replaces","target":"GB/T 19001-2008"}]}}
{"kind":"standard","subject":"ISO 9001:2015","texts":[{"role":"title","lang":"en","value":"Quality management systems & <requirements>"}],"standard":{"status":"current","ics":["03.120.10","03.100.70"],"stage":"90.93","committees":["ISO/TC 176/SC 2"],"events":[{"type":"published","date":"2015-09"}]}}
{"kind":"standard","subject":"ISO 3:1973","texts":[{"role":"title","lang":"en","value":"Preferred numbers"}],"standard":{"status":"withdrawn","ics":["17.020"]}}
{"kind":"citation","subject":"Regulation (EU) 305","texts":[{"role":"title","lang":"en","value":"Construction products"}],"citation":{"type":"regulation","jurisdiction":"EU","cited":[{"target":"ISO 9001"}]}}
END

# A harvest's counts, and that they add up.
takes() { # node url options...
	local node=$1 url=$2
	shift 2
	normlink harvest "$url" --into "$home/$node" --json --quiet --refused "$home/refused" "$@" >"$home/counts.json" 2>"$home/said" ||
		{ cat "$home/said"; return 1; }
	perl -ne 'my %n = /"(\w+)": *(\d+)/g;
		exit(!($n{read} + $n{extra} == $n{added} + $n{revised} + $n{unchanged} + $n{duplicates} + $n{refused} + $n{deleted}
			&& $n{not_sent} == 0))' "$home/counts.json" || { cat "$home/counts.json"; return 1; }
}
counts() { # name number...
	while [ $# -gt 0 ]; do
		grep -q "\"$1\": *$2[,}]" "$home/counts.json" || { cat "$home/counts.json"; return 1; }
		shift 2
	done
}
record() { # node reference: as data, without what differs from one harvest to the next
	normlink show "$home/$1" "$2" --json
}

# ---- from another node, in every format ----
check 'init a' make_node a
check 'a serves' start_node a
check 'records' answers 0 'added  *5 ' normlink import "$home/a" "$home/records.ndjson"
url=http://$(address a http)/oai
for format in relaton marc21 niso_sts oai_dc; do
	node=n-${format//_/-}
	check "init $node" make_node "$node"
	check "in $format" takes "$node" "$url" --prefix $format
	standards=4
	[ $format = niso_sts ] && standards=5 # and the adoption, which is a statement of its own there
	refused=$([ $format = oai_dc ] && echo 1 || echo 0) # the citation
	check "$format: all standards" counts added $standards refused "$refused" deleted 0
	check "$format: whose it is" answers 0 "harvested from *$url" normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: as what" answers 0 'oai:a.example:a.example/log/1' normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: its title" answers 0 'Quality management systems' normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: its code" answers 0 '03.120.10' normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: its date" answers 0 '2016-12-30' normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: what it replaces" answers 0 'GB/T 19001-2008' normlink show "$home/$node" 'GB/T 19001-2016'
	check "$format: again" takes "$node" "$url" --prefix $format
	check "$format: nothing is said twice" counts added 0 revised 0 unchanged $standards
	[ $format = oai_dc ] && continue
	check "$format: what it adopts" answers 0 'ISO 9001:2015' normlink equivalents "$home/$node" 'GB/T 19001-2016'
	check "$format: how" answers 0 'IDT\|identical' normlink equivalents "$home/$node" 'GB/T 19001-2016'
done
check 'the best that there is' make_node best
check 'is taken by itself' takes best "$url"
check 'which is Relaton' grep -qr '^prefix relaton$' "$home/best/harvests"
check 'whose name is the repository' answers 0 'facts from' normlink show "$home/best" 'ISO 9001:2015'

check 'a place of another harvest' answers 2 'another harvest' normlink harvest "$url" --into "$home/best" --set kind --state "$(echo "$home"/best/harvests/*)"
check 'no URL' answers 2 'base URL' normlink harvest "$home/a" --into "$home/best"
check 'no such format here' answers 2 '--format is' normlink harvest "$url" --into "$home/best" --format mods
check 'nor there' answers 2 'it has oai_dc' normlink harvest "$url" --into "$home/best" --prefix mods --quiet
check 'not a provider' answers 3 'not an answer of OAI-PMH' normlink harvest "http://$(address a http)/" --into "$home/best" --quiet
check 'an error of the provider' answers 5 'badArgument' normlink harvest "$url" --into "$home/best" --set 'a b' --quiet

# ---- changes and deletions there ----
echo '{"kind":"standard","subject":"ISO 3:1973","texts":[{"role":"title","lang":"en","value":"Preferred numbers"}],"standard":{"status":"withdrawn"},"retraction":{"reason":"never so"}}' >"$home/back.ndjson"
echo '{"kind":"standard","subject":"ISO 9001:2015","texts":[{"role":"title","lang":"en","value":"Another title"}],"standard":{"status":"current"}}' >"$home/anew.ndjson"
check 'a takes one back' answers 0 'revised  *1 ' normlink import "$home/a" "$home/back.ndjson"
check 'and says one anew' answers 0 'revised  *1 ' normlink import "$home/a" "$home/anew.ndjson"
echo '{"kind":"standard","subject":"ISO 5:2020","standard":{}}' >"$home/new.ndjson"
check 'and one is new' answers 0 'added  *1 ' normlink import "$home/a" "$home/new.ndjson"
check 'what changed is harvested' takes best "$url"
check 'one of each' counts added 1 revised 1 deleted 1 retracted 1
check 'what is gone there is retracted here' answers 0 "deleted at $url: oai:a.example:a.example/log/3" normlink show "$home/best" 'ISO 3:1973'
check 'and not found any more' answers 1 '' normlink search "$home/best" preferred
check 'once more' takes best "$url"
check 'changes nothing' counts added 0 revised 0 retracted 0
check 'all of it' takes best "$url" --whole
check 'neither' counts added 0 revised 0 retracted 0 deleted 1

# ---- what our log says itself ----
check 'init own' make_node own
check 'own says something' answers 0 'added  *1 ' normlink import "$home/own" "$home/anew.ndjson"
check 'a harvest' takes own "$url"
check 'leaves it alone' counts added 3 refused 1
check 'and says so' grep -q 'the log says it from elsewhere' "$home/refused"
check 'unless it may' takes own "$url" --replace --whole
check 'it is replaced' counts revised 1

# ---- providers that misbehave ----
perl "$(dirname "$0")/odd_provider.pl" >"$home/odd" 2>"$home/odd.log" &
pid[odd]=$!
check 'an odd provider' await 10 test -s "$home/odd"
odd=http://127.0.0.1:$(cat "$home/odd")
check 'init b' make_node b
refuses() { # way code text options...
	local way=$1 code=$2 text=$3
	shift 3
	answers "$code" "$text" normlink harvest "$odd/$way" --into "$home/b" --quiet "$@"
}
check 'a page for people' refuses html 3 'not an answer of OAI-PMH: text/html'
check 'another type of data' refuses json 3 'application/json'
check 'XML that ends' refuses broken 3 'not an answer of OAI-PMH: line'
check 'nothing at all' refuses nothing 3 'not an answer of OAI-PMH'
check 'another address' refuses moved 5 'another address'
check 'without end downwards' refuses deep 3 'levels'
check 'entities' refuses bomb 3 'not an answer of OAI-PMH'
check 'the same token for ever' refuses same 5 'in a circle'
check 'tokens in a circle' refuses circle 5 'in a circle'
check 'tokens and nothing else' refuses empty 5 'without a record'
check 'a token that is too long' refuses long 3 'longer than is kept'
check 'a page without end' refuses huge 3 'larger than'
check 'busy for ever' refuses always 4 'answered 503' --tries 2
check 'nobody there' answers 5 'nobody answers' normlink harvest http://127.0.0.1:1/oai --into "$home/b" --quiet
check 'busy now and then' takes b "$odd/busy" --tries 2
check 'gives all' counts read 6 added 6
check 'a connection that is cut' takes b "$odd/cut"
check 'is made anew' counts read 6 refused 6 # another provider has them already
check 'init d' make_node d
check 'one that forgets where we are' takes d "$odd/forgets"
check 'is read from the beginning' counts added 6 unchanged 4
check 'init e' make_node e
check 'one that fails on its last page' answers 5 'answered 500' normlink harvest "$odd/fails" --into "$home/e" --quiet --state "$home/place" --tries 1
check 'leaves what came before' holds e e.example/log 4
check 'and the place' grep -qx 'token p2' "$home/place"
sed -i 's|/fails$|/well|' "$home/place"
check 'it goes on there' takes e "$odd/well" --state "$home/place"
check 'with the rest alone' counts read 2 added 2
check 'and asks from before the beginning next time' grep -qx 'from 2026-03-03' "$home/place"

# ---- items that come, go, and change their names ----
check 'init c' make_node c
check 'at first' takes c "$odd/moments" --set first
check 'one standard of two items is one' counts read 5 added 3 duplicates 1 refused 1
check 'again' takes c "$odd/moments" --set first
check 'the same' counts read 5 unchanged 3 duplicates 1 refused 1
check 'later' takes c "$odd/moments" --set second
check 'gone, renamed, and never known' counts read 3 added 1 deleted 2 retracted 2
check 'the renamed one is retracted' answers 0 'no longer said' normlink show "$home/c" 'ISO 3:2001'
check 'again later' takes c "$odd/moments" --set second
check 'nothing more' counts unchanged 1 deleted 2 retracted 0
check 'at last' takes c "$odd/moments" --set third
check 'what was gone is back, and the name free' counts revised 2 added 0 refused 0
check 'it is there' answers 0 'Two, again' normlink search "$home/c" again
stop_node odd
check 'it ends' stop_node a
