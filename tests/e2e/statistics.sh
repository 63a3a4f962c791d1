#!/bin/bash
# Figures: the same bytes from two nodes that hold the same heads, running and stopped, in whatever language, after a
# reindex; and what is retracted, corrected or not public moves them as it should.
. "$(dirname "$0")/lib.bash"

figures() { # node form [options]
	local node=$1 form=$2
	shift 2
	normlink statistics "$home/$node" --format "$form" "$@"
}
same() { # options...: all forms, from both nodes
	local form
	for form in text json csv; do
		figures sac $form "$@" >"$home/one.$form" && figures iso $form "$@" >"$home/two.$form" || return 1
		[ -s "$home/one.$form" ] || return 1
		cmp "$home/one.$form" "$home/two.$form" || return 1
	done
}
says() { # line options...: of sac's CSV, up to its value
	local line=$1
	shift
	figures sac csv "$@" | grep -q -- "^$line," || { figures sac csv "$@"; return 1; }
}

cat >"$home/sac.ndjson" <<'END'
{"kind":"standard","subject":"GB/T 19001-2016","standard":{"status":"current","ics":["03.120.10"],"events":[{"type":"proposed","date":"2014-12"},{"type":"published","date":"2016-12-30"}],"adopts":[{"target":"ISO 9001:2015","degree":"idt"}]}}
{"kind":"standard","subject":"GB 5009.3-2016","standard":{"status":"current","ics":["67.050"],"events":[{"type":"published","date":"2016-08-31"}]}}
{"kind":"standard","subject":"T/CECS 700-2020","standard":{"status":"current"}}
{"kind":"translation","subject":"GB/T 19001-2016#en","translation":{"standing":"official"}}
{"kind":"feedback","subject":"F-1","feedback":{"type":"question","about":["GB 5009.3-2016"],"date":"2021-01-15","steps":[{"type":"received","date":"2021-01-15","deadline":"2021-02-15"}]}}
END
cat >"$home/iso.ndjson" <<'END'
{"kind":"standard","subject":"ISO 9001:2015","standard":{"status":"current","ics":["03.120.10"],"events":[{"type":"published","date":"2015-09-15"}]}}
{"kind":"standard","subject":"GB/T 19001-2016","standard":{"status":"withdrawn"}}
END

for node in sac iso; do
	check "init $node" make_node $node
	check "serve $node" start_node $node
done
check 'they trust each other' join_nodes sac iso
check 'import at sac' normlink import "$home/sac" "$home/sac.ndjson" --quiet
check 'import at iso' normlink import "$home/iso" "$home/iso.ndjson" --quiet
check 'sac holds both' await 30 holds sac iso.example/log 2
check 'iso holds both' await 30 holds iso sac.example/log 5

check 'the same from both' same
check 'and of one log' same --origin sac.example/log
check 'and of a day' same --date 2030-01-01 --by age
check 'levels' says 'level,national,3,5,0.6000' 
check 'of one log' says 'level,national,2,3,0.6667' --origin sac.example/log
check 'adoption' says 'adoption,,1,2,0.5000' --origin sac.example/log
check 'development' says 'development,,24,1,24.0000'
check 'market' says 'market,,1,3,0.3333' --origin sac.example/log
check 'translations' says 'translation,en,1,1,1.0000'
check 'overdue' says 'overdue,,1,1,1.0000' --date 2021-02-16
check 'not yet' says 'overdue,,0,1,0.0000' --date 2021-02-15
check 'the heads are named' says 'as-of,sac.example/log,5,' --by level

# The node that answers and its surroundings do not show.
figures sac json >"$home/before.json"
check 'over HTTP' bash -c "curl -sS --max-time 10 'http://$(address iso http)/api/v1/statistics' | cmp - '$home/before.json'"
check 'CSV when asked for' bash -c "curl -sS --max-time 10 -H 'Accept: text/csv' 'http://$(address sac http)/api/v1/statistics' |
	cmp - <('$NORMLINK' statistics '$home/iso' --format csv)"
check 'in another language' bash -c "LC_ALL=de_DE.UTF-8 LANG=ar_EG.UTF-8 TZ=Asia/Shanghai '$NORMLINK' statistics '$home/iso' --format json |
	cmp - '$home/before.json'"
