package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// ReadHashes makes a copy a tlog.HashReader.
func (m *mirrored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(m.Hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = m.Hashes[x]
	}
	return out, nil
}

func (m *mirrored) add(entry []byte) {
	hashes, err := tlog.StoredHashes(int64(len(m.Entries)), entry, m)
	if err != nil {
		panic(err)
	}
	m.Entries = append(m.Entries, entry)
	for _, h := range hashes {
		m.Hashes = append(m.Hashes, h)
	}
}

func (m *mirrored) root(n int64) [32]byte {
	if n == 0 {
		return sha256.Sum256(nil)
	}
	h, err := tlog.TreeHash(n, m)
	if err != nil {
		panic(err)
	}
	return h
}

var errProof = errors.New("the proof does not hold")

// checkStep is the witness's rule for a step from the record to a new checkpoint.
func checkStep(old record, sub submission) error {
	next, empty := sub.record, sha256.Sum256(nil)
	switch {
	case fault("no-proof"):
		return nil
	case next.Size == 0 && next.Root != empty:
		return errProof
	case sub.old == 0:
		if len(sub.proof) > 0 {
			return errProof
		}
		return nil
	case sub.old == next.Size:
		if len(sub.proof) > 0 || next.Root != old.Root {
			return errProof
		}
		return nil
	}
	proof := make(tlog.TreeProof, len(sub.proof))
	for i, h := range sub.proof {
		proof[i] = h
	}
	if tlog.CheckTree(proof, next.Size, next.Root, sub.old, old.Root) != nil {
		return errProof
	}
	return nil
}

// checkSubtree is draft-ietf-plants-merkle-tree-certs, 4.4.3, step by step.
func checkSubtree(proof [][32]byte, start, end, size int64, node, root [32]byte) bool {
	fn, sn, tn := start, end-1, size-1
	if sn == tn {
		for fn != sn {
			fn, sn, tn = fn>>1, sn>>1, tn>>1
		}
	} else {
		for fn != sn && sn&1 == 1 {
			fn, sn, tn = fn>>1, sn>>1, tn>>1
		}
	}
	fr, sr := node, node
	if fn != sn {
		if len(proof) == 0 {
			return false
		}
		fr, sr, proof = proof[0], proof[0], proof[1:]
	}
	for _, c := range proof {
		if tn == 0 {
			return false
		}
		if sn&1 == 1 || sn == tn {
			if fn < sn {
				fr = tlog.NodeHash(c, fr)
			}
			sr = tlog.NodeHash(c, sr)
			for sn&1 == 0 {
				fn, sn, tn = fn>>1, sn>>1, tn>>1
			}
		} else {
			sr = tlog.NodeHash(sr, c)
		}
		fn, sn, tn = fn>>1, sn>>1, tn>>1
	}
	return tn == 0 && fr == node && sr == root
}

// resource is what a path below a log's prefix names: a tile, a bundle, or nothing.
func (m *mirrored) resource(path string) ([]byte, bool) {
	level := strings.TrimPrefix(path, "tile/")
	if level == path {
		return nil, false
	}
	if strings.HasPrefix(level, "entries/") {
		level = "data/" + strings.TrimPrefix(level, "entries/")
	} else if strings.HasPrefix(level, "data/") {
		return nil, false
	}
	if fault("lax-paths") {
		level = strings.Replace(level, "/x000/", "/", 1)
	}
	t, err := tlog.ParseTilePath("tile/8/" + level)
	if err != nil || t.L > 63 || t.N > 1<<40 {
		return nil, false
	}
	width := int64(len(m.Entries))
	if m.Size < width {
		width = m.Size
	}
	for l := 0; l < t.L; l++ {
		width >>= 8
	}
	if t.N*256+int64(t.W) > width {
		return make([]byte, t.W*32), fault("wide-tiles") && t.L >= 0
	}
	if t.L >= 0 {
		data, err := tlog.ReadTileData(t, m)
		return data, err == nil
	}
	var bundle []byte
	for i, e := range m.Entries[t.N*256 : t.N*256+int64(t.W)] {
		if fault("other-entry") && i == 5 {
			e = append([]byte("x"), e...)
		}
		bundle = append(append(bundle, byte(len(e)>>8), byte(len(e))), e...)
	}
	return bundle, true
}
