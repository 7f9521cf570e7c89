package secretscan

import (
	"strings"
	"testing"
)

// TestSecretBesideKeyID: the secret of an AWS key pair is found beside the id, whatever
// stands between them, and without the id if it looks random, and nothing else of that
// length is.
func TestSecretBesideKeyID(t *testing.T) {
	const id, secret = "AKIAYKEI4IIAANNKKSUM", "I4ROnl89Sm995ytbxAk7/jqevt0MLaMRTvetw0tE"
	for _, text := range []string{
		id + " key " + secret, id + " / " + secret, id + "\n" + secret, id + ", " + secret + ".", id + ";" + secret,
		"the pair is (" + id + "," + secret + ")", secret + " belongs to " + id, id + "\tsecret\t" + secret,
		`"` + id + `","` + secret + `"`, "found " + id + " with " + secret + " in a log", id + "|" + secret,
	} {
		at, found := strings.Index(text, secret), false
		for _, f := range Find(text) {
			found = found || f.From <= at && f.To >= at+len(secret)
			if k := strings.Index(text, id); f.From < k+len(id) && f.To > k {
				t.Errorf("%q: %q is a secret, want the id to stay readable", text, text[f.From:f.To])
			}
		}
		if !found {
			t.Errorf("%q: got %v, want the secret at %d", text, Find(text), at)
		}
	}
	for _, text := range []string{secret, id + strings.Repeat(" word", 60) + " " + secret, secret + "\n" + secret} {
		if got := Find(text); len(got) != strings.Count(text, secret) || got[0].Kind != "aws-secret" {
			t.Errorf("%q: got %v, want each secret, without an id", text, got)
		}
	}
	for _, text := range []string{
		id + " was used in commit 3f786850e387550fdab836ed7e6dc881de23001b", // SHA-1
		id + " is in services/payments/config/environment/deve of the tree",
		id + " in " + "Services/Payments/Environment/Configurat",
		id + " " + strings.Repeat("A1b2C3d4E5", 5), // longer
		"-----BEGIN CERTIFICATE-----\n" + strings.Repeat("A1b2C3d4", 8) + "\n" + secret + "\n-----END CERTIFICATE-----",
		"  " + strings.Repeat("A1b2C3d4", 8) + "\r\n  " + secret,
		"https://bucket.example/" + secret + "/x.log", "build-" + secret, secret + ".internal.example", secret + "=",
	} {
		if got := Find(text); len(got) != 0 {
			t.Errorf("%q: got %v, want nothing", text, got)
		}
	}
}
