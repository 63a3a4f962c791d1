#!/bin/bash
# Harvesting by OAI-PMH: HTTP::OAI takes the whole sample; lists that go on over a restart and do not shift while the log
# grows; what is taken back, or taken away, stays deleted; what a mirror gets late is not passed over; every answer is
# valid.
. "$(dirname "$0")/lib.bash"

answers=0
# A request by its arguments, each "name=value"; the answer is kept, to be looked at in the end.
oai() { # node [arguments]
	local node=$1 url argument form=()
	shift
	for argument; do form+=(--data-urlencode "$argument"); done
	url=http://$(address "$node" http)/oai
	answers=$((answers + 1))
	last=$(printf '%s/answer-%04d.xml' "$home" $answers)
	curl -sfG -o "$last" "$url" "${form[@]}"
}
has() { grep -q -- "$1" "$last"; }
says() { # text node [arguments]
	oai "${@:2}" && cat "$last" && has "$1"
}
token() { sed -n 's/.*<resumptionToken[^>]*>\([^<]*\)<.*/\1/p' "$last"; }
identifiers() { grep -o '<identifier>[^<]*' "$@" | sed 's/.*<identifier>//'; }

# The rest of a list, page by page, into a file of identifiers.
rest_of() { # file node verb
	local more=$4
	: >"$1"
	while [ -n "$more" ]; do
		oai "$2" "verb=$3" "resumptionToken=$more" || return 1
		identifiers "$last" >>"$1"
		more=$(token)
	done
	has '<resumptionToken completeListSize="[0-9]*" cursor="[0-9]*"/>'
}

check 'init a' make_node a
check 'init b' make_node b
check 'a serves' start_node a
check 'a keeps its port' same_port a
check 'they trust each other' join_nodes a b
check 'the sample' normlink import "$home/a" "$sample"/*.ndjson --quiet
total=$(held a a.example/log)

# What a stranger's harvester makes of it.
harvest() { # options for HTTP::OAI's own program
	oai_pmh "$@" "http://$(address a http)/oai" >"$home/harvest" 2>"$home/harvest.err" && grep -c '<dc:type>' "$home/harvest"
}
harvests() { [ "$(harvest "${@:2}")" = "$1" ] || { tail -n 3 "$home/harvest.err"; return 1; }; }
# By its library: a method, and what is called on its answer for each record, or once.
library() { # expression
	perl -MHTTP::OAI -e "my \$h = HTTP::OAI::Harvester->new(baseURL => 'http://$(address a http)/oai', resume => 1); $1"
}
if command -v oai_pmh >/dev/null; then
	check 'HTTP::OAI identifies the node' answers 0 '^persistent seconds$' library \
		'my $i = $h->Identify; print $i->deletedRecord, $i->granularity eq "YYYY-MM-DDThh:mm:ssZ" ? " seconds\n" : "\n"'
	check 'HTTP::OAI harvests all' harvests "$total" --metadataPrefix oai_dc
	check 'oai' oai a verb=Identify
	day=$(date -u +%F)
	first=$(sed -n 's/.*<earliestDatestamp>\(.\{10\}\).*/\1/p' "$last")
	check 'HTTP::OAI harvests by days' harvests "$total" --metadataPrefix oai_dc --from "$first" --until "$day"
	check 'HTTP::OAI finds nothing, and does not mind' oai_pmh --metadataPrefix oai_dc --until 2001-01-01 "http://$(address a http)/oai"
else
	echo 'skipped: HTTP::OAI is not on this machine'
fi

# One day is the whole of it.
check 'the last day' oai a verb=ListIdentifiers metadataPrefix=oai_dc
day=$(sed -n '0,/<datestamp>/s/.*<datestamp>\(.\{10\}\).*/\1/p' "$last" | head -n 1)
check 'a day' says "completeListSize=\"$total\"" a verb=ListIdentifiers metadataPrefix=oai_dc "from=$day" "until=$(date -u +%F)"

# A list that goes on: the log grows, the node is killed, a page is asked for twice.
check 'a list begins' oai a verb=ListRecords metadataPrefix=oai_dc
identifiers "$last" >"$home/list"
go_on=$(token)
made_records 0 300 >"$home/r.ndjson"
sed 's/"status":"current"/"status":"withdrawn"/' "$sample/iso.ndjson" | grep '"status":"withdrawn"' >"$home/revised.ndjson"
check 'the log grows' normlink import "$home/a" "$home/r.ndjson" --quiet
check 'and says some things anew' normlink import "$home/a" "$home/revised.ndjson" --quiet
check 'the second page' oai a verb=ListRecords "resumptionToken=$go_on"
cp "$last" "$home/second"
sed -i "s/^#\?http-listen: .*/http-listen: $(address a http)/" "$home/a/node.conf"
check 'a is killed' sh -c "kill -KILL ${pid[a]}"
stop_node a KILL
check 'a is back' start_node a
check 'the second page again' oai a verb=ListRecords "resumptionToken=$go_on"
same() { diff <(sed 's/<responseDate>[^<]*//' "$1") <(sed 's/<responseDate>[^<]*//' "$2"); }
check 'is the same' same "$last" "$home/second"
check 'the list ends' rest_of "$home/rest" a ListRecords "$go_on"
cat "$home/rest" >>"$home/list"
check 'nothing is missed' test "$(wc -l <"$home/list")" = "$total"
check 'nothing comes twice' test "$(sort -u "$home/list" | wc -l)" = "$total"
if command -v oai_pmh >/dev/null; then
	check 'HTTP::OAI goes on with it as well' answers 0 "^$(wc -l <"$home/rest")\$" library \
		"my \$n = 0; \$h->ListRecords(resumptionToken => '$go_on', onRecord => sub { \$n++ }); print \"\$n\n\""
