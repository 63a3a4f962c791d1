package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// connect opens a connection to the node, for what an HTTP client would never do.
func (m *mirrorJudge) connect() (net.Conn, string, error) {
	rest := strings.TrimPrefix(m.door.submit, "http://")
	slash := strings.IndexByte(rest, '/')
	c, err := net.Dial("tcp", rest[:slash])
	if err == nil {
		err = c.SetDeadline(time.Now().Add(5 * time.Second))
	}
	return c, rest[slash:] + "/add-entries", err
}

// begin sends the head of a request that promises length bytes, and some of them.
func (m *mirrorJudge) begin(length int, some []byte) (net.Conn, error) {
	c, path, err := m.connect()
	if err == nil {
		_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: mirror\r\nContent-Type: application/octet-stream\r\n"+
			"Content-Length: %d\r\n\r\n%s", path, length, some)
	}
	return c, err
}

// cut: uploads that end in the middle, and refusals that need not wait for the end.
func (m *mirrorJudge) cut() {
	p := m.door.log("main")
	m.door.accepts("pending 6,000", p.update(5300, 6000), p.text(6000))
	body := p.body(5300, 6000, nil, -1)
	for _, part := range []int{10, len(body) / 2, len(body) - 1} {
		c, err := m.begin(len(body), body[:part])
		if m.ok(fmt.Sprintf("a connection is cut after %d of %d bytes", part, len(body)), err) {
			_ = c.Close()
		}
	}
	i, err := m.ask(p, 6001, 6001)
	if err == nil && (i.next < 5300 || i.next > 5888 || i.next != 5300 && i.next%256 != 0) {
		err = fmt.Errorf("next entry %d", i.next)
	}
	m.ok("what is kept of it is whole packages", err)

	stranger := newPlayer("stranger").body(0, 100, nil, 0)
	c, err := m.begin(1000000, stranger)
	status := 0
	if err == nil {
		var resp *http.Response
		if resp, err = http.ReadResponse(bufio.NewReader(c), nil); err == nil {
			status = resp.StatusCode
		}
		_ = c.Close()
	}
	if err == nil && status != 404 {
		err = fmt.Errorf("status %d", status)
	}
	m.ok("404 for an unknown log does not wait for the body", err)
	if i, err := m.ask(p, 6001, 6001); m.ok("where it stands after the cuts", err) {
		m.uploaded("200 after the cuts", p, i.next, 6000)
	}
	m.readBack(p)
}
