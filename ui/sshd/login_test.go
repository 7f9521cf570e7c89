package sshd_test

import (
	"crypto/rand"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

func TestLogin(t *testing.T) {
	r := start(t, usual())
	for _, c := range []struct {
		name, user string
		auth       ssh.AuthMethod
	}{
		{"password", "ana", ssh.Password("secret")},
		{"password of nobody", "nobody", ssh.Password("secret")},
		{name: "questions", user: "ana",
			auth: ssh.KeyboardInteractive(func(string, string, []string, []bool) ([]string,
				error) {
				return []string{"yes"}, nil
			})},
		{"unknown key", "ana", ssh.PublicKeys(eve)},
		{"another's name", "bo", ssh.PublicKeys(ana)},
		{"no name", "", ssh.PublicKeys(ana)},
		{"odd name", "ana\x1b]0;pwned\a\x00", ssh.PublicKeys(ana)},
		{"long name", strings.Repeat("ana", 10000), ssh.PublicKeys(ana)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if conn, err := ssh.Dial("tcp", r.addr, config(c.user, c.auth)); err == nil {
				_ = conn.Close()
				t.Error("was let in")
			}
		})
	}
	for _, user := range []string{"ana", "room"} {
		if out, _, _ := r.run(user, ana, "who"); !strings.HasPrefix(out, "ana command SHA256:") {
			t.Errorf("%s is %q", user, out)
		}
	}
	if strings.ContainsAny(r.log.String(), "\x1b\a\x00") {
		t.Errorf("what a client sent is unescaped in the log: %q", r.log)
	}
}

// TestTwoKeys: the identity comes from the key that signed, not from one that was offered
// before.
func TestTwoKeys(t *testing.T) {
	r := start(t, usual())
	for _, c := range []struct {
		user string
		keys []ssh.Signer
		want string
	}{
		{"bo", []ssh.Signer{ana, bo}, "bo write"},
		{"ana", []ssh.Signer{eve, bo, ana}, "ana command"},
		{"room", []ssh.Signer{eve, cy}, "cy watch"},
	} {
		conn := r.login(c.user, c.keys...)
		s, err := conn.NewSession()
		if err != nil {
			t.Fatalf("open an SSH session: %v", err)
		}
		out, err := s.Output("who")
		if err != nil ||
			!strings.HasPrefix(string(out), c.want+" "+ssh.FingerprintSHA256(c.keys[len(c.keys)-1].PublicKey())) {
			t.Errorf("%s: %q, %v", c.user, out, err)
		}
	}
	if _, err := r.dial("ana", eve, key(9), key(8), ana); err == nil {
		t.Error("four keys were tried, and three are the most")
	}
}

// liar offers one key and signs with another.
type liar struct{ shown, held ssh.Signer }

func (l liar) PublicKey() ssh.PublicKey { return l.shown.PublicKey() }
func (l liar) Sign(_ io.Reader, b []byte) (*ssh.Signature, error) {
	return l.held.Sign(rand.Reader, b)
}

func TestSignedByAnotherKey(t *testing.T) {
	r := start(t, usual())
	if _, err := r.dial("ana", liar{ana, eve}); err == nil {
		t.Error("a key was believed that did not sign")
	}
}

// TestBanner: a person with a valid key and the wrong name gets an explanation.
func TestBanner(t *testing.T) {
	r := start(t, usual()+`handle="dan",right="write",expiry-time="20200101Z" `+pub(eve)+"\n")
	for _, c := range []struct {
		user, want string
		key        ssh.Signer
	}{
		{"bob", "warroom: this key belongs to another name here: log in as your own handle, or as room\r\n", ana},
		{"dan", "warroom: this key expired at 2020-01-01 00:00 UTC; ask the server's administrator\r\n", eve},
		{"bob", "", key(77)},
	} {
		got := ""
		conf := config(c.user, ssh.PublicKeys(c.key))
		conf.BannerCallback = func(m string) error { got += m; return nil }
		if _, err := ssh.Dial("tcp", r.addr, conf); err == nil {
			t.Errorf("%s was let in", c.user)
		}
		if got != c.want {
			t.Errorf("%s: got the message %q, want %q", c.user, got, c.want)
		}
	}
}

// TestKeyRemoved: removing a key from the file ends its connections, and no others.
func TestKeyRemoved(t *testing.T) {
	r := start(t, usual())
	a, b := r.login("ana", ana), r.login("bo", bo)
	ta, tb := r.open(a, "xterm", "", 80, 24), r.open(b, "xterm", "", 80, 24)
	ta.out.until(t, "Deploy key")
	tb.out.until(t, "Deploy key")
	tb.out.forget()
	r.write("keys", strings.ReplaceAll(usual(), `handle="bo"`, `# handle="bo"`))
	tb.out.until(t, "warroom: your key was revoked; ask the server's administrator\r\n")
	if code := tb.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	_ = b.Wait()
	if _, err := r.dial("bo", bo); err == nil {
		t.Error("the struck key was let in")
	}
	if i, j := strings.Index(tb.out.String(), "\x1b[?1049l"),
		strings.Index(tb.out.String(), "your key was revoked"); i < 0 || i > j {
		t.Error("the sentence came before the terminal was given back")
	}
	ta.out.forget()
	ta.keys("still here\r")
	ta.out.until(t, "still here")

	r.write("keys", strings.ReplaceAll(usual(), `right="command"`, `right="write"`))
	ta.out.until(t, "the rights of your key were changed; log in again")
	r.write("keys", "handle=\"zed\" nonsense\n"+usual())
	r.log.until(t, "keys:1: there is no key that can be read; a line is options, key type and key, as in a .pub file")
	r.login("ana", ana)
}

// TestKeysGone: a file that is missing for a moment has no effect; if it stays missing,
// nobody is accepted.
func TestKeysGone(t *testing.T) {
	r := start(t, usual())
	x := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	r.write("elsewhere", usual())
	if err := os.Remove(r.path("keys")); err != nil {
		t.Fatalf("remove a file: %v", err)
	}
	r.log.until(t, "keys no longer exists, so it lets nobody in")
	x.out.until(t, "your key was revoked")
	if _, err := r.dial("ana", ana); err == nil {
		t.Error("was let in without a file")
	}
	r.write("keys", usual())
	eventually(t, "the file is read again", func() bool {
		c, err := r.dial("ana", ana)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// TestExpiresInside: the connection of a key that expires is ended.
func TestExpiresInside(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(1500 * time.Millisecond).UTC().Truncate(time.Second).Add(time.Second)
	r := start(t, `handle="ana",right="write",expiry-time="`+end.Format("20060102150405")+`Z" `+pub(ana)+"\n")
	x := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	x.out.until(t, "your key expired at")
}

func TestTooManyConnections(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.PerKey = 2 })
	r.login("ana", ana)
	r.login("ana", ana)
	// the server counts a login slightly later than the client
	eventually(t, "the third connection is refused", func() bool {
		_, errs, code := r.run("ana", ana, "who")
		return code == 1 && errs == "warroom: your key already has 2 connections here; close one of them\n"
	})
	if out, _, _ := r.run("bo", bo, "who"); !strings.HasPrefix(out, "bo write") {
		t.Errorf("another key: %q", out)
	}
}
