package main

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// Paths that are not tlog-tiles' own spelling of anything.
var notPaths = []string{
	"tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/00/000", "tile/01/000", "tile/64/000", "tile/-1/000",
	"tile/+0/000", "tile//000", "tile/0//000", "tile/0/", "tile/0", "tile", "tile/", "tile/0/000/", "tile/0/-00",
	"tile/0/x000/000", "tile/0/x000/001", "tile/0/x00/001", "tile/0/001/x000", "tile/0/X001/000", "tile/0/x001/x000",
	"tile/0/000/000", "tile/0/x000", "tile/0/00a", "tile/0/0x0", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
	"tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/000.p/1/2",
	"tile/0/000.P/1", "tile/0/000.p/1a", "tile/0/000p/1", "tile/8/0/000", "tile/data/000", "tile/8/data/000",
	"tile/entries/0", "tile/entries/00", "tile/entries/0000", "tile/entries/1000", "tile/entries/x000/001",
	"tile/entries/000.p/0", "tile/entries/000.p/256", "tile/entries/000.p/01", "tile/entries/", "tile/entries",
	"tile/Entries/000", "entries/000", "checkpoint/", "Checkpoint", "/checkpoint", "checkpoint.txt", "",
	"tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/99999999999999999999/000",
}

// refused: each of these paths is 404.
func (j *logJudge) refused() {
	for _, path := range notPaths {
		a, err := get(j.base+"/"+path, "")
		if err == nil && a.status != 404 {
			err = fmt.Errorf("status %d", a.status)
		}
		j.ok("no such path: "+path, err)
	}
}

// absent: what lies beyond the tree is not served: empty tiles, wider ones, the next ones.
func (j *logJudge) absent() {
	var beyond []tlog.Tile
	level := 0
	for n := j.head.Size; ; level++ {
		next := tlog.Tile{H: c2sp.TileHeight, L: level, N: n / c2sp.TileWidth, W: int(n%c2sp.TileWidth) + 1}
		full := next
		full.W = c2sp.TileWidth
		beyond = append(beyond, next, full)
		full.N++
		beyond = append(beyond, full)
		if level == 0 {
			for _, t := range []tlog.Tile{next, full} {
				t.L = -1
				beyond = append(beyond, t)
			}
		}
		if n == 0 {
			break
		}
		n /= c2sp.TileWidth
	}
	beyond = append(beyond, tlog.Tile{H: c2sp.TileHeight, L: 63, N: 0, W: c2sp.TileWidth})
	for _, t := range beyond {
		a, err := get(j.base+"/"+c2sp.TilePath(t), "")
		if err == nil && a.status != 404 {
			err = fmt.Errorf("status %d", a.status)
		}
		j.ok("not in the tree: "+c2sp.TilePath(t), err)
	}
}
