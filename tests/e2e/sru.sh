#!/bin/bash
# SRU as the clients speak it that libraries have: yaz-client and zoomsh, with GET, POST and SOAP, in 1.1, 1.2 and 2.0; each
# answer of each operation valid, in an envelope, too; strangers see what is public.
. "$(dirname "$0")/lib.bash"

for tool in curl xmllint; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 0; }
done

cat >"$home/records.ndjson" <<'END'
{"kind":"standard","subject":"GB/T 19001-2008","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"}],"standard":{"status":"superseded","ics":["03.120.10"],"ccs":["A00"],"events":[{"type":"published","date":"2008-12-30"}]}}
{"kind":"standard","subject":"GB/T 19001-2016","texts":[{"role":"title","lang":"zh","value":"质量管理体系 要求"},{"role":"title","lang":"en","value":"Quality management systems - Requirements"}],"standard":{"status":"current","ics":["03.120.10"],"ccs":["A00"],"publisher":"SAC","languages":["zh"],"events":[{"type":"published","date":"2016-12-30"}],"adopts":[{"target":"ISO 9001:2015","degree":"idt"}],"links":[{"type":"replaces","target":"GB/T 19001-2008"}]}}
{"kind":"standard","subject":"ISO 9001:2015","texts":[{"role":"title","lang":"en","value":"Quality management systems & <requirements>"}],"standard":{"status":"current","level":"international","ics":["03.120.10","03.100.70"],"stage":"90.93","committees":["ISO/TC 176/SC 2"],"events":[{"type":"published","date":"2015-09"}]}}
{"kind":"standard","subject":"ISO 3:1973","texts":[{"role":"title","lang":"en","value":"Preferred numbers"},{"role":"abstract","lang":"en","value":"Series of numbers"}],"standard":{"status":"withdrawn","ics":["17.020"]}}
{"kind":"citation","subject":"Regulation (EU) 305","texts":[{"role":"title","lang":"en","value":"Construction products"}],"citation":{"type":"regulation","jurisdiction":"EU","cited":[{"target":"ISO 9001"}]}}
END
echo '{"kind":"standard","subject":"ISO 99:2020","texts":[{"role":"title","lang":"en","value":"Quality of secrets"}],"standard":{"status":"current","ics":["03.120.10"]}}' >"$home/secret.ndjson"

check 'init' make_node sac
echo 'index: off' >>"$home/sac/node.conf" # records are counted here, and nothing but ours is to come
check 'serve' start_node sac
check 'records' answers 0 'added  *5 ' normlink import "$home/sac" "$home/records.ndjson"
check 'and one for members' answers 0 'added  *1 ' normlink import "$home/sac" "$home/secret.ndjson" --collection members
door=http://$(address sac http)/sru

# ---- every operation, schema and version: valid ----
valid() { # file
	xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" "$1" 2>"$home/valid" || { tail -n 5 "$home/valid"; return 1; }
}
whole() { # parameters...: one valid answer in $home/answer.xml
	curl -fsS -G "$door" "$@" >"$home/answer.xml" && valid "$home/answer.xml"
}
tells() { # text parameters...
	local text=$1
	shift
	whole "$@" && { grep -q -- "$text" "$home/answer.xml" || { head -c 2000 "$home/answer.xml"; return 1; }; }
}
query() { # text query parameters...
	local text=$1 q=$2
	shift 2
	tells "$text" --data-urlencode "query=$q" "$@"
}
hits() { # count query
	query "<zs:numberOfRecords>$1<" "$2" && ! grep -q diagnostic "$home/answer.xml"
}
refuses() { # code query
	query "info:srw/diagnostic/1/$1<" "$2" && grep -q '<zs:numberOfRecords>0<' "$home/answer.xml"
}
check 'explain without a parameter' tells 'explain.z3950.org/dtd/2.0'
for version in 1.1 1.2 2.0; do
	check "explain $version" tells '<name set="std">ics</name>' -d version=$version -d operation=explain
	for schema in dc marcxml relaton niso_sts info:srw/schema/1/marcxml-v1.1; do
		for packing in xml string; do
			name=$([ $version = 2.0 ] && echo recordXMLEscaping || echo recordPacking)
			check "$schema, $packing, $version" query '<zs:numberOfRecords>5<' cql.allRecords=1 -d version=$version \
				-d operation=searchRetrieve -d "recordSchema=$schema" -d $name=$packing
		done
	done
	check "facets $version" query '<fr:count>3<' cql.allRecords=1 -d version=$version -d operation=searchRetrieve \
		-d facetLimit=5:std.ics
	check "scan of words $version" tells '<zs:value>quality</zs:value><zs:numberOfRecords>2<' --data-urlencode 'scanClause=dc.title=quality' \
		-d version=$version -d operation=scan
	check "scan $version" tells '<zs:value>03.120.10</zs:value><zs:numberOfRecords>3<' --data-urlencode 'scanClause=std.ics=03.120' \
		-d version=$version -d operation=scan
	check "what is wrong, $version" query 'info:srw/diagnostic/1/10<' 'a and' -d version=$version -d operation=searchRetrieve
