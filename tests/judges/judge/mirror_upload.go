package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// heads: what is refused by the head of an upload alone.  The log m-main is pending at 5,100 and nothing is uploaded.
func (m *mirrorJudge) heads() {
	p, never := m.door.log("main"), m.door.log("never")
	p.grow(5100)
	m.refuses("404 for an unknown log", newPlayer("stranger").body(0, 10, nil, -1), 404)
	m.refuses("422 for a log without a pending checkpoint", never.body(0, 10, nil, -1), 422)
	m.refuses("422 for it, without entries", never.upload(0, 0, nil), 422)
	m.door.absent("404 before anything is mirrored", p.originHash())

	m.conflicts("409 when end is no pending size", p.body(0, 5099, nil, 1), 5100, 0)
	m.conflicts("409 when end is above the pending size", p.upload(0, 1<<40, nil), 5100, 0)
	m.conflicts("409 when end is the largest number", p.upload(0, -1, nil), 5100, 0)
	m.conflicts("409 when start is above the next entry", p.body(1, 5100, nil, 1), 5100, 0)
	m.conflicts("409 when start and end are above the next entry", p.upload(5100, 5100, nil), 5100, 0)
	m.refuses("refused when start is above end", p.upload(5100, 5000, nil), 400, 409, 422)
	m.conflicts("409 for a ticket that nobody made", p.upload(0, 5099, []byte("made up")), 5100, 0)
	m.conflicts("409 for a long ticket that nobody made", p.upload(0, 5099, bytes.Repeat([]byte("x"), 4096)), 5100, 0)

	head := p.upload(0, 5100, nil)
	for cut := 0; cut < len(head); cut++ {
		a, err := m.send(head[:cut], plain)
		if err == nil {
			err = oneOf(a, 400)
		}
		if err != nil {
			m.ok(fmt.Sprintf("400 for a head cut after %d bytes", cut), err)
			break
		}
	}
	m.ok("400 for a head cut after every byte", nil)
	m.refuses("400 for a head without packages", head, 400)
	first := p.packages(0, 5100)[0]
	for _, cut := range []int{1, 2, 3, 100, len(first) / 2, len(first) - 33, len(first) - 32, len(first) - 1} {
		m.refuses(fmt.Sprintf("400 for a first package cut after %d of %d bytes", cut, len(first)),
			append(p.upload(0, 5100, nil), first[:cut]...), 400)
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded"} {
		a, err := post(m.door.submit+"/add-entries", bytes.NewReader(p.body(0, 5100, nil, 1)), "Content-Type", kind)
		if err == nil {
			err = oneOf(a, 400, 415)
		}
		m.ok("refused as "+kind, err)
	}
	a, err := post(m.door.submit+"/add-entries", bytes.NewReader(p.body(0, 5100, nil, 1)),
		"Content-Type", "application/octet-stream", "Content-Encoding", "gzip")
	if err == nil {
		err = oneOf(a, 400)
	}
	m.ok("400 for what is said to be gzip and is not", err)
	a, err = get(m.door.submit+"/add-entries", "")
	if err == nil {
		err = oneOf(a, 404, 405)
	}
	m.ok("GET is no way to upload", err)
	m.conflicts("nothing of this was kept", p.upload(1, 5100, nil), 5100, 0)
}

// damaged sends the head and a first package that is wrong: 422, or 400 where it cannot even be read.
func (m *mirrorJudge) damaged(p *player) {
	entries, proof := p.tree.Entries[:256], p.tree.Subtree(0, 256, 5100)
	head := p.upload(0, 5100, nil)
	with := func(pack []byte) []byte { return append(append([]byte(nil), head...), pack...) }
	for i := range proof {
		proof[i] = flipped(proof[i])
		m.refuses(fmt.Sprintf("422 when hash %d of the package is wrong", i), with(pack(entries, proof)), 422)
		proof[i] = flipped(proof[i])
	}
	for _, i := range []int{0, 100, 255} {
		other := append([][]byte(nil), entries...)
		other[i] = append([]byte("x"), other[i]...)
		m.refuses(fmt.Sprintf("422 when entry %d is another", i), with(pack(other, proof)), 422)
	}
	swapped := append([][]byte(nil), entries...)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	m.refuses("422 when two entries change places", with(pack(swapped, proof)), 422)
	m.refuses("422 when a hash is missing", with(pack(entries, proof[1:])), 422)
	m.refuses("422 without a proof", with(pack(entries, nil)), 422)
	m.refuses("422 when a hash is too many", with(pack(entries, append(p.tree.Subtree(0, 256, 5100), proof[0]))), 422)
	m.refuses("422 for 63 hashes", with(pack(entries, make([]tlog.Hash, 63))), 422)
	m.refuses("64 hashes are too many", with(pack(entries, make([]tlog.Hash, 64))), 400, 422)
	m.refuses("422 for the proof of another tree", with(pack(entries, p.tree.Subtree(0, 256, 5000))), 422)
	m.refuses("422 for another package first", with(p.packages(256, 5100)[0]), 400, 422)
	m.conflicts("nothing of this was kept either", p.upload(1, 5100, nil), 5100, 0)
}

