package secretscan

import (
	"strings"
	"testing"
)

// TestSecretBesideKeyID: the secret of an AWS key pair is found beside its id, whatever is
// between them, and other text of that length is not.
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
	for _, text := range []string{
		id + " was used in commit 3f786850e387550fdab836ed7e6dc881de23001b", // SHA-1
		id + " is in services/payments/config/environment/deve of the tree",
		id + " in " + "Services/Payments/Environment/Configurat",
		id + " " + strings.Repeat("A1b2C3d4E5", 5), // longer
		secret, // without an id it could be anything
		id + strings.Repeat(" word", 60) + " " + secret,
	} {
		if got := Find(text); len(got) != 0 {
			t.Errorf("%q: got %v, want nothing", text, got)
		}
	}
}