done

faulty() { sed 's/<zs:numberOfRecords>/&x/' "$home/answer.xml" | xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" -; }
check 'a fault would be found' answers 3 'fails to validate' faulty

# ---- the same in envelopes: valid, and what GET gives ----
envelope() { # operation NAME=VALUE... on standard output; a value is XML already
	local operation=$1 one space=http://www.loc.gov/zing/srw/
	shift
	printf '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><r:%sRequest xmlns:r="%s">' "$operation" $space
	for one; do printf '<r:%s>%s</r:%s>' "${one%%=*}" "${one#*=}" "${one%%=*}"; done
	printf '</r:%sRequest></E:Body></E:Envelope>' "$operation"
}
send() { # file: the answer in $home/soap.xml, its status on standard output
	curl -sS -o "$home/soap.xml" -w '%{http_code}' -H 'Content-Type: text/xml; charset=utf-8' --data-binary "@$1" "$door"
}
same() { # operation NAME=VALUE...
	local operation=$1 one given=()
	shift
	for one; do given+=(--data-urlencode "$one"); done
	envelope "$operation" "$@" >"$home/envelope.xml"
	whole -d "operation=$operation" "${given[@]}" && [ "$(send "$home/envelope.xml")" = 200 ] && valid "$home/soap.xml" || return 1
	sed -z 's/^<?xml[^>]*?>\n*//' "$home/answer.xml" >"$home/plain.xml"
	sed -z 's/^.*<SOAP-ENV:Body>//; s|</SOAP-ENV:Body></SOAP-ENV:Envelope>||' "$home/soap.xml" | diff - "$home/plain.xml"
}
for version in 1.1 1.2 2.0; do
	check "SOAP: explain $version" same explain version=$version
	for schema in dc marcxml relaton niso_sts; do
		for packing in xml string; do
			name=$([ $version = 2.0 ] && echo recordXMLEscaping || echo recordPacking)
			check "SOAP: $schema, $packing, $version" same searchRetrieve version=$version query=cql.allRecords=1 $name=$packing recordSchema=$schema
		done
	done
	check "SOAP: facets $version" same searchRetrieve version=$version 'query=std.ics=03' facetLimit=5:std.ics
	check "SOAP: scan $version" same scan version=$version scanClause=std.ics=03.120 maximumTerms=2
	check "SOAP: what is wrong, $version" same searchRetrieve version=$version 'query=a and' fish=1
	check "SOAP: beyond the last, $version" same searchRetrieve version=$version query=quality startRecord=9
	check "SOAP: a record that MARC cannot say, $version" same searchRetrieve version=$version query=std.kind=citation recordSchema=marcxml
done
faults() { # code file: a valid fault
	[ "$(send "$2")" = 500 ] && valid "$home/soap.xml" && grep -q "<faultcode>SOAP-ENV:$1<" "$home/soap.xml" || { cat "$home/soap.xml"; return 1; }
}
envelope fish >"$home/fish.xml"
check 'SOAP: an operation that there is not' sh -c "curl -sS -H 'Content-Type: text/xml' --data-binary '@$home/fish.xml' '$door' | grep -q 'diagnostic/1/4<'"
envelope explain | head -c 100 >"$home/cut.xml"
check 'SOAP: an envelope that is cut off' faults Client "$home/cut.xml"
envelope explain | sed 's|http://schemas.xmlsoap.org/soap/envelope/|http://www.w3.org/2003/05/soap-envelope|' >"$home/newer.xml"
check 'SOAP: a newer one' faults VersionMismatch "$home/newer.xml"
envelope explain | sed 's|<E:Body>|<E:Header><a E:mustUnderstand="1"/></E:Header>&|' >"$home/must.xml"
check 'SOAP: what must be understood, and is not' faults MustUnderstand "$home/must.xml"
bent() { sed 's/<faultstring>/<faultstrings>/' "$home/soap.xml" | xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" -; }
check 'SOAP: a fault in the envelope would be found' answers 1 'mismatch' bent
bent_body() { same explain version=1.2 && sed 's/<zs:recordSchema>/&<zs:x\/>/' "$home/soap.xml" | xmllint --noout --nonet --schema "$root/tests/schemas/sru.xsd" -; }
check 'SOAP: and in its body' answers 3 'fails to validate' bent_body

# ---- queries ----
check 'words' hits 2 '"quality management"'
check 'of a script without blanks' hits 2 'dc.title = 质量管理'
check 'a reference, loosely typed' hits 2 '"gb/t19001"'
check 'all and any' hits 3 'dc.title all "quality requirements" or dc.title any "numbers fish"'
check 'a beginning' hits 2 'dc.title = qual*'
check 'masks inside of words' hits 2 'dc.title = "q*y man?gement"'
check 'a mask in front' hits 3 '*ments or *numb?rs'
check 'at its beginning' hits 1 'dc.title = "^preferred"'
check 'at its end' hits 1 'dc.title = "numbers^"'
check 'the whole title' hits 1 'dc.title == "preferred numbers"'
check 'and nothing else' hits 0 'dc.title == "quality management"'
check 'near' hits 2 'dc.title = quality prox/distance<=2 dc.title = systems'
check 'not so near' hits 0 'quality prox/distance<2 systems'
check 'in this order' hits 0 'systems prox/distance<=2/ordered quality'
check 'in one title' hits 2 'quality prox/unit=element requirements'
check 'an ICS subtree, and not' hits 2 'std.ics = 03 not std.status = superseded'
check 'what adopts a standard' hits 1 'std.adopts = "ISO 9001" and std.degree = idt'
check 'what replaces one' hits 1 'std.replaces = "GB/T 19001-2008"'
check 'what an act cites' hits 1 'std.regulation = "Regulation (EU) 305"'
check 'dates' hits 2 'dc.date within "2008 2015"'
check 'a committee and those below' hits 1 'std.committee = "ISO/TC 176"'
check 'one entry' hits 1 'rec.id = "sac.example/log#3"'
check 'nothing is no fault' hits 0 'fish'
check 'the latest first' query 'GB/T 19001-2016.*ISO 9001:2015.*GB/T 19001-2008' 'dc.date > 2000 sortBy dc.date/sort.descending'
check 'by title' query 'ISO 3:1973.*ISO 9001:2015.*GB/T 19001-2008.*GB/T 19001-2016' 'std.kind = standard sortBy dc.title'
check 'and back' query 'GB/T 19001-2008.*GB/T 19001-2016.*ISO 9001:2015.*ISO 3:1973' 'std.kind = standard sortBy dc.title/sort.descending'
check 'the second page' query '<zs:recordPosition>3<' 'dc.date > 2000 sortBy dc.date' -d startRecord=3 -d maximumRecords=1
check 'beyond the last' query 'diagnostic/1/61<' 'dc.date > 2000' -d startRecord=4
check 'no such index' refuses 16 'std.colour = red'
check 'no such set' refuses 15 'fish.title = a'
check 'proximity of anything but words' refuses 39 'a prox std.ics=03'
check 'a mask of codes' refuses 28 'std.ics = 0?'
check 'masks alone' refuses 29 '"??"'
check 'no such schema' query 'diagnostic/1/66<' quality -d recordSchema=mods
check 'a record that MARC cannot say' query 'diagnostic/1/67<' 'std.kind = citation' -d recordSchema=marcxml
check 'another database' sh -c "curl -sS '$door/other?query=a' | grep -q diagnostic/1/235"
check 'diagnostics are counted' answers 0 '^normlink_sru_diagnostics_total{code="16"} [1-9]' curl -sf "${door%/sru}/metrics"
check 'its operator sees all' answers 0 'ISO 99:2020' normlink search "$home/sac" secrets
check 'a stranger does not' hits 0 'secrets'
for index in std.status=current std.kind=standard std.origin=sac std.degree=idt; do
	check "a list of $index" tells '<zs:numberOfRecords>[1-9]' --data-urlencode "scanClause=$index"
done
check 'a list of what is adopted' tells '<zs:value>ISO 9001:2015<' --data-urlencode 'scanClause=std.adopts="ISO 9001"'
check 'what only members may see is in no list' sh -c "! curl -sS '$door?scanClause=cql.anywhere%3Dsecrets&responsePosition=5' | grep -q 'value>secrets'"
check 'nor in lists' sh -c "! curl -sS '$door?scanClause=std.number%3DISO' | grep -q 'ISO 99'"

# ---- what is odd: each answer valid, with its one diagnostic, or none ----
odd() { # codes parameters...: those diagnostics in that order, "" for none
	local codes=$1
	shift
	whole "$@" || return 1
	[ "$(grep -o 'diagnostic/1/[0-9]*<' "$home/answer.xml" | tr -dc '0-9/\n' | sed 's|.*/||' | xargs)" = "$codes" ] || { head -c 2000 "$home/answer.xml"; return 1; }
}
for version in 1.1 1.2 2.0; do
	from=(-d version=$version -d operation=searchRetrieve)
	name=$([ $version = 2.0 ] && echo recordXMLEscaping || echo recordPacking)
	check "$version: no records, but their number" odd '' "${from[@]}" -d query=quality -d maximumRecords=0
	check "$version: beyond any" odd 61 "${from[@]}" -d query=quality -d startRecord=99999999999999999999
	check "$version: more than there may be" odd '' "${from[@]}" -d query=quality -d maximumRecords=99999999999999999999
	check "$version: before the first" odd 6 "${from[@]}" -d query=quality -d startRecord=0
	check "$version: another packing" odd 71 "${from[@]}" -d query=quality -d $name=json
	check "$version: explain as text" tells '&lt;explain xmlns=' -d version=$version -d operation=explain -d $name=string
	check "$version: and nothing is wrong" odd '' -d version=$version -d operation=explain -d $name=string
	check "$version: a stylesheet" odd 110 "${from[@]}" -d query=quality -d stylesheet=/a.xsl
	check "$version: and of scan" odd 110 -d version=$version -d operation=scan -d scanClause=std.ics=03 -d maximumTerms=2 -d stylesheet=/a.xsl
	check "$version: and of explain" odd 110 -d version=$version -d operation=explain -d stylesheet=/a.xsl
	check "$version: XPath" odd 72 "${from[@]}" -d query=quality -d recordXPath=/a
	check "$version: unknown, known only to others, and ignored" odd '8' "${from[@]}" -d query=quality -d fish=1 -d x-fish=1 -d resultSetTTL=60
	check "$version: several faults" odd '8 6' "${from[@]}" -d query=quality -d fish=1 -d 'query=a'
	check "$version: sort keys" tells 'GB/T 19001-2016.*ISO 9001:2015.*GB/T 19001-2008' "${from[@]}" -d query=dc.date%3E2000 -d sortKeys=date,,0,1,highValue
	check "$version: a sort key of a schema" odd 87 "${from[@]}" -d query=dc.date%3E2000 -d sortKeys=date,dc
	check "$version: parameters of other operations" odd '' "${from[@]}" -d query=quality -d scanClause=a -d maximumTerms=3 -d responsePosition=1 -d queryType=cql
	check "$version: likewise of scan" odd '' -d version=$version -d operation=scan -d scanClause=std.ics=03 -d query=a -d sortKeys=a -d recordPacking=packed -d recordXMLEscaping=xml -d facetLimit=3
	check "$version: likewise of explain" odd '' -d version=$version -d operation=explain -d query=a -d scanClause=b -d facetLimit=3
	check "$version: no query" odd 7 "${from[@]}"
	check "$version: an empty one" odd 7 "${from[@]}" -d query=
	check "$version: an operation of its own" odd 4 -d version=$version -d operation=update
	check "$version: a query too long" odd 12 "${from[@]}" -d "query=$(printf 'a%.0s' {1..5000})"
	check "$version: what cannot stand in XML" odd 10 "${from[@]}" --data-urlencode $'query=a\x01 \x02'
done
for version in 1.0 1.3 1.x 2.7; do check "version $version" odd '' -d version=$version -d operation=searchRetrieve -d query=quality; done
for version in 0.9 3.0 1 2 fish ''; do check "version \"$version\"" odd "$([ -z $version ] || echo 5)" -d version=$version -d operation=searchRetrieve -d query=quality; done
check 'more booleans than there may be' odd 38 --data-urlencode "query=a$(printf ' or a%.0s' {1..128})"
check 'it says how many' grep -q '/38</uri><details>127<' "$home/answer.xml"
check 'so many' odd '' --data-urlencode "query=a$(printf ' or a%.0s' {1..127})"
check 'no operation in 1.1' odd 7 -d version=1.1 -d query=quality
check 'words as they are' query '<zs:numberOfRecords>2<' 'requirements quality' -d queryType=searchTerms
check 'and nothing but words' query '<zs:numberOfRecords>0<' 'quality or numbers' -d queryType=searchTerms
check 'PQF' odd 11 -d query=a -d queryType=pqf
check 'a form of answer that there is not' odd 6 -d query=a -d httpAccept=text/html
check 'or that there is' odd '' -d query=a --data-urlencode httpAccept=application/sru+xml
check 'rendered by the server' odd 6 -d query=a -d renderedBy=server
check 'the second most frequent' tells '<fr:actualTerm>03.100.70</fr:actualTerm>' -d query=std.ics=03 -d facetLimit=1:std.ics -d facetStart=2
check 'and not the first' sh -c "! grep -q '<fr:actualTerm>03.120.10' '$home/answer.xml'"
check 'facets of what has none' odd 16 -d query=quality -d facetLimit=5:dc.title
check 'more facets than there may be' odd 6 -d query=quality -d facetLimit=101:std.ics
check 'in no order of ours' odd 6 -d query=quality -d facetLimit=5:std.ics -d facetSort=alphanumeric
check 'a slash behind the address' sh -c "curl -sS '$door/' | grep -q 'explainResponse.*explain.z3950.org'"
check 'a form with the type in capitals' sh -c "curl -sS -H 'Content-Type: APPLICATION/X-WWW-FORM-URLENCODED' -d query=quality '$door' | grep -q 'numberOfRecords>2<'"

# ---- what explain says of each index is so, and each term of a list is found so often ----
whole
sed 's/<index /\n&/g; s/<schemaInfo>/\n&/' "$home/answer.xml" |
	sed -n 's/^<index search="\([a-z]*\)" scan="\([a-z]*\)" sort="\([a-z]*\)">.*<name set="\([a-z]*\)">\([A-Za-z]*\)<.*/\4.\5 \1 \2 \3/p' >"$home/indexes"
terms() { # index: as many as there may be, from the first on; value TAB count, a line each
	whole --data-urlencode "scanClause=$1=\"0\"" -d maximumTerms=50 -d responsePosition=25 || return 1
	sed 's/<zs:term>/\n&/g' "$home/answer.xml" | sed -n 's/^<zs:term><zs:value>\(.*\)<.zs:value><zs:numberOfRecords>\([0-9]*\)<.*/\2 \1/p'
}
scans() { # index: lists terms; a search for each finds so many records
	local index=$1 count term relation='=='
	terms "$index" >"$home/terms" || return 1
	grep -q diagnostic "$home/answer.xml" && { cat "$home/answer.xml"; return 1; }
	[ -s "$home/terms" ] || { echo "no terms of $index"; return 1; }
	case $index in # terms are words here, and == means all of a text, or a reference
	cql.* | bath.any | *.title | dc.description) relation='=' ;;
	esac
	while read -r count term; do
		hits "$count" "$index $relation \"${term//&amp;/&}\"" || { echo "$index $relation $term: not $count"; grep -o '<zs:numberOfRecords>[0-9]*' "$home/answer.xml"; return 1; }
	done <"$home/terms"
}
check 'indexes are told' test "$(wc -l <"$home/indexes")" -ge 30
while read -r index search scan sort; do
	case $scan in
	true) check "explain says that $index can be listed" scans "$index" ;;
	*) check "explain says that $index cannot be listed" tells 'diagnostic/1/16<' --data-urlencode "scanClause=$index=a" ;;
	esac
	case $sort in
	true) check "explain says that $index is an order" hits 5 "cql.allRecords=1 sortBy $index" ;;
	*) check "explain says that $index is no order" refuses 80 "cql.allRecords=1 sortBy $index" ;;
	esac
	[ "$search" = true ] || check "explain says that $index cannot be searched" refuses 16 "$index = 1"
