package main

import (
	"bufio"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"time"
)

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case r.Method == "POST" && path == "/witness/add-checkpoint":
		s.addCheckpoint(w, r, func(o *outside) *record { return &o.Witness })
	case r.Method == "POST" && path == "/mirror/add-checkpoint":
		s.addCheckpoint(w, r, func(o *outside) *record { return &o.Mirror.Pending })
	case r.Method == "POST" && path == "/mirror/add-entries":
		s.addEntries(w, r)
	case r.Method == "GET":
		s.get(w, r, path)
	default:
		http.Error(w, "no such thing", http.StatusNotFound)
	}
}

// get serves the own log, the mirrored ones, and the witness's checkpoints.
func (s *server) get(w http.ResponseWriter, r *http.Request, path string) {
	s.Lock()
	defer s.Unlock()
	if strings.HasPrefix(path, "/log/") {
		serveLog(w, r, s.own, path[len("/log/"):])
		return
	}
	for _, o := range s.outside {
		hash := originHash(o.origin)
		if path == "/witness/"+hash+"/checkpoint" && o.Witness.Any {
			c := o.Witness
			if fault("resigned") {
				c.Mine = laterLine(s.witness, c.Text)
			}
			fmt.Fprint(w, c.Text, "\n", c.Lines, c.Mine)
			return
		}
		if strings.HasPrefix(path, "/mirror/"+hash+"/") {
			serveLog(w, r, &o.Mirror, path[len("/mirror/"+hash+"/"):])
			return
		}
	}
	http.NotFound(w, r)
}

func serveLog(w http.ResponseWriter, r *http.Request, m *mirrored, path string) {
	if path == "checkpoint" && m.Served != "" {
		if fault("pending") && m.Pending.Any {
			m.Served = m.Pending.Text + "\n" + m.Pending.Lines
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		fmt.Fprint(w, m.Served)
		return
	}
	data, ok := m.resource(path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if fault("no-cache") {
		w.Header().Set("Cache-Control", "no-cache")
	}
	if strings.HasPrefix(path, "tile/entries/") && r.Header.Get("Accept-Encoding") == "gzip" {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(data)
		_ = z.Close()
		return
	}
	_, _ = w.Write(data)
}

func refuse(w http.ResponseWriter, code int, why error) {
	http.Error(w, why.Error(), code)
}

func (s *server) addCheckpoint(w http.ResponseWriter, r *http.Request, of func(*outside) *record) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		refuse(w, 400, err)
		return
	}
	s.Lock()
	defer s.Unlock()
	sub, err := s.parse(string(body))
	if fault("late-trust") && err == errTrust && sub.old > 5000 {
		err = errForm
	}
	switch {
	case err == errUnknown:
		refuse(w, 404, err)
		return
	case err == errTrust:
		refuse(w, 403, err)
		return
	case err != nil || sub.old > sub.record.Size:
		refuse(w, 400, errForm)
		return
	}
	known := of(sub.log)
	if sub.old != known.Size && !fault("any-old") {
		if !fault("no-type") {
			w.Header().Set("Content-Type", "text/x.tlog.size")
		}
		w.WriteHeader(409)
		fmt.Fprintf(w, "%d\n", known.Size)
		return
	}
	if err := checkStep(*known, sub); err != nil {
		refuse(w, 422, err)
		return
	}
	if fault("racy") {
		s.Unlock()
		for i := 0; i < 5000; i++ {
			runtime.Gosched()
		}
		s.Lock()
	}
	past := known.Past
	if past == nil {
		past = map[int64]string{}
	}
	past[sub.record.Size] = sub.record.Text + "\n" + sub.record.Lines
	*known = sub.record
	known.Past, known.Mine = past, s.witness.sign(known.Text)
	if fault("short-text") {
		known.Mine = s.witness.sign(checkpointText(sub.log.origin, known.Size, known.Root))
	}
	if err := sub.log.save(); err != nil {
		refuse(w, 500, err)
		return
	}
	if fault("early") && known != &sub.log.Witness {
		fmt.Fprint(w, s.mirror.sign(known.Text))
	}
	if known == &sub.log.Witness {
		fmt.Fprint(w, known.Mine)
	}
}

// upload is the head of add-entries.
type upload struct {
	origin     string
	start, end int64
}

func readHead(r io.Reader) (u upload, err error) {
	text := func() string {
		var n uint16
		if err == nil {
			err = binary.Read(r, binary.BigEndian, &n)
		}
		raw := make([]byte, n)
		if err == nil {
			_, err = io.ReadFull(r, raw)
		}
		return string(raw)
	}
	number := func() int64 {
		var n uint64
		if err == nil {
			err = binary.Read(r, binary.BigEndian, &n)
		}
		if n >= 1<<63 {
			n = 1<<63 - 1
		}
		return int64(n)
	}
	u.origin, u.start, u.end = text(), number(), number()
	_ = text() // the ticket: every size that was pending is remembered here, so nothing is asked of it
	return u, err
}

