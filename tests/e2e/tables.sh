#!/bin/bash
# Tables with a mapping, ISO Open Data, and imports that are everything of their kind: counts add up, a second run makes no
# entry, what disappeared is told and, when asked, withdrawn.
. "$(dirname "$0")/lib.bash"

check 'init' make_node sac
entries() { [ "$(held sac sac.example/log)" = "$1" ]; }
adds_up() { # command...
	"$@" --json >"$home/summary.json" 2>"$home/summary.err" || return 1
	tr ',{' '\n\n' <"$home/summary.json" | awk -F: '{ gsub(/"/, "", $1); n[$1] = $2 } END {
		exit !(n["read"] > 0 && n["read"] == n["added"] + n["revised"] + n["unchanged"] + n["duplicates"] + n["refused"]) }'
}
says() { # reference text [node]
	answers 0 "$2" normlink show "$home/${3:-sac}" "$1" --json
}
lacks() { # reference text
	normlink show "$home/sac" "$1" --json >"$home/show.out" && ! grep -q -- "$2" "$home/show.out"
}

# ---- the columns of China's platform -----------------------------------------------------------------------------
head='标准号,是否采标,中文标准名称,英文标准名称,类别,标准状态,中国标准分类号（CCS）,国际标准分类号（ICS）,发布日期,实施日期,主管部门,归口部门,发布单位,备注'
row() { printf '%s,%s,%s,%s,%s,%s,A00,03.120.10,%s,2020-01-01,甲部,乙委,丙委、丁局,%s\n' "$@"; }
{
	printf '\xef\xbb\xbf%s\r\n' "$head"
	row 'GB/T 90001-2019' '"ISO 90001:2015,IDT"' '"测试　标准, 第1部分"' 'Tests - Part 1' 推标 现行 2019-05-10 '代替GB/T 90001-2008'
	row 'GB 90002—2018' 采 '测试2' '' 强标 即将实施 2018/5/9 '2020-01-01实施'
	row 'GB/Z 90003-2017' '' '测试3' '' 指导 废止 20170501 ''
	row 'DB11/T 90004-2016' '' '测试4' '' 推标 不明 '2016年5月1日' ''
	printf ',,,,,,,,,,,,,\n'
	row '不是标准' '' '测试5' '' 推标 现行 2016-01-01 ''
	row 'GB/T 90001-2019' '' '又一次' '' 推标 现行 2016-01-01 ''
	printf 'GB/T 90009-2019,一格\n'
} >"$home/gb.csv"
check 'a table is recognised, and its counts add up' adds_up normlink import "$home/sac" "$home/gb.csv"
check 'what was made of it' grep -q '"read":7,"added":4,"revised":0,"unchanged":0,"duplicates":1,"refused":2' "$home/summary.json"
check 'the mapping is named' grep -q 'read with the mapping: gb' "$home/summary.json"
check 'a row that is about nothing known names its line' grep -q 'gb.csv:7: .*不是标准' "$home/summary.err"
check 'a row that is cut, too' grep -q 'gb.csv:9: 2 cells' "$home/summary.err"
check 'adoption with its degree' says 'GB/T 90001-2019' '"adopts":\[{"target":"ISO 90001:2015","degree":"idt"}\]'
check 'what it replaces is in the remark' says 'GB/T 90001-2019' '"links":\[{"type":"replaces","target":"GB/T 90001-2008"}\]'
check 'a quoted comma stays, blanks fold' says 'GB/T 90001-2019' '测试 标准, 第1部分'
check 'mandatory, and not in force yet' says 'GB 90002-2018' '"status":"upcoming".*"obligation":"mandatory"'
check 'how it was written is kept' says 'GB 90002-2018' '"reference":"GB 90002—2018"'
check 'adopted, but not what: odd, and no adoption' says 'GB 90002-2018' '"oddities":\[{"type":"reference","field":"standard.adopts.target","found":"采"}\]'
check 'a remark that replaces nothing is a note only' lacks 'GB 90002-2018' '"links"'
check 'guidance, withdrawn' says 'GB/Z 90003-2017' '"obligation":"guidance"'
check 'level and region from the reference' says 'DB11/T 90004-2016' '"level":"local".*"region":"CN-BJ"'
check 'an unknown status stays as its word, and is odd' says 'DB11/T 90004-2016' '"found":"不明"'
check 'a date in words' says 'DB11/T 90004-2016' '"date":"2016-05-01"'
check 'again: no entry' adds_up normlink import "$home/sac" "$home/gb.csv"
check 'all unchanged' grep -q '"added":0,"revised":0,"unchanged":4' "$home/summary.json"
check 'the log has four' entries 4
check 'the same in GB 18030' sh -c "iconv -f UTF-8 -t GB18030 '$home/gb.csv' >'$home/gb18030.csv'"
check 'is the same' adds_up normlink import "$home/sac" "$home/gb18030.csv"
check 'to the byte' grep -q '"added":0,"revised":0,"unchanged":4' "$home/summary.json"
sed 's/,/;/g; s/"ISO 90001:2015;IDT"/ISO 90001:2015,IDT/; s/; 第1部分/, 第1部分/' "$home/gb.csv" >"$home/semicolon.txt"
check 'semicolons, and no name that helps' adds_up normlink import "$home/sac" "$home/semicolon.txt"
check 'is the same, too' grep -q '"added":0,"revised":0,"unchanged":4' "$home/summary.json"
sed 's/,废止,/,现行,/' "$home/gb.csv" >"$home/gb2.csv"
check 'one status changed' adds_up normlink import "$home/sac" "$home/gb2.csv"
check 'makes one revision' grep -q '"added":0,"revised":1,"unchanged":3' "$home/summary.json"

