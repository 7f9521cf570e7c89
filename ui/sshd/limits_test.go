package sshd_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// over runs a command with input in an existing connection.
func over(t testing.TB, c *ssh.Client, cmd string, in []byte) (stdout, stderr string, code int) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatalf("session for %s: got %v, want no error", cmd, err)
	}
	defer s.Close()
	var out, errs bytes.Buffer
	s.Stdin, s.Stdout, s.Stderr = bytes.NewReader(in), &out, &errs
	code = exitOf(t, s.Run(cmd))
	return out.String(), errs.String(), code
}

// TestSlowedDownIsTold: a person who sends more than the limit of a login gets one message
// about it, in a pipe once and on a screen while it lasts; others get none.
func TestSlowedDownIsTold(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Bytes = 400 << 10 })
	x := r.open(r.login("bo", bo), "xterm-256color", "", 120, 30)
	x.out.until(t, "Deploy key", "Tab")
	y := r.open(r.login("ana", ana), "xterm-256color", "", 120, 30)
	y.out.until(t, "Deploy key", "Tab")
	const sentence = "this login sends more than its limit of 400.0 KiB a second: " +
		"its input is processed more slowly, and nothing is lost"
	c := r.login("bo", bo)
	if _, errs, code := over(t, c, "store", make([]byte, 1200<<10)); code != 0 || errs != "warroom: "+sentence+"\n" {
		t.Errorf("a pipe: got %d %q, want 0 and one sentence: %q", code, errs, sentence)
	}
	x.keys("x") // what is shown changes with typing too
	x.out.until(t, "this login sends more than its limit of 400.0 KiB a second")
	if _, errs, code := r.run("ana", ana, "list"); code != 0 || errs != "" {
		t.Errorf("another login: got %d %q, want 0 and nothing", code, errs)
	}
	if strings.Contains(y.out.String(), "sends more than") {
		t.Error("the screen of another login names it, want only that of bo")
	}
}

// TestChangesAreInForceAtSSH: changes of a guest's right in a room, revocations and
// readmissions are in force at the SSH port once they are acknowledged, each of 200 times.
func TestChangesAreInForceAtSSH(t *testing.T) {
	t.Parallel()
	r, _ := whole(t)
	a, b := r.login("ana", ana), r.login("bo", bo)
	try := func(round int, line string, want int, cmd, say string) {
		t.Helper()
		if out, errs, code := unhurried(t, a, `do inc-1 "`+line+`"`); code != 0 {
			t.Fatalf("round %d: %s: got %d %s %s, want 0", round, line, code, out, errs)
		}
		out, errs, code := unhurried(t, b, cmd)
		if code != want || !strings.Contains(errs, say) || want != 0 && strings.Contains(out, "Deploy key") {
			t.Fatalf("round %d: %s by bo right after %s: got %d %q %q, want %d and %q",
				round, cmd, line, code, out, errs, want, say)
		}
	}
	if _, errs, code := over(t, b, "note inc-1 bo is here", nil); code != 0 {
		t.Fatalf("bo writes: got %d %q, want 0", code, errs)
	}
	for round := 0; round < 200; round += 4 {
		try(round, ":right @bo watch", 1, "note inc-1 no", "bo may only watch here")
		try(round+1, ":strike @bo a stolen laptop", 1, "status inc-1", "bo was revoked in inc-1")
		try(round+2, ":right @bo watch", 1, "note inc-1 no", "bo may only watch here")
		try(round+3, ":right @bo write", 0, "note inc-1 by a new key", "")
	}
}

// unhurried runs a command again while the login is over its limit, of 50 requests a second.
func unhurried(t *testing.T, c *ssh.Client, cmd string) (out, errs string, code int) {
	t.Helper()
	for late := time.Now().Add(defaultTimeout); ; {
		out, errs, code = over(t, c, cmd, nil)
		if !strings.Contains(errs, "too many requests from this login") || time.Now().After(late) {
			return out, errs, code
		}
		<-time.After(time.Second / 4) // a command takes several
	}
}

// TestStruckKeyUnderAnotherName: once the revocation of a person is acknowledged, a
// connection with their key under another name cannot write any more.
func TestStruckKeyUnderAnotherName(t *testing.T) {
	t.Parallel()
	r, data := whole(t)
	if _, errs, code := r.run("bo", bo, "note inc-1 hello"); code != 0 {
		t.Fatalf("bo writes: got %d %q, want 0", code, errs)
	}
	r.keys(strings.ReplaceAll(usual(), `handle="bo"`, `handle="other"`))
	c := r.login("other", bo)
	if _, errs, code := over(t, c, "note inc-1 under another name", nil); code != 0 {
		t.Fatalf("other writes: got %d %q, want 0", code, errs)
	}
	runProgram(t, data, "strike", "bo")
	s, err := c.NewSession()
	if err != nil {
		return // ended
	}
	if err := s.Run("note inc-1 still here"); err == nil {
		t.Error("the stolen key writes under another name after it was revoked, want it refused")
	}
}
