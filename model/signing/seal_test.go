package signing_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/signing"
)

// writer signs messages with one key, as a terminal does.
type writer struct {
	priv ed25519.PrivateKey
	key  string
	n    uint64
	prev string
}

// stored is a message as stored in the log.
type stored struct {
	handle, key, sig string
	payload          []byte
}

func newWriter(t *testing.T, seed byte) *writer {
	t.Helper()
	raw := make([]byte, ed25519.SeedSize)
	raw[0] = seed
	priv := ed25519.NewKeyFromSeed(raw)
	return &writer{priv: priv, key: signing.KeyText(priv.Public().(ed25519.PublicKey))}
}

func (w *writer) write(t *testing.T, room, by, text string) stored {
	t.Helper()
	w.n++
	e := model.Event{V: 1, Room: room, ID: fmt.Sprint(by, w.n), Key: w.key, N: w.n, Prev: w.prev,
		Kind: model.KindEntryNoted,
		At:   time.Unix(1e9, 0), By: by, Via: "test", Body: json.RawMessage(`{"text":"` + text + `"}`)}
	raw, err := e.Encode()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	s := stored{by, w.key, signing.Sign(w.priv, raw), raw}
	w.prev = signing.Leaf(s.sig, s.payload)
	return s
}

// faults checks messages with a chain and returns the faults by index.
func faults(log ...stored) map[int]string {
	var c signing.Chain
	out := map[int]string{}
	for i, s := range log {
		e := c.Next(uint64(i+1), time.Unix(2e9, 0), s.handle, s.key, s.sig, s.payload)
		if e.Fault != "" {
			out[i] = e.Fault
		}
	}
	return out
}

func TestChain(t *testing.T) {
	a, b := newWriter(t, 1), newWriter(t, 2)
	log := []stored{a.write(t, "R", "ana", "1"), b.write(t, "R", "bo", "1"), a.write(t, "R", "ana", "2"),
		a.write(t, "R", "ana", "3"), b.write(t, "R", "bo", "2")}
	other := newWriter(t, 1)
	other.write(t, "R", "ana", "1")
	fork := other.write(t, "R", "ana", "not 2")
	foreign := newWriter(t, 3).write(t, "S", "cy", "1")
	for name, c := range map[string]struct {
		log  []stored
		want map[int]string
	}{
		"whole":  {log, nil},
		"repeat": {[]stored{log[0], log[0]}, map[int]string{1: "it is a repeat"}},
		"gap": {[]stored{log[0],
			log[3]}, map[int]string{1: "messages of its author are missing before it (1)"}},
		"swap": {[]stored{log[2], log[0],
			log[3]},
			map[int]string{0: "messages of its author are missing before it (1)",
				2: "messages of its author are missing before it (1)"}},
		"fork": {[]stored{log[0], fork,
			log[3]}, map[int]string{2: "it does not follow its author's previous message"}},
		"other room": {[]stored{log[0], foreign}, map[int]string{1: "it belongs to another room"}},
		"other handle": {[]stored{{handle: "bo", key: log[0].key, sig: log[0].sig, payload: log[0].payload}},
			map[int]string{0: "its author does not match its subject"}},
		"other key": {[]stored{{handle: "ana", key: log[1].key, sig: log[0].sig, payload: log[0].payload}},
			map[int]string{0: "its key does not match its subject"}},
		"no signature": {[]stored{{handle: "ana", key: log[0].key, payload: log[0].payload}},
			map[int]string{0: "its signature cannot be read"}},
		"its neighbour": {[]stored{{handle: "ana", key: log[0].key, sig: log[2].sig, payload: log[0].payload}},
			map[int]string{0: "its signature does not verify"}},
	} {
		got := faults(c.log...)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		for i, w := range c.want {
			if got[i] != w {
				t.Errorf("%s: message %d: got %q, want %q", name, i, got[i], w)
			}
		}
	}
}

// TestEveryBitCounts: flipping any one bit of a message makes it invalid.
func TestEveryBitCounts(t *testing.T) {
	s := newWriter(t, 1).write(t, "R", "ana", "it was like that")
	for i := range s.payload {
		for bit := range 8 {
			bad := append([]byte(nil), s.payload...)
			bad[i] ^= 1 << bit
			if len(faults(stored{s.handle, s.key, s.sig, bad})) == 0 {
				t.Errorf("flipping bit %d of byte %d is not detected", bit, i)
			}
		}
	}
	for i := range s.sig {
		bad := []byte(s.sig)
		bad[i] ^= 1
		if len(faults(stored{s.handle, s.key, string(bad), s.payload})) == 0 {
			t.Errorf("changing character %d of the signature is not detected", i)
		}
	}
}

// TestSignatureOverBareBytesIsNone: a NATS login signs a nonce that the server chooses.
// Such a signature is not valid for a message, because messages are signed with a prefix.
func TestSignatureOverBareBytesIsNone(t *testing.T) {
	w := newWriter(t, 1)
	s := w.write(t, "R", "ana", "x")
	sig := ed25519.Sign(w.priv, s.payload)
	bare, err := json.Marshal(sig)
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	if len(faults(stored{s.handle, s.key, string(bare[1 : len(bare)-1]), s.payload})) == 0 {
		t.Error("a signature over the payload alone was accepted")
	}
}
