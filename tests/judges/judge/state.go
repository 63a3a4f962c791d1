package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// promised is what the node has answered with 200, and so must know after any crash.
type promised struct {
	Witness int64 // size last cosigned for w-kill
	Mirror  int64 // size last mirrored of m-kill
	Torn    int64 // size pending of m-tear, uploaded in part
	Whole   int64 // size of m-tear that was mirrored before
}

func (s promised) write(r *report, name string) {
	raw, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(name, raw, 0o600)
	}
	r.ok("what was promised is written down", err)
}

func readState(name string) (s promised) {
	if raw, err := os.ReadFile(name); err == nil {
		_ = json.Unmarshal(raw, &s)
	}
	return s
}

// grow makes one step at each door and writes down what was promised.  The driver kills the node right after.
func grow(r *report, o options) {
	s := readState(o.state)
	if o.witness != "" {
		d := o.witnessDoor(r)
		p := d.log("kill")
		if next := s.Witness + o.size; d.accepts("200 before the crash", p.update(s.Witness, next), p.text(next)) {
			s.Witness = next
		}
	}
	if o.mirror != "" {
		m := o.mirrorJudge(r)
		p := m.door.log("kill")
		next := s.Mirror + o.size
		m.door.accepts("the mirror takes the checkpoint before the crash", p.update(s.Mirror, next), p.text(next))
		if m.uploaded("the mirror cosigns before the crash", p, s.Mirror, next) {
			s.Mirror = next
		}
	}
	s.write(r, o.state)
}

// tear uploads half of what is pending.  The driver kills the node right after.
func tear(r *report, o options) {
	s, m := readState(o.state), o.mirrorJudge(r)
	p := m.door.log("tear")
	s.Torn = s.Whole + o.size
	m.door.accepts("the mirror takes a checkpoint", p.update(s.Whole, s.Torn), p.text(s.Torn))
	half := len(p.packages(s.Whole, s.Torn)) / 2
	m.partly("202 for half of it", p.body(s.Whole, s.Torn, nil, half), gzipped, s.Torn, (s.Whole/256+int64(half))*256)
	s.write(r, o.state)
}

// mend goes on after the crash, from wherever the mirror stands.
func mend(r *report, o options) {
	s, m := readState(o.state), o.mirrorJudge(r)
	p := m.door.log("tear")
	p.grow(s.Torn)
	if s.Whole > 0 {
		m.door.monitored("the mirror checkpoint is the one before", p, s.Whole, m.door.mirror)
	} else {
		m.door.absent("there is no mirror checkpoint", p.originHash())
	}
	i, err := m.ask(p, s.Torn+1, s.Torn+1)
	if !r.ok("add-entries says where it stands after a crash", err) {
		return
	}
	r.that(fmt.Sprintf("it stands at the end of a package: %d", i.next), i.next >= s.Whole && i.next < s.Torn &&
		(i.next == s.Whole || i.next%256 == 0))
	if m.uploaded("the upload goes on after a crash", p, i.next, s.Torn) {
		s.Whole = s.Torn
	}
	m.readBack(p)
	s.write(r, o.state)
}

// recalls asks a node that was killed and started again for what it promised.
func recalls(r *report, o options) {
	s := readState(o.state)
	if o.witness != "" {
		d := o.witnessDoor(r)
		p := d.log("kill")
		d.conflicts("the cosigned size is known after a crash", p.update(s.Witness+1, s.Witness+2), s.Witness)
		d.monitored("the cosigned checkpoint is served after a crash", p, s.Witness, d.witness)
		d.accepts("200 again after a crash", p.update(s.Witness, s.Witness), p.text(s.Witness))
	}
	if o.mirror != "" {
		m := o.mirrorJudge(r)
		p := m.door.log("kill")
		m.door.conflicts("the pending size is known after a crash", p.update(s.Mirror+1, s.Mirror+2), s.Mirror)
		m.door.monitored("the mirror checkpoint is served after a crash", p, s.Mirror, m.door.mirror)
		info, err := m.ask(p, s.Mirror+1, s.Mirror+1)
		if r.ok("add-entries says where it stands after a crash", err) {
			r.that(fmt.Sprintf("every mirrored entry is there after a crash (next entry %d of %d)", info.next, s.Mirror),
				info.next >= s.Mirror)
		}
	}
}