fi
check 'a new list has what is new' says "completeListSize=\"$((total + 300))\"" a verb=ListIdentifiers metadataPrefix=oai_dc
check 'ids over' rest_of "$home/rest" a ListIdentifiers "$(token)"
total=$((total + 300))

# Sets.
check 'sets' says '<setSpec>ics:03.120</setSpec>' a verb=ListSets
check 'a set' says 'completeListSize="3[0-9][0-9]"' a verb=ListRecords metadataPrefix=oai_dc set=ics:03.120
check 'of an origin' says '<header>' a verb=ListIdentifiers metadataPrefix=oai_dc 'set=origin:a.example!2Flog'
for format in marc21 relaton niso_sts signed; do
	check "as $format" says '<metadata>' a verb=ListRecords "metadataPrefix=$format"
	check "as $format, to the end" rest_of "$home/rest" a ListRecords "$(token)"
done

# What is signed can be checked with nothing but the policy.
check 'a record with its proof' oai a verb=GetRecord metadataPrefix=signed identifier=oai:a.example:a.example/log/7
sed -n 's/.*<proof>\([^<]*\)<.*/\1/p' "$last" | base64 -d >"$home/7.tlog-proof"
normlink policy "$home/a" --quorum none >"$home/policy" 2>/dev/null || normlink policy "$home/a" >"$home/policy"
check 'its proof holds' answers 0 'entry' normlink verify --policy "$home/policy" "$home/7.tlog-proof"

# Deleted for ever: taken back, and taken away.
subject=$(head -n 1 "$home/r.ndjson" | sed 's/.*"subject":"\([^"]*\)".*/\1/')
echo "{\"kind\":\"standard\",\"subject\":\"$subject\",\"retraction\":{\"reason\":\"never so\"},\"standard\":{}}" >"$home/back.ndjson"
await_second() { local now; now=$(date +%s); await 5 sh -c "test \$(date +%s) -gt $now"; }
check 'a second passes' await_second
since=$(date -u +%FT%TZ)
check 'retract' normlink import "$home/a" "$home/back.ndjson" --quiet
check 'redact' answers 0 'redacted 1' normlink redact "$home/a" 'ISO 100001:2020' --reason 'names a person' --basis 'GDPR 17' --yes
check 'what changed since' oai a verb=ListRecords metadataPrefix=oai_dc "from=$since"
check 'two are deleted' test "$(grep -o 'status="deleted"' "$last" | wc -l)" = 2
deleted=$(sed 's/<record>/\n<record>/g' "$last" | grep deleted | identifiers | tail -n 1)
check 'one by its name' says '<header status="deleted">' a verb=GetRecord metadataPrefix=oai_dc "identifier=$deleted"
check 'it has no formats' says 'code="noMetadataFormats"' a verb=ListMetadataFormats "identifier=$deleted"
check 'the others have' says '<metadataPrefix>marc21</metadataPrefix>' a verb=ListMetadataFormats identifier=oai:a.example:a.example/log/7

# A mirror's datestamps are its own: what comes late is after what it gave.
check 'b serves' start_node b
check 'b has all' await 30 holds b a.example/log "$(held a a.example/log)"
harvest_b() { oai b verb=ListIdentifiers metadataPrefix=oai_dc "$@"; }
check 'a second passes' await_second
check 'b is harvested' harvest_b
mark=$(sed -n 's/.*<responseDate>\([^<]*\).*/\1/p' "$last")
check 'b stops' stop_node b
made_records 900 3 >"$home/late.ndjson"
check 'a goes on' normlink import "$home/a" "$home/late.ndjson" --quiet
check 'a second passes' await_second
check 'b is back' start_node b
check 'b has the rest' await 30 holds b a.example/log "$(held a a.example/log)"
check 'what b got late' harvest_b "from=$mark"
ids=$(identifiers "$last" | sed 's/.*\///' | tail -n 3 | tr '\n' ' ')
size=$(held a a.example/log)
check 'is not passed over' test "$ids" = "$((size - 3)) $((size - 2)) $((size - 1)) "
check 'deleted at b as well' says '<header status="deleted">' b verb=GetRecord metadataPrefix=oai_dc "identifier=${deleted/a.example/b.example}"

