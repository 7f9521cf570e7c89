package bundle_test

import (
	"bytes"
	"testing"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// proof writes the proof of one entry.
func (l *log) proof(seq uint64) []byte {
	l.t.Helper()
	var b bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: "hub",
		Key: l.hub.priv}
	if err := x.WriteEntry(&b, seq); err != nil {
		l.t.Fatalf("write entry: %v", err)
	}
	return b.Bytes()
}

// TestSingleEntry: every entry of a room can be proven without the others.
func TestSingleEntry(t *testing.T) {
	l := sample(t, ulid, 10)
	l.checkpoint()
	pin := []byte(l.point().Text())
	signed := l.notes[len(l.notes)-1]
	for _, m := range l.ms {
		bag := l.proof(m.Seq)
		b := open(t, bag)
		for what, w := range map[string]bundle.VerifyOptions{"key": {Key: l.hub.key},
			"fingerprint": {Key: signing.Fingerprint(l.hub.key)}, "signed pin": {Pin: signed}} {
			if v := b.Verify(w); !v.Sound() || v.Less || v.Size != 13 {
				t.Errorf("entry %d with a %s: less %v, bad %v, open %v; want it good", m.Seq, what, v.Less, v.Bad,
					v.Open)
			}
		}
		// without a known key, the signer is not known to be the hub
		for what, w := range map[string]bundle.VerifyOptions{"nothing": {}, "a bare pin": {Pin: pin}} {
			if v := b.Verify(w); !v.Sound() || v.Less != (m.Seq > 1) {
				t.Errorf("entry %d with %s: less %v, bad %v, open %v; want it good as far as it goes", m.Seq, what,
					v.Less, v.Bad, v.Open)
			}
		}
		if v := b.Verify(bundle.VerifyOptions{Key: l.bo.key}); v.Sound() {
			t.Errorf("entry %d with another key than the one that signed: it is accepted", m.Seq)
		}
		for _, other := range l.ms {
			if other.Seq != m.Seq && bytes.Contains(bag, other.Data) {
				t.Errorf("the proof of entry %d has entry %d in it", m.Seq, other.Seq)
			}
		}
	}
	b := open(t, l.proof(5))
	if v := b.Verify(bundle.VerifyOptions{Witness: 1}); !v.Sound() || !v.Less {
		t.Error("a missing witness is not reported")
	}
	old := l.point()
	l.add(l.ana, model.NewEntry(model.KindEntryNoted, "later"))
	l.checkpoint()
	b = open(t, l.proof(5))
	if v := b.Verify(bundle.VerifyOptions{Pin: []byte(old.Text())}); !v.Sound() || !v.Less {
		t.Error("a proof is reported to extend a checkpoint that it does not cover")
	}
	old.Size = l.point().Size
	if v := b.Verify(bundle.VerifyOptions{Pin: []byte(old.Text())}); v.Sound() {
		t.Error("a checkpoint with another root is accepted")
	}
}

// TestEveryByteOfAProofCounts: changing any byte of a proof is detected.
func TestEveryByteOfAProofCounts(t *testing.T) {
	l := sample(t, ulid, 3)
	l.checkpoint()
	bag := l.proof(4)
	for i := range bag {
		bad := bytes.Clone(bag)
		bad[i] ^= 1 << (i % 8)
		if b, err := bundle.Open(bytes.NewReader(bad), int64(len(bad))); err == nil &&
			b.Verify(bundle.VerifyOptions{}).Sound() {
			t.Fatalf("changing byte %d of %d is not detected", i, len(bag))
		}
	}
}

// TestForgedProof: another entry with the same proof, signed again by the hub.
func TestForgedProof(t *testing.T) {
	l, other := sample(t, ulid, 3), sample(t, ulid, 4)
	l.checkpoint()
	other.checkpoint()
	other.notes = l.notes // of another log
	var b bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: other.ms, Notes: other.notes,
		Principal: "hub", Key: other.hub.priv}
	if err := x.WriteEntry(&b, 7); err == nil {
		t.Error("a proof was made under a checkpoint of another log")
	}
}
