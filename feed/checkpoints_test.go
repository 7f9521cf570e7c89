package feed_test

import (
	"bytes"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	sealed "warroom/model/bundle"
	"warroom/model/signing"
)

// witnesses is a server with a hub service, and two people on other machines.
type witnesses struct {
	hubService, ana, bo *feed.Feed
	short, room         string
	a, b                *feed.RoomSession
}

func newWitnesses(t *testing.T) *witnesses {
	t.Helper()
	url := feedtest.Server(t).ClientURL()
	on := func(handle string) *feed.Feed {
		o := feedtest.Options(t, feedtest.Data(t), handle)
		if o.Server = url; handle == "steward" {
			o.HubService, o.Via = true, "hub"
		}
		return feedtest.With(t, o)
	}
	w := &witnesses{hubService: on("steward"), ana: on("ana"), bo: on("bo")}
	w.short = feedtest.Declare(t, w.ana)
	w.a, w.b = feedtest.Enter(t, w.ana, w.short), feedtest.Enter(t, w.bo, w.short)
	w.room = w.a.RoomID()
	if _, err := w.a.Append(soon(t),
		model.Act{Body: &model.KeyAdmitted{Key: w.bo.Who().Key, Handle: "bo", Right: model.Write,
			Origin: model.OriginPerson}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	return w
}

// seen returns the people who have cosigned a checkpoint.
func (w *witnesses) seen(t *testing.T) map[string]bool {
	t.Helper()
	ev, err := w.ana.Record(soon(t), w.short)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	out := map[string]bool{}
	for _, raw := range ev.Notes {
		n, err := signing.OpenNote(raw, w.room, nil)
		if err != nil {
			t.Fatalf("open note: %v", err)
		}
		for _, s := range n.Seen {
			out[s.Handle] = true
		}
	}
	return out
}

// TestTerminalsCosign: each terminal computes the root that the hub signs, and cosigns
// it.
func TestTerminalsCosign(t *testing.T) {
	w := newWitnesses(t)
	if _, err := w.a.Append(soon(t), model.Act{Body: &model.SeverityChanged{To: "SEV-2", Reason: "less"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Soon(t, "both have cosigned", func() bool { s := w.seen(t); return s["ana"] && s["bo"] })
	for name, s := range map[string]*feed.RoomSession{"ana": w.a, "bo": w.b} {
		feedtest.Until(t, s, name+" sees who stands for it", func(v *model.View) bool {
			is := v.Proof.Sealed
			return is.IsCosigned() && is.By == "ana, bo" && strings.HasPrefix(is.Text, "warroom/"+w.room+"\n") &&
				is.Upto <= is.Size
		})
	}
	ev, err := w.bo.Record(soon(t), w.short)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	v := sealed.Verify(ev, sealed.VerifyOptions{})
	findings := model.JoinSafe(model.Lit("\n"), v.Good...).String()
	if !v.Sound() || !strings.Contains(findings, "cosigned") || !strings.Contains(findings, "the hub signed") {
		t.Errorf("bad %v, good:\n%s", v.Bad, findings)
	}
}

// TestTwoRoots: a terminal raises an alarm if the hub signs a log other than the
// terminal's.
func TestTwoRoots(t *testing.T) {
	w := newWitnesses(t)
	seq := feedtest.Append(t, w.b, "one")
	feedtest.Soon(t, "ana's terminal has said something of the log", func() bool { return w.seen(t)["ana"] })
	feedtest.Soon(t, "ana's terminal has heard it", func() bool {
		if err := w.hubService.SignOtherLog(soon(t), w.short, w.room, seq); err != nil {
			t.Fatalf("sign other log: %v", err)
		}
		return strings.Contains(w.a.Latest().Proof.Alarm.String(), "two records")
	})
	if _, err := w.a.Append(soon(t), feedtest.Note("after")); err != nil {
		t.Logf("after the alarm: %v", err)
	}
}

// TestExportIsCosigned: an export asks the terminals that follow the room for
// cosignatures, before they would cosign on their own.
func TestExportIsCosigned(t *testing.T) {
	w := newWitnesses(t)
	if _, err := w.a.Append(soon(t), model.Act{Body: &model.SeverityChanged{To: "SEV-2", Reason: "less"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Soon(t, "both have cosigned", func() bool { s := w.seen(t); return s["ana"] && s["bo"] })
	seq := feedtest.Append(t, w.a, "one more")
	feedtest.Until(t, w.b, "it is there", func(v *model.View) bool { return v.Room.Seq >= seq })
	feedtest.Soon(t, "an export is cosigned to its end", func() bool {
		var bag bytes.Buffer
		if err := w.hubService.Export(soon(t), w.short, "test", &bag); err != nil {
			t.Fatalf("export: %v", err)
		}
		b, err := sealed.Open(bytes.NewReader(bag.Bytes()), int64(bag.Len()))
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		v := b.Verify(sealed.VerifyOptions{Witness: 2})
		if !v.Sound() || v.Size < seq {
			t.Fatalf("bad %v", v.Bad)
		}
		return !v.Less
	})
}
