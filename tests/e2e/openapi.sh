#!/bin/bash
# What the node says of itself to programs: /openapi.json is valid, names every address, and every answer is as it says.
. "$(dirname "$0")/lib.bash"

python=
for one in /usr/bin/python3 python3; do
	if [ -z "$python" ] && "$one" -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then python=$one; fi
done
if [ -z "$python" ]; then
	echo 'skipped: no python3 with jsonschema (Debian: python3-jsonschema) on this machine'
	exit
fi

check 'init sac' make_node sac
check 'init iso' make_node iso
sed -i 's/^#\? *feedback: .*/feedback: on/' "$home/sac/node.conf"
check 'sac serves' start_node sac
check 'sac keeps its port' same_port sac
check 'they trust each other' join_nodes sac iso
check 'sac stops' stop_node sac
check 'iso serves' start_node iso
check 'sac serves again' start_node sac
check 'the sample of sac' normlink import "$home/sac" "$sample/sac.ndjson" --quiet
check 'the sample of iso' normlink import "$home/iso" "$sample/iso.ndjson" --quiet
check 'sac has both' await 30 holds sac iso.example/log "$(held iso iso.example/log)"
check 'what is current is stated' normlink index "$home/sac"
check 'and at iso' await 30 holds iso sac.example/log "$(held sac sac.example/log)"
cosigned() { curl -sf "http://$(address sac http)/api/v1/heads" | grep -q '"origin":"sac.example/log","head_size":\([0-9]*\),.*"cosigned_size":\1,'; }
check 'its head is cosigned' await 30 cosigned

# openapi-3.1.schema.json is the OpenAPI Initiative's (https://spec.openapis.org/oas/3.1/schema/2022-10-07, Apache-2.0).
here=$(dirname "$0")
drive() { "$python" -W ignore "$here/openapi.py" "$here/openapi-3.1.schema.json" "http://$(address sac http)"; }
check 'every path, every example' drive
tail -n 1 "$home/check.out"

# A judge of others, where there is one.
if "$python" -c 'import openapi_spec_validator' 2>/dev/null || python3 -c 'import openapi_spec_validator' 2>/dev/null; then
	curl -sf -o "$home/openapi.json" "http://$(address sac http)/openapi.json"
	check 'openapi-spec-validator finds it valid' python3 -W ignore -c "import json, openapi_spec_validator as v
v.validate(json.load(open('$home/openapi.json')))"
else
	echo 'skipped: openapi-spec-validator is not on this machine; the OpenAPI Initiative'\''s own schema was used'
fi