done <"$home/indexes"
check 'acts are listed' tells '<zs:value>Regulation (EU) 305</zs:value><zs:numberOfRecords>1<' --data-urlencode 'scanClause=std.regulation=""'
check 'entries are listed' tells '<zs:value>sac.example/log#2</zs:value>.*<zs:value>sac.example/log#3</zs:value>' --data-urlencode 'scanClause=rec.id="sac.example/log#2"'
check 'not those for members' sh -c "! grep -q 'log#5' '$home/answer.xml'"

# ---- the clients ----
asks() { # text, then lines for the client's input; "client" says which
	local text=$1
	shift
	printf '%s\n' "$@" quit | timeout 60 $client >"$home/client.out" 2>&1
	grep -q -- "$text" "$home/client.out" || { cat "$home/client.out"; return 1; }
}
if command -v yaz-client >/dev/null; then
	client=yaz-client
	for method in get post soap; do
		for version in 1.1 1.2 2.0; do
			speak="sru $method $version"
			check "yaz-client, $speak: find" asks 'Number of hits: 3' "$speak" "open $door" 'find std.ics=03'
			check "yaz-client, $speak: show" asks 'Preferred numbers' "$speak" "open $door" 'find ISO3' 'show 1'
			check "yaz-client, $speak: MARC" asks '19001-2016' "$speak" "open $door" 'schema marcxml' 'find std.ccs=A' 'show 1+2'
			check "yaz-client, $speak: words near" asks 'Number of hits: 2' "$speak" "open $door" 'find quality prox/distance<=2 syst?ms'
			check "yaz-client, $speak: scan of words" asks '^numbers: 1$' "$speak" "open $door" 'scan dc.title=n'
			check "yaz-client, $speak: scan" asks '^17.020: 1$' "$speak" "open $door" 'scan std.ics=03'
			check "yaz-client, $speak: no such index" asks '1/16' "$speak" "open $door" 'find std.colour=red'
		done
	done
	check 'yaz-client as it comes: SOAP' asks 'Number of hits: 3' "open $door" 'find std.ics=03'
else
	echo 'skipped: yaz-client is not here (Debian package yaz)'
fi
if command -v zoomsh >/dev/null; then
	client=zoomsh
	for method in get post soap; do
		for version in 1.1 1.2 2.0; do
			check "zoomsh, $method $version" asks 'Preferred numbers' "set sru $method" "set sru_version $version" \
				"connect $door" 'search cql:ISO3' 'show 0 1'
		done
	done
	check 'zoomsh, a query of another type' asks 'srw/diagnostic/1:11' "set sru get" "connect $door" 'search @or a b'
	check 'zoomsh, masked and anchored' asks ' 1 hits' "set sru get" "connect $door" 'search cql:dc.title=^pref*d'
	check 'zoomsh as it comes' asks ' 3 hits' "connect $door" 'search cql:std.ics=03'
else
	echo 'skipped: zoomsh is not here (Debian package yaz)'
fi
check 'it ends' stop_node sac
