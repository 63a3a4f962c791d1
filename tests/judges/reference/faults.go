package main

import (
	"fmt"
	"sort"
)

// faults are what can be done wrong, and which judge must notice.
var faults = map[string]string{
	"lax-paths":   "log",     // a tile has a second path
	"wide-tiles":  "log",     // empty hashes are served beyond the tree
	"no-cache":    "log",     // tiles may not be cached
	"any-old":     "witness", // the old size is not compared with the record
	"no-proof":    "witness", // the consistency proof is not verified
	"no-time":     "witness", // cosignatures say time 0
	"no-type":     "witness", // 409 has a common content type
	"racy":        "witness", // comparing with the record and replacing it are two steps
	"first-line":  "witness", // a second, wrong signature of the log is overlooked
	"short-text":  "witness", // extension lines are not cosigned
	"resigned":    "witness", // the monitoring prefix has another cosignature than was given
	"late-trust":  "witness", // sizes are compared before signatures
	"forgetful":   "recalls", // nothing is durable
	"early":       "mirror",  // the mirror signs before it holds the entries
	"unproved":    "mirror",  // packages are not authenticated
	"rewinds":     "mirror",  // an older size replaces the mirror checkpoint
	"half":        "mirror",  // an upload that is cut short counts as whole
	"no-gzip":     "mirror",  // Content-Encoding is not looked at
	"pending":     "mirror",  // the checkpoint of the monitoring prefix is the pending one
	"no-overlap":  "mirror",  // entries that are there already are added again
	"other-entry": "mirror",  // one entry is served wrong
}

var planted string

func fault(name string) bool { return planted == name }

func listFaults() {
	var names []string
	for name := range faults {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Println(faults[name], name)
	}
}
