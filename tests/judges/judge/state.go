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
	raw, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(o.state, raw, 0o600)
	}
	r.ok("what was promised is written down", err)
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
