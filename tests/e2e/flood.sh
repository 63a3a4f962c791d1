#!/bin/bash
# Four clients, each an address with many connections, ask one node for more than it can do; a peer, a witness's client,
# the operator, a monitor and somebody else go on as if nothing were.
. "$(dirname "$0")/lib.bash"
flooder=$(realpath "${BUILD:-build/release}/tests/flooder")

figure() { curl -fsS --max-time 5 "http://$http/metrics" | awk -v name="normlink_$1" '$1 == name { print $2 }'; }
more_than() { [ "$(figure "$1")" -gt "$2" ]; }
status_has() { normlink status "$home/$1" | grep -q "$2"; }
fetch() { curl -fsS --max-time 5 -o "$home/fetched" "$@"; }
key() { sed -n "s/^$2: //p" "$1"; }
finds() { fetch --interface 127.0.0.9 "http://$http/api/v1/search?q=$1" && grep -q "$2" "$home/fetched"; }
peak_mb() { awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/${pid[flooded]}/status"; }
below() { [ "$1" -lt "$2" ] || { echo "$1 is not below $2"; return 1; }; }

for name in flooded peer guest; do
	check "init $name" make_node $name
done
echo 'client-rate: 20' >>"$home/flooded/node.conf"
made_records 0 4000 >"$home/r.ndjson"
check 'records to search in' normlink import "$home/flooded" "$home/r.ndjson" --quiet
for name in flooded peer guest; do
	check "$name serves" start_node $name
done
http=$(address flooded http)
check 'a peer' join_nodes flooded peer
normlink card "$home/guest" >"$home/guest.card" && normlink card "$home/flooded" >"$home/flooded.card"
check 'a stranger may be witnessed' normlink log add "$home/flooded" "$(key "$home/guest.card" log)"
check 'and asks for it' normlink witness add "$home/guest" w1 "$(key "$home/flooded.card" witness)" "http://$http/witness"
check 'the peer has everything' await 20 holds peer flooded.example/log 4000
before=$(peak_mb)

# Every record is found by every clause.
clause='dc.title%20any%20%22made%20record%20number%20of%20the%20test%22' dear=$clause
for _ in $(seq 60); do dear="$dear%20or%20$clause"; done
dear="/sru?version=1.2&operation=searchRetrieve&maximumRecords=50&query=$dear"
curl -sS --interface 127.0.0.8 --max-time 20 -o "$home/dear" "http://$http$dear"
check 'the question is a real one, and dear' grep -q 'numberOfRecords>4000<' "$home/dear"

flood() { # address mode target
	"$flooder" "$http" "$1" "$2" "$3" >"$home/flood.$2" &
	pid[$2]=$!
}
flood 127.0.0.2 ask "$dear"
flood 127.0.0.3 leave "$dear"
flood 127.0.0.4 hold '/api/v1/records?origin=flooded.example/log&limit=200'
flood 127.0.0.5 drip "$dear"
check 'the flood has come' await 10 more_than http_left_total 20

made_records 5000 1 >"$home/r.ndjson"
check 'a peer publishes' normlink import "$home/peer" "$home/r.ndjson" --quiet
check 'it arrives' await 5 holds flooded peer.example/log 1
check 'and is found by somebody else' await 5 finds n5000 'ISO 105000:2020'
made_records 6000 1 >"$home/r.ndjson"
check 'the operator publishes' normlink import "$home/flooded" "$home/r.ndjson" --quiet
check 'the peer has it' await 5 holds peer flooded.example/log 4001
made_records 7000 1 >"$home/r.ndjson"
check 'the stranger publishes' normlink import "$home/guest" "$home/r.ndjson" --quiet
check 'its head is cosigned' await 5 status_has guest 'w1 *at 1 *cosigned'
check 'the operator searches' answers 0 'ISO 100017:2020' timeout 5 "$NORMLINK" search "$home/flooded" n17
for door in healthz readyz metrics; do
	check "$door answers" fetch --interface 127.0.0.9 "http://$http/$door"
done
for name in ask leave hold drip; do
	check "the flood was still there: $name" stop_node "$name"
	check "it asked: $name" grep -q '^asked' "$home/flood.$name"
done
check 'what was wrong was the number, not the question' sh -c "! grep -q 'status-500' '$home/flood.ask'"
check 'the node has counted it' more_than http_limited_total 0
check 'and those who went' more_than http_left_total 20
check 'memory has not followed the flood' below "$(peak_mb)" $((before + 250))
check 'a question is answered at once again' finds n5000 'ISO 105000:2020'
check 'nothing is left of it' await 5 sh -c "curl -fsS http://$http/metrics | grep -q '^normlink_http_in_flight_requests 1\$'"
check 'the node stops' stop_node flooded
