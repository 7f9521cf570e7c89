package sshd_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// runProgram runs a command of the program beside a server and returns its output.
func runProgram(t testing.TB, data string, args ...string) string {
	t.Helper()
	out, errs := newText(), newText()
	if code := programTo(context.Background(), data, out, errs, args...); code != 0 {
		t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
	}
	return out.String()
}

// TestRevoke: a stolen laptop. Its connections end, and its key is refused under every
// name, until the person is reinstated and has another key.
func TestRevoke(t *testing.T) {
	r, data := whole(t)
	x := r.open(r.login("bo", bo), "xterm-256color", "", 100, 30)
	x.out.until(t, "Deploy key", "Tab")
	x.keys("from the train\r")
	x.out.until(t, "from the train")
	y := r.open(r.login("ana", ana), "xterm-256color", "", 100, 30)
	y.out.until(t, "Deploy key", "Tab")
	out := runProgram(t, data, "strike", "@bo", "a", "stolen", "laptop")
	fp := ssh.FingerprintSHA256(bo.PublicKey())
	for _, want := range []string{"bo is revoked on this hub\n", "inc-1: 1 key revoked\n",
		"1 connection ended; new ones are refused\n",
		"the SSH key " + fp + " is refused from now on, under any name\n", "not covered: what they have already " +
			"seen"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q but %q", want, out)
		}
	}
	x.out.until(t, "your access to this hub was revoked; ask the server's administrator")
	x.wait()
	y.out.until(t, "every key of bo: a stolen laptop")
	r.comesBack(data, y)
	r.outside("bo", bo)
}

// comesBack has a revoked person log in with another key.
func (r *rig) comesBack(data string, y *term) {
	r.t.Helper()
	if out := runProgram(r.t, data, "strike", "--lift", "bo"); !strings.Contains(out,
		"bo may join again, with a new key") ||
		!strings.Contains(out, "stays refused") {
		r.t.Errorf("lifted: %s", out)
	}
	r.keys(usual() + `handle="bo",right="write" ` + pub(eve) + "\n")
	if _, errs, code := r.run("bo", eve, "note inc-1 by the new key"); code != 1 ||
		!strings.Contains(errs, "bo was revoked in inc-1") {
		r.t.Errorf("in the room that struck them: %d %q", code, errs)
	}
	y.keys(":right @bo write\r")
	y.out.until(r.t, "may join again with a new key")
	if _, errs, code := r.run("bo", eve, "note inc-1 by the new key"); code != 0 {
		r.t.Errorf("let in again: %d %q", code, errs)
	}
}

// keys replaces the file of keys, and waits until the server has read it.
func (r *rig) keys(content string) {
	r.t.Helper()
	r.log.forget()
	r.write("keys", content)
	r.log.until(r.t, "was read again")
}

// outside checks that a login is refused because somebody was revoked. No other login may
// succeed for some seconds after it.
func (r *rig) outside(user string, k ssh.Signer) {
	r.t.Helper()
	if _, err := r.dial(user, k); err == nil {
		r.t.Errorf("%s is let in", user)
	}
	r.log.until(r.t, "your access to this hub was revoked")
}

// TestRevokedPerson: another key of the person is refused too.
func TestRevokedPerson(t *testing.T) {
	t.Parallel()
	r, data := whole(t)
	r.keys(usual() + `handle="bo",right="write" ` + pub(eve) + "\n")
	runProgram(t, data, "strike", "bo")
	r.outside("bo", eve)
}

// TestRevokedKey: a stolen key is refused under another name too.
func TestRevokedKey(t *testing.T) {
	t.Parallel()
	r, data := whole(t)
	if _, errs, code := r.run("bo", bo, "note inc-1 hello"); code != 0 {
		t.Fatalf("run: %v", errs)
	}
	r.keys(strings.ReplaceAll(usual(), `handle="bo"`, `handle="other"`))
	runProgram(t, data, "strike", "bo")
	r.outside("other", bo)
}

