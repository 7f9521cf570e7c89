package ui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

const fakeKey = "ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2"

// TestASecretIsNotSent: a warning is shown while a secret is typed, a fingerprint is
// sent, and no file on disk has the secret.
func TestASecretIsNotSent(t *testing.T) {
	h, _ := busy(t)
	dir := filepath.Join(t.TempDir(), "state")
	bo, ana := uitest.Open(t, h, "bo", 100, 30, stateIn(dir)), uitest.Open(t, h, "ana", 100, 30)
	ana.See("runner isolated")
	bo.See("runner isolated").Type("the key " +
		fakeKey).See("looks like a secret (github-token), as ")
	bo.Key(tcell.KeyEnter).See("(github-token) is sent as a fingerprint")
	ana.See("the key [secret github-token ").Gone(fakeKey)
	bo.Gone(fakeKey).Type("and again " + fakeKey).See("looks like a secret")
	bo.Close()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, f := range files {
		if raw, err := os.ReadFile(f); err != nil || strings.Contains(string(raw), fakeKey) {
			t.Errorf("%s: %v, %q", f, err, raw)
		}
	}
}

// TestEntriesAboutASecretLinkUp: the page of a line names the other lines with the same
// secret.
func TestEntriesAboutASecretLinkUp(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("runner isolated").Line("first " + fakeKey).See("first [secret github-token ")
	s.Line("again " + fakeKey).See("again [secret github-token ")
	s.Key(tcell.KeyTab).Key(tcell.KeyEnter).See("the same as in ")
}

// TestInsisting: with :insist the line is sent unmasked, after a warning.
func TestInsisting(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("runner isolated").Type(":insist the key " + fakeKey +
		" is a decoy").See("will be sent UNCHANGED and stays in the log: github-token")
	s.Key(tcell.KeyEnter).See("note       the key " + fakeKey + " is a decoy")
}

// TestAPastedPrivateKey: a private key in a paste of many lines is one fingerprint,
// however the paste is sent.
func TestAPastedPrivateKey(t *testing.T) {
	h, _ := busy(t)
	pem := "found this:\n-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA\nabcdefgh\n-----END RSA PRIVATE " +
		"KEY-----\nin the bucket"
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
	s.See("runner isolated").Paste(pem).See("contain a secret (private-key), which is sent and saved as a fingerprint")
	s.Key(tcell.KeyCtrlS).See("saved with the secret masked, until you delete it")
	files, _ := filepath.Glob(filepath.Join(dir, "paste-*"))
	if len(files) != 1 {
		t.Fatalf("got %q saved, want one file", files)
	}
	if b, _ := os.ReadFile(files[0]); strings.Contains(string(b), "MIIEow") ||
		!strings.Contains(string(b), "[secret private-key ") {
		t.Errorf("got %q saved, want the key masked", b)
	}
	s.Paste(pem).See("Pasted text").Key(tcell.KeyCtrlN).See("[secret private-key ").See("in the bucket").Gone("MIIEow")
}

// TestPuttingASecretBack: a key unmasks a possible secret, and masks it again. The hint
// explains why it is masked.
func TestPuttingASecretBack(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 140, 30)
	s.See("runner isolated").Type("the password is kT9#mm2q").See("as it follows a word for a password")
	s.Key(tcell.KeyCtrlG).See(":insist the password is kT9#mm2q").See("will be sent UNCHANGED and stays in the " +
		"log: password")
	s.Key(tcell.KeyCtrlG).Gone("UNCHANGED").See("will be sent as a fingerprint")
	s.Key(tcell.KeyCtrlG).Key(tcell.KeyEnter).See("note       the password is kT9#mm2q")
}