# ---- what disappeared --------------------------------------------------------------------------------------------
sed '/不是标准/d; /一格/d' "$home/gb2.csv" >"$home/clean.csv"
grep -v 90003 "$home/clean.csv" >"$home/fewer.csv"
check 'nothing says what else is of this source' answers 2 'prefix' normlink import "$home/sac" "$home/fewer.csv" --complete --quiet
check 'one disappeared' answers 0 'disappeared: GB/Z 90003-2017' normlink import "$home/sac" "$home/fewer.csv" --complete --prefix GB
check 'it is told and left' says 'GB/Z 90003-2017' '"status":"current"'
check 'prefixes are whole' answers 0 '0 disappeared' normlink import "$home/sac" "$home/fewer.csv" --complete --prefix G
sed 's/^DB11/坏/' "$home/fewer.csv" >"$home/doubtful.csv"
check 'after a refusal nothing is withdrawn' answers 0 'nothing is withdrawn' normlink import "$home/sac" "$home/doubtful.csv" --complete --prefix GB --withdraw
check 'five entries still' entries 5
check 'withdrawn when asked' answers 0 '1 of them withdrawn' normlink import "$home/sac" "$home/fewer.csv" --complete --prefix GB --withdraw --withdraw-date 2026-01-31 --disappeared "$home/gone.txt"
check 'the list' grep -qx 'GB/Z 90003-2017' "$home/gone.txt"
check 'with its date' says 'GB/Z 90003-2017' '"status":"withdrawn".*"type":"withdrawn","date":"2026-01-31"'
check 'and again: no entry' answers 0 '0 disappeared' normlink import "$home/sac" "$home/fewer.csv" --complete --prefix GB --withdraw
check 'six entries' entries 6
check 'options that go together' answers 2 'complete' normlink import "$home/sac" "$home/fewer.csv" --withdraw

# ---- a collection of its own -------------------------------------------------------------------------------------
printf '%s\n' "$head" >"$home/members.csv"
row 'GB/T 90020-2019' '' 甲 '' 推标 现行 2019-05-10 '' >>"$home/members.csv"
row 'GB/T 90021-2019' '' 乙 '' 推标 现行 2019-05-10 '' >>"$home/members.csv"
check 'rows for members only' adds_up normlink import "$home/sac" "$home/members.csv" --collection members
check 'two' grep -q '"added":2' "$home/summary.json"
sed -i '$d' "$home/members.csv"
check 'only that collection is compared' answers 0 '1 of them withdrawn' normlink import "$home/sac" "$home/members.csv" --collection members --complete --prefix GB --withdraw
check 'and it stays there' says 'GB/T 90021-2019' '"collection":"members".*"status":"withdrawn"'

