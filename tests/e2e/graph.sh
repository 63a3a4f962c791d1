#!/bin/bash
# Standards of three bodies as one graph: sac, jisc and iso publish and mirror one another.  From each of them the same
# question gives the same bytes; every step is proved offline; who may speak for what is marked, and decided where it is
# contested; what is not public is not there for strangers.
. "$(dirname "$0")/lib.bash"

standard() { # subject lang title members
	printf '{"kind":"standard","subject":"%s","texts":[{"role":"title","lang":"%s","value":"%s"}],"standard":{%s}}\n' "$@"
}
adopts() { # target degree
	printf '"status":"current","adopts":[{"target":"%s","degree":"%s"}]' "$@"
}
agreement() {
	printf '{"kind":"recognition","subject":"CN-JP-1","recognition":{"type":"mutual","parties":[{"origin":"sac.example/log"},{"origin":"jisc.example/log"}],"groups":[{"standards":["GB/T 3091-2015","JIS G 3452:2019"]}]}}\n'
}

{
	standard 'ISO 9001:2008' en 'Quality management systems' '"status":"withdrawn","events":[{"type":"withdrawn","date":"2015-09-15"}]'
	standard 'ISO 9001:2015' en 'Quality management systems — Requirements' '"status":"current","events":[{"type":"published","date":"2015-09-15"}],"links":[{"type":"replaces","target":"ISO 9001:2008"}]'
	standard 'ISO 9001:2015/Amd 1:2024' en 'Climate action changes' '"status":"current","links":[{"type":"amends","target":"ISO 9001:2015"}]'
	standard 'ISO/IEC 27002:2022 | ITU-T X.1054' en 'Information security controls' '"status":"current"'
} >"$home/iso.ndjson"
{
	standard 'GB/T 19001-2016' zh '质量管理体系 要求' "$(adopts 'ISO 9001:2015' idt)"
	standard 'GB/T 19022-2003' zh '测量管理体系' "$(adopts 'ISO 9001:2008' mod)"
	standard 'GB/T 22081-2024' zh '信息安全控制' "$(adopts 'ITU-T X.1054' idt)"
	standard 'GB/T 3091-2015' zh '低压流体输送用焊接钢管' '"status":"current"'
	printf '{"kind":"citation","subject":"产品质量法","citation":{"type":"law","jurisdiction":"CN","date":"2018-12-29","cited":[{"target":"GB/T 19001","effect":"recommended"}]}}\n'
	agreement
} >"$home/sac.ndjson"
{
	standard 'JIS Q 9001:2015' ja '品質マネジメントシステム－要求事項' "$(adopts 'ISO 9001:2015' mod)"
	standard 'JIS Q 27002:2024' ja '情報セキュリティ管理策' "$(adopts 'ISO/IEC 27002:2022' idt)"
	standard 'JIS G 3452:2019' ja '配管用炭素鋼鋼管' '"status":"current"'
	# What is not theirs to say.
	standard 'GB/T 19001-2016' en 'Quality' '"status":"withdrawn","adopts":[{"target":"ISO 9001:2015","degree":"neq"},{"target":"ISO 4711:1999","degree":"mod"}]'
	agreement
} >"$home/jisc.ndjson"
standard 'GB/T 99-2020' zh '不公开' "$(adopts 'ISO 9001:2015' idt)" >"$home/members.ndjson"

for node in sac jisc iso; do
	check "init $node" make_node $node
	check "serve $node" start_node $node
done
check 'sac and jisc trust each other' join_nodes sac jisc
check 'sac and iso' join_nodes sac iso
check 'jisc and iso' join_nodes jisc iso
for node in sac jisc iso; do
	check "$node publishes" normlink import "$home/$node" "$home/$node.ndjson" --quiet
done
check 'nobody claims anything' answers 1 'no log claims anything' normlink authority "$home/sac"
check 'sac claims its prefixes' answers 0 'speaks for 2 prefixes and 1 body' normlink authority "$home/sac" claim GB GB/T --body SAC
check 'the same again is nothing' answers 0 'already' normlink authority "$home/sac" claim GB GB/T --body SAC
check 'jisc claims its own' normlink authority "$home/jisc" claim JIS
check 'iso claims its own' normlink authority "$home/iso" claim ISO ISO/IEC
check 'a claim of nothing is asked for' answers 2 'none' normlink authority "$home/iso" claim
check 'and not beside something' answers 2 'none' normlink authority "$home/iso" claim ISO --none
same_heads() { # everybody holds sac 7, jisc 6, iso 5
	local node
	for node in sac jisc iso; do
		holds $node sac.example/log 7 && holds $node jisc.example/log 6 && holds $node iso.example/log 5 || return 1
	done
}
check 'all hold all' await 30 same_heads

# ---- the same answer everywhere ----
same_answer() { # command words...
	local node
	for node in sac jisc iso; do
		normlink "$1" "$home/$node" "${@:2}" --json >"$home/$node.json" || return 1
	done
	cmp "$home/sac.json" "$home/jisc.json" && cmp "$home/sac.json" "$home/iso.json" && [ -s "$home/sac.json" ]
}
check 'equivalents are the same everywhere' same_answer equivalents 'GB/T 19001'
check 'of the source, too' same_answer equivalents 'ISO 9001:2015' --lang ja
check 'through a joint document' same_answer equivalents 'GB/T 22081-2024'
check 'the edition in force' same_answer current 'ISO 9001:2008'
check 'impact' same_answer impact 'ISO 9001:2015'
check 'drift' same_answer drift --origin sac.example/log
check 'who speaks for what' same_answer authority

