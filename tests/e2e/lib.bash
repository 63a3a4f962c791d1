# What the end-to-end tests share.  Parties have names, ports come from the system, every process that a test starts is
# stopped by its own id, and everything lives in one temporary folder.
#
#   check "what" command...      counts one test; shows the command's output when it fails
#   await SECONDS command...     tries again until the command succeeds or the deadline passes

set -u
NORMLINK=$(realpath "${NORMLINK:-build/release/normlink}")
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
sample=$root/deploy/sample
home=$(mktemp -d "${TMPDIR:-/tmp}/normlink-e2e.XXXXXX")
passed=0 failed=0
declare -A pid

normlink() { "$NORMLINK" "$@"; }

finish() {
	trap - EXIT INT TERM
	local name
	for name in "${!pid[@]}"; do
		kill -KILL "${pid[$name]}" 2>/dev/null
		wait "${pid[$name]}" 2>/dev/null
	done
	cd /
	if mountpoint -q "$home/small" 2>/dev/null; then umount "$home/small"; fi
	chmod -R u+w "$home" 2>/dev/null
	rm -rf "$home"
	echo "$passed passed, $failed failed"
	exit $((failed > 0))
}
trap finish EXIT
trap 'failed=$((failed + 1)); finish' INT TERM

check() {
	local what=$1
	shift
	if "$@" >"$home/check.out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what ($*)"
		tail -n 15 "$home/check.out" | sed 's/^/    /'
	fi
}

# The command must end with this exit code and its output must have this text.
answers() { # code text command...
	local code=$1 text=$2 rc
	shift 2
	"$@" >"$home/answers.out" 2>&1
	rc=$?
	cat "$home/answers.out"
	[ "$rc" -eq "$code" ] || { echo "exit code $rc, expected $code"; return 1; }
	grep -q -- "$text" "$home/answers.out" || { echo "no \"$text\" in the output"; return 1; }
}

await() {
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || { echo "not in time: $*"; return 1; }
		read -r -t 0.05 <> <(:) || :
	done
}

make_node() { # name [init options]
	local name=$1
	shift
	normlink init "$home/$name" --name "$name" --origin "$name.example/log" --peer-listen 127.0.0.1:0 \
		--http-listen 127.0.0.1:0 "$@" >"$home/$name.init"
}

start_node() { # name
	: >"$home/$1.ready"
	"$NORMLINK" serve "$home/$1" >"$home/$1.ready" 2>>"$home/$1.log" &
	pid[$1]=$!
	await 20 grep -q '^ready ' "$home/$1.ready"
}

stop_node() { # name [signal]
	[ -n "${pid[$1]:-}" ] || return 0
	kill "-${2:-TERM}" "${pid[$1]}" 2>/dev/null
	wait "${pid[$1]}" 2>/dev/null
	local rc=$?
	unset "pid[$1]"
	return $rc
}

join_nodes() { # a b: each trusts the other
	normlink card "$home/$1" >"$home/$1.card" && normlink card "$home/$2" >"$home/$2.card" &&
		normlink peer add "$home/$1" "$home/$2.card" && normlink peer add "$home/$2" "$home/$1.card"
}

address() { # name peer|http
	sed -n "s/^ready .*$2=\([^ ]*\).*/\1/p" "$home/$1.ready"
}

# From its next start on it listens where it does now, so that those who have its card find it.
same_port() { # name
	local at
	at=$(address "$1" peer)
	sed -i "s/^peer-listen: .*/peer-listen: $at/" "$home/$1/node.conf"
	grep -q "^peer-listen: $at" "$home/$1/node.conf"
}

# Entries of ORIGIN that NAME holds, from the machine-readable heads.
held() { # name origin
	normlink status "$home/$1" --json 2>/dev/null | tr ',{' '\n\n' | awk -F: -v o="\"$2\"" '
		$1 == "\"origin\"" { here = ($2 == o) }
		here && $1 == "\"held\"" { print $2 + 0; exit }'
}
holds() { # name origin count
	[ "$(held "$1" "$2")" = "$3" ]
}

# N records from a seed, as NDJSON: made_records FIRST COUNT
made_records() {
	awk -v first="$1" -v n="$2" 'BEGIN { for (i = first; i < first + n; i++)
		printf "{\"kind\":\"standard\",\"subject\":\"ISO %d:2020\",\"texts\":[{\"role\":\"title\",\"lang\":\"en\",\"value\":\"Made record number n%d of the test\"}],\"standard\":{\"status\":\"current\",\"ics\":[\"03.120.10\"]}}\n", 100000 + i, i }'
}
