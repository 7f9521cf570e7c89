package model_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"warroom/model"
)

// TestDigestOfTheTimeline: the digest of a room is a chain of SHA-256 over the
// visible fields of each line. It is part of the state hash, which shows whether two
// programs folded a log alike.
func TestDigestOfTheTimeline(t *testing.T) {
	k := story(t)
	k.do("eve", model.Act{Body: model.NewEntry(model.KindEntryNoted, "not admitted")}) // a refused line
	k.mustType("bo", "twice", "twice")                                                 // a repeated one
	r, digest := model.NewRoom(), ""
	refused, repeated := 0, 0
	for _, e := range k.log {
		r = model.Apply(r, e)
		l := r.Line(e.Seq)
		h := sha256.New()
		fmt.Fprintf(h, "%s\n%d\n%s\n%s\n%s\n%s\n%t", digest, l.Seq, l.ID, l.Kind, l.Text.String(), l.Refused.String(),
			l.Repeat)
		digest = hex.EncodeToString(h.Sum(nil))
		if r.Digest != digest {
			t.Fatalf("line %d: got the digest %s, want %s", e.Seq, r.Digest, digest)
		}
		if !l.Refused.IsEmpty() {
			refused++
		}
		if l.Repeat {
			repeated++
		}
	}
	if refused != 1 || repeated != 1 {
		t.Errorf("got %d refused and %d repeated lines, want one of each in the digest", refused, repeated)
	}
}

// TestDigestOfOneLine pins the bytes, since the formula in the test above could
// change together with the program.
func TestDigestOfOneLine(t *testing.T) {
	k := declared(t, "security", model.Declaration{Title: "pinned", Severity: "SEV-2"})
	const want = "1baef7d29356fcd062e6b74d35af8dbc79a3899ca9b4040097f846ec9feb0a70"
	if got := model.Replay(model.NewRoom(), k.log[0]).Digest; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestStateHashIsOfTheJSON: the state hash is the SHA-256 of the room as JSON, and the
// digest of the timeline is in it.
func TestStateHashIsOfTheJSON(t *testing.T) {
	k := story(t)
	raw, err := json.Marshal(k.room)
	if err != nil {
		t.Fatalf("encode the room: %v", err)
	}
	sum := sha256.Sum256(raw)
	if got, want := k.room.StateHash(), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	other := *k.room
	other.Digest = ""
	if other.StateHash() == k.room.StateHash() {
		t.Error("got the same hash without the digest of the timeline, want another one")
	}
}
