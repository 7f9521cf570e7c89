package sshd_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// TestRequestsOfALogin: a person with too many requests is refused with an explanation,
// over all their connections; others are not, and the log has one line.
func TestRequestsOfALogin(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Requests = 1 })
	refused := 0
	var last string
	for range 20 {
		if _, errs, code := r.run("bo", bo, "list"); code != 0 {
			refused++
			last = errs
		}
	}
	want := "warroom: too many requests from this login (limit: 1 a second); wait a moment and try again\n"
	if refused < 10 || last != want {
		t.Errorf("20 commands of 2 requests: got %d refused, the last with %q; want 10 or more with %q", refused, last,
			want)
	}
	if out, errs, code := r.run("ana", ana, "list"); code != 0 {
		t.Errorf("another login: got %d %q %q, want 0", code, out, errs)
	}
	r.log.until(t, "requests of bo")
	if n := strings.Count(r.log.String(), "requests of bo"); n != 1 {
		t.Errorf("the log: got %d lines about it, want one a minute", n)
	}
}

// TestRoomsOfALogin: a person who declares too many rooms is refused with an explanation.
func TestRoomsOfALogin(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Rooms = 2 })
	for i := range 4 {
		_, errs, code := r.run("bo", bo, "declare")
		want := "warroom: this login has declared too many rooms (limit: 2 an hour); use one of them, or ask " +
			"somebody else to declare\n"
		if (code == 0) != (i < 2) || code != 0 && !strings.HasSuffix(want, errs) {
			t.Errorf("room %d of 2: got %d %q", i+1, code, errs)
		}
	}
}

// TestMeter: the counts are one line per login, and bytes above the limit are delayed.
func TestMeter(t *testing.T) { synctest.Test(t, testMeter) }

func testMeter(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	m := sshd.NewMeters(sshd.Limits{Requests: 2, Bytes: 1000}, clock)
	one := m.Of(sshd.Who{Handle: "bo", Key: "SHA256:x"})
	for range 30 {
		_ = one.Request()
	}
	began := time.Now()
	one.Take(2000)
	within := time.Since(began)
	one.Take(20)
	if above := time.Since(began); within != 0 || above != 20*time.Millisecond {
		t.Errorf("bytes: got a delay of %s within the limit and %s above it, want none and 20ms", within, above)
	}
	got := m.Counts()
	if len(got) != 2 ||
		got[0].String() != "10 requests of bo (SHA256:x) were refused (limit of a login: 2 a second)" ||
		!strings.HasPrefix(got[1].String(),
			"bo (SHA256:x) was slowed down by 20ms (limit of a login: 1000 bytes a second") {
		t.Errorf("counts: got %q", got)
	}
	if got := m.Counts(); len(got) != 0 {
		t.Errorf("counts again: got %q, want nothing", got)
	}
	if m.Of(sshd.Who{Handle: "bo", Key: "SHA256:x"}) != one {
		t.Error("the same login again: got another meter, want the same")
	}
	clock.now = clock.now.Add(2 * time.Hour)
	_ = m.Counts()
	if m.Of(sshd.Who{Handle: "bo", Key: "SHA256:x"}) == one {
		t.Error("after two hours: got the old meter, want a new one")
	}
}

// TestChatter: a connection that floods the server with SSH requests is ended.
func TestChatter(t *testing.T) {
	r := start(t, usual())
	c := r.login("bo", bo)
	for i := 0; ; i++ {
		if _, _, err := c.SendRequest("keepalive@openssh.com", i%100 == 0, nil); err != nil {
			break
		}
		if i > 1e6 {
			t.Fatal("a million requests: got all taken, want the connection ended")
		}
	}
	r.log.until(t, "bo left")
	s := r.login("bo", bo)
	ch, reqs, err := s.OpenChannel("session", nil)
	if err != nil {
		t.Fatalf("session: got %v, want no error", err)
	}
	go ssh.DiscardRequests(reqs)
	env := ssh.Marshal(struct{ K, V string }{"PATH", string(bytes.Repeat([]byte("x"), 10))})
	for i := 0; ; i++ {
		if _, err := ch.SendRequest("env", i%100 == 0, env); err != nil {
			break
		}
		if i > 1e6 {
			t.Fatal("a million requests in a session: got all taken, want the connection ended")
		}
	}
}
