#!/bin/bash
# Peers that are not who they should be, or speak rubbish; two processes on one directory.
. "$(dirname "$0")/lib.bash"

for name in alice bob; do
	check "init $name" make_node $name
	made_records 0 50 >"$home/r.ndjson"
	check "import at $name" normlink import "$home/$name" "$home/r.ndjson" --quiet
	check "serve $name" start_node $name
done

check 'a second process is refused' answers 4 'pid' normlink serve "$home/alice"
check 'fsck of a running node is refused' answers 4 'running' normlink fsck "$home/alice"
check 'the first one still answers' answers 0 'ISO 100001:2020' normlink search "$home/alice" n1

# Bob's card with another pin: alice must not talk to whoever answers there.
normlink card "$home/bob" >"$home/bob.card"
sed 's/^pin: ......../pin: 00000000/' "$home/bob.card" >"$home/forged.card"
check 'a card with another pin is taken' normlink peer add "$home/alice" "$home/forged.card"
check 'but the link is refused, and says why' await 10 answers 0 'pin' normlink status "$home/alice"
check 'nothing came over it' test "$(held alice bob.example/log)" = 0
check 'another card by that name is a conflict' answers 1 'bob' normlink peer add "$home/alice" "$home/bob.card"

# An expired certificate.
check 'init carol' make_node carol
mkdir "$home/ca" && : >"$home/ca/index"
cat >"$home/ca/conf" <<CONF
[ca]
default_ca = c
[c]
database = $home/ca/index
new_certs_dir = $home/ca
rand_serial = yes
default_md = sha256
policy = p
[p]
commonName = supplied
CONF
check 'a certificate of the past' sh -c "openssl req -new -key '$home/carol/keys/tls.key' -subj /CN=carol -out '$home/carol.csr' &&
	openssl ca -batch -selfsign -notext -config '$home/ca/conf' -keyfile '$home/carol/keys/tls.key' -in '$home/carol.csr' \
		-startdate 20200101000000Z -enddate 20200102000000Z -out '$home/carol/keys/tls.crt'"
start_node carol >/dev/null 2>&1
normlink card "$home/carol" >"$home/carol.card" 2>/dev/null
check 'bob learns of carol' normlink peer add "$home/bob" "$home/carol.card"
check 'the expired certificate is refused, and bob says so' await 10 answers 0 'expired' normlink status "$home/bob"

# Rubbish on the wire: plain bytes, and TLS without a certificate.
peer=$(address bob peer)
for round in 1 2 3 4 5; do
	head -c 20000 /dev/urandom | timeout 5 bash -c "cat > /dev/tcp/${peer%:*}/${peer##*:}" 2>/dev/null
done
printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | timeout 5 bash -c "cat > /dev/tcp/${peer%:*}/${peer##*:}" 2>/dev/null
check 'TLS without a certificate is refused' sh -c "! printf 'x' | timeout 5 openssl s_client -connect '$peer' -tls1_3 -quiet -verify_quiet 2>&1 | grep -q normlink"
check 'old TLS is refused' sh -c "! timeout 5 openssl s_client -connect '$peer' -tls1_2 </dev/null 2>/dev/null | grep -q 'Cipher is [^(]'"
check 'bob still answers' answers 0 'ISO 100001:2020' normlink search "$home/bob" n1
http=$(address bob http)
check 'a smuggled request is refused' sh -c "printf 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n' |
	timeout 5 curl -s --max-time 4 telnet://$http | grep -q '^HTTP/1.1 [45]'"
check 'bob is healthy' answers 0 '' curl -fsS "http://$http/healthz"
check 'and ready' answers 0 '' curl -fsS "http://$http/readyz"

check 'alice stops in order' stop_node alice
check 'bob too' stop_node bob
check 'no socket is left' test ! -e "$home/bob/socket"
check 'fsck alice' normlink fsck "$home/alice"
check 'fsck bob' normlink fsck "$home/bob"
