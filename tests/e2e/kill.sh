#!/bin/bash
# kill -9 at random moments during import and during replication: nothing acknowledged is lost, and fsck is clean.
# KILLS (50) moments in all, half of them each; SEED makes the moments again.
. "$(dirname "$0")/lib.bash"
kills=${KILLS:-50}
RANDOM=${SEED:-$((SECONDS + $$))}
echo "seed ${SEED:-$RANDOM}"

# The moment is a random time after the start of the work; the process is killed wherever it is then.
kill_soon() { # name, in the background
	local target=${pid[$1]} after
	after=$(printf '0.%03d' $((RANDOM % 400 + 5)))
	(read -r -t "$after" <> <(:); kill -KILL "$target" 2>/dev/null) &
	killer=$!
}

check 'init' make_node writer
check 'serve' start_node writer
acknowledged=0 next=0 cut=0
for ((round = 0; round < kills / 2; round++)); do
	kill_soon writer
	while made_records $next 40 >"$home/batch.ndjson" &&
		normlink import "$home/writer" "$home/batch.ndjson" --quiet >"$home/import.out" 2>&1; do
		acknowledged=$((next + 40)) next=$((next + 40))
		kill -0 "${pid[writer]}" 2>/dev/null || break
	done
	wait $killer
	stop_node writer KILL 2>/dev/null
	cut=$((cut + 1))
	# What was not acknowledged may be there or not; asking again adds only what is missing.
	start_node writer >/dev/null || { echo "no start after kill $round"; failed=$((failed + 1)); break; }
	have=$(held writer writer.example/log)
	if [ "${have:-0}" -lt "$acknowledged" ]; then
		echo "FAILED: kill $round: $acknowledged acknowledged, $have there"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
check 'the moments were spread over the work' test "$acknowledged" -gt 0
# The batch that was under way at the last kill may have been kept or not: it is handed in too.
next=$((next + 40))
made_records 0 $next >"$home/all.ndjson"
check 'everything can be handed in again' normlink import "$home/writer" "$home/all.ndjson" --quiet
check 'and is there once' holds writer writer.example/log "$next"
stop_node writer
check 'fsck of the writer' normlink fsck "$home/writer"

# Replication: enough records that a copy takes a while, and a receiver that dies again and again.
made_records $next 12000 >"$home/more.ndjson"
total=$((next + 12000))
check 'more records' normlink import "$home/writer" "$home/more.ndjson" --quiet
check 'the writer serves' start_node writer
check 'a second node' make_node reader
check 'serves' start_node reader
check 'they trust each other' join_nodes writer reader
check 'the writer keeps its port' same_port writer
check 'the reader too' same_port reader
before=0
for ((round = 0; round < kills - kills / 2; round++)); do
	if [ $((round % 4)) -eq 3 ]; then victim=writer; else victim=reader; fi
	kill_soon $victim
	wait $killer
	before=$(held reader writer.example/log)
	stop_node $victim KILL 2>/dev/null
	start_node $victim >/dev/null || { echo "no start after kill $round"; failed=$((failed + 1)); break; }
	have=$(held reader writer.example/log)
	if [ "${have:-0}" -lt "${before:-0}" ]; then
		echo "FAILED: kill $round of $victim: held ${before}, then $have"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
check 'the copy is whole in the end' await 60 holds reader writer.example/log "$total"
check 'its last record is found' await 10 answers 0 "ISO $((100000 + total - 1)):2020" normlink search "$home/reader" "n$((total - 1))"
stop_node reader
stop_node writer
check 'fsck of the reader' normlink fsck "$home/reader"
check 'fsck of the writer' normlink fsck "$home/writer"
