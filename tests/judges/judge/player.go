package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// player is a log that the judges play: its key, its entries, everything follows from its origin, so that a later run
// can go on where an earlier one stopped.
type player struct {
	origin string
	key    ed25519.PrivateKey
	tree   c2sp.Tree
	entry  func(index int64) []byte
}

// roles are the logs that the node is told of.  "stranger" is not among them.
var roles = []string{
	"w-main", "w-empty", "w-fork", "w-never", "w-race", "w-notes", "w-kill", "w-flip",
	"m-main", "m-empty", "m-fork", "m-never", "m-race", "m-notes", "m-align", "m-resume", "m-large", "m-both", "m-kill",
	"m-flip", "m-tear",
}

func newPlayer(role string) *player {
	p := &player{origin: role + ".judge.example/log"}
	p.key = keyFor(p.origin)
	p.entry = func(i int64) []byte { return plainEntry(p.origin, i) }
	return p
}

func keyFor(text string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("a judge's key: " + text))
	return ed25519.NewKeyFromSeed(seed[:])
}

// plainEntry is a small entry of a length that varies, here and there empty.
func plainEntry(origin string, i int64) []byte {
	h := sha256.Sum256([]byte(fmt.Sprintf("%s %d", origin, i)))
	return bytes.Repeat(h[:], 4)[:int(h[0])%100]
}

func public(key ed25519.PrivateKey) []byte { return key.Public().(ed25519.PublicKey) }

func (p *player) vkey() string { return c2sp.Vkey(p.origin, c2sp.TypeEd25519, public(p.key)) }

// grow makes the tree at least n entries large.
func (p *player) grow(n int64) {
	for p.tree.Size() < n {
		p.tree.Append(p.entry(p.tree.Size()))
	}
}

// fork is a log of the same name and key whose entries from the n-th on are others.
func (p *player) fork(n int64) *player {
	q := *p
	q.tree = c2sp.Tree{}
	q.entry = func(i int64) []byte {
		if i < n {
			return p.entry(i)
		}
		return append(p.entry(i), 'x')
	}
	return &q
}

func line(name string, key ed25519.PrivateKey, text string) string {
	return rawLine(name, c2sp.KeyID(name, c2sp.TypeEd25519, public(key)), ed25519.Sign(key, []byte(text)))
}

func rawLine(name string, id uint32, signature []byte) string {
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], id)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(append(raw[:], signature...)) + "\n"
}

func hash64(h tlog.Hash) string { return base64.StdEncoding.EncodeToString(h[:]) }

// text is the unsigned checkpoint of the first n entries.
func (p *player) text(n int64) string {
	p.grow(n)
	return fmt.Sprintf("%s\n%d\n%s\n", p.origin, n, hash64(p.tree.Root(n)))
}

// sign makes a note of any text.
func (p *player) sign(text string) string { return text + "\n" + line(p.origin, p.key, text) }

func (p *player) checkpoint(n int64) string { return p.sign(p.text(n)) }

// request is the body of add-checkpoint.
func request(old int64, proof []tlog.Hash, note string) string {
	var b strings.Builder
	b.WriteString("old " + strconv.FormatInt(old, 10) + "\n")
	for _, h := range proof {
		b.WriteString(hash64(h) + "\n")
	}
	return b.String() + "\n" + note
}

// update is the right request from old to n.
func (p *player) update(old, n int64) string {
	p.grow(n)
	return request(old, p.tree.Consistency(old, n), p.checkpoint(n))
}

// consistency grows the tree and proves it.
func (p *player) consistency(old, n int64) []tlog.Hash {
	p.grow(n)
	return p.tree.Consistency(old, n)
}

// flipped is a hash with one bit wrong.
func flipped(h tlog.Hash) tlog.Hash {
	h[13] ^= 4
	return h
}

// originHash is what the monitoring prefix is followed by.
func (p *player) originHash() string { return fmt.Sprintf("%x", sha256.Sum256([]byte(p.origin))) }

// upload is the head of add-entries; its packages follow.
func (p *player) upload(start, end int64, ticket []byte) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.BigEndian, uint16(len(p.origin)))
	b.WriteString(p.origin)
	binary.Write(&b, binary.BigEndian, uint64(start))
	binary.Write(&b, binary.BigEndian, uint64(end))
	binary.Write(&b, binary.BigEndian, uint16(len(ticket)))
	b.Write(ticket)
	return b.Bytes()
}

// span is the i-th interval of the canonical sequence: the entries [start, end) and the subtree [from, end).
type span struct{ from, start, end int64 }

func spans(start, end int64) []span {
	var out []span
	for from := start / 256 * 256; from < end; from += 256 {
		s := span{from, start, end}
		if from > start {
			s.start = from
		}
		if from+256 < end {
			s.end = from + 256
		}
		out = append(out, s)
	}
	return out
}

// pack is an entry package.
func pack(entries [][]byte, proof []tlog.Hash) []byte {
	var b bytes.Buffer
	for _, entry := range entries {
		binary.Write(&b, binary.BigEndian, uint16(len(entry)))
		b.Write(entry)
	}
	b.WriteByte(byte(len(proof)))
	for _, h := range proof {
		b.Write(h[:])
	}
	return b.Bytes()
}

// packages are the canonical sequence of an upload of [start, end) to a tree of end entries.
func (p *player) packages(start, end int64) [][]byte {
	if start == end {
		return nil
	}
	p.grow(end)
	var out [][]byte
	for _, s := range spans(start, end) {
		out = append(out, pack(p.tree.Entries[s.start:s.end], p.tree.Subtree(s.from, s.end, end)))
	}
	return out
}

// body joins the head of an upload and the first count packages (-1: all).
func (p *player) body(start, end int64, ticket []byte, count int) []byte {
	packages := p.packages(start, end)
	if count >= 0 && count < len(packages) {
		packages = packages[:count]
	}
	return append(p.upload(start, end, ticket), bytes.Join(packages, nil)...)
}

// stream hides the length of a body, so that it travels in chunks.
func stream(b []byte) io.Reader { return io.MultiReader(bytes.NewReader(b)) }
