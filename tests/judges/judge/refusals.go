package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// refusals: 404, 403, 400, 405, 422, each with everything else in order, on a log whose record is 5,000.
func (d *door) refusals() {
	p, old, n := d.log("main"), int64(5000), int64(5100)
	proof, text := p.consistency(old, n), p.text(n)
	stranger := newPlayer("stranger")
	good := line(p.origin, p.key, text)
	bad := rawLine(p.origin, p.id(), make([]byte, 64))
	foreign := line(p.origin, stranger.key, text)
	with := func(lines ...string) string { return request(old, proof, text+"\n"+strings.Join(lines, "")) }

	d.refuses("404 for an unknown origin", stranger.update(0, 10), 404)
	d.refuses("404 for an unknown origin, signed by a known log",
		request(0, nil, stranger.text(10)+"\n"+line(p.origin, p.key, stranger.text(10))), 404)
	d.refuses("404 for an unknown origin comes before 400 for the sizes", request(20, nil, stranger.checkpoint(10)), 404)

	d.refuses("403 for a stranger's signature", with(line(stranger.origin, stranger.key, text)), 403)
	d.refuses("403 for another key under the log's name", with(foreign), 403)
	d.refuses("403 for the log's key under another name", with(line("other.example/log", p.key, text)), 403)
	d.refuses("403 for the log's name and ID with a wrong signature", with(bad), 403)
	d.refuses("403 for a signature of 63 bytes", with(rawLine(p.origin, p.id(), make([]byte, 63))), 403)
	d.refuses("403 for a right and a wrong signature of the log", with(good, bad), 403)
	d.refuses("403 for a wrong and a right signature of the log", with(bad, good), 403)
	d.refuses("403 for the signature of another size", with(line(p.origin, p.key, p.text(n-1))), 403)
	other := d.log("never")
	d.refuses("403 for another known log's key", request(old, proof, text+"\n"+line(other.origin, other.key, text)), 403)
	d.refuses("403 comes before 400 for the sizes", request(n+1, nil, text+"\n"+foreign), 403)
	d.refuses("403 comes before 409", request(old-1, nil, text+"\n"+foreign), 403)

	d.refuses("400 when old is above the checkpoint's size", request(n+1, nil, text+"\n"+good), 400)
	d.refuses("400 when old is above a checkpoint's size below the record", request(old, nil, p.checkpoint(old-1)), 400)

	a, err := get(d.submit+"/add-checkpoint", "")
	if err == nil {
		err = oneOf(a, 404, 405)
	}
	d.ok("GET is no way to submit", err)
	d.proofs(p, old, n)
	d.conflicts("nothing of this moved the record", p.update(old-1, n), old)
	d.accepts("200 for the right request", with(good), text)
}

// proofs that do not hold: 422.
func (d *door) proofs(p *player, old, n int64) {
	right, note := p.consistency(old, n), p.checkpoint(n)
	edit := func(change func(proof []tlog.Hash) []tlog.Hash) string {
		return request(old, change(append([]tlog.Hash(nil), right...)), note)
	}
	for i := range right {
		d.refuses(fmt.Sprintf("422 when hash %d of the proof is wrong", i), edit(func(h []tlog.Hash) []tlog.Hash {
			h[i] = flipped(h[i])
			return h
		}), 422)
	}
	d.refuses("422 without a proof", edit(func(h []tlog.Hash) []tlog.Hash { return nil }), 422)
	d.refuses("422 when the first hash is missing", edit(func(h []tlog.Hash) []tlog.Hash { return h[1:] }), 422)
	d.refuses("422 when the last hash is missing", edit(func(h []tlog.Hash) []tlog.Hash { return h[:len(h)-1] }), 422)
	d.refuses("422 when a hash is too many", edit(func(h []tlog.Hash) []tlog.Hash { return append(h, h[0]) }), 422)
	d.refuses("422 when two hashes change places", edit(func(h []tlog.Hash) []tlog.Hash {
		h[0], h[1] = h[1], h[0]
		return h
	}), 422)
	d.refuses("422 for 63 hashes that prove nothing", edit(func(h []tlog.Hash) []tlog.Hash { return make([]tlog.Hash, 63) }), 422)
	d.refuses("64 hashes are too many", edit(func(h []tlog.Hash) []tlog.Hash { return make([]tlog.Hash, 64) }), 400, 422)
	d.refuses("422 for a proof of the wrong sizes", request(old, p.consistency(old-1, n), note), 422)
	d.refuses("422 for a proof at the same size", request(old, right[:1], p.checkpoint(old)), 422)
	never := d.log("never")
	d.refuses("422 for a proof when old is 0", request(0, make([]tlog.Hash, 1), never.checkpoint(4)), 422)
}

func (p *player) id() uint32 {
	key, err := c2sp.ParseVkey(p.vkey())
	if err != nil {
		panic(err)
	}
	return key.ID
}

