package c2sp

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is a whole log in memory.
type Tree struct {
	Entries [][]byte
	stored  []tlog.Hash
}

// ReadHashes makes a Tree a tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(t.stored)) {
			return nil, fmt.Errorf("hash %d of %d", x, len(t.stored))
		}
		out[i] = t.stored[x]
	}
	return out, nil
}

// Size is the number of entries.
func (t *Tree) Size() int64 { return int64(len(t.Entries)) }

// Append adds an entry.
func (t *Tree) Append(entry []byte) {
	hashes, err := tlog.StoredHashes(t.Size(), entry, t)
	if err != nil {
		panic(err)
	}
	t.Entries = append(t.Entries, entry)
	t.stored = append(t.stored, hashes...)
}

// Root is the root of the first n entries; tlog itself has none for the empty tree.
func (t *Tree) Root(n int64) tlog.Hash {
	if n == 0 {
		return EmptyRoot
	}
	h, err := tlog.TreeHash(n, t)
	if err != nil {
		panic(err)
	}
	return h
}

// EmptyRoot is SHA-256 of the empty string (RFC 6962, 2.1).
var EmptyRoot, _ = ParseHash("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")

// Consistency is the proof from the first m entries to the first n, empty when there is nothing to prove.
func (t *Tree) Consistency(m, n int64) []tlog.Hash {
	if m == 0 || m == n {
		return nil
	}
	p, err := tlog.ProveTree(n, m, t)
	if err != nil {
		panic(err)
	}
	return p
}

// split is the largest power of two below n.
func split(n int64) int64 {
	k := int64(1)
	for k*2 < n {
		k *= 2
	}
	return k
}

// MTH is the Merkle tree hash of the entries [lo, hi), lo < hi.
func (t *Tree) MTH(lo, hi int64) tlog.Hash {
	n, level := hi-lo, 0
	for int64(1)<<level < n {
		level++
	}
	if int64(1)<<level == n && lo%n == 0 {
		return t.stored[tlog.StoredHashIndex(level, lo/n)]
	}
	k := split(n)
	return tlog.NodeHash(t.MTH(lo, lo+k), t.MTH(lo+k, hi))
}

// Subtree is the subtree consistency proof from [start, end) to the first n entries
// (draft-ietf-plants-merkle-tree-certs, 4.4), in its recursive definition.
func (t *Tree) Subtree(start, end, n int64) []tlog.Hash {
	return t.subproof(start, end, 0, n, true)
}

// subproof: [start, end) counts from lo.
func (t *Tree) subproof(start, end, lo, hi int64, known bool) []tlog.Hash {
	n := hi - lo
	if start == 0 && end == n {
		if known {
			return nil
		}
		return []tlog.Hash{t.MTH(lo, hi)}
	}
	k := split(n)
	switch {
	case end <= k:
		return append(t.subproof(start, end, lo, lo+k, known), t.MTH(lo+k, hi))
	case start >= k:
		return append(t.subproof(start-k, end-k, lo+k, hi, known), t.MTH(lo, lo+k))
	default:
		return append(t.subproof(0, end-k, lo+k, hi, false), t.MTH(lo, lo+k))
	}
}

// CheckSubtree verifies such a proof: the subtree has the hash, the tree of n entries the root.
func CheckSubtree(proof []tlog.Hash, start, end, n int64, hash, root tlog.Hash) error {
	if start < 0 || start >= end || end > n || !ValidSubtree(start, end) {
		return fmt.Errorf("[%d, %d) is no subtree of a tree of %d", start, end, n)
	}
	old, now, err := runSubtree(proof, start, end, n, true, hash)
	if err != nil {
		return err
	}
	if old != hash || now != root {
		return fmt.Errorf("the subtree proof does not hold")
	}
	return nil
}

// ValidSubtree: start is a multiple of the smallest power of two that the subtree fits in.
func ValidSubtree(start, end int64) bool {
	width := int64(1)
	for width < end-start {
		width *= 2
	}
	return start < end && start%width == 0
}

// runSubtree returns the hashes of the subtree and of the tree that the proof leads to.
func runSubtree(p []tlog.Hash, start, end, n int64, known bool, hash tlog.Hash) (sub, all tlog.Hash, err error) {
	if start == 0 && end == n {
		switch {
		case known && len(p) == 0:
			return hash, hash, nil
		case !known && len(p) == 1:
			return p[0], p[0], nil
		}
		return sub, all, fmt.Errorf("a subtree proof of the wrong length")
	}
	if len(p) == 0 {
		return sub, all, fmt.Errorf("a subtree proof that is too short")
	}
	k, last, rest := split(n), p[len(p)-1], p[:len(p)-1]
	switch {
	case end <= k:
		sub, all, err = runSubtree(rest, start, end, k, known, hash)
		return sub, tlog.NodeHash(all, last), err
	case start >= k:
		sub, all, err = runSubtree(rest, start-k, end-k, n-k, known, hash)
		return sub, tlog.NodeHash(last, all), err
	default:
		sub, all, err = runSubtree(rest, 0, end-k, n-k, false, hash)
		return tlog.NodeHash(last, sub), tlog.NodeHash(last, all), err
	}
}
