package sshd_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/sshd"
)

// TestNoAnswerAboutFiles: a guest gets the same answer about a file of the server whether it
// exists or not.
func TestNoAnswerAboutFiles(t *testing.T) {
	a := newAttack(t)
	missing := filepath.Join(filepath.Dir(a.canary), "not-there.json")
	tried := []string{"evidence add FILE x", "evidence add FILE -", "evidence get FILE E1", "evidence list FILE",
		"evidence list FILE E1", "evidence custody FILE E1 accept", "evidence custody FILE E1 seal"}
	for _, cmd := range a.everyone() {
		if strings.Contains(cmd, a.canary) {
			tried = append(tried, strings.ReplaceAll(cmd, a.canary, "FILE"))
		}
	}
	for _, p := range []person{people[0], people[1], people[3]} {
		for _, cmd := range tried {
			var got [2]string
			for i, file := range []string{a.canary, missing} {
				out, _ := a.ask(p, strings.ReplaceAll(cmd, "FILE", file), "")
				got[i] = strings.NewReplacer(file, "FILE", strings.ToLower(file), "FILE").Replace(out)
			}
			if got[0] != got[1] {
				t.Errorf("%s: %q: got %q for a file that exists and %q for one that does not, want the same", p.name,
					cmd, got[0], got[1])
			}
		}
	}
}

// TestRoomsWithoutNumbers: a room that was declared restricted can be opened by its name, a
// key can be limited to it, and a command that names it limits a login to it.
func TestRoomsWithoutNumbers(t *testing.T) {
	r, data := whole(t)
	out := newText()
	if code := program(context.Background(), data, out, "declare", "--severity", "SEV-1", "--restricted",
		"@ana @lim @con", "Behind closed doors"); code != 0 {
		t.Fatalf("declare a restricted room: got exit code %d, want 0:\n%s", code, out.String())
	}
	name := ""
	for _, word := range strings.Fields(out.String()) {
		if model.IsRoomName(word) {
			name = word
		}
	}
	r.write("keys", usual()+`handle="lim",right="write",rooms="`+name+`" `+pub(lim)+"\n"+
		`handle="con",right="write",command="`+name+`" `+pub(con)+"\n")
	r.log.until(t, "was read again")
	a := &attack{rig: r, data: data, conns: map[string]*ssh.Client{}}
	for _, p := range []person{{name: "ana", key: ana}, {name: "lim", key: lim}, {name: "con", key: con}} {
		if out, code := a.ask(p, name, ""); code != 0 || !strings.Contains(out, "Behind closed doors") {
			t.Errorf("%s: %s: got %d %q, want the room", p.name, name, code, out)
		}
	}
	for _, p := range []person{{name: "bo", key: bo}, {name: "lim", key: lim}, {name: "con", key: con}} {
		if out, _ := a.ask(p, "status inc-1", ""); p.name != "bo" && strings.Contains(out, "Deploy key") {
			t.Errorf("%s: status inc-1: got %q, want nothing of another room", p.name, out)
		}
		if out, _ := a.ask(p, "status "+name, ""); p.name == "bo" && strings.Contains(out, "closed doors") {
			t.Errorf("%s: status %s: got %q, want nothing of it", p.name, name, out)
		}
	}
	for _, cmd := range []string{"open " + name, "inc-aeiouy", "inc-bcdfghj", "inc-bcdfg", name + "x"} {
		if got, err := sshd.Args(cmd, []string{"status"}); err == nil {
			t.Errorf("%q: got %q, want it refused", cmd, got)
		}
	}
}