// malformed requests: 400.  Where the note itself is at fault 403 is as right: no trusted signature could be read.
func (d *door) malformed() {
	p := d.log("main")
	note, size := p.checkpoint(5100), int64(5100)
	good := request(size, nil, note)
	proof := hash64(p.tree.Root(3)) + "\n"
	for what, body := range map[string]string{
		"an empty body":                    "",
		"no old line":                      "\n" + note,
		"a checkpoint alone":               note,
		"old in capitals":                  "Old 5100\n\n" + note,
		"two blanks after old":             "old  5100\n\n" + note,
		"a tab after old":                  "old\t5100\n\n" + note,
		"no number":                        "old \n\n" + note,
		"a leading zero":                   "old 05100\n\n" + note,
		"a sign":                           "old +5100\n\n" + note,
		"a negative size":                  "old -1\n\n" + note,
		"a blank after the number":         "old 5100 \n\n" + note,
		"a number with a fraction":         "old 5100.0\n\n" + note,
		"a number in hex":                  "old 0x13ec\n\n" + note,
		"a number of 2^64":                 "old 18446744073709551616\n\n" + note,
		"carriage returns":                 strings.ReplaceAll(good, "\n", "\r\n"),
		"no empty line after old":          "old 5100\n" + note,
		"a proof line that is not base64":  "old 5100\n!!!!\n\n" + note,
		"a proof line of 31 bytes":         "old 5100\n" + strings.Repeat("A", 40) + "AA==\n\n" + note,
		"a proof line without padding":     "old 5100\n" + proof[:43] + "\n\n" + note,
		"a proof line with a blank":        "old 5100\n" + proof[:44] + " \n\n" + note,
		"old and nothing else":             "old 5100\n",
		"old, an empty line, nothing else": "old 5100\n\n",
	} {
		d.refuses("400 for "+what, body, 400)
	}
	for what, text := range map[string]string{
		"a size with a leading zero": strings.Replace(p.text(size), "\n5100\n", "\n05100\n", 1),
		"a size with a sign":         strings.Replace(p.text(size), "\n5100\n", "\n+5100\n", 1),
		"a size of 2^64":             strings.Replace(p.text(size), "\n5100\n", "\n18446744073709551616\n", 1),
		"a root of 31 bytes":         p.origin + "\n5100\n" + strings.Repeat("A", 40) + "AA==\n",
		"no root":                    p.origin + "\n5100\n",
		"an empty extension line":    p.text(size) + "\nextension\n",
	} {
		d.refuses("refused: a signed checkpoint with "+what, request(size, nil, p.sign(text)), 400, 403)
	}
	for what, bytes := range map[string]string{
		"no signature":                       p.text(size) + "\n",
		"no empty line before signatures":    p.text(size) + line(p.origin, p.key, p.text(size)),
		"no line feed at the end":            strings.TrimSuffix(note, "\n"),
		"a line after the signatures":        note + "more\n",
		"a hyphen for the dash":              strings.Replace(note, "— ", "- ", 1),
		"a signature that is not base64":     p.text(size) + "\n— " + p.origin + " !!!!\n",
		"a control character":                strings.Replace(note, "/log\n", "/log\x01\n", 1),
		"bytes that are not UTF-8 in a name": note + "— \xff\xfe AAAAAAAA\n",
	} {
		d.refuses("refused: a note with "+what, request(size, nil, bytes), 400, 403, 404)
	}
}

// notes that a witness must take: signatures of others, extension lines.
func (d *door) notes() {
	p := d.log("notes")
	small, large := "", ""
	for i := 0; i < 15; i++ {
		name := fmt.Sprintf("other-%d.example/witness", i)
		small += rawLine(name, uint32(i), make([]byte, 72))
		large += rawLine(name, uint32(i), make([]byte, 8+4627))
	}
	d.accepts("200 with 15 strangers' signatures before the log's",
		request(0, nil, p.text(10)+"\n"+small+line(p.origin, p.key, p.text(10))), p.text(10))
	d.accepts("200 with 15 strangers' signatures after the log's",
		request(10, p.consistency(10, 20), p.checkpoint(20)+small), p.text(20))
	d.accepts("200 with 15 strangers' signatures of 4,635 bytes",
		request(20, p.consistency(20, 30), p.checkpoint(30)+large), p.text(30))
	d.accepts("200 with a signature of unknown ID under the log's name",
		request(30, p.consistency(30, 40), p.checkpoint(40)+rawLine(p.origin, p.id()^1, make([]byte, 64))), p.text(40))
	d.accepts("200 with the log's ID under another name",
		request(40, p.consistency(40, 50), p.checkpoint(50)+rawLine("other.example/log", p.id(), make([]byte, 64))), p.text(50))
	extended := p.text(60) + "an extension line\nanother: 質量\n"
	d.accepts("200 with extension lines, which the cosignature covers",
		request(50, p.consistency(50, 60), p.sign(extended)), extended)
	d.travels(p, 60)
}

// travels: nothing is said of a Content-Type; a body may come in chunks, and a server that wants its length first says 411
// (RFC 9112, 6.3).
func (d *door) travels(p *player, size int64) {
	for _, how := range []struct {
		what    string
		chunks  bool
		headers []string
	}{
		{"as text/plain", false, []string{"Content-Type", "text/plain"}},
		{"as application/octet-stream", false, []string{"Content-Type", "application/octet-stream"}},
		{"as a form", false, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"in chunks", true, nil},
		{"after 100 Continue", false, []string{"Expect", "100-continue"}},
	} {
		next := size + 10
		var body io.Reader = strings.NewReader(p.update(size, next))
		if how.chunks {
			body = stream([]byte(p.update(size, next)))
		}
		started := time.Now()
		a, err := post(d.submit+"/add-checkpoint", body, how.headers...)
		if how.chunks && err == nil && a.status == 411 {
			d.ok("411 for a body "+how.what, nil)
			continue
		}
		if err == nil {
			err = d.cosigned(a, p.text(next))
		}
		if took := time.Since(started); err == nil && took > continueTimeout {
			err = fmt.Errorf("only after %v", took)
		}
		if d.ok("200 for a body "+how.what, err) {
			size = next
		}
	}
}
