package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// judgeProofs checks tlog-proof files: the log and the witnesses by the policy, the inclusion by x/mod, the entry by
// what the log itself serves at that index.
func judgeProofs(r *report, o options) {
	policy, err := readPolicy(o.policy)
	if !r.ok("the policy reads", err) {
		return
	}
	r.that("there are proofs to judge", len(o.args) > 0)
	for _, name := range o.args {
		raw, err := os.ReadFile(name)
		if err == nil {
			var entry []byte
			if entry, err = proofEntry(o.base, raw); err == nil {
				err = checkProof(raw, policy, entry)
			}
		}
		r.ok(name, err)
	}
}

func readPolicy(name string) (c2sp.Policy, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return c2sp.Policy{}, err
	}
	return c2sp.ParsePolicy(raw)
}

func checkProof(raw []byte, policy c2sp.Policy, entry []byte) error {
	p, err := c2sp.ParseProof(raw)
	if err == nil {
		_, err = c2sp.CheckProof(p, policy, entry)
	}
	return err
}

// proofEntry fetches the entry that a proof speaks of: from the full bundle, or the partial one of the proof's size.
func proofEntry(base string, raw []byte) ([]byte, error) {
	p, err := c2sp.ParseProof(raw)
	if err != nil {
		return nil, err
	}
	c, err := c2sp.ParseCheckpoint(p.Checkpoint)
	if err != nil {
		return nil, err
	}
	bundle := tlog.Tile{H: c2sp.TileHeight, L: -1, N: p.Index / c2sp.TileWidth, W: c2sp.TileWidth}
	a, err := get(base+"/"+c2sp.TilePath(bundle), "")
	if err == nil && a.status != 200 {
		bundle.W = int(c.Size - bundle.N*c2sp.TileWidth)
		a, err = get(base+"/"+c2sp.TilePath(bundle), "")
	}
	if err != nil || a.status != 200 {
		return nil, fmt.Errorf("%s: status %d (%v)", c2sp.TilePath(bundle), a.status, err)
	}
	entries, err := c2sp.SplitBundle(a.body, bundle.W)
	if err != nil {
		return nil, err
	}
	return entries[p.Index%c2sp.TileWidth], nil
}
