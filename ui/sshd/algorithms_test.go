package sshd_test

import (
	"crypto/dsa" //lint:ignore SA1019 keys of this kind are refused, which has to be tried
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// signerOf returns a signer for a private key.
func signerOf(t *testing.T, key any, err error) ssh.Signer {
	t.Helper()
	if err != nil {
		t.Fatalf("make a key: got %v, want no error", err)
	}
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatalf("make a signer: got %v, want no error", err)
	}
	return s
}

func rsaKey(t *testing.T, bits int) ssh.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	return signerOf(t, k, err)
}

func dsaKey(t *testing.T) ssh.Signer {
	t.Helper()
	k := new(dsa.PrivateKey)
	err := dsa.GenerateParameters(&k.Parameters, rand.Reader, dsa.L1024N160)
	if err == nil {
		err = dsa.GenerateKey(k, rand.Reader)
	}
	return signerOf(t, k, err)
}

// only returns a signer that only uses one algorithm.
func only(t *testing.T, s ssh.Signer, algorithm string) ssh.Signer {
	t.Helper()
	m, err := ssh.NewSignerWithAlgorithms(s.(ssh.AlgorithmSigner), []string{algorithm})
	if err != nil {
		t.Fatalf("sign by %s: got %v, want no error", algorithm, err)
	}
	return m
}

// TestAlgorithms: each algorithm that the server offers works, and none of them is insecure
// according to the library, or rests on SHA-1.
func TestAlgorithms(t *testing.T) {
	r := start(t, usual())
	a, bad := sshd.Algorithms(), ssh.InsecureAlgorithms()
	for _, list := range [][]string{a.KeyExchanges, a.Ciphers, a.MACs, a.PublicKeyAuths, a.HostKeys} {
		for _, n := range list {
			if strings.Contains(n, "sha1") || n == ssh.KeyAlgoRSA || strings.Contains(n, "-dss") ||
				slices.Contains(slices.Concat(bad.Ciphers, bad.MACs, bad.KeyExchanges, bad.PublicKeyAuths,
					bad.HostKeys), n) {
				t.Errorf("offered: got %s, want no weak algorithm", n)
			}
		}
	}
	all := ssh.SupportedAlgorithms()
	try := func(kind, name string, want bool, set func(*ssh.ClientConfig)) {
		t.Helper()
		conf := config("ana", ssh.PublicKeys(ana))
		set(conf)
		c, err := ssh.Dial("tcp", r.addr, conf)
		if err == nil {
			_ = c.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s %s: got error %v, want accepted %v", kind, name, err, want)
		}
	}
	for _, n := range slices.Concat(all.KeyExchanges, bad.KeyExchanges) {
		try("key exchange", n, !strings.HasSuffix(n, "-sha1"),
			func(c *ssh.ClientConfig) { c.KeyExchanges = []string{n} })
	}
	for _, n := range slices.Concat(all.Ciphers, bad.Ciphers) {
		try("cipher", n, slices.Contains(all.Ciphers, n), func(c *ssh.ClientConfig) { c.Ciphers = []string{n} })
	}
	for _, n := range slices.Concat(all.MACs, bad.MACs) {
		try("MAC", n, !strings.HasPrefix(n, "hmac-sha1"),
			func(c *ssh.ClientConfig) { c.Ciphers, c.MACs = []string{ssh.CipherAES128CTR}, []string{n} })
	}
}

// TestKeyStrength: a key, the key inside a certificate and the key of its authority must
// have the same strength, and so must their signatures.
func TestKeyStrength(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	weak, good, dss := rsaKey(t, 1024), rsaKey(t, 2048), dsaKey(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	curve := signerOf(t, ec, err)
	lines := usual()
	for handle, k := range map[string]ssh.Signer{"rsa": good, "ec": curve} {
		lines += `handle="` + handle + `",right="write" ` + pub(k) + "\n"
	}
	var path string
	r := start(t, lines, withCA(&path, ""), func(o *sshd.Options) {
		var b strings.Builder
		for _, k := range []ssh.Signer{ca, good} {
			b.WriteString(pub(k) + "\n")
		}
		if err := os.WriteFile(o.CA, []byte(b.String()), 0o600); err != nil {
			t.Fatalf("write the authorities: got %v, want no error", err)
		}
	})
	for _, c := range []struct {
		name, user string
		key        ssh.Signer
		want       bool
	}{
		{"rsa-sha2-256", "rsa", only(t, good, ssh.KeyAlgoRSASHA256), true},
		{"rsa-sha2-512", "rsa", only(t, good, ssh.KeyAlgoRSASHA512), true},
		{"ssh-rsa signature", "rsa", only(t, good, ssh.KeyAlgoRSA), false},
		{"ecdsa", "ec", curve, true},
		{"RSA-1024 unknown", "rsa", weak, false},
		{"DSA unknown", "rsa", dss, false},
		{"certificate over Ed25519", "dan", cert(t, ca, eve, nil), true},
		{"certificate over RSA-2048", "dan", cert(t, ca, good, nil), true},
		{"certificate over ECDSA", "dan", cert(t, ca, curve, nil), true},
		{"certificate over RSA-1024", "dan", cert(t, ca, weak, nil), false},
		{"certificate over DSA", "dan", cert(t, ca, dss, nil), false},
		{"certificate by RSA, sha2-512", "dan", cert(t, only(t, good, ssh.KeyAlgoRSASHA512), eve, nil), true},
		{"certificate by RSA, sha2-256", "dan", cert(t, only(t, good, ssh.KeyAlgoRSASHA256), eve, nil), true},
		{"certificate by RSA, SHA-1", "dan", cert(t, only(t, good, ssh.KeyAlgoRSA), eve, nil), false},
		{"certificate signed over SHA-1", "dan", only(t, cert(t, ca, good, nil), ssh.KeyAlgoRSA), false},
	} {
		conn, err := r.dial(c.user, c.key)
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != c.want {
			t.Errorf("%s: got error %v, want accepted %v", c.name, err, c.want)
		}
	}
}

// TestWeakFiles: weak keys in the files are refused, each with its line.
func TestWeakFiles(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	for name, k := range map[string]ssh.Signer{
		"the RSA key has 1024 bits, and at least 2048 are required": rsaKey(t, 1024),
		"DSA keys are not accepted":                                 dsaKey(t)} {
		for _, file := range []string{"keys", "ca"} {
			dir := t.TempDir()
			r := &rig{t: t, dir: dir}
			r.write("keys", usual())
			o := sshd.Options{Keys: r.path("keys"), CA: r.path("ca"), Dir: r.path("ssh"), Clock: wall{},
				Handler: testHandler{}, Log: noLog}
			r.write("ca", pub(ca)+"\n")
			r.write(file, `right="watch",`+
				map[string]string{"keys": `handle="wim" `, "ca": `rooms="inc-1" `}[file]+pub(k)+"\n")
			if _, err := sshd.New(o); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s in %s: got %v, want %q", k.PublicKey().Type(), file, err, name)
			}
		}
	}
}