// steps is an upload of m-main that goes on from whatever the mirror has.
type steps struct {
	*mirrorJudge
	p    *player
	next int64
}

// step uploads count packages from back entries before the next: 202 and the end of the last package.
func (s *steps) step(what string, back int64, count int, how wrap) info {
	from := s.next - back
	want := from/256*256 + int64(count)*256
	i := s.partly(what, s.p.body(from, 5100, nil, count), how, 5100, want)
	s.next = want
	if now, err := s.ask(s.p, 5100, 5100); err == nil {
		s.next = now.next
	}
	return i
}

// inChunks uploads a package of a length that is not told: 202, or 411 (RFC 9112, 6.3).
func (s *steps) inChunks(what string, how wrap) {
	a, err := s.send(s.p.body(s.next, 5100, nil, 1), how)
	if err == nil && a.status == 411 {
		s.ok("411 for "+what, nil)
		return
	}
	if s.ok(what, err) {
		if _, ok := s.stands("202 for "+what, a, 202, 5100, s.next+256); ok {
			s.next += 256
		}
	}
}

// overlap uploads two packages from back entries before the next.  How many entries too many are too many is the mirror's
// to say: 202, or 409 and where it stands.
func (s *steps) overlap(what string, back int64) {
	from := s.next - back
	a, err := s.send(s.p.body(from, 5100, nil, 2), plain)
	if err == nil && a.status == 409 {
		s.stands("409 for "+what, a, 409, 5100, s.next)
		return
	}
	if s.ok(what, err) {
		if _, ok := s.stands("202 for "+what, a, 202, 5100, s.next+256); ok {
			s.next += 256
		}
	}
}

// pieces uploads m-main in prefixes of the canonical sequence, in every way that a body can travel.
func (m *mirrorJudge) pieces() {
	s := &steps{mirrorJudge: m, p: m.door.log("main")}
	p := s.p
	p.grow(5100)
	m.damaged(p)
	first := s.step("202 for three packages", 0, 3, plain)
	m.door.absent("no checkpoint while entries are missing", p.originHash())
	m.partly("202 with the ticket", p.body(s.next, 5100, first.ticket, 1), plain, 5100, s.next+256)
	s.next += 256
	s.overlap("a start inside the last bundle", 24)
	s.overlap("a start at its last entry", 1)
	s.step("202 for a gzipped body", 0, 2, gzipped)
	s.inChunks("a body in chunks", chunked)
	s.inChunks("a gzipped body in chunks", chunkedGzip)
	m.conflicts("409 past what is there", p.body(s.next+1, 5100, nil, 2), 5100, s.next)
	s.continued()
	s.broken()
	m.uploaded("200 at the end, with the mirror's cosignature", p, s.next, 5100)
	m.door.monitored("the mirror checkpoint is served", p, 5100, m.door.mirror)
	m.readBack(p)
}

// continued asks before it sends the body.
func (s *steps) continued() {
	started := time.Now()
	a, err := post(s.door.submit+"/add-entries", bytes.NewReader(s.p.body(s.next, 5100, nil, 1)),
		"Content-Type", "application/octet-stream", "Expect", "100-continue")
	if s.ok("a body after 100 Continue", err) {
		s.stands("202 for a body after 100 Continue", a, 202, 5100, s.next+256)
		s.that("100 Continue came at once", time.Since(started) < continueTimeout)
		s.next += 256
	}
}

// broken uploads a good package and a bad one.
func (s *steps) broken() {
	p, packages := s.p, s.p.packages(s.next, 5100)
	cut := append(p.upload(s.next, 5100, nil), packages[0]...)
	s.partly("202 when the second package is cut short", append(cut, packages[1][:500]...), plain, 5100, s.next+256)
	s.next += 256

	packages = p.packages(s.next, 5100)
	spoiled := append([]byte(nil), packages[1]...)
	spoiled[len(spoiled)-1] ^= 1
	s.refuses("422 when the second package is wrong",
		append(append(p.upload(s.next, 5100, nil), packages[0]...), spoiled...), 422)
	i, err := s.ask(p, 5100, 5100)
	if err == nil && i.next != s.next && i.next != s.next+256 {
		err = fmt.Errorf("next entry %d after a good and a bad package from %d", i.next, s.next)
	}
	s.ok("the good package before it is kept, or nothing", err)
	s.next = i.next
	a, err := s.send(p.body(s.next, 5100, i.ticket, 1), plain)
	if s.ok("it goes on from there", err) {
		s.stands("202 from there", a, 202, 5100, s.next+256)
		s.that("the mirror says that it takes gzip", strings.Contains(a.header.Get("Accept-Encoding"), "gzip"))
		s.next += 256
	}
}

