#!/bin/bash
# An origin that shows two nodes two histories: found, proved to anybody, frozen, told to a third; then an operator decides.
. "$(dirname "$0")/lib.bash"
two_faced=$(realpath "$root/${BUILD:-build/release}/tests/two_faced")
log=alice.example/log

show_face() { # name branch size: alice shows that history to that node
	: >"$home/face.$1"
	"$two_faced" "$home/alice" "$(address "$1" peer)" "$2" "$3" >"$home/face.$1" 2>>"$home/face.log" &
	pid[face_$1]=$!
}
hide_face() {
	kill "${pid[face_$1]}" 2>/dev/null
	wait "${pid[face_$1]}" 2>/dev/null
	unset "pid[face_$1]"
}
fork_is() { # name state
	normlink evidence "$home/$1" --json | grep -q "\"origin\":\"$log\",\"frozen\":[a-z]*,\"fork\":\"$2\""
}
verified() { # name
	normlink evidence "$home/$1" $log >"$home/$1.evidence" && normlink policy "$home/$1" >"$home/$1.policy" &&
		answers 0 "$log has signed two histories" normlink verify --policy "$home/$1.policy" "$home/$1.evidence"
}

check 'init alice' make_node alice
normlink card "$home/alice" >"$home/alice.card"
for name in sac iso jisc; do
	check "init $name" make_node $name
	check "serve $name" start_node $name
	check "$name trusts alice" normlink peer add "$home/$name" "$home/alice.card"
done

# Two histories of one log: the first five entries are the same.
check 'alice shows sac a history' show_face sac 1 8
check 'sac holds it' await 20 holds sac $log 8
check 'and iso another one' show_face iso 2 9
check 'iso holds that' await 20 holds iso $log 9
hide_face sac
hide_face iso
check 'nobody knows yet' answers 0 'no evidence' normlink evidence "$home/sac"

check 'sac and iso meet' join_nodes sac iso
check 'sac has frozen it' await 20 fork_is sac frozen
check 'iso too' await 20 fork_is iso frozen
check 'jisc meets iso, and never alice' join_nodes iso jisc
check 'jisc is told' await 20 fork_is jisc frozen
for name in sac iso jisc; do
	check "the evidence of $name holds, offline" verified $name
done
check 'for programs too' answers 0 '"verified":true,"forked":"alice.example/log"' \
	normlink verify --json --policy "$home/jisc.policy" "$home/jisc.evidence"
sed 's/^8$/7/' "$home/sac.evidence" >"$home/forged.evidence"
check 'a forged one does not' answers 1 'not verified: signature' normlink verify --policy "$home/sac.policy" "$home/forged.evidence"
check 'of a log that the policy does not name neither' answers 1 'not verified: signature' \
	sh -c "printf 'quorum none\n' >'$home/none'; '$NORMLINK' verify --policy '$home/none' '$home/sac.evidence'"

# What was agreed is still served, and marked wherever it shows.
check 'a hit is marked' answers 0 "$log #7  FROZEN" normlink search "$home/sac" --origin $log
check 'a record' answers 0 'FROZEN: two signed heads' normlink show "$home/sac" ISO 1002:2015
check 'the status' answers 0 'FROZEN: two signed heads' normlink status "$home/sac"
http=$(address sac http)
check 'hits in JSON' answers 0 '"frozen":true' curl -fsS "http://$http/api/v1/search?origin=alice.example%2Flog"
check 'a proof, in its header' answers 0 "Normlink-Frozen: $log" curl -fsSi "http://$http/api/v1/records/ISO%201002:2015/proof"
check 'the metrics' answers 0 'normlink_origin_frozen{origin="alice.example/log"} 1' curl -fsS "http://$http/metrics"
check 'and how many' answers 0 'normlink_equivocation_total 1' curl -fsS "http://$http/metrics"
check 'the operator reads it in the log, once' test "$(grep -c 'fork origin=alice' "$home/sac.log")" = 1
check 'nothing more is taken' show_face sac 1 12
check 'though it is heard' await 20 grep -q acknowledged "$home/face.sac"
check 'sac still holds eight' holds sac $log 8

# Decisions.
check 'a reason is asked for' answers 2 '--reason is missing' normlink fork release "$home/sac" $log
check 'nothing to decide about another log' answers 1 'no evidence of a fork of iso.example/log' \
	normlink fork release "$home/sac" iso.example/log --reason x
check 'sac releases it' answers 0 "$log is released; entry 0 of this node" \
	normlink fork release "$home/sac" $log --reason 'alice explained the restored backup'
check 'and goes on along its branch' await 20 holds sac $log 12
check 'it says so' fork_is sac released
check 'the decision is found' answers 0 'alice.example/log  released' normlink search "$home/sac" --kind verdict
check 'by its words' answers 0 'alice.example/log' normlink search "$home/sac" explained backup
check 'and shown' answers 0 'alice explained the restored backup' normlink show "$home/sac" $log
check 'iso has it by replication' await 20 answers 0 'released' normlink search "$home/iso" --kind verdict
check 'and is not bound by it' fork_is iso frozen
check 'iso stops' stop_node iso
check 'a stopped node abandons it' answers 0 "$log is abandoned; entry 0 of this node" \
	normlink fork abandon "$home/iso" $log --reason 'no more of this'
check 'which holds while stopped' fork_is iso abandoned
check 'iso is back' start_node iso
check 'and after a start' fork_is iso abandoned
check 'and is shown' answers 0 'ABANDONED' normlink status "$home/iso"
hide_face sac
check 'sac stops' stop_node sac
check 'sac is back' start_node sac
check 'sac still follows it' fork_is sac released
check 'alice goes on with the branch of sac' show_face sac 1 20
check 'sac follows' await 20 holds sac $log 20
hide_face sac
check 'the evidence is kept' verified sac

for name in sac iso jisc; do
	check "$name stops" stop_node $name
	check "fsck $name" normlink fsck "$home/$name"
done
