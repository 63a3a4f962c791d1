package main

import (
	"fmt"
	"strings"
)

// report counts what a judge found.  A judge that is tried out (flips.go) keeps its own and prints nothing.
type report struct {
	passed, failed int
	quiet          bool
	first          string // the first failure
}

// ok counts one test; err is what was wrong.
func (r *report) ok(what string, err error) bool {
	if err == nil {
		r.passed++
		return true
	}
	r.failed++
	text := fmt.Sprintf("%s: %v", what, err)
	if r.first == "" {
		r.first = text
	}
	if !r.quiet {
		fmt.Println("FAILED:", strings.ReplaceAll(text, "\n", "\\n"))
	}
	return false
}

// that counts one test that has only yes and no.
func (r *report) that(what string, yes bool) bool {
	if yes {
		return r.ok(what, nil)
	}
	return r.ok(what, fmt.Errorf("no"))
}

// same counts one test: got must be want.
func (r *report) same(what string, got, want interface{}) bool {
	if fmt.Sprint(got) == fmt.Sprint(want) {
		return r.ok(what, nil)
	}
	return r.ok(what, fmt.Errorf("%q, not %q", fmt.Sprint(got), fmt.Sprint(want)))
}
