package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// logJudge reads a tiled log over HTTP and believes nothing.
type logJudge struct {
	*report
	base      string
	vkey      string
	cosigners []c2sp.Key
	remember  string                   // a file with the checkpoint seen before, or ""
	expected  func(index int64) []byte // what the entries must be, or nil
	flipped   bool                     // tried out behind a proxy that alters a byte: leave out what looks at no content

	head    c2sp.Checkpoint
	entries c2sp.Tree
	cache   map[string][]byte
}

// judge runs every check on the log.
func (j *logJudge) judge() {
	j.cache = map[string][]byte{}
	if !j.checkpoint() {
		return
	}
	if !j.bundles() {
		return
	}
	j.tiles()
	j.proofs()
	j.past()
	if !j.flipped {
		j.coding()
		j.refused()
		j.absent()
	}
}

func (j *logJudge) checkpoint() bool {
	a, err := get(j.base+"/checkpoint", "")
	if err == nil && a.status != 200 {
		err = fmt.Errorf("%v", a)
	}
	if !j.ok("the checkpoint is served", err) {
		return false
	}
	j.same("the checkpoint's content type", a.header.Get("Content-Type"), "text/plain; charset=utf-8")
	j.ok("the checkpoint is not cached beyond a few seconds", shortLived(a))
	j.head, err = c2sp.OpenCheckpoint(a.body, j.vkey)
	if !j.ok("x/mod opens the checkpoint with the log's key", err) {
		return false
	}
	for _, key := range j.cosigners {
		at, err := c2sp.CheckCosignature(j.head.Text, j.head.Lines, key)
		if j.ok("the checkpoint is cosigned by "+key.Name, err) {
			j.ok("the time of that cosignature", nearNow(at))
		}
	}
	return true
}

func nearNow(at uint64) error {
	if off := time.Since(time.Unix(int64(at), 0)); off > time.Hour || off < -time.Minute {
		return fmt.Errorf("%v away from now", off)
	}
	return nil
}

// maxAge is the lifetime that an answer gives itself, in seconds; -1 when it says nothing.
func maxAge(a answer) int {
	for _, part := range strings.Split(a.header.Get("Cache-Control"), ",") {
		part = strings.ToLower(strings.TrimSpace(part))
		if part == "no-store" || part == "no-cache" {
			return 0
		}
		if strings.HasPrefix(part, "max-age=") {
			if n, err := strconv.Atoi(part[len("max-age="):]); err == nil {
				return n
			}
		}
	}
	return -1
}

func shortLived(a answer) error {
	if n := maxAge(a); n < 0 || n > 10 {
		return fmt.Errorf("Cache-Control: %q", a.header.Get("Cache-Control"))
	}
	return nil
}

func longLived(a answer) error {
	if maxAge(a) < 24*60*60 {
		return fmt.Errorf("Cache-Control: %q", a.header.Get("Cache-Control"))
	}
	return nil
}

// fetch gets a tile or bundle whole, checks its headers, keeps it.
func (j *logJudge) fetch(t tlog.Tile) ([]byte, error) {
	path := c2sp.TilePath(t)
	if data, ok := j.cache[path]; ok {
		return data, nil
	}
	a, err := get(j.base+"/"+path, "identity, gzip")
	switch {
	case err != nil:
		return nil, err
	case a.status != 200:
		return nil, fmt.Errorf("%s: status %d", path, a.status)
	case a.header.Get("Content-Type") != "application/octet-stream":
		return nil, fmt.Errorf("%s: content type %q", path, a.header.Get("Content-Type"))
	case longLived(a) != nil:
		return nil, fmt.Errorf("%s: %v", path, longLived(a))
	}
	j.cache[path] = a.body
	return a.body, nil
}

// bundles reads every entry and recomputes the root from them alone.
func (j *logJudge) bundles() bool {
	for _, b := range c2sp.Bundles(j.head.Size) {
		data, err := j.fetch(b)
		if err == nil {
			var entries [][]byte
			entries, err = c2sp.SplitBundle(data, b.W)
			for _, entry := range entries {
				j.entries.Append(entry)
			}
		}
		if err != nil {
			return j.ok("bundle "+c2sp.TilePath(b), err)
		}
	}
	j.ok(fmt.Sprintf("%d bundles are served", len(c2sp.Bundles(j.head.Size))), nil)
	if j.expected != nil {
		for i, entry := range j.entries.Entries {
			if !bytes.Equal(entry, j.expected(int64(i))) {
				return j.ok("the entries are those that were uploaded", fmt.Errorf("entry %d", i))
			}
		}
		j.ok("the entries are those that were uploaded", nil)
	}
	return j.same("the root over the entries is the checkpoint's", j.entries.Root(j.head.Size), j.head.Root)
}

// tiles compares every tile, full and partial, with the one made from the entries.
func (j *logJudge) tiles() {
	for _, t := range c2sp.Tiles(j.head.Size) {
		data, err := j.fetch(t)
		if err == nil {
			var want []byte
			if want, err = tlog.ReadTileData(t, &j.entries); err == nil && !bytes.Equal(data, want) {
				err = fmt.Errorf("not the hashes of the entries")
			}
		}
		if err != nil {
			j.ok("tile "+c2sp.TilePath(t), err)
			return
		}
	}
	j.ok(fmt.Sprintf("all %d tiles are those of the entries", len(c2sp.Tiles(j.head.Size))), nil)
}

