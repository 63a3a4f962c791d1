#!/bin/bash
# Bad input gets a clear error and loses nothing.
. "$(dirname "$0")/lib.bash"

check 'init' make_node body
made_records 0 300 >"$home/good.ndjson"
check 'good records' normlink import "$home/body" "$home/good.ndjson" --quiet

mkdir "$home/folder"
cat >"$home/folder/a.yaml" <<'YAML'
---
id: ISO1-2016
title:
- content: 'Geometrical product specifications'
  language: [en]
  script: [Latn]
  type: main
docid:
- id: ISO 1:2016
  type: ISO
  primary: true
date:
- type: published
  value: '2016-08'
docstatus:
  stage: {value: '60'}
  substage: {value: '60'}
YAML
printf 'not: [closed' >"$home/folder/broken.yaml"
printf 'title:\n- content: "\xff\xfe"\ndocid:\n- id: ISO 2:1973\n' >"$home/folder/utf8.yaml"
: >"$home/folder/empty.yaml"
head -c 10000000 /dev/zero | tr '\0' 'a' >"$home/folder/huge.yaml"
check 'a folder with bad files: the rest is kept' answers 0 'refused *4' normlink import "$home/body" "$home/folder"
check 'the good one is there' answers 0 'ISO 1:2016' normlink show "$home/body" 'ISO 1:2016'
check 'each refusal has a file and a reason' normlink import "$home/body" "$home/folder" --refused "$home/refused.txt"
for name in broken utf8 empty huge; do
	check "$name is named" grep -q "$name.yaml" "$home/refused.txt"
done

tar -C "$home" -czf "$home/whole.tar.gz" folder
head -c 600 "$home/whole.tar.gz" >"$home/cut.tar.gz"
check 'a truncated archive says so' answers 4 'cut.tar.gz' normlink import "$home/body" "$home/cut.tar.gz"
printf 'nonsense' >"$home/x.tar.gz"
check 'a file that is no archive says so' sh -c "! '$NORMLINK' import '$home/body' '$home/x.tar.gz'"
check 'a file that is not there' answers 1 'nowhere.ndjson' normlink import "$home/body" "$home/nowhere.ndjson"
{
	made_records 5000 1
	echo '{"kind":"standard"}'
	echo '{"kind":"standard","subject":"ISO 7:2020","standard":{"status":"current"},"bogus":1}'
	printf '{"kind":"standard","subject":"ISO \xff:2020","standard":{}}\n'
	echo '[[[['
	awk 'BEGIN { printf "{\"kind\":\"standard\",\"subject\":\"ISO 8:2020\",\"texts\":[{\"role\":\"note\",\"lang\":\"en\",\"value\":\""; for (i = 0; i < 1000000; i++) printf "0123456789"; print "\"}],\"standard\":{}}" }'
	made_records 5001 1
} >"$home/mixed.ndjson"
check 'bad lines, a record of 10 MB among them' answers 0 'refused *5' normlink import "$home/body" "$home/mixed.ndjson"
check 'before the bad lines' answers 0 'ISO 105000' normlink search "$home/body" n5000
check 'and after them' answers 0 'ISO 105001' normlink search "$home/body" n5001
check 'import again: nothing changes' answers 0 'unchanged *300' normlink import "$home/body" "$home/good.ndjson"
check 'fsck' normlink fsck "$home/body"
check 'reindex' normlink reindex "$home/body"
check 'still found' answers 0 'ISO 105001' normlink search "$home/body" n5001

check 'usage' answers 2 'normlink' normlink search
check 'no such command' answers 2 'help' normlink serch "$home/body" x
check 'no such directory' answers 1 'nowhere' normlink search "$home/nowhere" x
check 'no such record' answers 1 '' normlink show "$home/body" 'ISO 4711:1900'
check 'init twice' answers 1 'exists\|empty' normlink init "$home/body" --name body --origin body.example/log
chmod 0644 "$home/body/keys/log.key"
check 'a key that others may read is refused' answers 1 'log.key' normlink serve "$home/body"
chmod 0600 "$home/body/keys/log.key"

vkey=$(normlink card "$home/body" 2>/dev/null | sed -n 's/^log: //p')
check 'a key that is none' answers 3 'log add' normlink log add "$home/body" nonsense
check "one's own log is not outside" answers 1 'of ours' normlink log add "$home/body" "$vkey"
check 'what was refused is not kept' test ! -e "$home/body/outside"

# A full disk: a small file system of our own, where we may make one.
mkdir "$home/small"
if mount -t tmpfs -o size=6m none "$home/small" 2>/dev/null; then
	check 'init on a small disk' normlink init "$home/small/node" --name small --origin small.example/log --peer-listen 127.0.0.1:0 --http-listen 127.0.0.1:0
	made_records 0 30000 >"$home/many.ndjson"
	check 'a full disk says so' answers 4 'space\|full' normlink import "$home/small/node" "$home/many.ndjson" --quiet
	kept=$(normlink status "$home/small/node" --json | tr ',{' '\n\n' | sed -n 's/^"held":\([0-9]*\).*/\1/p' | head -n 1)
	check 'what was acknowledged is kept' test "${kept:-0}" -gt 0
	mount -o remount,size=64m "$home/small"
	check 'with room again fsck is clean' normlink fsck "$home/small/node"
	check 'and the rest goes in' normlink import "$home/small/node" "$home/many.ndjson" --quiet
	check 'all of it' answers 0 'ISO 129999' normlink search "$home/small/node" n29999
else
	echo 'skipped: a full disk (may not mount a small file system here)'
fi

if [ "$(id -u)" -ne 0 ]; then
	chmod -R a-w "$home/body"
	check 'a directory that cannot be written' answers 4 'body' normlink import "$home/body" "$home/good.ndjson"
	check 'can still be searched' answers 0 'ISO 105001' normlink search "$home/body" n5001
	chmod -R u+w "$home/body"
else
	echo 'skipped: a read-only directory (root may write everywhere)'
fi
