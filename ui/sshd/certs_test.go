package sshd_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

var ca, otherCA = key(50), key(51)

// cert returns a certificate for a key, modified by change.
func cert(t *testing.T, by, holder ssh.Signer, change func(*ssh.Certificate)) ssh.Signer {
	t.Helper()
	c := &ssh.Certificate{Key: holder.PublicKey(), CertType: ssh.UserCert, KeyId: "dan@laptop", Serial: 7,
		ValidPrincipals: []string{"dan", "daniel"},
		ValidAfter:      uint64(time.Now().Add(-time.Hour).Unix()),
		ValidBefore:     uint64(time.Now().Add(time.Hour).Unix()),
		Permissions: ssh.Permissions{CriticalOptions: map[string]string{},
			Extensions: map[string]string{"permit-pty": ""}}}
	if change != nil {
		change(c)
	}
	if err := c.SignCert(rand.Reader, by); err != nil {
		t.Fatalf("sign cert: %v", err)
	}
	s, err := ssh.NewCertSigner(c, holder)
	if err != nil {
		t.Fatalf("make a certificate: %v", err)
	}
	return s
}

// withCA trusts an authority.
func withCA(r *string, options string) func(*sshd.Options) {
	return func(o *sshd.Options) {
		o.CA = strings.TrimSuffix(o.Keys, "keys") + "ca"
		*r = o.CA
		if err := os.WriteFile(o.CA, []byte(options+pub(ca)+" the CA\n"), 0o600); err != nil {
			panic(err)
		}
	}
}

// certCase is a certificate with the expected result.
type certCase struct {
	name, user string
	by         ssh.Signer // nil: the authority
	change     func(*ssh.Certificate)
	want       string // output of who; if "", refused
	banner     string
}

func crit(k, v string) func(*ssh.Certificate) {
	return func(c *ssh.Certificate) { c.CriticalOptions[k] = v }
}

func ext(k, v string) func(*ssh.Certificate) {
	return func(c *ssh.Certificate) { c.Extensions[k] = v }
}

func certCases() []certCase {
	return []certCase{
		{name: "good", user: "dan", want: "dan write"},
		{name: "another principal", user: "daniel", want: "daniel write"},
		{name: "no principal of it", user: "ana",
			banner: "log in as a handle that the certificate names as a principal"},
		{name: "room", user: "room", banner: "log in as a handle that the certificate names as a principal"},
		{name: "room as a principal", user: "room",
			change: func(c *ssh.Certificate) { c.ValidPrincipals = []string{"room", "hub"} },
			banner: "log in as a handle"},
		{name: "no handle", user: "Dan K", change: func(c *ssh.Certificate) { c.ValidPrincipals = []string{"Dan K"} },
			banner: "log in as a handle"},
		{name: "no principals", user: "dan", change: func(c *ssh.Certificate) { c.ValidPrincipals = nil },
			banner: "this certificate has no principals"},
		{name: "another authority", user: "dan", by: otherCA},
		{name: "host certificate", user: "dan", change: func(c *ssh.Certificate) { c.CertType = ssh.HostCert },
			banner: "the certificate is refused: ssh: cert has type 2"},
		{name: "over", user: "dan", change: func(c *ssh.Certificate) { c.ValidBefore = c.ValidAfter + 1 },
			banner: "the certificate is refused: ssh: cert has expired"},
		{name: "not yet", user: "dan", change: func(c *ssh.Certificate) { c.ValidAfter = c.ValidBefore - 1 },
			banner: "the certificate is refused: ssh: cert is not yet valid"},
		{name: "for ever", user: "dan", change: func(c *ssh.Certificate) { c.ValidBefore = ssh.CertTimeInfinity },
			want: "dan write"},
		{name: "from here", user: "dan", change: crit("source-address", "127.0.0.0/8"), want: "dan write"},
		{name: "from elsewhere", user: "dan", change: crit("source-address", "10.0.0.0/8")},
		{name: "source unreadable", user: "dan", change: crit("source-address", "everywhere")},
		{name: "unknown critical", user: "dan", change: crit("verify-required", ""),
			banner: `unsupported critical option "verify-required"`},
		{name: "our command", user: "dan", change: crit("force-command", "who"), want: "dan write"},
		{name: "a shell", user: "dan", change: crit("force-command", "/bin/sh"),
			banner: "the certificate forces a command that warroom does not have: /bin/sh"},
		{name: "no command", user: "dan", change: crit("force-command", ""),
			banner: "the certificate forces a command that warroom does not have: "},
		{name: "less", user: "dan", change: ext("right@warroom", "watch"), want: "dan watch"},
		{name: "more than the authority may give", user: "dan", change: ext("right@warroom", "command"),
			want: "dan write"},
		{name: "no right", user: "dan", change: ext("right@warroom", "root"),
			banner: `the certificate asks for the right "root"; the rights are watch, write and command`},
		{name: "unknown extension", user: "dan", change: ext("permit-everything", ""), want: "dan write"},
	}
}

