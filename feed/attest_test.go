package feed_test

import (
	"bytes"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/record"
	"warroom/model/seal"
)

// witnesses is a steward on a server, and two people with machines of their own.
type witnesses struct {
	steward, ana, bo *feed.Feed
	short, room      string
	a, b             *feed.Seat
}

func newWitnesses(t *testing.T) *witnesses {
	t.Helper()
	url := feedtest.Server(t).ClientURL()
	on := func(handle string) *feed.Feed {
		o := feedtest.Options(t, feedtest.Data(t), handle)
		if o.Server = url; handle == "steward" {
			o.Steward, o.Via = true, "hub"
		}
		return feedtest.With(t, o)
	}
	w := &witnesses{steward: on("steward"), ana: on("ana"), bo: on("bo")}
	w.short = feedtest.Declare(t, w.ana)
	w.a, w.b = feedtest.Enter(t, w.ana, w.short), feedtest.Enter(t, w.bo, w.short)
	w.room = w.a.RoomID()
	if _, err := w.a.Append(soon(t), model.Act{Body: &model.KeyAdmitted{Key: w.bo.Who().Key, Handle: "bo", Right: model.Write, Door: model.DoorPerson}}); err != nil {
		t.Fatal(err)
	}
	return w
}

// seen are the people who cosigned anything.
func (w *witnesses) seen(t *testing.T) map[string]bool {
	t.Helper()
	ev, err := w.ana.Record(soon(t), w.short)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, raw := range ev.Notes {
		n, err := seal.OpenNote(raw, w.room, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range n.Seen {
			out[s.Handle] = true
		}
	}
	return out
}

// TestTerminalsCosign: what the hub seals is computed by every terminal itself,
// and cosigned.
func TestTerminalsCosign(t *testing.T) {
	w := newWitnesses(t)
	if _, err := w.a.Append(soon(t), model.Act{Body: &model.SeverityChanged{To: "SEV-2", Reason: "less"}}); err != nil {
		t.Fatal(err)
	}
	feedtest.Soon(t, "both have cosigned", func() bool { s := w.seen(t); return s["ana"] && s["bo"] })
	for name, s := range map[string]*feed.Seat{"ana": w.a, "bo": w.b} {
		feedtest.Until(t, s, name+" sees who stands for it", func(v *model.View) bool {
			is := v.Proof.Sealed
			return is.IsCosigned() && is.By == "ana, bo" && strings.HasPrefix(is.Text, "warroom/"+w.room+"\n") && is.Upto <= is.Size
		})
	}
	ev, err := w.bo.Record(soon(t), w.short)
	if err != nil {
		t.Fatal(err)
	}
	v := sealed.Verify(ev, sealed.Wish{})
	said := model.JoinSafe(model.Lit("\n"), v.Good...).String()
	if !v.Sound() || !strings.Contains(said, "cosigned") || !strings.Contains(said, "the hub's key signed") {
		t.Errorf("bad %v, good:\n%s", v.Bad, said)
	}
}

// TestTwoRoots: a hub that signs another log than a terminal has raises the alarm
// there.
func TestTwoRoots(t *testing.T) {
	w := newWitnesses(t)
	seq := feedtest.Append(t, w.b, "one")
	feedtest.Soon(t, "ana's terminal has said something of the log", func() bool { return w.seen(t)["ana"] })
	feedtest.Soon(t, "ana's terminal has heard it", func() bool {
		if err := w.steward.SayOther(soon(t), w.short, w.room, seq); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(w.a.Latest().Proof.Alarm.String(), "two records")
	})
	if _, err := w.a.Append(soon(t), feedtest.Note("after")); err != nil {
		t.Logf("after the alarm: %v", err)
	}
}

// TestExportIsCosigned: who hands the record on asks the terminals that follow the
// room to stand for its end, within the minute in which they say nothing of
// themselves.
func TestExportIsCosigned(t *testing.T) {
	w := newWitnesses(t)
	if _, err := w.a.Append(soon(t), model.Act{Body: &model.SeverityChanged{To: "SEV-2", Reason: "less"}}); err != nil {
		t.Fatal(err)
	}
	feedtest.Soon(t, "both have cosigned", func() bool { s := w.seen(t); return s["ana"] && s["bo"] })
	seq := feedtest.Append(t, w.a, "one more")
	feedtest.Until(t, w.b, "it is there", func(v *model.View) bool { return v.Room.Seq >= seq })
	feedtest.Soon(t, "an export is cosigned to its end", func() bool {
		var bag bytes.Buffer
		if err := w.steward.Export(soon(t), w.short, "test", &bag); err != nil {
			t.Fatal(err)
		}
		b, err := sealed.Open(bytes.NewReader(bag.Bytes()), int64(bag.Len()))
		if err != nil {
			t.Fatal(err)
		}
		v := b.Verify(sealed.Wish{Witness: 2})
		if !v.Sound() || v.Size < seq {
			t.Fatalf("bad %v", v.Bad)
		}
		return !v.Less
	})
}