# ---- a mapping of one's own --------------------------------------------------------------------------------------
check 'included mappings' answers 0 'iso-open-data' normlink import --mapping list
check 'as a file' sh -c "'$NORMLINK' import --mapping list gb >'$home/own.yaml'"
check 'which is read back' adds_up normlink import "$home/sac" "$home/fewer.csv" --mapping "$home/own.yaml"
check 'to the same' grep -q '"added":0,"revised":0' "$home/summary.json"
cat >"$home/review.yaml" <<'YAML'
name: reviews
kind: review
separator: tab
subject:
  columns: [Standard]
  fragment: {columns: [Year]}
columns:
  - columns: [Outcome]
    field: review.conclusion
    values: {keep: confirm, change: revise}
  - columns: [Day]
    field: review.date
    dates: [DD.MM.YYYY]
constants: {review.type: periodic, source.name: Reviews of the test 质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质质}
YAML
printf 'Standard\tYear\tOutcome\tDay\tColour\nGB/T 90001-2019\t2024\tkeep\t31.12.2024\tred\nGB 90002-2018\t2024\tchange\t01.02.2024\tblue\n' >"$home/reviews.tsv"
check 'another kind' answers 0 'columns that the mapping does not use: Colour' normlink import "$home/sac" "$home/reviews.tsv" --mapping "$home/review.yaml"
check 'it is there' says 'GB/T 90001-2019#2024' '"conclusion":"confirm","date":"2024-12-31"'
sed -i 2d "$home/reviews.tsv"
check 'the source is named: no prefix is needed' answers 0 '1 of them withdrawn' normlink import "$home/sac" "$home/reviews.tsv" --mapping "$home/review.yaml" --complete --withdraw
check 'another kind is retracted' says 'GB/T 90001-2019#2024' 'no longer in Reviews of the test'
check 'and again: nothing' answers 0 '0 disappeared' normlink import "$home/sac" "$home/reviews.tsv" --mapping "$home/review.yaml" --complete --withdraw
check 'a column that is missing: what to do' answers 3 'no column.*--mapping' normlink import "$home/sac" "$home/reviews.tsv" --mapping gb
check 'a mapping with a slip says where' sh -c "sed 's/field: review.date/field: review.dat/' '$home/review.yaml' >'$home/slip.yaml'"
check 'names the rule' answers 3 'columns\[1\].*review.dat' normlink import "$home/sac" "$home/reviews.tsv" --mapping "$home/slip.yaml"
check 'no such mapping' answers 1 'mapping list' normlink import "$home/sac" "$home/reviews.tsv" --mapping nowhere

