package sshd_test

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// put replaces a file, with a mode.
func (r *rig) put(name, content string, mode os.FileMode) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name+".new"), []byte(content), 0o600); err != nil {
		r.t.Fatalf("write a file: %v", err)
	}
	r.mode(name+".new", mode)
	if err := os.Rename(r.path(name+".new"), r.path(name)); err != nil {
		r.t.Fatalf("rename a file: %v", err)
	}
}

// mode changes the mode of a file.
func (r *rig) mode(name string, mode os.FileMode) {
	r.t.Helper()
	if err := os.Chmod(r.path(name), mode); err != nil {
		r.t.Fatalf("change a file's mode: %v", err)
	}
}

// TestReadWhenMended: a file that was refused when it changed is read as soon as it is
// fixed, and keys that were removed from it are not accepted any more.
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
		if c.file == "ca" { // so that dan is not refused because of its list
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
			t.Errorf("%s: got %d messages that it is not read, want one", c.file, n)
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
