package model_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

var writeRooms = flag.Bool("update", false, "write testdata/rooms/*.golden, to be read before they are committed")

// TestRoomsAreAsTheyWere plays the scripts of testdata/rooms. A line of a script is
//
//	WHO: LINE   a line that WHO types: prints the hint, and the line of the timeline or the refusal
//	+5m         time passes
//	views       prints the state of the room: clocks, items, roles, what is left open
//
// and the output is in the golden file beside the script.
func TestRoomsAreAsTheyWere(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "rooms", "*.txt"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("got the scripts %v, %v, want some", scripts, err)
	}
	for _, path := range scripts {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("read the script: %v", err)
			}
			got := playRoom(t, string(script))
			golden := strings.TrimSuffix(path, ".txt") + ".golden"
			if *writeRooms {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatalf("write the golden file: %v", err)
				}
			}
			raw, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("read the golden file: %v; write it with -update", err)
			}
			if want := string(raw); got != want {
				t.Errorf("%s: the room is another one; rows that differ:\n%s", path, rowsThatDiffer(got, want))
			}
		})
	}
}

// rowsThatDiffer returns the first rows of two texts that differ, with the one before them.
func rowsThatDiffer(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	row := func(list []string) string {
		if i < len(list) {
			return list[i]
		}
		return "(nothing)"
	}
	before := ""
	if i > 0 {
		before = g[i-1]
	}
	return fmt.Sprintf("row %d, after %q\ngot  %s\nwant %s", i+1, before, row(g), row(w))
}

// playRoom types a script into a room and returns the output.
func playRoom(t *testing.T, script string) string {
	t.Helper()
	k := declared(t, "security", model.Declaration{Title: "Deploy key in a public CI log", Severity: "SEV-2",
		Kind: "credential_leak", Detected: time.Date(2026, 11, 21, 13, 50, 0, 0, time.UTC)})
	k.admit("bo", model.Write)
	k.admit("cy", model.Command)
	k.admit("di", model.Watch)
	var b strings.Builder
	p := func(format string, args ...any) {
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	shown := map[string]bool{}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		switch who, typed, ok := strings.Cut(line, ": "); {
		case strings.HasPrefix(line, "#") || line == "":
		case line == "views":
			shown = printNew(k, shown, p)
		case strings.HasPrefix(line, "+"):
			d, err := time.ParseDuration(line[1:])
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			k.wait(d)
		case ok && who == "body":
			kind, body, _ := strings.Cut(typed, " ")
			crafted(k, model.Kind(kind), body, p)
		case ok:
			typeLine(k, who, typed, p)
		default:
			t.Fatalf("%q is no line of a script", line)
		}
	}
	return b.String()
}

// printNew prints the state of a room, without the lines that it printed before.
func printNew(k *testRoom, shown map[string]bool, p func(string, ...any)) map[string]bool {
	now := map[string]bool{}
	views(k, func(format string, args ...any) {
		for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
			if now[line] = true; !shown[line] {
				p("%s", line)
			}
		}
	})
	return now
}

// typeLine types a line and prints the hint and the result.
func typeLine(k *testRoom, who, line string, p func(string, ...any)) {
	k.t.Helper()
	p("%s %s> %s", k.now.Format("15:04"), who, line)
	h := model.HintOf(line, k.ctx(who))
	for _, s := range []struct {
		label string
		text  model.Safe
	}{{"is", h.Will}, {"at", h.When}, {"args", model.FormatArgs(h.Args)}, {"impact", h.Impact}, {"no", h.Refusal}} {
		if !s.text.IsEmpty() {
			p("    %s: %s", s.label, s.text)
		}
	}
	for _, c := range h.Changes {
		p("    clock %s: %s", c.Clock.ID, c.Text)
	}
	if a, err := k.typed(who, line); err == nil {
		if w := k.room.Warning(model.Actor{}, a); !w.IsEmpty() {
			p("    warning: %s", w)
		}
	}
	if err := k.try(who, line); err != nil {
		p("    refused: %s: %v", model.CodeOf(err), err)
		return
	}
	printLast(k, p)
}

// crafted stores a body as ana's client would send it, including bodies that no line
// produces.
func crafted(k *testRoom, kind model.Kind, body string, p func(string, ...any)) {
	k.t.Helper()
	p("%s body %s %s", k.now.Format("15:04"), kind, body)
	e := k.event("ana", model.Act{Body: model.NewEntry(model.KindEntryNoted, "x")})
	e.Kind, e.Body = kind, json.RawMessage(body)
	if !json.Valid(e.Body) {
		e.Fault = "its body is not JSON"
	}
	k.room, k.log = model.Apply(k.room, e), append(k.log, e)
	printLast(k, p)
}

// printLast prints the newest line of the timeline.
func printLast(k *testRoom, p func(string, ...any)) {
	l := k.room.Line(k.room.Seq)
	p("    %d %s: %s", l.Seq, l.Word(), l.Text)
	if !l.Refused.IsEmpty() {
		p("    no effect: %s", l.Refused)
	}
}
