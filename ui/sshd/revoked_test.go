package sshd_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// withRevoked sets a revocation list.
func withRevoked(text string) func(*sshd.Options) {
	return func(o *sshd.Options) {
		o.Revoked = strings.TrimSuffix(o.Keys, "keys") + "revoked"
		if err := os.WriteFile(o.Revoked, []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
}

func TestRevoked(t *testing.T) {
	var path string
	r := start(t, usual(), withCA(&path, ""), withRevoked("# nothing yet\n"))
	dan := cert(t, ca, eve, nil)
	text := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(dan.PublicKey())))
	for _, c := range []struct {
		line    string
		key, ok bool // whether bo's key, and dan's certificate, are still accepted
	}{
		{"serial: 7", true, false},
		{"serial: 0x7", true, false},
		{"serial: 1-9", true, false},
		{"serial: 8", true, true},
		{"SERIAL:6", true, true},
		{"id: dan@laptop", true, false},
		{"id: dan", true, true},
		{"hash: " + ssh.FingerprintSHA256(eve.PublicKey()), true, false},
		{"sha256: " + ssh.FingerprintSHA256(bo.PublicKey()), false, true},
		{"sha256: " + pub(bo), false, true},
		{"sha1: " + pub(bo), false, true},
		{"key: " + pub(bo) + " bo@desk", false, true},
		{pub(bo), false, true},
		{"key: " + pub(ca), true, false},
		{text, true, false},
		{"# " + pub(bo), true, true},
	} {
		r.log.forget()
		r.write("revoked", c.line+"\n")
		r.log.until(t, "revoked was read again")
		for _, who := range []struct {
			user string
			key  ssh.Signer
			ok   bool
		}{{"bo", bo, c.key}, {"dan", dan, c.ok}} {
			conn, err := r.dial(who.user, who.key)
			if (err == nil) != who.ok {
				t.Errorf("%q: %s is let in: %v", c.line, who.user, err == nil)
			}
			if err == nil {
				_ = conn.Close()
			}
		}
	}
}

// TestRevokedInside: connections of revoked keys and certificates are ended, and no others.
func TestRevokedInside(t *testing.T) {
	var path string
	r := start(t, usual(), withCA(&path, ""), withRevoked(""))
	x := r.open(r.login("dan", cert(t, ca, eve, nil)), "xterm", "", 80, 24)
	y := r.open(r.login("bo", bo), "xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	y.out.until(t, "Deploy key")
	r.write("revoked", "id: dan@laptop\n")
	x.out.until(t, "your key or certificate was revoked; ask the server's administrator")
	if code := x.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	y.out.forget()
	y.keys("still here\r")
	y.out.until(t, "still here")
	r.log.forget()
	r.write("revoked", "id: somebody else\nnonsense\n")
	r.log.until(t, "revoked:2: \"nonsense\" is not a line of a revocation list",
		"everything revoked before stays revoked")
	if _, err := r.dial("dan", cert(t, ca, eve, nil)); err == nil {
		t.Error("a mistake in the list reinstated dan")
	}
	r.log.forget()
	if err := os.Remove(r.path("revoked")); err != nil {
		t.Fatalf("remove a file: %v", err)
	}
	r.log.until(t, "cannot be read: no such file or directory; its previous entries stay in effect")
	if _, err := r.dial("dan", cert(t, ca, eve, nil)); err == nil {
		t.Error("without the list dan is let in again")
	}
}

// TestRevokedBadFile: at startup everything must be valid.
func TestRevokedBadFile(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SSHKRL\n\x00\x00\x00\x00\x01", "is a revocation list in OpenSSH's binary form; give the text from " +
			"which ssh-keygen -k makes it"},
		{"serial: 5\nserial: x\n", `revoked:2: serial: has "x", which is neither a number from 1 up nor a range; ` +
			`write serial: 5 or serial: 10-19`},
		{"serial: 9-5\n", `revoked:1: serial: has "9-5"`},
		{"serial: 0\n", `revoked:1: serial: has "0"`},
		{"id:\n", "revoked:1: nothing follows id:"},
		{"hash: SHA256:short\n", `revoked:1: hash: has "SHA256:short", which is not a fingerprint`},
		{"key: ssh-ed25519 AAAA\n", "revoked:1: the key cannot be read"},
		{"ssh-ed25519\n", "revoked:1: the key cannot be read"},
		{"everything\n", `revoked:1: "everything" is not a line of a revocation list`},
	} {
		if err := revokedBy(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	o := sshd.Options{Keys: keysFile(t), Dir: t.TempDir(), Clock: wall{}, Handler: testHandler{}, Revoked: t.TempDir() +
		"/none"}
	if _, err := sshd.New(o); err == nil || !strings.Contains(err.Error(), "none cannot be read; give a text file") {
		t.Errorf("no file: %v", err)
	}
}

func keysFile(t *testing.T) string {
	t.Helper()
	path := t.TempDir() + "/keys"
	if err := os.WriteFile(path, []byte(usual()), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	return path
}

// revokedBy returns the error of New for a list.
func revokedBy(t *testing.T, text string) error {
	t.Helper()
	path := t.TempDir() + "/revoked"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	_, err := sshd.New(sshd.Options{Keys: keysFile(t), Dir: t.TempDir(), Clock: wall{}, Handler: testHandler{},
		Revoked: path})
	return err
}

// FuzzRevoked: no list crashes the server, and errors are reported in one line.
func FuzzRevoked(f *testing.F) {
	f.Add("serial: 5\nid: ana\n# x\n" + pub(bo) + "\n")
	f.Add("sha256:\x1b[2J\nkey: \nserial: 1-18446744073709551615\n")
	f.Fuzz(func(t *testing.T, text string) {
		if err := sshd.Revoked([]byte(text), bo.PublicKey()); err != nil &&
			bytes.ContainsAny([]byte(fmt.Sprint(err)), "\x1b\n") {
			t.Errorf("%q", err)
		}
	})
}

// TestRevokeCountsOnce: the regular check of the keys may notice a revocation before the
// server is notified of it. The number of connections that were ended is the same.
func TestRevokeCountsOnce(t *testing.T) {
	var revoked atomic.Bool
	r := start(t, usual(), func(o *sshd.Options) {
		o.AccessRevoked = func(w sshd.Who) bool { return w.Handle == "bo" && revoked.Load() }
	})
	x := r.open(r.login("bo", bo), "xterm-256color", "", 100, 30)
	x.out.until(t, "Deploy key", "Tab")
	revoked.Store(true)
	x.wait() // the regular check has ended it
	if got, want := r.srv.Revoke("bo"), 1; got != want {
		t.Errorf("connections ended, when the check of the keys was first: got %d, want %d", got, want)
	}
	if got, want := r.srv.Revoke("bo"), 0; got != want {
		t.Errorf("connections ended by a second revocation: got %d, want %d", got, want)
	}
}
