#!/bin/bash
# Search as anybody asks it with curl: every parameter of a question, what is wrong said so; lists gone through while records
# come in; other ways of writing, editions in other languages, references typed loosely.
. "$(dirname "$0")/lib.bash"

command -v curl >/dev/null || { echo "skipped: curl is not here"; exit 0; }

cat >"$home/records.ndjson" <<'END'
{"kind":"standard","subject":"GB/T 19001-2008","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"}],"standard":{"status":"superseded","ics":["03.120.10"],"ccs":["A00"],"events":[{"type":"published","date":"2008-12-30"}]}}
{"kind":"standard","subject":"GB/T 19001-2016","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"}],"standard":{"status":"current","ics":["03.120.10"],"ccs":["A00"],"publisher":"SAC","level":"national","languages":["zh"],"events":[{"type":"published","date":"2016-12-30"}],"adopts":[{"target":"ISO 9001:2015","degree":"idt"}],"links":[{"type":"replaces","target":"GB/T 19001-2008"}]}}
{"kind":"standard","subject":"ISO 9001:2015","texts":[{"role":"title","lang":"en","value":"Quality management systems"},{"role":"abstract","lang":"en","value":"For any organization"}],"standard":{"status":"current","ics":["03.120.10","03.100.70"],"stage":"90.93","committees":["ISO/TC 176/SC 2"],"events":[{"type":"published","date":"2015-09"}],"links":[{"type":"cites","target":"ISO 3:1973"}]}}
{"kind":"standard","subject":"ISO 3:1973","texts":[{"role":"title","lang":"en","value":"Preferred numbers in quality"}],"standard":{"status":"withdrawn","ics":["17.020"],"events":[{"type":"published","date":"1973-01"}]}}
{"kind":"citation","subject":"Regulation (EU) 305","texts":[{"role":"title","lang":"en","value":"Construction products"}],"citation":{"type":"regulation","jurisdiction":"EU","cited":[{"target":"ISO 9001"}]}}
END
check 'init' make_node sac
check 'serve' start_node sac
check 'records' answers 0 'added  *5 ' normlink import "$home/sac" "$home/records.ndjson"
door=http://$(address sac http)/api/v1

# ---- asking ----
get() { # parameters...: the answer in $home/answer.json
	local arguments=()
	for pair; do arguments+=(--data-urlencode "$pair"); done
	curl -sS -G "$door/search" "${arguments[@]}" >"$home/answer.json"
}
finds() { # "subjects in order, with | between" parameters...
	local expected=$1
	shift
	get "$@"
	local found
	found=$(grep -o '"subject":"[^"]*","titles"' "$home/answer.json" | sed 's/"subject":"//; s/","titles"//' | paste -sd'|' -)
	[ "$found" = "$expected" ] || { echo "found $found, not $expected"; head -c 600 "$home/answer.json"; return 1; }
}
tells() { # text parameters...
	local text=$1
	shift
	get "$@" && { grep -qF -- "$text" "$home/answer.json" || { head -c 900 "$home/answer.json"; return 1; }; }
}
refuses() { # parameter text pairs...
	local name=$1 text=$2
	shift 2
	tells "\"parameter\":\"$name\"" "$@" && grep -q '"status":400' "$home/answer.json" && grep -qF -- "$text" "$home/answer.json"
}

new='GB/T 19001-2016' old='GB/T 19001-2008' iso='ISO 9001:2015' three='ISO 3:1973' act='Regulation (EU) 305'
check 'words' finds "$iso|$three" q=quality
check 'all of them' finds "$iso" q='systems quality'
check 'a phrase' finds "$iso" q='"quality management"'
check 'not that way round' finds '' q='"management quality"'
check 'the beginning of a word' finds "$iso" q='organ*'
check 'in titles' finds "$three" q='title:numbers'
check 'not in titles' finds '' q='title:organization'
check 'in abstracts' finds "$iso" q='abstract:organization'
check 'in references' finds "$iso" q='reference:9001'
check 'a reference, the newest edition first' finds "$new|$old" q=gbt19001 across=0
check 'by reference' finds "$iso" ref='ｉｓｏ 9001'
check 'ICS' finds "$three" ics=17
check 'several' finds "$iso|$three" ics=17,03.100
check 'CCS' finds "$old|$new" ccs=A sort=reference
check 'status' finds "$three" status=withdrawn
check 'stage' finds "$iso" stage=90
check 'level' finds "$new" level=national
check 'body' finds "$new" body=sac
check 'origin' tells '"total":5' origin=sac.example/log
check 'kind' finds "$act" kind=citation
check 'language' finds "$new" lang=zh
check 'from' finds "$new" published_from=2016
check 'to' finds "$three" published_to=1999
check 'between' finds "$old|$iso" published_from=2008 published_to=2015 sort=date
check 'committee' finds "$iso" committee='ISO/TC 176'
check 'adopts' finds "$new" adopts='iso 9001'
check 'replaces' finds "$new" replaces="$old"
check 'cites' finds "$act" cites='ISO 9001'
check 'cited by a standard' finds "$three" cited_by="$iso"
check 'cited by an act' finds "$iso" cited_by="$act"
check 'degree' finds "$new" degree=idt,mod
check 'all together' finds "$iso" q=quality ics=03 status=current published_from=2015 origin=sac.example/log
check 'by date' finds "$three|$old|$iso|$new" kind=standard sort=date
check 'the newest first' finds "$new|$iso|$old|$three" kind=standard sort=-date
check 'by reference' finds "$old|$new|$three|$iso" kind=standard sort=reference
check 'by title' finds "$three|$iso" q=quality sort=title
check 'from the end' finds "$iso|$three" q=quality sort=-title
check 'counts' tells '"facets":{"kind":[{"value":"standard","count":4},{"value":"citation","count":1}]}' facets=kind
check 'so many of each' tells '"facets":{"kind":[{"value":"standard","count":4}],"ics":[{"value":"03.120.10","count":3}]}' \
	facets=kind,ics facet_limit=1
