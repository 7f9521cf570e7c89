package seal_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/seal"
)

// writer signs messages of one key, as a terminal does.
type writer struct {
	priv ed25519.PrivateKey
	key  string
	n    uint64
	prev string
}

// stored is a message as it lies in the log.
type stored struct {
	handle, key, sig string
	payload          []byte
}

func newWriter(t *testing.T, seed byte) *writer {
	t.Helper()
	raw := make([]byte, ed25519.SeedSize)
	raw[0] = seed
	priv := ed25519.NewKeyFromSeed(raw)
	return &writer{priv: priv, key: seal.KeyText(priv.Public().(ed25519.PublicKey))}
}

func (w *writer) say(t *testing.T, room, by, text string) stored {
	t.Helper()
	w.n++
	e := model.Event{V: 1, Room: room, ID: fmt.Sprint(by, w.n), Key: w.key, N: w.n, Prev: w.prev, Kind: model.KindEntryNoted,
		At: time.Unix(1e9, 0), By: by, Via: "test", Body: json.RawMessage(`{"text":"` + text + `"}`)}
	raw, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s := stored{by, w.key, seal.Sign(w.priv, raw), raw}
	w.prev = seal.Leaf(s.sig, s.payload)
	return s
}

// faults runs messages through a chain and returns the faults by place.
func faults(log ...stored) map[int]string {
	var c seal.Chain
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
	log := []stored{a.say(t, "R", "ana", "1"), b.say(t, "R", "bo", "1"), a.say(t, "R", "ana", "2"), a.say(t, "R", "ana", "3"), b.say(t, "R", "bo", "2")}
	other := newWriter(t, 1)
	other.say(t, "R", "ana", "1")
	fork := other.say(t, "R", "ana", "not 2")
	foreign := newWriter(t, 3).say(t, "S", "cy", "1")
	for name, c := range map[string]struct {
		log  []stored
		want map[int]string
	}{
		"whole":         {log, nil},
		"repeat":        {[]stored{log[0], log[0]}, map[int]string{1: "it is a repeat"}},
		"gap":           {[]stored{log[0], log[3]}, map[int]string{1: "1 messages of its author before it are missing"}},
		"swap":          {[]stored{log[2], log[0], log[3]}, map[int]string{0: "1 messages of its author before it are missing", 2: "1 messages of its author before it are missing"}},
		"fork":          {[]stored{log[0], fork, log[3]}, map[int]string{2: "it does not follow its author's message before it"}},
		"other room":    {[]stored{log[0], foreign}, map[int]string{1: "it is of another room"}},
		"other handle":  {[]stored{{"bo", log[0].key, log[0].sig, log[0].payload}}, map[int]string{0: "its author is not the one of its subject"}},
		"other key":     {[]stored{{"ana", log[1].key, log[0].sig, log[0].payload}}, map[int]string{0: "its key is not the one of its subject"}},
		"no signature":  {[]stored{{"ana", log[0].key, "", log[0].payload}}, map[int]string{0: "its signature cannot be read"}},
		"its neighbour": {[]stored{{"ana", log[0].key, log[2].sig, log[0].payload}}, map[int]string{0: "its signature does not check"}},
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

// TestEveryBitCounts: a message of which one bit was changed does not check.
func TestEveryBitCounts(t *testing.T) {
	s := newWriter(t, 1).say(t, "R", "ana", "it was like that")
	for i := range s.payload {
		for bit := range 8 {
			bad := append([]byte(nil), s.payload...)
			bad[i] ^= 1 << bit
			if len(faults(stored{s.handle, s.key, s.sig, bad})) == 0 {
				t.Errorf("bit %d of byte %d may be changed", bit, i)
			}
		}
	}
	for i := range s.sig {
		bad := []byte(s.sig)
		bad[i] ^= 1
		if len(faults(stored{s.handle, s.key, string(bad), s.payload})) == 0 {
			t.Errorf("character %d of the signature may be changed", i)
		}
	}
}

// TestSignatureOverBareBytesIsNone: what the NATS login signs, a nonce of the server's
// choice, is no signature of a message, because messages are signed behind a
// prefix.
func TestSignatureOverBareBytesIsNone(t *testing.T) {
	w := newWriter(t, 1)
	s := w.say(t, "R", "ana", "x")
	sig := ed25519.Sign(w.priv, s.payload)
	bare, err := json.Marshal(sig)
	if err != nil {
		t.Fatal(err)
	}
	if len(faults(stored{s.handle, s.key, string(bare[1 : len(bare)-1]), s.payload})) == 0 {
		t.Error("a signature over the payload alone was taken")
	}
}