func (s *server) addEntries(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Accept-Encoding", "gzip")
	if r.Header.Get("Content-Type") != "application/octet-stream" {
		refuse(w, 415, errForm)
		return
	}
	var from io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" && !fault("no-gzip") {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			refuse(w, 400, err)
			return
		}
		from = z
	}
	body := bufio.NewReader(from)
	u, err := readHead(body)
	if err != nil {
		refuse(w, 400, err)
		return
	}
	o := s.outside[u.origin]
	if o == nil {
		refuse(w, 404, errUnknown)
		return
	}
	if !s.admits(w, o, u) {
		return
	}
	s.receive(w, o, u, body)
}

// admits checks the head of an upload against what is there.
func (s *server) admits(w http.ResponseWriter, o *outside, u upload) bool {
	s.Lock()
	defer s.Unlock()
	m := &o.Mirror
	next := int64(len(m.Entries))
	if !m.Pending.Any {
		refuse(w, 422, errors.New("nothing is pending"))
		return false
	}
	_, known := m.Pending.Past[u.end]
	upTo := u.end
	if next < upTo {
		upTo = next
	}
	if !known || u.end < m.Size && !fault("rewinds") || u.start > next || upTo-u.start > 8*256 {
		s.stands(w, 409, o, u.end)
		return false
	}
	if u.start > u.end {
		refuse(w, 400, errForm)
		return false
	}
	return true
}

// stands tells where the mirror stands.
func (s *server) stands(w http.ResponseWriter, code int, o *outside, end int64) {
	m := &o.Mirror
	if _, known := m.Pending.Past[end]; !known || end < m.Size {
		end = m.Pending.Size
	}
	w.Header().Set("Content-Type", "text/x.tlog.mirror-info")
	w.WriteHeader(code)
	fmt.Fprintf(w, "%d\n%d\n%s\n", end, len(m.Entries), base64.StdEncoding.EncodeToString([]byte("ticket")))
}

func (s *server) receive(w http.ResponseWriter, o *outside, u upload, body *bufio.Reader) {
	from, got := u.start/256*256, 0
	at := u.start
	for at < u.end {
		end := from + 256
		if end > u.end {
			end = u.end
		}
		entries, proof, err := readPackage(body, int(end-at))
		if err != nil {
			break
		}
		if !s.keep(o, u, from, at, end, entries, proof) {
			refuse(w, 422, errProof)
			return
		}
		from, at, got = end, end, got+1
	}
	s.Lock()
	defer s.Unlock()
	switch {
	case at < u.end && got == 0:
		refuse(w, 400, errForm)
	case at < u.end && !fault("half"):
		if err := o.save(); err != nil {
			refuse(w, 500, err)
			return
		}
		s.stands(w, 202, o, u.end)
	case u.end < o.Mirror.Size && !fault("rewinds"):
		s.stands(w, 409, o, u.end)
	default:
		s.commit(w, o, u.end)
	}
}

func (s *server) commit(w http.ResponseWriter, o *outside, end int64) {
	m := &o.Mirror
	signed := m.Pending.Past[end]
	text, _, _ := strings.Cut(signed, "\n\n")
	line := s.mirror.sign(text + "\n")
	m.Served, m.Size = signed+line, end
	if err := o.save(); err != nil {
		refuse(w, 500, err)
		return
	}
	fmt.Fprint(w, line)
}

func readPackage(r io.Reader, count int) (entries [][]byte, proof [][32]byte, err error) {
	for i := 0; i < count; i++ {
		var n uint16
		if err = binary.Read(r, binary.BigEndian, &n); err != nil {
			return nil, nil, err
		}
		entry := make([]byte, n)
		if _, err = io.ReadFull(r, entry); err != nil {
			return nil, nil, err
		}
		entries = append(entries, entry)
	}
	var n [1]byte
	if _, err = io.ReadFull(r, n[:]); err != nil {
		return nil, nil, err
	}
	if n[0] > 63 {
		return nil, nil, errForm
	}
	proof = make([][32]byte, n[0])
	for i := range proof {
		if _, err = io.ReadFull(r, proof[i][:]); err != nil {
			return nil, nil, err
		}
	}
	return entries, proof, nil
}

// keep authenticates a package and saves what is new of it.
func (s *server) keep(o *outside, u upload, from, start, end int64, entries [][]byte, proof [][32]byte) bool {
	s.Lock()
	defer s.Unlock()
	m := &o.Mirror
	var sub mirrored
	for i := from; i < start; i++ {
		sub.add(m.Entries[i])
	}
	for _, e := range entries {
		sub.add(e)
	}
	var root [32]byte
	lines := strings.Split(m.Pending.Past[u.end], "\n")
	root, err := parseHash(lines[2])
	if fault("unproved") {
		err = nil
	} else if err != nil || !checkSubtree(proof, from, end, u.end, sub.root(end-from), root) {
		return false
	}
	first := int64(len(m.Entries))
	if fault("no-overlap") {
		first = start
	}
	for i := first; i < end; i++ {
		m.add(entries[i-start])
	}
	return true
}

// laterLine is a cosignature that was never given to anybody.
func laterLine(s signer, text string) string {
	now := uint64(time.Now().Unix()) - 7
	sig := binary.BigEndian.AppendUint64(append([]byte(nil), s.id...), now)
	sig = append(sig, ed25519.Sign(s.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", now, text)))...)
	return "— " + s.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}