# ---- ISO Open Data -----------------------------------------------------------------------------------------------
check 'init' make_node iso
cat >"$home/iso.jsonl" <<'JSON'
{"id":90010,"deliverableType":"IS","supplementType":null,"reference":"ISO 90001:2015","publicationDate":"2015-09-22","edition":5,"icsCode":["03.120.10"],"ownerCommittee":"ISO/TC 900","currentStage":9093,"replaces":[90008],"replacedBy":null,"languages":["en","fr"],"title":{"en":"Tests","fr":"Essais"},"pages":{"en":29},"scope":{"en":"<p>This document &amp; more.</p><ul><li>a</li></ul>"}}
{"id":90008,"deliverableType":"IS","supplementType":null,"reference":"ISO 90001:2008","publicationDate":"2008-11-15","edition":4,"icsCode":null,"ownerCommittee":"ISO/TC 900","currentStage":9599,"replaces":[1],"replacedBy":[90010],"languages":["en"],"title":{"en":"Tests"}}
{"id":90011,"deliverableType":"IS","supplementType":"Amd","reference":"ISO 90001:2015/Amd 1:2024","publicationDate":"2024-02-23","edition":1,"currentStage":6060,"title":{"en":"Tests - Amendment 1"}}
{"id":5,"reference":"ISO/TC 900/SC 1","status":"Active","title":{"en":"Sub"},"secretariat":{"acronym":"SAC"},"parentId":4,"childrenId":[]}
{"id":4,"reference":"ISO/TC 900","status":"Active","title":{"en":"Tests","fr":"Essais"},"secretariat":"SCC","parentId":null,"childrenId":[5]}
{"id":6,"reference":"","deliverableType":"IS"}
{"id":7,
JSON
isays() { says "$1" "$2" iso; }
check 'JSON lines are recognised' adds_up normlink import "$home/iso" "$home/iso.jsonl"
check 'what was made of them' grep -q '"read":7,"added":5,"revised":0,"unchanged":0,"duplicates":0,"refused":2' "$home/summary.json"
check 'under another name' sh -c "cp '$home/iso.jsonl' '$home/iso.json'"
check 'they are recognised, too' adds_up normlink import "$home/iso" "$home/iso.json" --mapping iso-open-data
check 'and the same' grep -q '"unchanged":5' "$home/summary.json"
check 'the stage tells the status' isays 'ISO 90001:2008' '"status":"withdrawn","stage":"95.99"'
check 'a number of a later line is looked up' isays 'ISO 90001:2015' '"type":"replaces","target":"ISO 90001:2008"'
check 'markup goes' isays 'ISO 90001:2015' 'This document & more.\\na'
check 'the licence is named' isays 'ISO 90001:2015' '"licence":"ODC-By-1.0"'
check 'an amendment amends' isays 'ISO 90001:2015/Amd 1:2024' '"type":"amends","target":"ISO 90001:2015"'
check 'a committee is a body' isays 'ISO/TC 900/SC 1' '"roles":\["committee"\].*"parent":"ISO/TC 900"'
tar -C "$home" -czf "$home/all.tar.gz" iso.jsonl
check 'out of an archive' adds_up normlink import "$home/iso" "$home/all.tar.gz"
check 'the same again' grep -q '"added":0,"revised":0,"unchanged":5' "$home/summary.json"
sed '/90011/d; /"id":6/d; /"id":7/d' "$home/iso.jsonl" >"$home/iso2.jsonl"
check 'the source names itself' answers 0 'disappeared: ISO 90001:2015/Amd 1:2024' normlink import "$home/iso" "$home/iso2.jsonl" --complete

# ---- JSON that is not a line each --------------------------------------------------------------------------------
{ echo '['; head -n 2 "$home/iso.jsonl" | paste -sd, | sed 's/},{/},\n {/'; echo ']'; } >"$home/list.json"
check 'a list of deliverables' adds_up normlink import "$home/iso" "$home/list.json"
printf '{\n "kind": "standard",\n "subject": "ISO 90009:2020",\n "standard": {"status": "current"}\n}\n' >"$home/pretty.json"
check 'a record over many lines' answers 0 'added *1 ' normlink import "$home/iso" "$home/pretty.json"
printf '[{"kind":"standard","subject":"ISO 90010:2020","standard":{}},\n{"kind":' >"$home/cut.json"
check 'a list that is cut' answers 0 'cut.json:2: the JSON text ends in its middle' normlink import "$home/iso" "$home/cut.json"

# ---- shapes that are not read ------------------------------------------------------------------------------------
refused_as() { answers 3 "$2" normlink import "$home/iso" "$home/$1"; }
printf '%%PDF-1.7\n' >"$home/a.pdf"
check 'a PDF' refused_as a.pdf 'PDF'
printf 'PK\003\004\024\0\006\0\010\0\0\0!\0[Content_Types].xml' >"$home/a.xlsx"
check 'a workbook' refused_as a.xlsx 'CSV'
printf 'alpha,beta\n1,2\n' >"$home/a.csv"
check 'a table of something else' refused_as a.csv 'alpha, beta.*--mapping'
printf '\0\1\2\3' >"$home/a.bin"
check 'bytes' refused_as a.bin 'not YAML'
: >"$home/empty.csv"
check 'an empty table' refused_as empty.csv 'without a row'
check 'fsck' normlink fsck "$home/sac"

data=${NORMLINK_DATA:-$root/../shared/data}
if [ -r "$data/gb-sample.csv" ]; then
	check 'init' make_node real
	check 'the sample of real rows' adds_up normlink import "$home/real" "$data/gb-sample.csv"
	check 'all of them' grep -q '"read":5,"added":5,' "$home/summary.json"
	check 'again: no entry' adds_up normlink import "$home/real" "$data/gb-sample.csv"
	check 'unchanged' grep -q '"unchanged":5' "$home/summary.json"
else
	echo "skipped: real rows (no $data/gb-sample.csv)"
fi
