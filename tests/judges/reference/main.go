// Reference: a small log, witness and mirror, written from the C2SP documents alone and sharing no line with normlink or
// with the judges.  The judges must pass here before their word on normlink counts.
//
//	reference -dir DIR -outside FILE -size N [-fault NAME]
//
// With a fault it breaks one rule of the documents, and a judge that does not notice is worth nothing (faults.go).
// DIR keeps keys, state and a card with the verifier keys; FILE has the logs (`log <vkey>`) that anybody may have
// witnessed and mirrored here; N is the size of its own log.  One line "ready http=ADDRESS" says that it serves.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/gob"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
)

// server is the whole state; one lock for all of it.
type server struct {
	sync.Mutex
	dir                  string
	log, witness, mirror signer
	own                  *mirrored
	outside              map[string]*outside // by origin
}

// outside is another's log.
type outside struct {
	origin   string
	verifier note.Verifier
	file     string
	Witness  record
	Mirror   mirrored
}

// record is the newest checkpoint of a witness: its text and the log's signature lines.
type record struct {
	Any   bool
	Size  int64
	Root  [32]byte
	Text  string
	Lines string
	Mine  string           // the cosignature that was given for it
	Past  map[int64]string // text and lines of every size that was accepted
}

// mirrored is a copy of a log.
type mirrored struct {
	Pending record
	Entries [][]byte
	Hashes  [][32]byte
	Served  string // the mirror checkpoint with its signatures, or ""
	Size    int64  // its size
}

// save makes the state of one log durable before anything is answered.
func (o *outside) save() error {
	if fault("forgetful") {
		return nil
	}
	f, err := os.Create(o.file + ".new")
	if err != nil {
		return err
	}
	defer f.Close()
	if err = gob.NewEncoder(f).Encode(o); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(o.file+".new", o.file)
	}
	return err
}

func (o *outside) load() error {
	f, err := os.Open(o.file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return gob.NewDecoder(f).Decode(o)
}

// keyOf reads a key of the folder, or makes it.
func keyOf(dir, name, as string, typ byte) (signer, error) {
	file := filepath.Join(dir, name+".key")
	seed, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		seed = make([]byte, ed25519.SeedSize)
		if _, err = rand.Read(seed); err == nil {
			err = os.WriteFile(file, seed, 0o600)
		}
	}
	if err != nil {
		return signer{}, err
	}
	return newSigner(as, typ, ed25519.NewKeyFromSeed(seed)), nil
}

func open(dir, policy string, size int64) (*server, error) {
	s := &server{dir: dir, outside: map[string]*outside{}}
	err := os.MkdirAll(dir, 0o700)
	for _, k := range []struct {
		to   *signer
		name string
		typ  byte
	}{{&s.log, "log", 1}, {&s.witness, "witness", 4}, {&s.mirror, "mirror", 4}} {
		if err == nil {
			*k.to, err = keyOf(dir, k.name, "reference.example/"+k.name, k.typ)
		}
	}
	if err != nil {
		return nil, err
	}
	card := fmt.Sprintf("log: %s\nwitness: %s\nmirror: %s\n", s.log.vkey(), s.witness.vkey(), s.mirror.vkey())
	if err := os.WriteFile(filepath.Join(dir, "card"), []byte(card), 0o600); err != nil {
		return nil, err
	}
	s.makeOwn(size)
	text, err := os.ReadFile(policy)
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "log" {
			continue
		}
		v, err := note.NewVerifier(f[1])
		if err != nil {
			return nil, err
		}
		o := &outside{origin: v.Name(), verifier: v, file: filepath.Join(dir, originHash(v.Name()))}
		if err := o.load(); err != nil {
			return nil, err
		}
		s.outside[o.origin] = o
	}
	return s, err
}

// makeOwn fills the server's own log with made-up entries.
func (s *server) makeOwn(size int64) {
	s.own = &mirrored{}
	for i := int64(0); i < size; i++ {
		s.own.add([]byte(fmt.Sprintf("entry %d of the reference", i)))
	}
	text := checkpointText(s.log.name, size, s.own.root(size))
	s.own.Served = text + "\n" + s.log.sign(text)
	s.own.Size = size
}

func main() {
	dir := flag.String("dir", "", "folder for keys and state")
	policy := flag.String("outside", "", "tlog-policy with the logs that are known")
	size := flag.Int64("size", 0, "size of the own log")
	flag.StringVar(&planted, "fault", "", "what to do wrong: one of those that -faults lists")
	list := flag.Bool("faults", false, "list the faults, each after the judge that must notice it")
	flag.Parse()
	if *list {
		listFaults()
		return
	}
	if planted != "" && faults[planted] == "" {
		log.Fatalf("no such fault: %s", planted)
	}
	s, err := open(*dir, *policy, *size)
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready http=%s\n", l.Addr())
	log.Fatal(http.Serve(l, s))
}
