package sshd_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestARoomByItsULIDOverSSH: a guest may name a room by its ULID. The ULID of a room that is hidden
// from them is answered like one that no room has.
func TestARoomByItsULIDOverSSH(t *testing.T) {
	r, data := whole(t)
	var status struct{ ULID string }
	if err := json.Unmarshal([]byte(runProgram(t, data, "status", "inc-1", "--json")), &status); err != nil {
		t.Fatalf("status: got %v, want JSON", err)
	}
	id := status.ULID
	for _, cmd := range []string{"status " + id, "status " + strings.ToLower(id), "note " + id + " hello",
		"tail " + id + " --no-follow", "export " + id} {
		if _, errs, code := r.run("ana", ana, cmd); code != 0 {
			t.Errorf("%s: got exit %d, %q, want 0", cmd, code, errs)
		}
	}
	x := r.open(r.login("ana", ana), "xterm-256color", id, 100, 30)
	x.out.until(t, "Deploy key", "Tab")
	x.keys("\x03")
	x.wait()
	if _, errs, code := r.run("ana", ana, `do inc-1 ":restrict @ana an insider"`); code != 0 {
		t.Fatalf("restrict: got exit %d, %q, want 0", code, errs)
	}
	hidden := func(who string) {
		t.Helper()
		other := strings.Repeat("0", len(id))
		for _, cmd := range []string{"status ", "status --json ", "tail --no-follow ", "note - ", ""} {
			out, errs, code := r.run("bo", bo, cmd+strings.ToLower(id))
			_, want, like := r.run("bo", bo, cmd+other)
			if got := strings.ReplaceAll(errs, strings.ToLower(id), other); got != want || code != like || out != "" {
				t.Errorf("%s, %q: got exit %d, %q, want %d, %q", who, cmd, code, got, like, want)
			}
		}
	}
	hidden("not named in the room")
	if _, errs, code := r.run("ana", ana, `do inc-1 ":restrict add @bo he helps"`); code != 0 {
		t.Fatalf("restrict: got exit %d, %q, want 0", code, errs)
	}
	r.keys(strings.ReplaceAll(usual(), `handle="bo",right="write"`, `handle="bo",right="write",rooms="inc-2"`))
	hidden("by a key for another room")
}
