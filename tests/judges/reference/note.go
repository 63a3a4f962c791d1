package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// signer is one of the server's keys.
type signer struct {
	name string
	typ  byte
	key  ed25519.PrivateKey
	id   []byte
}

func newSigner(name string, typ byte, key ed25519.PrivateKey) signer {
	s := signer{name: name, typ: typ, key: key}
	sum := sha256.Sum256([]byte(name + "\n" + string([]byte{typ}) + string(s.public())))
	s.id = sum[:4]
	return s
}

func (s signer) public() []byte { return s.key[32:] }

func (s signer) vkey() string {
	return fmt.Sprintf("%s+%x+%s", s.name, s.id,
		base64.StdEncoding.EncodeToString(append([]byte{s.typ}, s.public()...)))
}

// sign makes the signature line that goes with the key's type.
func (s signer) sign(text string) string {
	sig := append([]byte(nil), s.id...)
	if s.typ == 4 {
		now := uint64(time.Now().Unix())
		if fault("no-time") {
			now = 0
		}
		sig = binary.BigEndian.AppendUint64(sig, now)
		text = fmt.Sprintf("cosignature/v1\ntime %d\n%s", now, text)
	}
	sig = append(sig, ed25519.Sign(s.key, []byte(text))...)
	return "— " + s.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

func checkpointText(origin string, size int64, root [32]byte) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
}

func originHash(origin string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(origin))) }

var (
	errForm    = errors.New("malformed")
	errTrust   = errors.New("no trusted signature")
	errUnknown = errors.New("unknown log")
)

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

func parseNumber(text string) (int64, error) {
	if !decimal.MatchString(text) {
		return 0, errForm
	}
	return strconv.ParseInt(text, 10, 64)
}

func parseHash(text string) (h [32]byte, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 32 || len(text) != 44 {
		return h, errForm
	}
	copy(h[:], raw)
	return h, nil
}

// submission is the body of add-checkpoint.
type submission struct {
	old    int64
	proof  [][32]byte
	record record
	log    *outside
}

// parse reads a submission as far as the log's signature.
func (s *server) parse(body string) (sub submission, err error) {
	head, rest, ok := strings.Cut(body, "\n\n")
	if !ok {
		return sub, errForm
	}
	lines := strings.Split(head, "\n")
	if !strings.HasPrefix(lines[0], "old ") || len(lines) > 64 {
		return sub, errForm
	}
	if sub.old, err = parseNumber(lines[0][4:]); err != nil {
		return sub, err
	}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return sub, err
		}
		sub.proof = append(sub.proof, h)
	}
	return sub, s.parseCheckpoint(&sub, rest)
}

func (s *server) parseCheckpoint(sub *submission, raw string) error {
	cut := strings.LastIndex(raw, "\n\n")
	if cut < 0 {
		return errForm
	}
	lines := strings.Split(raw[:cut], "\n")
	if len(lines) < 3 || strings.Contains(raw[:cut], "\n\n") {
		return errForm
	}
	sub.log = s.outside[lines[0]]
	if sub.log == nil {
		return errUnknown
	}
	opened, err := note.Open([]byte(raw), note.VerifierList(sub.log.verifier))
	if err != nil {
		return errTrust
	}
	if sub.record.Lines, err = logLines(raw[cut+2:], sub.log.verifier, opened.Text); err != nil {
		return err
	}
	sub.record.Any, sub.record.Text = true, opened.Text
	if sub.record.Size, err = parseNumber(lines[1]); err != nil {
		return err
	}
	sub.record.Root, err = parseHash(lines[2])
	return err
}

// logLines keeps the log's own lines; x/mod looks at the first only, so each is verified here.
func logLines(block string, v note.Verifier, text string) (string, error) {
	kept := ""
	for _, line := range strings.SplitAfter(block, "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || f[1] != v.Name() {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(f[2])
		if err != nil || binary.BigEndian.Uint32(raw) != v.KeyHash() {
			continue
		}
		if !v.Verify([]byte(text), raw[4:]) && !fault("first-line") {
			return "", errTrust
		}
		kept = line
	}
	return kept, nil
}