# The other direction: a node takes what a provider lists, as facts of a third party.
check 'init c' make_node c
url=http://$(address a http)/oai
check 'c harvests a' answers 0 'added' normlink harvest "$url" --into "$home/c" --name 'Node a' --state "$home/c.state" --quiet
standards=$(held c c.example/log)
live=$(normlink search "$home/a" --kind standard --json --limit 1 | sed 's/.*"total": *\([0-9]*\).*/\1/')
check 'all its standards' test "$standards" = "$live"
check 'each says whose it is' answers 0 'Node a' normlink show "$home/c" 'ISO 9001:2015'
check 'where it stopped' grep -q '^from 20' "$home/c.state"
check 'again' answers 0 'added  *0 ' normlink harvest "$url" --into "$home/c" --name 'Node a' --state "$home/c.state" --quiet
check 'nothing is said twice' holds c c.example/log "$standards"

# Each of the errors, and the same by POST.
check 'no verb' says 'code="badVerb"' a verb=Nothing
check 'a verb twice' says 'code="badVerb"' a verb=Identify verb=Identify
check 'a stranger among the arguments' says 'code="badArgument"' a verb=Identify x=1
check 'days and seconds mixed' says 'code="badArgument"' a verb=ListRecords metadataPrefix=oai_dc from=2020-01-01 until=2021-01-01T00:00:00Z
check 'from after until' says 'code="badArgument"' a verb=ListRecords metadataPrefix=oai_dc from=2021-01-01 until=2020-01-01
check 'a garbled token' says 'code="badResumptionToken"' a verb=ListRecords "resumptionToken=${go_on}0"
check 'a token of another node' says 'code="badResumptionToken"' b verb=ListRecords "resumptionToken=$go_on"
check 'no such format' says 'code="cannotDisseminateFormat"' a verb=ListRecords metadataPrefix=mods
check 'no such item' says 'code="idDoesNotExist"' a verb=GetRecord metadataPrefix=oai_dc identifier=oai:a.example:a.example/log/99999
check 'an empty window' says 'code="noRecordsMatch"' a verb=ListRecords metadataPrefix=oai_dc until=2001-01-01
check 'formats' says '<metadataPrefix>signed</metadataPrefix>' a verb=ListMetadataFormats
check 'by GET' oai a verb=GetRecord metadataPrefix=oai_dc identifier=oai:a.example:a.example/log/7
post() { curl -sf -o "$home/post.xml" "http://$(address a http)/oai" -d verb=GetRecord -d metadataPrefix=oai_dc -d identifier=oai:a.example:a.example/log/7; }
check 'by POST' post
check 'is the same' same "$last" "$home/post.xml"

# Answers are packed for who takes it, as Identify says.
packed() {
	oai a verb=ListRecords metadataPrefix=oai_dc &&
		curl -sf -D "$home/head" -H 'Accept-Encoding: gzip' "http://$(address a http)/oai?verb=ListRecords&metadataPrefix=oai_dc" |
		gzip -dc >"$home/unpacked.xml" && grep -qi '^content-encoding: gzip' "$home/head" && same "$last" "$home/unpacked.xml"
}
check 'what Identify says of packing' says '<compression>gzip</compression>' a verb=Identify
check 'is true' packed

# What was asked is counted, and by words of ours alone.
measures() { curl -sf "http://$(address a http)/metrics" >"$home/metrics" && grep -Eq "^normlink_oai_requests_total\{$1\} [1-9]" "$home/metrics"; }
check 'verbs are counted' measures 'verb="ListRecords",code="ok"'
check 'and errors' measures 'verb="ListRecords",code="badResumptionToken"'

# Every answer, against what the protocol's text demands, by a program and by schemas.
check 'well-formed' xmllint --noout "$home"/answer-*.xml
check 'valid' perl "$(dirname "$0")/oai_valid.pl" "$home"/answer-*.xml
check 'valid by the schemas' xmllint --noout --nonet --schema "$root/tests/schemas/oai-pmh.xsd" "$home"/answer-*.xml
faulty() { sed 's/<datestamp>/<datestamp>on /' "$last" | xmllint --noout --nonet --schema "$root/tests/schemas/oai-pmh.xsd" -; }
check 'which find a fault' answers 3 'fails to validate' faulty
for schema in relaton.xsd niso-sts.xsd std-meta.xsd signed.xsd xml.xsd; do
	check "the node gives its schema $schema" sh -c "curl -sf 'http://$(address a http)/schemas/$schema' | cmp - '$root/node/api/schemas/$schema'"
done
check 'and says where' says "<schema>http://$(address a http)/schemas/signed.xsd</schema>" a verb=ListMetadataFormats
