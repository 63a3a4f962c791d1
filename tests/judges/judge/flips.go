package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"../c2sp"
)

// proxy stands between a judge and the node and alters one byte of the answers to one path.
type proxy struct {
	base   string // its own address
	suffix string // answers to paths that end so are altered
	at     int    // this byte; -1: none
	length int    // of the last such answer
	listen net.Listener
}

func newProxy(target string) (*proxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listen: listen, at: -1, base: "http://" + listen.Addr().String() + to.Path}
	go func() {
		_ = http.Serve(listen, &httputil.ReverseProxy{
			Director:       func(r *http.Request) { r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host },
			ModifyResponse: p.alter,
		})
	}()
	return p, nil
}

func (p *proxy) alter(resp *http.Response) error {
	if p.suffix == "" || !strings.HasSuffix(resp.Request.URL.Path, p.suffix) {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return err
		}
		if body, err = io.ReadAll(z); err != nil {
			return err
		}
		resp.Header.Del("Content-Encoding")
	}
	p.length = len(body)
	if p.at >= 0 && p.at < len(body) {
		body[p.at] ^= 1
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// places picks about count bytes of length, the first and the last among them.
func places(length, count int) []int {
	seen := map[int]bool{0: true, length - 1: true, length / 2: true}
	for i := 0; i < length; i += 1 + length/count {
		seen[i] = true
	}
	var out []int
	for i := range seen {
		if i >= 0 && i < length {
			out = append(out, i)
		}
	}
	sort.Ints(out)
	return out
}

// try runs a judge behind the proxy: unaltered it must pass, and with each place altered it must fail.
func (p *proxy) try(r *report, suffix string, count int, judge func(r *report, base string), skip func(at int) bool) {
	run := func(at int) *report {
		p.at = at
		q := &report{quiet: true}
		judge(q, p.base)
		return q
	}
	p.suffix, p.length = suffix, 0
	plain := run(-1)
	if plain.failed > 0 {
		r.ok(suffix+" unaltered passes", fmt.Errorf("%s", plain.first))
		return
	}
	if !r.that(suffix+" unaltered passes, and was asked for", plain.passed > 0 && p.length > 0) {
		return
	}
	for _, at := range places(p.length, count) {
		if skip == nil || !skip(at) {
			r.that(fmt.Sprintf("%s: byte %d altered is noticed", suffix, at), run(at).failed > 0)
		}
	}
}

// flipLog tries the log judge.
func flipLog(r *report, o options) {
	p, err := newProxy(o.base)
	if !r.ok("the proxy", err) {
		return
	}
	defer p.listen.Close()
	j := o.logJudge(&report{quiet: true})
	j.judge()
	if !r.ok("the log passes before it is altered", failure(j.report)) {
		return
	}
	flipTree(r, p, j, func(r *report, base string) {
		k := *j
		k.report, k.base, k.flipped, k.entries, k.remember = r, base, true, c2sp.Tree{}, ""
		k.judge()
	})
}

func failure(r *report) error {
	if r.failed > 0 {
		return fmt.Errorf("%s", r.first)
	}
	return nil
}

// flipTree alters the checkpoint, and the first and last tile of each level and bundle.
func flipTree(r *report, p *proxy, j *logJudge, judge func(*report, string)) {
	p.try(r, "/checkpoint", 60, judge, foreignLine(j))
	tiles := append(c2sp.Tiles(j.head.Size), c2sp.Bundles(j.head.Size)...)
	for i, t := range tiles {
		if i == 0 || i == len(tiles)-1 || tiles[i-1].L != t.L || tiles[i+1].L != t.L {
			p.try(r, "/"+c2sp.TilePath(t), 4, judge, nil)
		}
	}
}

// foreignLine says which bytes of the checkpoint are in signature lines of keys that the judge was not given: those it
// must ignore.
func foreignLine(j *logJudge) func(int) bool {
	log := mustKey(j.vkey)
	known := append([]c2sp.Key{log}, j.cosigners...)
	raw, foreign, at := string(j.head.Raw), map[int]bool{}, len(j.head.Text)+1
	for i, text := range strings.SplitAfter(raw[at:], "\n") {
		mine := i >= len(j.head.Lines)
		for _, key := range known {
			mine = mine || j.head.Lines[i].Name == key.Name && j.head.Lines[i].ID == key.ID
		}
		for range []byte(text) {
			foreign[at] = !mine
			at++
		}
	}
	return func(at int) bool { return foreign[at] }
}

// flipProof alters each byte of a proof file but those of its extra line, which a verifier must not trust anyway.
func flipProof(r *report, o options) {
	policy, err := readPolicy(o.policy)
	if !r.ok("the policy reads", err) {
		return
	}
	for _, name := range o.args {
		raw, err := os.ReadFile(name)
		var entry []byte
		if err == nil {
			entry, err = proofEntry(o.base, raw)
		}
		if err == nil {
			err = checkProof(raw, policy, entry)
		}
		if !r.ok(name+" passes before it is altered", err) {
			return
		}
		from := bytes.Index(raw, []byte("\nextra "))
		to := from + 7 + bytes.IndexByte(raw[from+7:], '\n')
		for _, at := range places(len(raw), 1500) {
			if from >= 0 && at >= from+7 && at < to {
				continue
			}
			raw[at] ^= 1
			r.that(fmt.Sprintf("%s: byte %d altered is noticed", name, at), checkProof(raw, policy, entry) != nil)
			raw[at] ^= 1
		}
	}
}

// flipVerify alters a proof file and has the program under test verify it: it must refuse too, its extra line included.
func flipVerify(r *report, o options) {
	altered := filepath.Join(os.TempDir(), fmt.Sprintf("judge-%d.tlog-proof", os.Getpid()))
	defer os.Remove(altered)
	verify := func(raw []byte) error {
		if err := os.WriteFile(altered, raw, 0o600); err != nil {
			return err
		}
		return exec.Command(o.program, "verify", "--policy", o.policy, altered).Run()
	}
	for _, name := range o.args {
		raw, err := os.ReadFile(name)
		if err == nil {
			err = verify(raw)
		}
		if !r.ok(name+" is verified before it is altered", err) {
			return
		}
		for _, at := range places(len(raw), 200) {
			raw[at] ^= 1
			_, refused := verify(raw).(*exec.ExitError)
			r.that(fmt.Sprintf("%s: byte %d altered is refused", name, at), refused)
			raw[at] ^= 1
		}
	}
}

// flipWitness tries the witness judge's checks of answers, with requests that change nothing.
func flipWitness(r *report, o options) {
	d := o.witnessDoor(r)
	p := d.log("flip")
	if !d.accepts("200 before anything is altered", p.update(0, 10), p.text(10)) {
		return
	}
	proxy, err := newProxy(o.base)
	if !r.ok("the proxy", err) {
		return
	}
	defer proxy.listen.Close()
	behind := func(check func(d *door)) func(*report, string) {
		return func(r *report, base string) {
			o.base = base
			check(o.witnessDoor(r))
		}
	}
	proxy.try(r, "/add-checkpoint", 200, behind(func(d *door) { d.accepts("200", p.update(10, 10), p.text(10)) }), nil)
	proxy.try(r, "/add-checkpoint", 20, behind(func(d *door) { d.conflicts("409", p.update(9, 12), 10) }), nil)
	proxy.try(r, "/checkpoint", 300, behind(func(d *door) { d.monitored("monitored", p, 10, d.witness) }), nil)
}

// flipMirror tries the mirror judge's, and the log judge on what it mirrors.
func flipMirror(r *report, o options) {
	m := o.mirrorJudge(r)
	p := m.door.log("flip")
	m.door.accepts("pending 600 before anything is altered", p.update(0, 600), p.text(600))
	if !m.uploaded("200 before anything is altered", p, 0, 600) {
		return
	}
	proxy, err := newProxy(o.base)
	if !r.ok("the proxy", err) {
		return
	}
	defer proxy.listen.Close()
	behind := func(check func(m *mirrorJudge)) func(*report, string) {
		return func(r *report, base string) {
			o.base = base
			check(o.mirrorJudge(r))
		}
	}
	proxy.try(r, "/add-entries", 200, behind(func(m *mirrorJudge) {
		a, err := m.send(p.upload(600, 600, nil), plain)
		if err == nil {
			err = m.mirrored(a, p, 600)
		}
		m.ok("200", err)
	}), nil)
	proxy.try(r, "/add-entries", 40, behind(func(m *mirrorJudge) { m.conflicts("409", p.upload(601, 601, nil), 600, 600) }),
		func(at int) bool { return at >= len("600\n600\n") && at < proxy.length-1 }) // the ticket is opaque
	mirrored := &logJudge{report: &report{quiet: true}, base: m.door.monitor + "/" + p.originHash(), vkey: p.vkey(),
		cosigners: []c2sp.Key{m.door.mirror}, expected: p.entry, flipped: true}
	mirrored.judge()
	if !r.ok("the mirrored log passes before it is altered", failure(mirrored.report)) {
		return
	}
	flipTree(r, proxy, mirrored, behind(func(m *mirrorJudge) {
		k := *mirrored
		k.report, k.base, k.entries = m.report, m.door.monitor+"/"+p.originHash(), c2sp.Tree{}
		k.judge()
	}))
}