check 'a wrong figure' answers 2 'by is one of' figures sac text --by size
check 'a wrong form' answers 2 'text, json or csv' figures sac xml
check 'nobody' answers 2 'holds no log' figures sac text --origin nobody.example/log

# What is not public is counted nowhere, also not where it is held.
printf '%s\n' '{"kind":"standard","subject":"GB/T 7-2020","standard":{"status":"current"}}' \
	'{"kind":"standard","subject":"GB 5009.3-2016","standard":{"status":"withdrawn"}}' >"$home/members.ndjson"
check 'members only' normlink import "$home/sac" "$home/members.ndjson" --collection members --quiet
check 'iso has the entries' await 30 holds iso sac.example/log 7
check 'both count the same' same
check 'and as before' says 'status,current,3,3,1.0000' --origin sac.example/log

# Corrections name what they correct, retractions stay to be seen.
printf '%s\n' '{"kind":"standard","subject":"T/CECS 700-2020","correction":{"index":2,"reason":"it ended"},"standard":{"status":"withdrawn"}}' \
	>"$home/right.ndjson"
printf '%s\n' '{"kind":"standard","subject":"T/CECS 700-2020","correction":{"index":1,"reason":"it ended"},"standard":{"status":"cancelled"}}' \
	>"$home/wrong.ndjson"
check 'a correction' normlink import "$home/sac" "$home/right.ndjson" --quiet
check 'of another record' answers 0 'entry 1 is about GB 5009.3-2016' normlink import "$home/sac" "$home/wrong.ndjson" --quiet
check 'shows what it corrects' answers 0 'corrects entry 2: it ended' normlink show "$home/sac" 'T/CECS 700-2020' --history
check 'and what changed' answers 0 '~ standard.status  "current" -> "withdrawn"' normlink show "$home/sac" 'T/CECS 700-2020' --history
check 'a retraction' answers 0 'retracted' normlink retract "$home/sac" translation GB/T19001-2016#EN --reason 'of another edition'
check 'again is nothing' answers 0 'already' normlink retract "$home/sac" translation GB/T19001-2016#en --reason 'of another edition'
check 'of nothing' answers 1 'says nothing' normlink retract "$home/sac" standard 'GB/T 99-2020' --reason 'none'
check 'without a reason' answers 2 'reason' normlink retract "$home/sac" standard 'GB 5009.3-2016'
check 'iso hears of it' await 30 holds iso sac.example/log 9
check 'its reason is shown there' answers 0 'retracted: of another edition' normlink show "$home/iso" 'GB/T 19001-2016' --history
check 'the same again from both' same
check 'no translation' says 'standing,official,0,0,'
check 'one is not current any more' says 'status,withdrawn,1,3,0.3333' --origin sac.example/log
check 'a redaction' normlink redact "$home/sac" 'GB/T 19001-2016' --reason 'a test' --basis 'a test' --yes
check 'iso carries it out' await 30 bash -c "'$NORMLINK' statistics '$home/iso' --format csv --origin sac.example/log | grep -q '^level,national,1,2,'"
check 'the same without it' same

# Who speaks for what: a log's own claim counts everywhere alike, another's opinion only where it is asked for.
check 'sac speaks for GB' normlink authority "$home/sac" claim GB GB/T T
check 'sac says what iso may' normlink authority "$home/sac" iso.example/log ISO
size_of_sac=$(figures sac csv --by level | sed -n 's/^as-of,sac.example.log,\([0-9]*\),.*/\1/p')
check 'iso has the claims' await 30 holds iso sac.example/log "$size_of_sac"
check 'both leave out what iso says about GB' same
check 'and say so' says 'authority,third-party,1'
check 'as sac sees it' same --opinions sac.example/log
check 'where iso speaks' says 'authority,own,[1-9][0-9]*' --opinions sac.example/log
check 'all that iso says, when asked for' says 'status,withdrawn,1,2,0.5000' --origin iso.example/log
check 'opinions of nobody' answers 2 'holds no log' figures sac text --opinions nobody.example/log

# Stopped, and made anew.
figures sac csv >"$home/before.csv"
check 'sac stops' stop_node sac
check 'iso stops' stop_node iso
check 'stopped nodes say the same' same
check 'as before' cmp "$home/one.csv" "$home/before.csv"
check 'reindex' normlink reindex "$home/iso"
check 'made anew' same
check 'fsck' normlink fsck "$home/iso"
