package sshd_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// holding returns the files below a directory that contain a text.
func holding(t *testing.T, dir, text string) (out []string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // replaced at this moment
		}
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(text)) {
			out = append(out, path)
		}
		return nil
	})
	return out
}

// TestRedactionReachesClosedTerminals: after a redaction, the text is nowhere on the disk
// of the server, whichever command the guest sent it with and even if it stayed a draft,
// although their terminal was closed.
func TestRedactionReachesClosedTerminals(t *testing.T) {
	const mark = "Zebra-7-stripes"
	r, data := whole(t)
	x := r.open(r.login("bo", bo), "xterm-256color", "inc-1", 100, 30)
	x.out.until(t, "Deploy key")
	for i, line := range []string{"the key is " + mark, ":note again " + mark, ":todo change " + mark, "!turn " + mark +
		" off", ":insist token=" + mark, "?who used " + mark} {
		x.out.forget()
		x.keys(line + "\r")
		x.out.until(t, mark[:6])
		x.keys("line " + strconv.Itoa(i) + "\r")
		x.out.until(t, "line "+strconv.Itoa(i))
	}
	x.keys("a draft with " + mark + " in it")
	x.out.until(t, "a draft")
	x.keys("\x03")
	x.wait()
	if got := holding(t, filepath.Join(data, "state"), mark); len(got) < 2 {
		t.Fatalf("files of the terminal with the mark: got %v, want a draft and a history", got)
	}
	out := ""
	eventually(t, "all lines are stored", func() bool {
		var errs string
		var code int
		if out, errs, code = r.run("ana", ana, "tail inc-1 --no-follow --json"); code != 0 {
			t.Fatalf("tail: got %d %s, want 0", code, errs)
		}
		return strings.Contains(out, "line 5")
	})
	n := 0
	for line := range strings.Lines(out) {
		var e struct{ Seq uint64 }
		if strings.Contains(line, mark) && json.Unmarshal([]byte(line), &e) == nil {
			if _, errs,
				code := r.run("ana", ana, "do inc-1 ':redact "+strconv.FormatUint(e.Seq, 10)+" a key'"); code != 0 {
				t.Errorf("redact %d: got %d %s, want 0", e.Seq, code, errs)
			}
			n++
		}
	}
	if n != 6 {
		t.Errorf("entries with the mark: got %d, want 6", n)
	}
	if got := holding(t, data, mark); len(got) > 0 {
		t.Errorf("files with the mark: got %v, want none", got)
	}
	y := r.open(r.login("bo", bo), "xterm-256color", "inc-1", 100, 30)
	y.out.until(t, "[redacted]")
	for range 14 {
		y.keys("\x1b[A")
	}
	y.keys("Ω") // when it is drawn, all previous keys were
	y.out.until(t, "Ω")
	if strings.Contains(y.out.String(), mark) {
		t.Error("the next terminal: got the mark on the screen, want nothing of it")
	}
}
