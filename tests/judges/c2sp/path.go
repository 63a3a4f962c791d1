package c2sp

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is tlog-tiles' only height; a full tile has TileWidth hashes.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
)

// TilePath is the path of a tile or bundle below the log's prefix.  Go's own paths carry the height, and call bundles
// "data"; C2SP's do not.
func TilePath(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H))
	if t.L < 0 {
		path = "entries" + strings.TrimPrefix(path, "data")
	}
	return "tile/" + path
}

// Tiles lists the tiles of a tree of n entries: every full one, and the partial one of each level.
func Tiles(n int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level := 0; n > 0; level++ {
		for i := int64(0); i < n; i += TileWidth {
			w := n - i
			if w > TileWidth {
				w = TileWidth
			}
			tiles = append(tiles, tlog.Tile{H: TileHeight, L: level, N: i / TileWidth, W: int(w)})
		}
		n /= TileWidth
	}
	return tiles
}

// Bundles lists the entry bundles of a tree of n entries.
func Bundles(n int64) []tlog.Tile {
	var bundles []tlog.Tile
	for _, t := range Tiles(n) {
		if t.L == 0 {
			t.L = -1
			bundles = append(bundles, t)
		}
	}
	return bundles
}

// SplitBundle takes a bundle of w entries apart.
func SplitBundle(raw []byte, w int) ([][]byte, error) {
	var entries [][]byte
	for len(raw) > 0 {
		if len(raw) < 2 || len(raw)-2 < (int(raw[0])<<8|int(raw[1])) {
			return nil, fmt.Errorf("bundle: entry %d is cut short", len(entries))
		}
		n := 2 + (int(raw[0])<<8 | int(raw[1]))
		entries = append(entries, raw[2:n])
		raw = raw[n:]
	}
	if len(entries) != w {
		return nil, fmt.Errorf("bundle: %d entries, not %d", len(entries), w)
	}
	return entries, nil
}