// TestRestrictedOverSSH: a restricted room that does not name a guest does not exist for
// them, and a guest who is inside is removed.
func TestRestrictedOverSSH(t *testing.T) {
	r, data := whole(t)
	runProgram(t, data, "declare", "--severity", "SEV-1", "another")
	x := r.open(r.login("cy", cy), "xterm-256color", "", 100, 30)
	x.out.until(t, "Deploy key", "Tab")
	tail, err := r.login("cy", cy).NewSession()
	if err != nil {
		t.Fatalf("open an SSH session: %v", err)
	}
	seen, stderr := newText(), newText()
	tail.Stdout, tail.Stderr = seen, stderr
	if err := tail.Start("tail inc-1"); err != nil {
		t.Fatalf("start: %v", err)
	}
	seen.until(t, "Deploy key")
	if _, errs, code := r.run("ana", ana, `do inc-1 ":restrict @bo an insider"`); code != 0 {
		t.Fatalf("run: %v", errs)
	}
	goodbye := "inc-1 was restricted to certain people, and you are not one of them"
	x.out.until(t, goodbye)
	stderr.until(t, goodbye)
	if code := exitOf(t, tail.Wait()); code != 1 || strings.Contains(seen.String(), "RESTRICTED") {
		t.Errorf("tail: %d %s", code, seen)
	}
	for _, cmd := range []string{"status inc-1", "status inc-1 --json", "tail inc-1 --no-follow", "tail inc-1",
		"note inc-1 x", "do inc-1 :status", "inc-1"} {
		out, errs, code := r.run("cy", cy, cmd)
		_, want, like := r.run("cy", cy, strings.ReplaceAll(cmd, "inc-1", "inc-999"))
		if strings.ReplaceAll(errs, "inc-1", "inc-999") != want || code != like || out != "" {
			t.Errorf("%s: %d %q, want %d %q", cmd, code, errs, like, want)
		}
	}
	if out, _, _ := r.run("cy", cy, "rooms"); strings.Contains(out, "inc-1") {
		t.Errorf("rooms: %s", out)
	}
	if out, _, _ := r.run("bo", bo, "rooms"); !strings.Contains(out, "inc-1") ||
		!strings.Contains(out, "Deploy key in a public log  RESTRICTED") {
		t.Errorf("bo's rooms: %s", out)
	}
	if out, errs, code := r.run("bo", bo, "status inc-1"); code != 0 ||
		!strings.Contains(out, "RESTRICTED: only ana, bo may see this room") {
		t.Errorf("bo: %d %s %s", code, out, errs)
	}
	r.narrower()
}

// narrower: being named in the room does not extend what a key is valid for.
func (r *rig) narrower() {
	r.t.Helper()
	r.keys(strings.ReplaceAll(usual(), `handle="bo",right="write"`, `handle="bo",right="write",rooms="inc-2"`))
	if _, errs, code := r.run("bo", bo, "status inc-1"); code != 1 ||
		!strings.Contains(errs, "there is no room inc-1 here") {
		r.t.Errorf("bo by a key for another room: %d %q", code, errs)
	}
}

// TestWhoIsWhere shows who is here over SSH, from which address, and with which key.
func TestWhoIsWhere(t *testing.T) {
	r, data := whole(t)
	x := r.open(r.login("ana", ana), "xterm-256color", "inc-1", 100, 40)
	x.out.until(t, "Deploy key", "Tab")
	eventually(t, "ana is shown as here", func() bool { // a command waits only a moment for those who are here
		out := runProgram(t, data, "status", "inc-1", "--json")
		return strings.Contains(out, `{"handle":"ana","via":"ssh","last_seen":`) &&
			strings.Contains(out, `"from":"127.0.0.1","name":"Ana K., SRE lead"}`)
	})
	eventually(t, "the text has ana as here", func() bool {
		return strings.Contains(runProgram(t, data, "status", "inc-1"), "Here: ana over SSH from 127.0.0.1\n")
	})
	x.keys("\x1bOS") // F4
	x.out.until(t, "Ana K., SRE lead; over SSH from 127.0.0.1")
	x.keys("\x03")
	x.wait()
	eventually(t, "ana has left", func() bool {
		return strings.Contains(runProgram(t, data, "status", "inc-1"), "Away: ana (seen ")
	})
	if out := runProgram(t, data, "tail", "inc-1", "--no-follow"); !strings.Contains(out,
		"ana joined") ||
		!strings.Contains(out, "(Ana K., SRE lead)") {
		t.Errorf("the record: %s", out)
	}
}
