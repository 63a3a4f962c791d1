package c2sp

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof is a tlog-proof taken apart.
type Proof struct {
	Extra      []byte
	Index      int64
	Hashes     []tlog.Hash
	Checkpoint []byte
}

// ParseProof reads a tlog-proof file.
func ParseProof(raw []byte) (p Proof, err error) {
	text := string(raw)
	line := func() string {
		end := strings.IndexByte(text, '\n')
		if end < 0 {
			err = fmt.Errorf("proof: a line without a line feed")
			return ""
		}
		out := text[:end]
		text = text[end+1:]
		return out
	}
	if line() != "c2sp.org/tlog-proof@v1" {
		return p, fmt.Errorf("proof: not the first line of tlog-proof@v1")
	}
	next := line()
	if strings.HasPrefix(next, "extra ") {
		if p.Extra, err = b64.DecodeString(next[len("extra "):]); err != nil {
			return p, err
		}
		next = line()
	}
	if err != nil || !strings.HasPrefix(next, "index ") {
		return p, fmt.Errorf("proof: no index line (%v)", err)
	}
	if p.Index, err = ParseSize(next[len("index "):]); err != nil {
		return p, err
	}
	for next = line(); err == nil && next != ""; next = line() {
		h, bad := ParseHash(next)
		if bad != nil {
			return p, bad
		}
		p.Hashes = append(p.Hashes, h)
	}
	p.Checkpoint = []byte(text)
	return p, err
}

// CheckProof verifies a proof against a policy and the entry it speaks of, with x/mod's tlog.
func CheckProof(p Proof, policy Policy, entry []byte) (Checkpoint, error) {
	c, err := policy.Check(p.Checkpoint)
	if err != nil {
		return c, err
	}
	if p.Index >= c.Size {
		return c, fmt.Errorf("proof: index %d in a tree of %d", p.Index, c.Size)
	}
	return c, tlog.CheckRecord(tlog.RecordProof(p.Hashes), c.Size, c.Root, p.Index, tlog.RecordHash(entry))
}

// Policy is a tlog-policy.
type Policy struct {
	logs    []Key
	members map[string]member
	quorum  string
}

type member struct {
	key     *Key
	need    int
	members []string
}

// ParsePolicy reads a tlog-policy.
func ParsePolicy(raw []byte) (Policy, error) {
	p := Policy{members: map[string]member{}}
	seen, used := map[string]bool{}, map[string]bool{}
	for number, text := range strings.Split(string(raw), "\n") {
		f := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := p.line(f, seen, used); err != nil {
			return p, fmt.Errorf("policy, line %d: %v", number+1, err)
		}
	}
	if p.quorum == "" {
		return p, fmt.Errorf("policy: no quorum")
	}
	return p, nil
}

func (p *Policy) line(f []string, seen, used map[string]bool) error {
	switch {
	case f[0] == "log" && (len(f) == 2 || len(f) == 3):
		key, err := uniqueKey(f[1], TypeEd25519, seen)
		p.logs = append(p.logs, key)
		return err
	case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
		key, err := uniqueKey(f[2], TypeCosignature, seen)
		if err != nil {
			return err
		}
		return p.define(f[1], member{key: &key})
	case f[0] == "group" && len(f) >= 4:
		m := member{members: f[3:], need: 1}
		if f[2] == "all" {
			m.need = len(m.members)
		} else if f[2] != "any" {
			var err error
			if m.need, err = strconv.Atoi(f[2]); err != nil || m.need < 1 || m.need > len(m.members) {
				return fmt.Errorf("threshold %q of %d", f[2], len(m.members))
			}
		}
		for _, name := range m.members {
			if _, ok := p.members[name]; !ok || used[name] {
				return fmt.Errorf("member %q is not defined, or used twice", name)
			}
			used[name] = true
		}
		return p.define(f[1], m)
	case f[0] == "quorum" && len(f) == 2 && p.quorum == "":
		if _, ok := p.members[f[1]]; !ok && f[1] != "none" {
			return fmt.Errorf("quorum %q is not defined", f[1])
		}
		p.quorum = f[1]
		return nil
	}
	return fmt.Errorf("not understood: %q", f)
}

func (p *Policy) define(name string, m member) error {
	if _, ok := p.members[name]; ok || name == "none" {
		return fmt.Errorf("%q is defined twice", name)
	}
	p.members[name] = m
	return nil
}

func uniqueKey(vkey string, typ byte, seen map[string]bool) (Key, error) {
	key, err := ParseVkey(vkey)
	if err == nil && key.Type != typ {
		err = fmt.Errorf("%s: type %#x, not %#x", key.Name, key.Type, typ)
	}
	if err == nil && seen[string(rune(typ))+string(key.Public)] {
		err = fmt.Errorf("%s: the same key twice", key.Name)
	}
	seen[string(rune(typ))+string(key.Public)] = true
	return key, err
}

// Check opens a checkpoint by a log of the policy and asks whether its quorum cosigned it.  A wrong cosignature of a
// known witness is an error, whatever the quorum.
func (p Policy) Check(raw []byte) (Checkpoint, error) {
	c, err := ParseCheckpoint(raw)
	if err != nil {
		return c, err
	}
	for _, key := range p.logs {
		if key.Name == c.Origin {
			if c, err = OpenCheckpoint(raw, key.Vkey); err != nil {
				return c, err
			}
			ok, err := p.witnessed(p.quorum, c)
			if err == nil && !ok {
				err = fmt.Errorf("%s: the quorum %q has not cosigned size %d", c.Origin, p.quorum, c.Size)
			}
			if err == nil {
				err = p.noWrongLine(c)
			}
			return c, err
		}
	}
	return c, fmt.Errorf("%q is no log of the policy", c.Origin)
}

func (p Policy) noWrongLine(c Checkpoint) error {
	for _, m := range p.members {
		if m.key == nil || !hasLine(c, *m.key) {
			continue
		}
		if _, err := CheckCosignature(c.Text, c.Lines, *m.key); err != nil {
			return err
		}
	}
	return nil
}

func hasLine(c Checkpoint, key Key) bool {
	for _, line := range c.Lines {
		if line.Name == key.Name && line.ID == key.ID {
			return true
		}
	}
	return false
}

func (p Policy) witnessed(name string, c Checkpoint) (bool, error) {
	m := p.members[name]
	switch {
	case name == "none":
		return true, nil
	case m.key != nil && !hasLine(c, *m.key):
		return false, nil
	case m.key != nil:
		_, err := CheckCosignature(c.Text, c.Lines, *m.key)
		return err == nil, err
	}
	count := 0
	for _, part := range m.members {
		ok, err := p.witnessed(part, c)
		if err != nil {
			return false, err
		}
		if ok {
			count++
		}
	}
	return count >= m.need, nil
}
