package main

import (
	"fmt"
	"strings"
	"sync"

	"../c2sp"
)

// door is a submission prefix: that of a witness, or a mirror's, which does the same but need not cosign and must not
// with the mirror's key.
type door struct {
	*report
	name    string // "w" or "m": whose logs are used
	submit  string // submission prefix
	monitor string // monitoring prefix
	witness c2sp.Key
	mirror  c2sp.Key
	given   map[string]bool // every cosignature line that it answered with
}

func (d *door) log(role string) *player { return newPlayer(d.name + "-" + role) }

func (d *door) add(body string) (answer, error) {
	return post(d.submit+"/add-checkpoint", strings.NewReader(body))
}

// cosigned checks a 200: signature lines, the witness's among them, none by the mirror.
func (d *door) cosigned(a answer, text string) error {
	if a.status != 200 {
		return fmt.Errorf("%v", a)
	}
	if d.name == "m" && len(a.body) == 0 {
		return nil
	}
	lines, err := c2sp.ParseLines(a.body)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.Name == d.mirror.Name {
			return fmt.Errorf("signed by the mirror before it holds the entries")
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(a.body), "\n"), "\n") {
		d.given[line] = true
	}
	at, err := c2sp.CheckCosignature(text, lines, d.witness)
	if err != nil {
		return err
	}
	return nearNow(at)
}

// accepts: the body must be answered with 200 and a cosignature of the text.
func (d *door) accepts(what, body, text string) bool {
	a, err := d.add(body)
	if err == nil {
		err = d.cosigned(a, text)
	}
	return d.ok(what, err)
}

// refuses: the body must be answered with one of the codes.
func (d *door) refuses(what, body string, codes ...int) {
	a, err := d.add(body)
	if err == nil {
		err = oneOf(a, codes...)
	}
	d.ok(what, err)
}

func oneOf(a answer, codes ...int) error {
	for _, code := range codes {
		if a.status == code {
			return nil
		}
	}
	return fmt.Errorf("%v, expected one of %v", a, codes)
}

// conflicts: the body must be answered with 409 and the recorded size.
func (d *door) conflicts(what, body string, size int64) bool {
	a, err := d.add(body)
	if err == nil && (a.status != 409 || a.header.Get("Content-Type") != "text/x.tlog.size" ||
		string(a.body) != fmt.Sprintf("%d\n", size)) {
		err = fmt.Errorf("%v, expected 409 text/x.tlog.size %d", a, size)
	}
	return d.ok(what, err)
}

// monitored fetches the checkpoint that the monitoring prefix has, and checks it: the log's signature, the cosigner's,
// the size and root.
func (d *door) monitored(what string, p *player, size int64, by c2sp.Key) {
	a, err := get(d.monitor+"/"+p.originHash()+"/checkpoint", "")
	var c c2sp.Checkpoint
	if err == nil && a.status != 200 {
		err = fmt.Errorf("%v", a)
	}
	if err == nil {
		c, err = c2sp.OpenCheckpoint(a.body, p.vkey())
	}
	if err == nil {
		_, err = c2sp.CheckCosignature(c.Text, c.Lines, by)
	}
	if err == nil && (c.Size != size || c.Root != p.tree.Root(size)) {
		err = fmt.Errorf("size %d, expected %d, or another root", c.Size, size)
	}
	if err == nil && by.Name == d.witness.Name && len(d.given) > 0 && !d.gave(a.body) {
		err = fmt.Errorf("%v: not the cosignature that add-checkpoint answered with", a)
	}
	d.ok(what, err)
}

// gave: one of the lines of a note was an answer.
func (d *door) gave(note []byte) bool {
	for _, line := range strings.Split(string(note), "\n") {
		if d.given[line] {
			return true
		}
	}
	return false
}

// absent: nothing is there yet.
func (d *door) absent(what, path string) {
	a, err := get(d.monitor+"/"+path+"/checkpoint", "")
	if err == nil {
		err = oneOf(a, 404)
	}
	d.ok(what, err)
}

// judge drives add-checkpoint through every answer.
func (d *door) judge() {
	d.sizes()
	d.refusals()
	d.malformed()
	d.notes()
	d.empty()
	d.forked()
	d.races()
	if d.name == "w" {
		d.monitoring()
	}
}

