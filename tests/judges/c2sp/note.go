// Package c2sp reads and writes what the C2SP documents describe: notes, checkpoints, cosignatures, proofs, policies,
// tile paths, subtree proofs.  It is written from those documents alone and shares no line with the program under test.
// Trees and hashes, and the log's own signatures, are left to golang.org/x/mod/sumdb.
package c2sp

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Signature types of signed-note.
const (
	TypeEd25519     = 0x01
	TypeCosignature = 0x04
)

// b64 is canonical base64: a changed padding bit is a changed byte.
var b64 = base64.StdEncoding.Strict()

// Key is a verifier key.
type Key struct {
	Vkey   string
	Name   string
	ID     uint32
	Type   byte
	Public []byte
}

// KeyID is signed-note's recommended key ID, which tlog-cosignature makes a rule.
func KeyID(name string, typ byte, public []byte) uint32 {
	h := sha256.Sum256(append([]byte(name+"\n"+string([]byte{typ})), public...))
	return binary.BigEndian.Uint32(h[:])
}

// Vkey writes a verifier key.
func Vkey(name string, typ byte, public []byte) string {
	return fmt.Sprintf("%s+%08x+%s", name, KeyID(name, typ, public),
		b64.EncodeToString(append([]byte{typ}, public...)))
}

// ParseVkey reads a verifier key of one of the two Ed25519 types.
func ParseVkey(text string) (Key, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 || !validName(parts[0]) {
		return Key{}, fmt.Errorf("vkey %q: not name+id+key", text)
	}
	id, err := hex.DecodeString(parts[1])
	if err != nil || len(id) != 4 || strings.ToLower(parts[1]) != parts[1] {
		return Key{}, fmt.Errorf("vkey %q: the ID is not 8 hex digits", text)
	}
	raw, err := b64.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("vkey %q: not a type and 32 bytes", text)
	}
	k := Key{text, parts[0], binary.BigEndian.Uint32(id), raw[0], raw[1:]}
	if k.Type != TypeEd25519 && k.Type != TypeCosignature {
		return Key{}, fmt.Errorf("vkey %q: type %#x", text, k.Type)
	}
	if k.ID != KeyID(k.Name, k.Type, k.Public) {
		return Key{}, fmt.Errorf("vkey %q: the ID is not that of name and key", text)
	}
	return k, nil
}

func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, '+') &&
		strings.IndexFunc(name, unicode.IsSpace) < 0
}

// Line is one signature line.
type Line struct {
	Name      string
	ID        uint32
	Signature []byte
}

// Note is a signed note taken apart; nothing is verified yet.
type Note struct {
	Raw   []byte
	Text  string
	Lines []Line
}

// ParseLine reads a signature line without its line feed.
func ParseLine(line string) (Line, error) {
	rest := strings.TrimPrefix(line, "— ")
	space := strings.IndexByte(rest, ' ')
	if rest == line || space < 0 || !validName(rest[:space]) {
		return Line{}, fmt.Errorf("not a signature line: %q", line)
	}
	raw, err := b64.DecodeString(rest[space+1:])
	if err != nil || len(raw) < 5 {
		return Line{}, fmt.Errorf("not a signature: %q (%v)", line, err)
	}
	return Line{rest[:space], binary.BigEndian.Uint32(raw), raw[4:]}, nil
}