# ---- what they say ----
check 'the source' answers 0 '^ISO 9001:2015    IDT  ' normlink equivalents "$home/jisc" 'GB/T 19001'
check 'its adoption elsewhere' answers 0 '^JIS Q 9001:2015  MOD  ' normlink equivalents "$home/jisc" 'GB/T 19001'
check 'the way there' answers 0 'JIS Q 9001:2015 adopts ISO 9001:2015, MOD (jisc.example/log #0)' normlink equivalents "$home/iso" 'GB/T 19001'
check 'what another says of the degree' answers 0 'also said: NEQ (jisc.example/log' normlink equivalents "$home/iso" 'GB/T 19001' --lang en
last_is_marked() {
	normlink equivalents "$home/iso" 'GB/T 19001-2016' | sed -n '/^others say/,$p' | grep -q '^ISO 4711:1999'
}
check 'others come last' last_is_marked
check 'one document under two references' answers 0 '^JIS Q 27002:2024 .* IDT ' normlink equivalents "$home/sac" 'GB/T 22081-2024'
check 'recognised' answers 0 'recognised in place of one another (jisc.example/log #4;' normlink equivalents "$home/iso" 'GB/T 3091-2015'
check 'nobody knows it' answers 1 'no log here' normlink equivalents "$home/sac" 'ISO 4712:2000'
check 'the edition in force' answers 0 '^ISO 9001:2015  current' normlink current "$home/sac" 'iso 9001:2008'
check 'and its amendment' answers 0 'ISO 9001:2015/Amd 1:2024 amends ISO 9001:2015' normlink current "$home/sac" 'ISO 9001'
check 'drift' answers 0 'withdrawn since 2015-09-15; in force is ISO 9001:2015' normlink drift "$home/iso" --origin sac.example/log
check 'no drift' answers 1 '0 of' normlink drift "$home/iso" --origin jisc.example/log
check 'no such log' answers 2 'no log of that name' normlink drift "$home/iso" --origin nobody.example/log
check 'impact through an adoption' answers 0 '产品质量法  *recommended, undated, 2018-12-29, sac.example/log #4' normlink impact "$home/jisc" 'ISO 9001:2015'

# ---- side by side ----
check 'who speaks first, others beside' answers 0 'jisc.example/log, entry 3, third-party' normlink show "$home/iso" 'GB/T 19001-2016'
check 'with what contradicts it' answers 0 'status  *withdrawn  *sac.example/log: current' normlink show "$home/iso" 'GB/T 19001-2016'
check 'marked in a search' answers 0 'jisc.example/log #3  third-party' normlink search "$home/iso" 'GB/T 19001-2016'
first_by() { # node origin
	normlink search "$home/$1" 'GB/T 19001-2016' --limit 1 | grep -q "$2 #"
}
check 'who speaks is found first' first_by jisc sac.example/log

# ---- proofs, offline ----
check 'proofs of each step' normlink equivalents "$home/sac" 'GB/T 3091-2015' --proofs "$home/proofs"
check 'and of another question' normlink equivalents "$home/sac" 'GB/T 19001-2016' --proofs "$home/proofs"
check 'a policy' bash -c "'$NORMLINK' policy '$home/iso' >'$home/policy'"
for node in sac jisc iso; do same_port $node; stop_node $node; done
check 'there are five' test "$(find "$home/proofs" -name '*.tlog-proof' | wc -l)" -eq 5
for proof in "$home"/proofs/*; do
	check "verify $(basename "$proof")" normlink verify --policy "$home/policy" "$proof"
done
check 'a stopped node answers alike' bash -c "'$NORMLINK' equivalents '$home/sac' 'GB/T 3091-2015' | grep -q '^JIS G 3452:2019  recognised'"

# ---- contested, and decided ----
for node in sac jisc iso; do check "serve $node again" start_node $node; done
check 'jisc claims what sac claims' normlink authority "$home/jisc" claim JIS GB/T
contested() { answers 0 'GB/T  *contested' normlink authority "$home/$1"; }
for node in sac jisc iso; do check "contested at $node" await 30 contested $node; done
check 'nobody is found first' answers 0 '#3  contested' normlink search "$home/iso" 'GB/T 19001-2016'
check 'iso decides for itself' normlink authority "$home/iso" sac.example/log GB GB/T
check 'so it is at iso' await 10 answers 0 '#3  third-party' normlink search "$home/iso" 'GB/T 19001-2016'
check 'and not elsewhere' answers 0 '#3  contested' normlink search "$home/jisc" 'GB/T 19001-2016'

# ---- strangers see what is public ----
check 'what is not public' normlink import "$home/sac" "$home/members.ndjson" --collection members --quiet
check 'its operator sees it' answers 0 'GB/T 99-2020' normlink equivalents "$home/sac" 'ISO 9001:2015'
stranger_sees() {
	curl -sS --max-time 10 "http://$(address sac http)$1" | grep -q -- "$2"
}
check 'a stranger sees the rest' stranger_sees '/api/v1/equivalents?ref=ISO+9001:2015' 'GB/T 19001-2016'
for path in '/api/v1/equivalents?ref=ISO+9001:2015' '/api/v1/impact?ref=ISO+9001:2015' '/api/v1/current?ref=GB/T+99' \
	'/api/v1/drift?origin=sac.example/log'; do
	check "and not that: $path" bash -c "! curl -sS --max-time 10 'http://$(address sac http)$path' | grep -q 'GB/T 99-2020'"
done
