#!/bin/bash
# Standards in NISO STS and Relaton: in, and out again.
. "$(dirname "$0")/lib.bash"

meta() { # element reference [more]
	printf '<%s><title-wrap xml:lang="en"><intro>Teapots</intro><main>Spouts %s</main></title-wrap>%s<std-ref type="dated">%s</std-ref></%s>' \
		"$1" "${2//[ :]/}" "${3:-}" "$2" "$1"
}
around() { # outer: a national standard around a regional one around ISO's
	printf '<?xml version="1.0"?><!DOCTYPE adoption SYSTEM "no-such.dtd"><adoption><adoption-front>'
	meta std-meta "$1" '<release-date std-type="adopts" iso-8601-date="2016-03">2016</release-date>'
	printf '</adoption-front><adoption><adoption-front>'
	meta reg-meta 'EN ISO 4242:2015'
	printf '</adoption-front><standard><front>'
	meta iso-meta 'ISO 4242:2015'
	printf '</front><body><sec><p>&eacute;</p></sec></body></standard></adoption></adoption>'
}

mkdir "$home/sts"
around 'DIN EN ISO 4242:2016' >"$home/sts/din.xml"
around 'BS EN ISO 4242:2016' >"$home/sts/bs.xml"
head -c 300 "$home/sts/din.xml" >"$home/sts/cut.xml"
printf '<!DOCTYPE standard [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><standard><front><iso-meta><std-ref>&b;</std-ref></iso-meta></front></standard>' \
	>"$home/sts/laughs.xml"
printf '<!DOCTYPE standard [<!ENTITY a SYSTEM "file:///etc/hostname">]><standard><front><iso-meta><std-ref>ISO 1&a;</std-ref></iso-meta></front></standard>' \
	>"$home/sts/outside.xml"
printf '<html/>' >"$home/sts/page.xml"

check 'init' make_node body
check 'a folder of STS' answers 0 'refused *4' normlink import "$home/body" "$home/sts" --quiet --refused "$home/refused"
check 'a cut document is refused' grep -q 'cut.xml: line 1: ' "$home/refused"
check 'entities of its own' grep -q 'laughs.xml: line 1: declares an entity' "$home/refused"
check 'files outside' grep -q 'outside.xml: line 1: declares an entity' "$home/refused"
check 'what is no standard' grep -q 'page.xml: neither a standard' "$home/refused"
# Two documents of five records; three of the second are those of the first.
check 'the sums' answers 0 '"read":6,"added":0,"revised":0,"unchanged":7,"duplicates":3,"refused":4,"not_sent":0,"extra":8' \
	normlink import "$home/body" "$home/sts" --quiet --json
check 'the outermost layer' answers 0 'DIN EN ISO 4242:2016' normlink search "$home/body" DINENISO42422016
check 'the innermost layer' answers 0 'Spouts ISO42422015' normlink show "$home/body" 'ISO 4242:2015'
normlink records "$home/body" --kind adoption >"$home/adoptions"
check 'a step with its degree' grep -q '"subject":"DIN EN ISO 4242:2016","adoption":{"sources":\[{"target":"EN ISO 4242:2015","degree":"idt"' "$home/adoptions"
check 'a step without' grep -q '"subject":"EN ISO 4242:2015","adoption":{"sources":\[{"target":"ISO 4242:2015"}' "$home/adoptions"
(cd "$home" && tar -czf sts.tar.gz sts)
check 'an archive of STS: nothing new' answers 0 'unchanged *7' normlink import "$home/body" "$home/sts.tar.gz" --quiet

# Out as Relaton, into another node, and out again: the same.
check 'out as Relaton' sh -c "'$NORMLINK' records '$home/body' --format relaton >'$home/out.yaml'"
check 'four documents' test "$(grep -c '^---$' "$home/out.yaml")" = 4
check 'with what is adopted' grep -q 'content: IDT' "$home/out.yaml"
check 'init another' make_node other
check 'in again' answers 0 'added *4' normlink import "$home/other" "$home/out.yaml" --quiet
check 'out again' sh -c "'$NORMLINK' records '$home/other' --format relaton >'$home/again.yaml'"
check 'the same' cmp "$home/out.yaml" "$home/again.yaml"

# More than one part of a listing, over HTTP and from a stopped node alike; a revision comes once.
made_records 0 450 >"$home/many.ndjson"
check 'many' normlink import "$home/body" "$home/many.ndjson" --quiet
made_records 0 1 | sed 's/Made record/Revised record/' >"$home/revised.ndjson"
check 'one revised' answers 0 'revised *1' normlink import "$home/body" "$home/revised.ndjson" --quiet
check 'start' start_node body
normlink records "http://$(address body http)" >"$home/over-http"
check 'all of them over HTTP' test "$(wc -l <"$home/over-http")" = 454
check 'and each once' test "$(sort -u "$home/over-http" | wc -l)" = 454
check 'the newer one' grep -q 'Revised record number n0 ' "$home/over-http"
cp "$home/over-http" "$home/over-http.ndjson"
check 'over the socket the same' sh -c "'$NORMLINK' records '$home/body' | cmp - '$home/over-http'"
check 'what is listed is imported: nothing new' answers 0 'unchanged *454' normlink import "$home/body" "$home/over-http.ndjson" --quiet
check 'stop' stop_node body
check 'from the stopped node the same' sh -c "'$NORMLINK' records '$home/body' | cmp - '$home/over-http'"

check 'no such log' answers 1 'no log of that name' normlink records "$home/body" --origin nobody.example/log
check 'nothing of that kind' answers 1 'no record of kind body' normlink records "$home/body" --kind body
check 'no such format' answers 2 'ndjson or relaton' normlink records "$home/body" --format bibtex
check 'no such kind' answers 2 'no such kind' normlink records "$home/body" --kind teapot
check 'Relaton of what is no standard' answers 2 'standards alone' normlink records "$home/body" --kind body --format relaton