// sizes: the record moves from 0 over 1, 2, 5 ... and each wrong old size is told the right one.
func (d *door) sizes() {
	p, last := d.log("main"), int64(0)
	d.conflicts("409 with size 0 where nothing was cosigned", p.update(5, 10), 0)
	for _, n := range []int64{1, 2, 3, 5, 8, 64, 65, 100, 255, 256, 257, 1000, 5000} {
		d.accepts(fmt.Sprintf("200 from %d to %d", last, n), p.update(last, n), p.text(n))
		d.accepts(fmt.Sprintf("200 again for %d", n), p.update(n, n), p.text(n))
		d.conflicts(fmt.Sprintf("409 when old is %d and the record is %d", last, n), p.update(last, n+1), n)
		if last != 0 {
			d.conflicts(fmt.Sprintf("409 when old is 0 and the record is %d", n), p.update(0, n), n)
		}
		last = n
	}
	d.conflicts("409 for an older size, no rollback", p.update(1000, 1000), last)
	d.conflicts("409 for an old size ahead of the record", p.update(last+1, last+2), last)
	if d.name == "w" {
		d.monitored("the monitoring prefix has it", p, last, d.witness)
	}
	a, err := d.add(p.update(last, last))
	d.ok("again", err)
	d.that("connections are kept alive", a.reused)
}

// monitoring: what the monitoring prefix has not.
func (d *door) monitoring() {
	d.absent("404 for a log that was never cosigned", d.log("never").originHash())
	d.absent("404 for a log that nobody knows", newPlayer("stranger").originHash())
	d.absent("404 for the hash in capitals", strings.ToUpper(d.log("main").originHash()))
	d.absent("404 for half a hash", d.log("main").originHash()[:32])
	d.absent("404 for the origin itself", d.log("main").origin)
}

// empty: a tree of size 0 has one root.
func (d *door) empty() {
	p := d.log("empty")
	d.refuses("422 for size 0 with another root", request(0, nil, p.sign(fmt.Sprintf("%s\n0\n%s\n", p.origin, hash64(flipped(p.tree.Root(0)))))), 422)
	d.accepts("200 for size 0", p.update(0, 0), p.text(0))
	d.accepts("200 for size 0, again", p.update(0, 0), p.text(0))
	d.accepts("200 from 0 to 7", p.update(0, 7), p.text(7))
	d.conflicts("409 for size 0 after that", p.update(0, 0), 7)
}

// forked: a log that signs two trees.  What the door says of it later is its own affair, but never 200 to the fork.
func (d *door) forked() {
	p := d.log("fork")
	q := p.fork(15)
	d.accepts("200 from 0 to 20", p.update(0, 20), p.text(20))
	d.refuses("422 for the same size with another root", request(20, nil, q.checkpoint(20)), 422)
	q.grow(30)
	d.never("no cosignature on a fork that grew", request(20, q.tree.Consistency(20, 30), q.checkpoint(30)))
	d.never("no cosignature on a fork with the honest proof", request(20, p.consistency(20, 30), q.checkpoint(30)))
	d.never("no cosignature on a fork from the start", request(0, nil, q.checkpoint(30)))
	if d.name == "w" {
		d.monitored("the monitoring prefix still has the first", p, 20, d.witness)
	}
}

// never: whatever the answer is, it is a refusal and not the server's failure.
func (d *door) never(what, body string) {
	a, err := d.add(body)
	if err == nil && (a.status < 400 || a.status > 499) {
		err = fmt.Errorf("%v", a)
	}
	d.ok(what, err)
}

// races: of two requests with one old size, one is answered with 200 and the other with 409 and the winner's size.
func (d *door) races() {
	p, size := d.log("race"), int64(0)
	var bad error
	for round := int64(0); round < 20 && bad == nil; round++ {
		sizes := []int64{size + 3 + round, size + 7 + round, size + 1}
		var answers [3]answer
		var errs [3]error
		var wait sync.WaitGroup
		bodies := []string{p.update(size, sizes[0]), p.update(size, sizes[1]), p.update(size, sizes[2])}
		for i := range bodies {
			wait.Add(1)
			go func(i int) { defer wait.Done(); answers[i], errs[i] = d.add(bodies[i]) }(i)
		}
		wait.Wait()
		size, bad = d.oneWinner(p, sizes, answers[:], errs[:])
	}
	d.ok("of requests with one old size exactly one wins, 20 times", bad)
	d.conflicts("the last winner's size is the record", p.update(size+1, size+2), size)
}

func (d *door) oneWinner(p *player, sizes []int64, answers []answer, errs []error) (int64, error) {
	winner := int64(-1)
	for i, a := range answers {
		if errs[i] != nil {
			return 0, errs[i]
		}
		if a.status == 200 {
			if winner >= 0 {
				return 0, fmt.Errorf("two winners: %d and %d", winner, sizes[i])
			}
			winner = sizes[i]
			if err := d.cosigned(a, p.text(winner)); err != nil {
				return 0, err
			}
		}
	}
	if winner < 0 {
		return 0, fmt.Errorf("nobody won: %v", answers)
	}
	for _, a := range answers {
		if a.status != 200 && (a.status != 409 || string(a.body) != fmt.Sprintf("%d\n", winner)) {
			return 0, fmt.Errorf("the loser got %v, the winner had %d", a, winner)
		}
	}
	return winner, nil
}
