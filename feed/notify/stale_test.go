package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// forgotten is a room of the hub that was announced in a channel, and how events are added.
func forgotten(t *testing.T) (r *model.Room, add func(who string, at time.Time, b model.Body) *model.Room) {
	t.Helper()
	p, err := plan()
	must(t, err)
	r = model.NewRoom()
	add = func(who string, at time.Time, b model.Body) *model.Room {
		d, err := model.NewDraft("id"+at.String(), model.Actor{Handle: who, Key: "key-" + who}, model.Act{Body: b}, at)
		must(t, err)
		e := d.Event("01ROOM")
		e.Key, e.Seq, e.RecordedAt = "key-"+who, r.Seq+1, at
		r = model.Apply(r, e)
		if l := r.Line(e.Seq); !l.Refused.IsEmpty() {
			t.Fatalf("%s by %s: got it refused (%s), want it stored", e.Kind, who, l.Refused)
		}
		return r
	}
	one, two := (&model.Declaration{Title: "Key in a log", Severity: "SEV-2", Plan: p}).Declare("key-hub")
	add("ana", day(0), one.Body)
	add("ana", day(0), two.Body)
	add("hub", day(0), &model.DeliveryRecorded{Duty: "slack/opening/C1", Bridge: "slack", State: model.DeliverySent,
		Attempt: 1, Ref: "C1/1.1"})
	return r, add
}

func day(n int) time.Time { return time.Date(2026, 11, 1+n, 12, 0, 0, 0, time.UTC) }

// TestStaleRoomIsNamed: a room without an entry for a week is named in its channel, once, and
// what the hub writes is no entry.
func TestStaleRoomIsNamed(t *testing.T) {
	x := newWorkspace(t)
	b := x.bridge(SlackConfig{})
	r, add := forgotten(t)
	due := func() []bridge.Duty {
		return slices.DeleteFunc(b.Duties(r), func(d bridge.Duty) bool {
			return !strings.HasPrefix(d.Key, "slack/stale/")
		})
	}
	got := due()
	if len(got) != 1 || !got[0].Since.Equal(day(7)) {
		t.Fatalf("after the declaration: got %+v, want one duty on %s", got, day(7))
	}
	_, err := b.Deliver(t.Context(), bridge.Job{Duty: got[0], Short: "inc-7", Room: r, Attempt: 1})
	must(t, err)
	want := "[SEV-2] inc-7: Key in a log\nStill open, with no entry for 7 days. A note in the room keeps it " +
		"open; this closes it: warroom close inc-7 --reason TEXT"
	if m := x.messages(); len(m) != 1 || m[0]["text"] != want || m[0]["channel"] != "C1" || m[0]["thread_ts"] != "" {
		t.Errorf("got %q, want one message in C1 %q", m, want)
	}
	hook, err := NewWebhookBridge(WebhookConfig{Webhook: config.Webhook{Name: "siem", URL: "https://example.org/in"},
		Secret: &bridge.Source{}})
	must(t, err)
	hooked := slices.DeleteFunc(hook.Duties(r), func(d bridge.Duty) bool {
		h, ok := d.Content.(happened)
		return !ok || h.kind != "incident.stale"
	})
	if len(hooked) != 1 || !hooked[0].Since.Equal(day(7)) {
		t.Errorf("to a webhook: got %+v, want one event on %s", hooked, day(7))
	}
	key := got[0].Key
	r = add("hub", day(7), &model.DeliveryRecorded{Duty: key, Bridge: "slack", State: model.DeliverySent, Attempt: 1})
	if got = due(); len(got) != 1 || got[0].Key != key {
		t.Errorf("after it was named: got %+v, want the duty that is done", got)
	}
	if o := model.OverviewOf(model.RoomInfo{Short: "inc-7", Room: r, LastAt: r.RecordedAt}, day(8)); !o.Stale {
		t.Error("after it was named: got a room that is not stale, want it stale until somebody writes")
	}
	r = add("ana", day(8), model.NewEntry(model.KindEntryNoted, "legal looks at it"))
	if got = due(); len(got) != 1 || got[0].Key == key || !got[0].Since.Equal(day(15)) {
		t.Errorf("after a note: got %+v, want another duty on %s", got, day(15))
	}
	r = add("ana", day(9), &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"ana"}})
	if got = due(); len(got) != 0 {
		t.Errorf("restricted: got %+v, want none", got)
	}
	r = add("ana", day(9), &model.IncidentClosed{Override: "it is over"})
	if got = due(); len(got) != 0 {
		t.Errorf("closed: got %+v, want none", got)
	}
}
