package sshd

import (
	"strings"
	"testing"
)

// TestParseLine: the values of options are unquoted, and a line without an accepted key is
// explained.
func TestParseLine(t *testing.T) {
	const key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ5BcKJ0cI1cC3mUq1lWfmFJfGv2bVJ5YwqPZq0lq9nM"
	l, err := parseLine(1, []byte(`handle="ana",name="Ana \"A\" K., CTO",right="watch" ssh-ed25519 `+key+` a note`))
	if err != nil {
		t.Fatalf("a line with options: got %v, want no error", err)
	}
	if l.handle != "ana" || l.name != `Ana "A" K., CTO` || l.right != "watch" {
		t.Errorf("got handle %q, name %q, right %q; want ana, Ana \"A\" K., CTO, watch", l.handle, l.name, l.right)
	}
	for text, want := range map[string]string{
		`handle="ana ssh-ed25519 ` + key:          "a quote is not closed",
		`from="10.0.0.0/8" ` + key:                "there is no key that can be read",
		`restrict`:                                "there is no key; a line is options",
		`restrict ` + key + ` x`:                  "there is no key that can be read",
		`ssh-rsa ` + key:                          "the line says ssh-rsa, but the key is of the type ssh-ed25519",
		`ssh-ed25519 ` + key[:30]:                 "the key is damaged",
		`ssh-dss ` + key:                          "DSA keys are not accepted",
		`ssh-ed25519-cert-v01@openssh.com ` + key: "this is a certificate",
		`right="write" ssh-ed25519`:               "there is no key that can be read",
	} {
		l, err := parseLine(1, []byte(text))
		if l != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v %v, want %s", text, l, err, want)
		}
	}
}