check 'a page' finds "$iso" kind=standard sort=date limit=1 offset=2
check 'how it stands' tells '"offset":2,"limit":1' kind=standard sort=date limit=1 offset=2

# ---- other ways of writing, editions in another language ----
check 'traditional' finds "$old|$new" q='質量管理體系' across=0
check 'through its Chinese edition' finds "$old|$new|$iso" q='质量管理' status=current,superseded
check 'and how' tells '"relation":"adopts","degree":"idt","origin":"sac.example/log"' q='质量管理'
check 'counted apart' tells '"total":3,"linked":1' q='质量管理'
check 'not when not wanted' finds "$old|$new" q='质量管理' across=0
check 'as text' answers 0 "found through GB/T 19001-2016" normlink search "$home/sac" 質量管理

# ---- typed loosely ----
suggests() { # first text
	curl -sS -G "$door/suggest" --data-urlencode "q=$2" | grep -qF "\"suggestions\":[{" &&
		curl -sS -G "$door/suggest" --data-urlencode "q=$2" | grep -o '"subject":"[^"]*"' | head -n1 | grep -qF "\"$1\""
}
check 'gbt19001' suggests "$new" gbt19001
check 'full width' suggests "$iso" ＩＳＯ９００１
check 'the number alone' suggests "$new" 19001
check 'the beginning' suggests "$iso" 'iso 90'
check 'an empty one' bash -c "curl -sS '$door/suggest' | grep -q 'parameter q is missing'"
check 'did you mean' tells '"did_you_mean":["ISO 9001:2015"]' q='ISO 90011'
check 'as text' answers 1 'did you mean ISO 9001:2015?' normlink search "$home/sac" 'ISO 90011'

# ---- what is wrong ----
check 'no such parameter' refuses colour 'there are q, ref' colour=red
check 'twice' refuses q 'given twice' q=a q=b
check 'no words' refuses q 'no word to search for' q='--'
check 'no such log' refuses origin 'no log of that name' origin=nobody.example
for pair in ics=3 status=x stage=x level=x kind=x degree=x published_from=x published_to=2015-13 sort=x facets=x facet_limit=0 \
	limit=0 limit=201 offset=10001 across=2 cursor=x cursor=00112233445566778899; do
	check "refused: $pair" refuses "${pair%%=*}" "parameter ${pair%%=*}" "$pair"
done
check 'a cursor and an offset' refuses offset 'with a cursor' cursor=00 offset=1

# ---- a list that is gone through while records come in ----
for n in $(seq 1 40); do
	echo "{\"kind\":\"standard\",\"subject\":\"ISO $((5000 + n)):2001\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"Widget $((n % 7))\"}],\"standard\":{\"status\":\"current\"}}"
done >"$home/widgets.ndjson"
check 'widgets' answers 0 'added  *40 ' normlink import "$home/sac" "$home/widgets.ndjson"
indexes() { grep -o '"index":[0-9]*,"frozen"' "$home/answer.json"; }
go_through() { # parameters...
	local cursor='' n=0
	get "$@" limit=200 && indexes >"$home/all"
	get "$@" limit=6 && indexes >"$home/paged"
	while cursor=$(grep -o '"next":"[0-9a-f]*"' "$home/answer.json" | cut -d'"' -f4) && [ -n "$cursor" ]; do
		n=$((n + 1))
		sed "s/Widget/Gadget $n and widget/; s/:2001/:200$((n % 2 + 1))/" "$home/widgets.ndjson" | sed -n "$n~5p" >"$home/more.ndjson"
		normlink import "$home/sac" "$home/more.ndjson" >/dev/null || return 1
		get "$@" limit=6 cursor="$cursor" && indexes >>"$home/paged"
	done
	[ "$n" -ge 5 ] && cmp "$home/all" "$home/paged"
}
check 'by relevance' go_through q=widget
check 'by title' go_through q=widget sort=title
check 'everything' go_through sort=-reference
get q=widget limit=1
cursor=$(grep -o '"next":"[0-9a-f]*"' "$home/answer.json" | cut -d'"' -f4)
check 'another question refuses it' refuses cursor 'not one that this node gave' q=quality cursor="$cursor"
stop_node sac && start_node sac
door=http://$(address sac http)/api/v1
check 'it outlives a restart' tells '"offset":1' q=widget limit=1 cursor="$cursor"
cursor=$(normlink search "$home/sac" widget --limit 1 --json | grep -o '"next":"[0-9a-f]*"' | cut -d'"' -f4)
check 'the command line goes on, too' answers 0 'these are 2 to 4' normlink search "$home/sac" widget --limit 3 --cursor "$cursor"
