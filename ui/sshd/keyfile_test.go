package sshd_test

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// put moves a file of a mode over the one that is there.
func (r *rig) put(name, content string, mode os.FileMode) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name+".new"), []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.mode(name+".new", mode)
	if err := os.Rename(r.path(name+".new"), r.path(name)); err != nil {
		r.t.Fatal(err)
	}
}

// mode says who may read and write a file.
func (r *rig) mode(name string, mode os.FileMode) {
	r.t.Helper()
	if err := os.Chmod(r.path(name), mode); err != nil {
		r.t.Fatal(err)
	}
}

// TestReadWhenMended: a file that was refused when it changed is read as soon as
// that is mended, and what was struck out of it does not come in any more.
func TestReadWhenMended(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes of files here")
	}
	var path string
	r := start(t, usual(), withCA(&path, ""), withRevoked(""))
	dan := cert(t, ca, eve, nil)
	without := strings.ReplaceAll(usual(), `handle="bo",right="write" `+pub(bo)+"\n", "")
	for _, c := range []struct {
		file, text, read string
		user             string
		key              ssh.Signer
	}{
		{"keys", without, "keys was read again: 2 keys", "bo", bo},
		{"revoked", "id: dan@laptop\n", "revoked was read again: 1 lines", "dan", dan},
		{"ca", "# nobody\n", "ca was read again: 0 keys", "dan", dan},
	} {
		if c.file == "ca" { // so that its list is not what keeps dan out
			r.put("revoked", "", 0o600)
			r.log.until(t, "revoked was read again: 0 lines")
		}
		if conn, err := r.dial(c.user, c.key); err != nil {
			t.Fatalf("%s: %s is not let in: %v", c.file, c.user, err)
		} else {
			_ = conn.Close()
		}
		r.log.forget()
		r.put(c.file, c.text, 0o664)
		r.log.until(t, c.file+" can be written to by others (-rw-rw-r--); chmod go-w")
		r.mode(c.file, 0o644)
		r.log.until(t, c.read)
		if n := strings.Count(r.log.String(), "can be written to"); n != 1 {
			t.Errorf("%s: told %d times that it is not read", c.file, n)
		}
		if conn, err := r.dial(c.user, c.key); err == nil {
			_ = conn.Close()
			t.Errorf("%s was mended, and %s still comes in", c.file, c.user)
		}
		r.log.forget()
		r.mode(c.file, 0o646)
		r.log.until(t, c.file+" can be written to by others (-rw-r--rw-); chmod go-w")
	}
}
