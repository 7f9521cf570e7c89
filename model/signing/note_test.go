package signing_test

import (
	"bytes"
	"testing"
	"time"

	"warroom/model/signing"
)

// TestNote opens a checkpoint with the signatures of a hub and two witnesses.
func TestNote(t *testing.T) {
	hub, ana, bo := newWriter(t, 1), newWriter(t, 2), newWriter(t, 3)
	var tree signing.Tree
	tree.Add(signing.LeafHash("", []byte("x")))
	p := signing.Checkpoint{Room: "R", Size: 1, Root: tree.Root()}
	at := time.Unix(1_700_000_000, 0).UTC()
	note, err := p.Sign(hub.priv)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	for range 2 { // joining twice adds nothing
		note = signing.Join(note, p.Cosign("ana", ana.priv, at))
		note = signing.Join(note, p.Cosign("bo", bo.priv, at))
	}
	n, err := signing.OpenNote(note, "R", []string{bo.key, hub.key})
	if err != nil || n.Point != p || len(n.By) != 1 || n.By[0] != hub.key || len(n.Seen) != 2 {
		t.Fatalf("%+v, %v", n, err)
	}
	if s := n.Seen[0]; s.Handle != "ana" || s.Key != ana.key || !s.At.Equal(at) {
		t.Errorf("%+v", s)
	}
	if pin, err := signing.PinText(note); err != nil || pin != p {
		t.Errorf("as a pin: %+v, %v", pin, err)
	}
	if _, err := signing.OpenNote(note, "S", nil); err == nil {
		t.Error("it is taken for another room's")
	}
	other := p
	other.Size = 2
	if got := signing.Join(note, other.Cosign("ana", ana.priv, at)); !bytes.Equal(got, note) {
		t.Error("a cosignature of something else was taken over")
	}
}

// TestEveryByteOfANoteCounts: changing any byte of a note invalidates a signature or the
// note.
func TestEveryByteOfANoteCounts(t *testing.T) {
	hub, ana := newWriter(t, 1), newWriter(t, 2)
	p := signing.Checkpoint{Room: "R", Size: 7}
	note, err := p.Sign(hub.priv)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	note = signing.Join(note, p.Cosign("ana", ana.priv, time.Unix(1, 0)))
	for i := range note {
		bad := bytes.Clone(note)
		bad[i] ^= 1
		n, err := signing.OpenNote(bad, "R", []string{hub.key})
		if err == nil && len(n.By) == 1 && len(n.Seen) == 1 {
			t.Errorf("changing byte %d is not detected: %q", i, bad)
		}
		if err == nil && (len(n.By) > 0 || len(n.Seen) > 0) && n.Point != p {
			t.Errorf("byte %d: signatures stand for another checkpoint", i)
		}
	}
}

func TestSSH(t *testing.T) {
	a := newWriter(t, 1)
	msg := []byte("sums\n")
	sig := signing.SignSSH(a.priv, msg)
	if k, err := signing.OpenSSH(sig, msg); err != nil || k != a.key {
		t.Errorf("%q, %v", k, err)
	}
	for i := range sig {
		bad := bytes.Clone(sig)
		bad[i] ^= 1
		if k, err := signing.OpenSSH(bad, msg); err == nil && k == a.key {
			t.Errorf("changing byte %d is not detected", i)
		}
	}
	if _, err := signing.OpenSSH(sig, []byte("sums")); err == nil {
		t.Error("another file is accepted")
	}
}
