package main

import (
	"fmt"
	"time"

	"../c2sp"
)

// foreign reads a log where its own node serves it: a player that can upload it, and not sign for it.  The note is its
// checkpoint.
func (o options) foreign(r *report) (p *player, text, note string) {
	j := &logJudge{report: r, base: o.from, vkey: o.log}
	j.cache = map[string][]byte{}
	if !j.checkpoint() || !j.bundles() {
		return nil, "", ""
	}
	a, err := get(o.from+"/checkpoint", "")
	if !r.ok("the checkpoint is served again", err) {
		return nil, "", ""
	}
	p = &player{origin: j.head.Origin, tree: j.entries}
	return p, j.head.Text, string(a.body)
}

// stranded: the mirror follows this log, holds nothing of it and reaches nobody who has it.  What is uploaded is checked;
// where the mirror does not keep it, it must say so.
func stranded(r *report, o options) {
	m := o.mirrorJudge(r)
	p, text, note := o.foreign(r)
	if p == nil {
		return
	}
	n := p.tree.Size()
	m.refuses("422 for a log without a pending checkpoint", p.body(0, n, nil, -1), 422)
	m.door.accepts("a checkpoint of a log that others keep", request(0, nil, note), text)
	m.conflicts("409 when end is no pending size", p.upload(0, n+1, nil), n, 0)
	m.conflicts("409 when start is above the next entry", p.body(1, n, nil, -1), n, 0)
	m.refuses("400 for a head without packages", p.upload(0, n, nil), 400)
	whole := p.body(0, n, nil, -1)
	first := len(p.body(0, n, nil, 1))
	m.refuses("400 for a first package that is cut", whole[:first-1], 400)
	spoiled := append([]byte(nil), whole...)
	spoiled[len(spoiled)-1] ^= 1
	m.refuses("422 for a wrong hash in the last package", spoiled, 422)
	started := time.Now()
	i := m.partly("202 while nobody has it", whole, gzipped, n, 0)
	m.that("that does not take long", time.Since(started) < 20*time.Second)
	m.partly("202 with the ticket", p.body(0, n, i.ticket, -1), plain, n, 0)
	m.door.absent("nothing is cosigned", p.originHash())
}

// carried: now it reaches somebody.  The client comes back as often as it is told to.
func carried(r *report, o options) {
	m := o.mirrorJudge(r)
	p, text, _ := o.foreign(r)
	if p == nil {
		return
	}
	n := p.tree.Size()
	start, err := int64(0), fmt.Errorf("no end after 20 requests")
	for tries := 0; tries < 20; tries++ {
		a, e := m.send(p.body(start, n, nil, 32), gzipped)
		if e == nil && a.status != 202 && a.status != 409 {
			err = m.mirroredText(a, text)
			break
		}
		var i info
		if e == nil {
			i, e = parseInfo(a)
		}
		if e == nil && (i.size != n || i.next < start || i.next > n) {
			e = fmt.Errorf("%d with size %d, next entry %d after an upload of [%d, %d)", a.status, i.size, i.next, start, n)
		}
		if e != nil {
			err = e
			break
		}
		start = i.next
	}
	if !m.ok("200 at the end, with the mirror's cosignature", err) {
		return
	}
	a, err := m.send(p.body(n/256*256, n, nil, -1), plain)
	if err == nil {
		err = m.mirroredText(a, text)
	}
	m.ok("200 for what is there", err)
	m.conflicts("409 when end is another", p.upload(n+1, n+1, nil), n, n)
	j := &logJudge{report: m.report, base: m.door.monitor + "/" + p.originHash(), vkey: o.log, cosigners: []c2sp.Key{m.door.mirror}}
	j.judge()
	m.same("the mirror has all of it", j.head.Size, n)
}
