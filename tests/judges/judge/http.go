package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// answer is an HTTP answer, its body as it came and without its Content-Encoding.
type answer struct {
	status int
	header http.Header
	wire   []byte
	body   []byte
	reused bool // the connection had served an earlier request
}

func (a answer) String() string {
	return fmt.Sprintf("%d %q %q", a.status, a.header.Get("Content-Type"), a.body)
}

// continueTimeout is how long a client that asked for 100 Continue waits before it sends its body all the same.
const continueTimeout = 5 * time.Second

// client asks without any help: no transparent decompression, no redirects.
var client = &http.Client{
	Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8,
		ExpectContinueTimeout: continueTimeout},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       60 * time.Second,
}

func do(req *http.Request) (a answer, err error) {
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { a.reused = info.Reused }}
	resp, err := client.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	if a.wire, err = io.ReadAll(resp.Body); err != nil {
		return a, err
	}
	a.body = a.wire
	switch coding := resp.Header.Get("Content-Encoding"); coding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(a.wire))
		if err != nil {
			return a, err
		}
		if a.body, err = io.ReadAll(z); err != nil {
			return a, err
		}
	default:
		return a, fmt.Errorf("Content-Encoding %q", coding)
	}
	return a, nil
}

// get asks for an address with an Accept-Encoding, or none.
func get(url, accept string) (answer, error) {
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return answer{}, err
	}
	if accept != "" {
		req.Header.Set("Accept-Encoding", accept)
	}
	return do(req)
}

// post sends a body with the headers given as name, value, name, value.
func post(url string, body io.Reader, headers ...string) (answer, error) {
	req, err := http.NewRequest("POST", url, body)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(req)
}