// Height, ReadTiles and SaveTiles make the served tiles a tlog.TileReader.
func (j *logJudge) Height() int { return c2sp.TileHeight }

// ReadTiles fetches.
func (j *logJudge) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		data, err := j.fetch(t)
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// SaveTiles: fetch keeps what it fetched.
func (j *logJudge) SaveTiles([]tlog.Tile, [][]byte) {}

// proofs has x/mod make proofs from the served tiles alone, and check them.
func (j *logJudge) proofs() {
	n := j.head.Size
	if n == 0 {
		return
	}
	served := tlog.TileHashReader(tlog.Tree{N: n, Hash: j.head.Root}, j)
	root, err := tlog.TreeHash(n, served)
	if j.ok("x/mod reads the tree from the tiles", err) {
		j.same("the root over the tiles is the checkpoint's", root, j.head.Root)
	}
	var bad error
	some := spread(n, 200)
	for _, i := range some {
		proof, err := tlog.ProveRecord(n, i, served)
		if err == nil {
			err = tlog.CheckRecord(proof, n, j.head.Root, i, tlog.RecordHash(j.entries.Entries[i]))
		}
		if err != nil {
			bad = fmt.Errorf("index %d: %v", i, err)
			break
		}
	}
	j.ok(fmt.Sprintf("%d inclusion proofs from the tiles hold", len(some)), bad)
	bad = nil
	for _, m := range some {
		proof, err := tlog.ProveTree(n, m+1, served)
		if err == nil {
			err = tlog.CheckTree(proof, n, j.head.Root, m+1, j.entries.Root(m+1))
		}
		if err != nil {
			bad = fmt.Errorf("from size %d: %v", m+1, err)
			break
		}
	}
	j.ok(fmt.Sprintf("%d consistency proofs from the tiles hold", len(some)), bad)
}

// spread picks about count indexes below n: the first, the last, those around multiples of 256, and some between.
func spread(n int64, count int) []int64 {
	seen := map[int64]bool{}
	var out []int64
	add := func(i int64) {
		if i >= 0 && i < n && !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	for _, i := range []int64{0, 1, 2, 254, 255, 256, 257, 511, 512, 65535, 65536, n - 2, n - 1, n/256*256 - 1, n / 256 * 256} {
		add(i)
	}
	step := n/int64(count) | 1
	for i := step / 2; i < n; i += step {
		add(i)
	}
	return out
}

// past compares with the checkpoint of an earlier visit: consistent, and its partial tiles still there.
func (j *logJudge) past() {
	if j.remember == "" {
		return
	}
	if raw, err := os.ReadFile(j.remember); err == nil {
		old, err := c2sp.OpenCheckpoint(raw, j.vkey)
		if j.ok("the checkpoint of the last visit opens", err) && j.that("the log did not shrink", old.Size <= j.head.Size) {
			j.same("the log only grew since the last visit", j.entries.Root(old.Size), old.Root)
			j.ok(fmt.Sprintf("the tiles of size %d are still served", old.Size), j.stillServed(old.Size))
		}
	}
	j.ok("the checkpoint is remembered", os.WriteFile(j.remember, j.head.Raw, 0o600))
}

// stillServed: each partial tile and bundle of that size, or the full one in its place.
func (j *logJudge) stillServed(size int64) error {
	for _, t := range append(c2sp.Tiles(size), c2sp.Bundles(size)...) {
		full := t
		full.W = c2sp.TileWidth
		data, err := j.fetch(t)
		if err != nil {
			data, err = j.fetch(full)
		}
		if err != nil {
			return err
		}
		if t.L < 0 {
			continue
		}
		want, err := tlog.ReadTileData(t, &j.entries)
		if err != nil || !bytes.HasPrefix(data, want) {
			return fmt.Errorf("%s: not the hashes of the entries (%v)", c2sp.TilePath(t), err)
		}
	}
	return nil
}

// coding asks for one bundle in every way; the bytes must be the same.
func (j *logJudge) coding() {
	bundles := c2sp.Bundles(j.head.Size)
	if len(bundles) == 0 {
		return
	}
	path := c2sp.TilePath(bundles[0])
	for _, accept := range []string{"", "identity", "gzip", "gzip, identity", "identity;q=0, gzip", "br;q=1, gzip;q=0.5", "gzip;q=0"} {
		a, err := get(j.base+"/"+path, accept)
		if err == nil && (a.status != 200 || !bytes.Equal(a.body, j.cache[path])) {
			err = fmt.Errorf("status %d, other bytes", a.status)
		}
		j.ok(fmt.Sprintf("%s with Accept-Encoding %q", path, accept), err)
		if accept == "gzip" && err == nil && len(a.body) > 1000 {
			j.same("a bundle is compressed for who asks for it", a.header.Get("Content-Encoding"), "gzip")
		}
	}
}
