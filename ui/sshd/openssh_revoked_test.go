//go:build ssh && linux

package sshd_test

import (
	"strings"
	"testing"
)

// TestOpenSSHRevoked: certificates of ssh-keygen are revoked with the text format for KRLs,
// which ssh-keygen accepts too.
func TestOpenSSHRevoked(t *testing.T) {
	b := newBastion(t)
	b.sh("ssh-keygen -q -s ca -I eve@laptop -n eve -z 5 -V +1h eve.pub")
	eve := b.ssh("-i eve -o CertificateFile=eve-cert.pub eve@127.0.0.1")
	print := strings.Fields(b.sh("ssh-keygen -l -f eve.pub"))[1]
	b.wants("not revoked", b.sh("%s rooms", eve), "inc-1")
	for _, line := range []string{"serial: 5", "serial: 0x1-0x9", "id: eve@laptop", "hash: " + print, "key: " +
		strings.TrimSpace(b.sh("cat eve.pub"))} {
		b.sh("echo %q > revoked.new", line)
		b.sh("ssh-keygen -q -k -s ca.pub -f list.krl revoked.new")
		b.log.forget()
		b.sh("mv revoked.new revoked")
		b.log.until(t, "revoked was read again")
		if out, code := b.try("ssh-keygen -Q -f list.krl eve-cert.pub"); code == 0 {
			t.Errorf("%s: ssh-keygen does not think so: %s", line, out)
		}
		if out, code := b.try("%s rooms",
			b.stranger("-i eve -o CertificateFile=eve-cert.pub eve@127.0.0.1")); code != 255 ||
			!strings.Contains(out, "your key or certificate was revoked") {
			t.Errorf("%s: got %d %s, want it refused with the reason", line, code, out)
		}
	}
	out, code := b.try("./warroom --data other --as host serve --ssh 127.0.0.1:0 --authorized-keys keys --revoked " +
		"list.krl")
	if b.wants("a binary list", out, "is a revocation list in OpenSSH's binary form; give the text"); code != 1 {
		t.Errorf("a binary list: %d", code)
	}
	b.log.forget()
	b.sh("echo '# nothing' > revoked.new && mv revoked.new revoked")
	b.log.until(t, "revoked was read again")
	b.wants("lifted", b.sh("%s rooms", eve), "inc-1")
}