// ParseLines reads one or more signature lines, each ended by a line feed: the answer of a witness.
func ParseLines(raw []byte) ([]Line, error) {
	if len(raw) == 0 || raw[len(raw)-1] != '\n' {
		return nil, fmt.Errorf("signature lines do not end with a line feed: %q", raw)
	}
	var lines []Line
	for _, text := range strings.Split(string(raw[:len(raw)-1]), "\n") {
		line, err := ParseLine(text)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// ParseNote takes a note apart, strictly.
func ParseNote(raw []byte) (Note, error) {
	if !utf8.Valid(raw) {
		return Note{}, fmt.Errorf("note: not UTF-8")
	}
	for _, c := range raw {
		if c < 0x20 && c != '\n' {
			return Note{}, fmt.Errorf("note: control character %#x", c)
		}
	}
	split := bytes.LastIndex(raw, []byte("\n\n"))
	if split < 0 {
		return Note{}, fmt.Errorf("note: no empty line")
	}
	lines, err := ParseLines(raw[split+2:])
	if err != nil {
		return Note{}, err
	}
	return Note{raw, string(raw[:split+1]), lines}, nil
}

// Checkpoint is a note whose text is that of tlog-checkpoint.
type Checkpoint struct {
	Note
	Origin     string
	Size       int64
	Root       tlog.Hash
	Extensions []string
}

// ParseSize reads a decimal number without leading zeroes.
func ParseSize(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("not a plain decimal number: %q", text)
	}
	return n, nil
}

// ParseHash reads a hash in base64.
func ParseHash(text string) (h tlog.Hash, err error) {
	raw, err := b64.DecodeString(text)
	if err != nil || len(raw) != len(h) {
		return h, fmt.Errorf("not a hash in base64: %q", text)
	}
	copy(h[:], raw)
	return h, nil
}

// ParseCheckpoint reads a checkpoint; nothing is verified yet.
func ParseCheckpoint(raw []byte) (c Checkpoint, err error) {
	if c.Note, err = ParseNote(raw); err != nil {
		return c, err
	}
	lines := strings.Split(strings.TrimSuffix(c.Text, "\n"), "\n")
	if len(lines) < 3 {
		return c, fmt.Errorf("checkpoint: %d lines", len(lines))
	}
	for _, line := range lines {
		if line == "" {
			return c, fmt.Errorf("checkpoint: an empty line")
		}
	}
	c.Origin, c.Extensions = lines[0], lines[3:]
	if c.Size, err = ParseSize(lines[1]); err != nil {
		return c, err
	}
	c.Root, err = ParseHash(lines[2])
	return c, err
}

// OpenCheckpoint reads a checkpoint and has x/mod verify the log's signature.
func OpenCheckpoint(raw []byte, vkey string) (Checkpoint, error) {
	c, err := ParseCheckpoint(raw)
	if err != nil {
		return c, err
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return c, err
	}
	opened, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return c, err
	}
	if opened.Text != c.Text {
		return c, fmt.Errorf("two readers of one note disagree on its text")
	}
	if c.Origin != v.Name() {
		return c, fmt.Errorf("the checkpoint's origin is %q, the key's name %q", c.Origin, v.Name())
	}
	return c, nil
}

// CosignedMessage is what a cosignature of type 0x04 signs.
func CosignedMessage(text string, time uint64) []byte {
	return []byte("cosignature/v1\ntime " + strconv.FormatUint(time, 10) + "\n" + text)
}

// CheckCosignature verifies the key's cosignatures among the lines; there must be one, and none may be wrong.
// It returns the time of the last.
func CheckCosignature(text string, lines []Line, key Key) (time uint64, err error) {
	if key.Type != TypeCosignature {
		return 0, fmt.Errorf("%s is not a key for cosignatures", key.Name)
	}
	found := false
	for _, line := range lines {
		if line.Name != key.Name || line.ID != key.ID {
			continue
		}
		if len(line.Signature) != 8+ed25519.SignatureSize {
			return 0, fmt.Errorf("%s: a cosignature line of %d bytes, not 76", key.Name, 4+len(line.Signature))
		}
		time = binary.BigEndian.Uint64(line.Signature)
		if time == 0 || time>>63 != 0 {
			return 0, fmt.Errorf("%s: time %d", key.Name, time)
		}
		if !ed25519.Verify(key.Public, CosignedMessage(text, time), line.Signature[8:]) {
			return 0, fmt.Errorf("%s: the cosignature does not verify", key.Name)
		}
		found = true
	}
	if !found {
		return 0, fmt.Errorf("%s: no cosignature", key.Name)
	}
	return time, nil
}