// done: what a mirror answers that has everything.
func (m *mirrorJudge) done() {
	p := m.door.log("main")
	p.grow(5300)
	m.completes("200 for an upload of nothing", p, p.upload(5100, 5100, nil), plain, 5100)
	m.completes("200 for entries that it has", p, p.body(5000, 5100, nil, -1), plain, 5100)
	m.conflicts("409 for a size before the mirror's", p.body(4800, 5000, nil, -1), 5100, 5100)
	a, err := m.send(p.body(0, 5100, nil, -1), gzipped)
	if err == nil {
		err = oneOf(a, 200, 409)
	}
	m.ok("the whole log once more is taken or refused in order", err)
	m.door.accepts("the next checkpoint", p.update(5100, 5300), p.text(5300))
	m.door.monitored("the mirror checkpoint is not the pending one", p, 5100, m.door.mirror)
	m.completes("200 for an upload of nothing while more is pending", p, p.upload(5100, 5100, nil), plain, 5100)
	wrong := p.body(5100, 5300, nil, -1)
	wrong[len(wrong)-1] ^= 1
	a, err = m.send(wrong, plain)
	if err == nil {
		err = oneOf(a, 422)
	}
	m.ok("422 for a wrong last package", err)
	m.door.monitored("no cosignature came of it", p, 5100, m.door.mirror)
	m.uploaded("200 for the rest", p, 5100, 5300)
	m.door.monitored("the mirror checkpoint has moved", p, 5300, m.door.mirror)
}

// resume: the pending checkpoint moves on while an upload is under way.
func (m *mirrorJudge) resume() {
	p := m.door.log("resume")
	m.door.accepts("pending 1,000", p.update(0, 1000), p.text(1000))
	i := m.partly("202 before the pending checkpoint moves", p.body(0, 1000, nil, 2), plain, 1000, 512)
	m.door.accepts("pending 2,000", p.update(1000, 2000), p.text(2000))
	m.conflicts("409 names the new pending size", p.upload(513, 1999, nil), 2000, 512)
	m.completes("200 for the older pending size, with the ticket", p, p.body(512, 1000, i.ticket, -1), plain, 1000)
	m.door.accepts("pending 3,000", p.update(2000, 3000), p.text(3000))
	m.completes("200 for the older pending size, without a ticket", p, p.body(1000, 2000, nil, -1), plain, 2000)
	m.completes("200 for the newest", p, p.body(2000, 3000, nil, -1), plain, 3000)
	m.conflicts("409: never back to 2,000", p.upload(2000, 2000, nil), 3000, 3000)
	m.readBack(p)
}

// align: starts and ends on and off multiples of 256.
func (m *mirrorJudge) align() {
	p, last := m.door.log("align"), int64(0)
	for _, n := range []int64{1, 2, 255, 256, 257, 300, 511, 512, 513, 700, 767, 1024, 1025, 1300, 2048, 4100} {
		m.door.accepts(fmt.Sprintf("pending %d", n), p.update(last, n), p.text(n))
		m.completes(fmt.Sprintf("200 for [%d, %d)", last, n), p, p.body(last, n, nil, -1), plain, n)
		last = n
	}
	m.door.accepts("pending 4,500", p.update(last, 4500), p.text(4500))
	m.completes("200 for a start before what it has", p, p.body(4097, 4500, nil, -1), plain, 4500)
	m.door.accepts("pending 14,000", p.update(4500, 14000), p.text(14000))
	m.partly("202 for 32 packages", p.body(4500, 14000, nil, 32), gzipped, 14000, 4352+32*256)
	m.completes("200 for the others", p, p.body(4352+32*256, 14000, nil, -1), gzipped, 14000)
	m.readBack(p)
}

// large: entries of every length that a bundle can hold.
func (m *mirrorJudge) large() {
	p := m.door.log("large")
	p.entry = func(i int64) []byte {
		if i%32 == 5 {
			return bytes.Repeat([]byte{byte(i)}, 65535-int(i%3))
		}
		return plainEntry(p.origin, i)
	}
	m.door.accepts("pending 300, with large entries", p.update(0, 300), p.text(300))
	m.completes("200 for entries of 65,535 bytes and of none", p, p.body(0, 300, nil, -1), plain, 300)
	m.readBack(p)
}

// together: several clients upload the same at once.
func (m *mirrorJudge) together() {
	p := m.door.log("both")
	m.door.accepts("pending 3,000 for several clients", p.update(0, 3000), p.text(3000))
	var wait sync.WaitGroup
	var errs [4]error
	bodies := [][]byte{p.body(0, 3000, nil, -1), p.body(0, 3000, nil, -1), p.body(0, 3000, nil, 5), p.body(0, 3000, nil, 1)}
	for i := range errs {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			a, err := m.send(bodies[i], wrap(i%2))
			if err == nil {
				err = oneOf(a, 200, 202, 409)
			}
			errs[i] = err
		}(i)
	}
	wait.Wait()
	for i, err := range errs {
		m.ok(fmt.Sprintf("of four clients at once, number %d", i), err)
	}
	if i, err := m.ask(p, 3001, 3001); m.ok("where it stands then", err) {
		m.uploaded("200 after that", p, i.next, 3000)
	}
	m.readBack(p)
}

// nothing: the empty tree can be mirrored.
func (m *mirrorJudge) nothing() {
	p := m.door.log("never")
	m.door.accepts("pending 0", p.update(0, 0), p.text(0))
	m.completes("200 for the empty tree", p, p.upload(0, 0, nil), plain, 0)
}
