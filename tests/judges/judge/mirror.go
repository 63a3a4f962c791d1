package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"../c2sp"
)

// mirrorJudge plays a mirror's client.
type mirrorJudge struct {
	*report
	door *door
}

func (o options) mirrorJudge(r *report) *mirrorJudge { return &mirrorJudge{r, o.mirrorDoor(r)} }

// info is the body of a 409 or 202.
type info struct {
	size, next int64
	ticket     []byte
}

// parseInfo reads text/x.tlog.mirror-info.
func parseInfo(a answer) (i info, err error) {
	lines := strings.Split(string(a.body), "\n")
	if a.header.Get("Content-Type") != "text/x.tlog.mirror-info" || len(lines) != 4 || lines[3] != "" {
		return i, fmt.Errorf("%v: not three lines of text/x.tlog.mirror-info", a)
	}
	if i.size, err = c2sp.ParseSize(lines[0]); err != nil {
		return i, err
	}
	if i.next, err = c2sp.ParseSize(lines[1]); err != nil {
		return i, err
	}
	i.ticket, err = base64.StdEncoding.Strict().DecodeString(lines[2])
	return i, err
}

// wrap is how a body travels.
type wrap int

const (
	plain wrap = iota
	gzipped
	chunked
	chunkedGzip
)

// send posts to add-entries.
func (m *mirrorJudge) send(body []byte, how wrap) (answer, error) {
	headers := []string{"Content-Type", "application/octet-stream"}
	if how == gzipped || how == chunkedGzip {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(body)
		_ = w.Close()
		body = z.Bytes()
		headers = append(headers, "Content-Encoding", "gzip")
	}
	var from io.Reader = bytes.NewReader(body)
	if how == chunked || how == chunkedGzip {
		from = stream(body)
	}
	return post(m.door.submit+"/add-entries", from, headers...)
}

// ask sends an upload without packages, to be told with 409 where the mirror stands.
func (m *mirrorJudge) ask(p *player, start, end int64) (info, error) {
	a, err := m.send(p.upload(start, end, nil), plain)
	if err == nil {
		err = oneOf(a, 409)
	}
	if err != nil {
		return info{}, err
	}
	return parseInfo(a)
}

// stands: the mirror says where it stands.
func (m *mirrorJudge) stands(what string, a answer, code int, size, next int64) (info, bool) {
	err := oneOf(a, code)
	var i info
	if err == nil {
		i, err = parseInfo(a)
	}
	if err == nil && (i.size != size || i.next != next) {
		err = fmt.Errorf("size %d, next entry %d; expected %d, %d", i.size, i.next, size, next)
	}
	return i, m.ok(what, err)
}

// partly: the body must be answered with 202 and this next entry.
func (m *mirrorJudge) partly(what string, body []byte, how wrap, size, next int64) info {
	a, err := m.send(body, how)
	if err != nil {
		m.ok(what, err)
		return info{}
	}
	i, _ := m.stands(what, a, 202, size, next)
	return i
}

// conflicts: 409 and where the mirror stands.
func (m *mirrorJudge) conflicts(what string, body []byte, size, next int64) info {
	a, err := m.send(body, plain)
	if err != nil {
		m.ok(what, err)
		return info{}
	}
	i, _ := m.stands(what, a, 409, size, next)
	return i
}

func (m *mirrorJudge) refuses(what string, body []byte, codes ...int) {
	a, err := m.send(body, plain)
	if err == nil {
		err = oneOf(a, codes...)
	}
	m.ok(what, err)
}

// mirrored checks a 200: the mirror's cosignature on the checkpoint of that size.
func (m *mirrorJudge) mirrored(a answer, p *player, size int64) error {
	return m.mirroredText(a, p.text(size))
}

func (m *mirrorJudge) mirroredText(a answer, text string) error {
	if a.status != 200 {
		return fmt.Errorf("%v", a)
	}
	lines, err := c2sp.ParseLines(a.body)
	if err != nil {
		return err
	}
	at, err := c2sp.CheckCosignature(text, lines, m.door.mirror)
	if err != nil {
		return err
	}
	return nearNow(at)
}

// completes: the body must be answered with 200 and the mirror's cosignature, and the checkpoint be served.
func (m *mirrorJudge) completes(what string, p *player, body []byte, how wrap, size int64) bool {
	a, err := m.send(body, how)
	if err == nil {
		err = m.mirrored(a, p, size)
	}
	if !m.ok(what, err) {
		return false
	}
	m.door.monitored(what+", and serves it", p, size, m.door.mirror)
	return true
}

// uploaded sends [start, end) in requests of at most 32 packages, following the answers.
func (m *mirrorJudge) uploaded(what string, p *player, start, end int64) bool {
	var ticket []byte
	for tries := 0; tries < 64; tries++ {
		a, err := m.send(p.body(start, end, ticket, 32), gzipped)
		if err == nil && a.status != 202 && a.status != 409 {
			err = m.mirrored(a, p, end)
			return m.ok(what, err)
		}
		var i info
		if err == nil {
			i, err = parseInfo(a)
		}
		if err == nil && (i.size != end || i.next <= start || i.next > end) {
			err = fmt.Errorf("%d with size %d, next entry %d after an upload of [%d, %d)", a.status, i.size, i.next, start, end)
		}
		if err != nil {
			return m.ok(what, err)
		}
		start, ticket = i.next, i.ticket
	}
	return m.ok(what, fmt.Errorf("no end after 64 requests"))
}

// readBack judges the mirrored log as any other tiled log.
func (m *mirrorJudge) readBack(p *player) {
	j := &logJudge{report: m.report, base: m.door.monitor + "/" + p.originHash(), vkey: p.vkey(), expected: p.entry,
		cosigners: []c2sp.Key{m.door.mirror}}
	j.judge()
}

func judgeMirror(r *report, o options) {
	m := o.mirrorJudge(r)
	m.door.judge()
	m.heads()
	m.pieces()
	m.done()
	m.resume()
	m.align()
	m.large()
	m.together()
	m.cut()
	m.nothing()
}