func TestCertificates(t *testing.T) {
	var path string
	r := start(t, usual(), withCA(&path, ""))
	for _, c := range certCases() {
		t.Run(c.name, func(t *testing.T) { c.try(t, r) })
	}
}

// try logs in with the certificate.
func (c certCase) try(t *testing.T, r *rig) {
	by := c.by
	if by == nil {
		by = ca
	}
	banner := ""
	conf := config(c.user, ssh.PublicKeys(cert(t, by, eve, c.change)))
	conf.BannerCallback = func(m string) error { banner += m; return nil }
	conn, err := ssh.Dial("tcp", r.addr, conf)
	if (err == nil) != (c.want != "") {
		t.Fatalf("accepted: %v, message %q", err == nil, banner)
	}
	if !strings.Contains(banner, c.banner) || c.banner == "" && banner != "" {
		t.Errorf("got the message %q, want %q", banner, c.banner)
	}
	if err != nil {
		return
	}
	defer conn.Close()
	s, err := conn.NewSession()
	if err != nil {
		t.Fatalf("open an SSH session: %v", err)
	}
	out, err := s.Output("who")
	if want := c.want + " " + ssh.FingerprintSHA256(eve.PublicKey()) +
		` "dan@laptop" serial 7`; strings.TrimSpace(string(out)) != want || err != nil {
		t.Errorf("%q %v, want %q", out, err, want)
	}
}

// TestForcedCommand: whatever the client requests, the forced command is executed.
func TestForcedCommand(t *testing.T) {
	var path string
	r := start(t, `handle="ana",right="watch",command="echo forced" `+pub(ana)+"\n", withCA(&path, `right="command" `))
	dan := cert(t, ca, eve, func(c *ssh.Certificate) { c.CriticalOptions["force-command"] = "echo by cert" })
	for _, c := range []struct {
		user string
		key  ssh.Signer
		want string
	}{{"ana", ana, "forced\n"}, {"dan", dan, "by|cert\n"}} {
		for _, cmd := range []string{"echo mine", "cat", "inc-1", "", "'"} {
			if out, _, code := r.run(c.user, c.key, cmd); out != c.want || code != 0 {
				t.Errorf("%s %q: %q %d", c.user, cmd, out, code)
			}
		}
	}
}

// TestNoTerminal: a key or certificate without permission for a terminal gets none.
func TestNoTerminal(t *testing.T) {
	var path string
	r := start(t, `handle="ana",right="watch",restrict `+pub(ana)+"\n"+`handle="bo",right="watch",restrict,pty `+
		pub(bo)+"\n", withCA(&path, ""))
	for _, c := range []struct {
		user string
		key  ssh.Signer
		want bool
	}{{user: "ana", key: ana}, {user: "bo", key: bo, want: true},
		{user: "dan", key: cert(t, ca, eve, func(c *ssh.Certificate) { c.Extensions = nil })},
		{user: "dan", key: cert(t, ca, eve, nil), want: true}} {
		s, err := r.login(c.user, c.key).NewSession()
		if err != nil {
			t.Fatalf("open an SSH session: %v", err)
		}
		if got := s.RequestPty("xterm", 24, 80, nil) == nil; got != c.want {
			t.Errorf("%s has a terminal: %v", c.user, got)
		}
	}
}

// TestAuthorityRemoved: removing an authority ends the connections of its certificates.
func TestAuthorityRemoved(t *testing.T) {
	var path string
	r := start(t, usual(), withCA(&path, `right="command",rooms="inc-1" `))
	x := r.open(r.login("dan", cert(t, ca, eve, nil)), "xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	y := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	y.out.until(t, "Deploy key")
	r.write("ca", "# nobody\n")
	x.out.until(t, "your key was revoked")
	y.out.forget()
	y.keys("still here\r")
	y.out.until(t, "still here")
}

// TestCertificateEnds: a session ends when its certificate expires.
func TestCertificateEnds(t *testing.T) {
	t.Parallel()
	var path string
	r := start(t, usual(), withCA(&path, ""))
	x := r.open(r.login("dan",
		cert(t, ca, eve, func(c *ssh.Certificate) { c.ValidBefore = uint64(time.Now().Add(2 * time.Second).Unix()) })),
		"xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	x.out.until(t, "your key expired at")
}
