package main

import (
	"encoding/hex"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"../c2sp"
)

// vectors tries the judge itself on examples that others computed: signed-note and tlog-cosignature's own, the tree of
// RFC 6962's tests, subtree proofs of a tree of 14.
func vectors(r *report, _ options) {
	noteVectors(r)
	treeVectors(r)
	subtreeVectors(r)
	policyVectors(r)
}

const exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

func noteVectors(r *report) {
	key, err := c2sp.ParseVkey(exampleKey)
	if r.ok("signed-note's verifier key", err) {
		r.same("its ID", fmt.Sprintf("%08x", c2sp.KeyID(key.Name, key.Type, key.Public)), "530d903a")
		r.same("it is written as it was read", c2sp.Vkey(key.Name, key.Type, key.Public), exampleKey)
	}
	raw := []byte("This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Zt" +
		"g1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
	_, err = c2sp.ParseNote(raw)
	r.ok("signed-note's example note", err)
	v, err := note.NewVerifier(exampleKey)
	if err == nil {
		_, err = note.Open(raw, note.VerifierList(v))
	}
	r.ok("x/mod opens it", err)

	cosigned, err := c2sp.ParseCheckpoint([]byte("example.com/behind-the-sofa\n20852163\n" +
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJ" +
		"urmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DY" +
		"n/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"))
	if r.ok("tlog-cosignature's example checkpoint", err) {
		r.same("its size", cosigned.Size, 20852163)
		r.same("the length of its cosignature line", 4+len(cosigned.Lines[1].Signature), 76)
	}
	for what, text := range map[string]string{
		"no empty line":             "a\n1\nx\n— a AAAAAAAA\n",
		"an empty name":             "a\n\n—  AAAAAAAA\n",
		"a plus in a name":          "a\n\n— a+b AAAAAAAA\n",
		"a tab":                     "a\tb\n\n— a AAAAAAAA\n",
		"a padding bit that is set": "a\n\n— a AAAAAAB=\n",
		"no last line feed":         "a\n\n— a AAAAAAAA",
	} {
		_, err := c2sp.ParseNote([]byte(text))
		r.that("a note is refused for "+what, err != nil)
	}
}

func treeVectors(r *report) {
	var t c2sp.Tree
	for _, leaf := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		raw, _ := hex.DecodeString(leaf)
		t.Append(raw)
	}
	for n, want := range map[int64]string{1: "6e340b9c", 2: "fac54203", 3: "aeb6bcfe", 4: "d37ee418", 5: "4e3bbb1f",
		6: "76e67dad", 7: "ddb89be4", 8: "5dc9da79"} {
		root := t.Root(n)
		r.same(fmt.Sprintf("RFC 6962's root of %d", n), hex.EncodeToString(root[:4]), want)
		r.same(fmt.Sprintf("the same from the definition, of %d", n), t.MTH(0, n), root)
	}
	for n, want := range map[int64]string{0: "000", 273: "273", 1000: "x001/000", 1234067: "x001/x234/067"} {
		full := tlog.Tile{H: c2sp.TileHeight, L: 0, N: n, W: c2sp.TileWidth}
		r.same(fmt.Sprintf("the path of tile %d", n), c2sp.TilePath(full), "tile/0/"+want)
		full.L = -1
		full.W = 7
		r.same(fmt.Sprintf("the path of bundle %d", n), c2sp.TilePath(full), "tile/entries/"+want+".p/7")
	}
	count := map[string]int{}
	for _, t := range c2sp.Tiles(70000) {
		count[fmt.Sprintf("level %d width %d", t.L, t.W)]++
	}
	r.same("the tiles of 70,000", count, map[string]int{"level 0 width 256": 273, "level 0 width 112": 1,
		"level 1 width 256": 1, "level 1 width 17": 1, "level 2 width 1": 1})
}

func subtreeVectors(r *report) {
	var t c2sp.Tree
	for i := 0; i < 14; i++ {
		t.Append([]byte(fmt.Sprint(i)))
	}
	r.same("the root of 14", t.Root(14), "sphdzDhsAFSv7H6wJvveiYhPlMDozGSzp4z9BR0tpxs=")
	proof := func(lo, hi int64) (out []string) {
		for _, h := range t.Subtree(lo, hi, 14) {
			out = append(out, h.String())
		}
		return out
	}
	r.same("[4, 8) of 14", proof(4, 8), []string{"n0o/wg1BYtw31OI9kHhIcxp2BD//9taSiL8av7z/R44=",
		"HOqCT6ldN22Q60j8gL6lHsa2kndj/hxGL1y+LUCUznc="})
	r.same("[8, 13) of 14", proof(8, 13), []string{"FNf/Bsl9rs+tenSfTlkGp0roYG1y0Mkml7f5/oxaa7Q=",
		"v+6H65Sid4vaZygsoQXhY3/r5r0hsHS9pW5/0U0Z3Gg=", "W2Y6NiYBvj87rGQx+fYVRv7BEfYpyWRD17Z8wL3VyUU=",
		"O4WpYmwcy2TGuV7H+mSIje/izxLjnnfhCBLOX8uctY4="})
	bad, tried := error(nil), 0
	for lo := int64(0); lo < 14; lo++ {
		for hi := lo + 1; hi <= 14; hi++ {
			if !c2sp.ValidSubtree(lo, hi) {
				continue
			}
			tried++
			p, h := t.Subtree(lo, hi, 14), t.MTH(lo, hi)
			if err := c2sp.CheckSubtree(p, lo, hi, 14, h, t.Root(14)); err != nil {
				bad = fmt.Errorf("[%d, %d): %v", lo, hi, err)
			}
			if c2sp.CheckSubtree(p, lo, hi, 14, flipped(h), t.Root(14)) == nil {
				bad = fmt.Errorf("[%d, %d): another hash passes", lo, hi)
			}
			for i := range p {
				p[i] = flipped(p[i])
				if c2sp.CheckSubtree(p, lo, hi, 14, h, t.Root(14)) == nil {
					bad = fmt.Errorf("[%d, %d): hash %d is not looked at", lo, hi, i)
				}
				p[i] = flipped(p[i])
			}
		}
	}
	r.ok(fmt.Sprintf("%d subtrees of 14 are proved, and refused when a bit is wrong", tried), bad)
	r.same("a subtree from 0 is a consistency proof", t.Subtree(0, 6, 14), t.Consistency(6, 14))
}

func policyVectors(r *report) {
	log := newPlayer("w-main").vkey()
	var w [3]string
	for i := range w {
		key := keyFor(fmt.Sprint("policy ", i))
		w[i] = "witness " + fmt.Sprint("w", i) + " " + c2sp.Vkey("w.example", c2sp.TypeCosignature, public(key)) + "\n"
	}
	all := "log " + log + "\n" + w[0] + w[1] + "\t" + w[2]
	for text, good := range map[string]bool{
		all + "group g 2 w0 w1 w2\nquorum g\n":                true,
		all + "# nothing\n\nquorum none\n":                    true,
		all + "group a any w0 w1\ngroup g all a w2\nquorum g": true,
		all:                                    false,
		all + "quorum g\n":                     false,
		all + "quorum none\nquorum none\n":     false,
		all + "group g 4 w0 w1 w2\nquorum g\n": false,
		all + "group g any w0\ngroup h any w0\nquorum h\n": false,
		all + w[0] + "quorum none\n":                       false,
		all + "group none any w0\nquorum none\n":           false,
		"witness w " + log + "\nquorum none\n":             false,
	} {
		_, err := c2sp.ParsePolicy([]byte(text))
		r.same("policy "+text[len(text)-20:], err == nil, good)
	}
}
