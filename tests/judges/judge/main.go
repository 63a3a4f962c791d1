// Judge: a stranger to normlink that checks what it serves against the C2SP documents.
//
//	judge vectors                                    the judge itself, on the documents' own examples
//	judge keys                                       a policy with the logs that the judge plays, for the node's DIR/outside
//	judge log      -base URL -log VKEY ...           a tiled log: every byte of it
//	judge proof    -base URL -policy FILE PROOF...   tlog-proof files, against the entries that the log serves
//	judge witness  -base URL -witness VKEY           add-checkpoint, every answer
//	judge mirror   -base URL -mirror VKEY ...        add-checkpoint and add-entries, every answer; then the mirrored log
//	judge grow     -base URL ... -size N             one step; the state file says what was promised
//	judge recalls  -base URL ...                     after a crash: what was promised still holds
//	judge tear     -base URL ... -size N             half an upload
//	judge mend     -base URL ...                     after a crash: the other half
//	judge stranded -base URL -log VKEY -from URL ...  a log that the mirror has from others, while it reaches none of them
//	judge carried  as above                          and once it does
//	judge flips-... as above                         each judge again behind a proxy that alters one byte: it must fail
//
//	judge flips-verify -program NORMLINK -policy FILE PROOF...   the program's own verifier must fail as well
//
// Each ends with "N passed, N failed"; exit code 1 when something failed.
package main

import (
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"

	"../c2sp"
)

// options are those of all judges; each uses what it needs.
type options struct {
	base, from, log, policy, remember, state string
	witness, mirror                          string
	cosigners                                list
	program                                  string
	size                                     int64
	args                                     []string
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

var commands = map[string]func(*report, options){
	"vectors":       vectors,
	"log":           judgeLog,
	"proof":         judgeProofs,
	"witness":       judgeWitness,
	"mirror":        judgeMirror,
	"grow":          grow,
	"tear":          tear,
	"mend":          mend,
	"recalls":       recalls,
	"stranded":      stranded,
	"carried":       carried,
	"flips-log":     flipLog,
	"flips-proof":   flipProof,
	"flips-verify":  flipVerify,
	"flips-witness": flipWitness,
	"flips-mirror":  flipMirror,
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "keys" {
		keys()
		return
	}
	var command func(*report, options)
	if len(os.Args) > 1 {
		command = commands[os.Args[1]]
	}
	if command == nil {
		var names []string
		for name := range commands {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintln(os.Stderr, "usage: judge keys|"+strings.Join(names, "|")+" [options]")
		os.Exit(2)
	}
	var o options
	f := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	f.StringVar(&o.base, "base", "", "address of the log, or of the node")
	f.StringVar(&o.from, "from", "", "where the log itself is served, when the base is another node")
	f.StringVar(&o.log, "log", "", "the log's verifier key")
	f.StringVar(&o.policy, "policy", "", "a tlog-policy file")
	f.StringVar(&o.remember, "remember", "", "where the checkpoint of the last visit is kept")
	f.StringVar(&o.state, "state", "", "where grow writes what was promised, for recalls")
	f.StringVar(&o.witness, "witness", "", "the witness's verifier key")
	f.StringVar(&o.mirror, "mirror", "", "the mirror's verifier key")
	f.StringVar(&o.program, "program", "", "the program under test, for flips-verify")
	f.Var(&o.cosigners, "cosigner", "a verifier key that must have cosigned the checkpoint (may be repeated)")
	f.Int64Var(&o.size, "size", 0, "entries to grow by")
	_ = f.Parse(os.Args[2:])
	o.args = f.Args()
	r := &report{}
	command(r, o)
	fmt.Printf("%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 || r.passed == 0 {
		os.Exit(1)
	}
}

// keys prints the policy that makes the judge's logs known.
func keys() {
	for _, role := range roles {
		fmt.Println("log", newPlayer(role).vkey())
	}
	fmt.Println("quorum none")
}

// mustKey reads a verifier key from the command line.
func mustKey(vkey string) c2sp.Key {
	key, err := c2sp.ParseVkey(vkey)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return key
}

func (o options) logJudge(r *report) *logJudge {
	j := &logJudge{report: r, base: o.base, vkey: o.log, remember: o.remember}
	for _, vkey := range o.cosigners {
		j.cosigners = append(j.cosigners, mustKey(vkey))
	}
	return j
}

func judgeLog(r *report, o options) { o.logJudge(r).judge() }

// witnessDoor and mirrorDoor are the two doors of a node.
func (o options) witnessDoor(r *report) *door {
	return &door{r, "w", o.base + "/witness", o.base + "/witness", mustKey(o.witness), c2sp.Key{}, map[string]bool{}}
}

func (o options) mirrorDoor(r *report) *door {
	return &door{r, "m", o.base + "/mirror", o.base + "/mirror", mustKey(o.witness), mustKey(o.mirror), map[string]bool{}}
}

func judgeWitness(r *report, o options) { o.witnessDoor(r).judge() }
