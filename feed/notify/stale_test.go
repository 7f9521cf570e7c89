package notify

import (
	"context"
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
	want := "[SEV-2] inc-7: Key in a log\nStill not closed, with no entry for 7 days. A note in the room keeps it " +
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

// fakeTracker is a tracker that keeps what was put into it.
type fakeTracker struct{ put []Record }

func (k *fakeTracker) Put(_ context.Context, r Record) (Placed, error) {
	k.put = append(k.put, r)
	return Placed{ID: "P1", URL: "https://tracker.example/P1"}, nil
}

func (*fakeTracker) Check(context.Context) (string, error) { return "", nil }

// staleOf returns the duties of a bridge about a room without an entry.
func staleOf(b bridge.Bridge, r *model.Room) []bridge.Duty {
	return slices.DeleteFunc(b.Duties(r), func(d bridge.Duty) bool { return !strings.Contains(d.Key, "/stale") })
}

// TestStaleRoomIsNamedByMailAndOnItsPage: responders who got an update are reminded by mail,
// and the page of the incident names it, once.
func TestStaleRoomIsNamedByMailAndOnItsPage(t *testing.T) {
	r, add := forgotten(t)
	post := newPost(t, nil)
	to := map[string][]string{"responders": {"ana@example.org"}, "legal": {"mei@example.org"}}
	mails, err := NewMailBridge(MailConfig{Now: time.Now, Mail: config.Mail{Server: post.addr, TLS: NoTLS,
		From: "w@example.org", To: to}})
	must(t, err)
	kept := &fakeTracker{}
	pages, err := NewTrackerBridge(TrackerConfig{Name: "notion", Token: source("good"), Pages: true,
		Make: func(model.Secret) (Tracker, error) { return kept, nil }})
	must(t, err)
	if got := staleOf(mails, r); len(got) != 0 {
		t.Errorf("before an update by mail: got %+v, want no mail", got)
	}
	r = add("ana", day(1), &model.UpdateSent{Audience: "responders", Conditions: "it is out"})
	for name, b := range map[string]bridge.Bridge{"mail": mails, "notion": pages} {
		got := staleOf(b, r)
		if len(got) != 1 || !got[0].Since.Equal(day(8)) {
			t.Fatalf("%s: got %+v, want one duty on %s", name, got, day(8))
		}
		_, err := b.Deliver(t.Context(), bridge.Job{Duty: got[0], Short: "inc-7", Room: r, Attempt: 1})
		must(t, err)
		key := got[0].Key
		r = add("hub", day(8), &model.DeliveryRecorded{Duty: key, Bridge: name, State: model.DeliverySent, Attempt: 1})
		if got = staleOf(b, r); len(got) != 1 || got[0].Key != key {
			t.Errorf("%s, after it was named: got %+v, want the duty that is done", name, got)
		}
	}
	const want = "Still not closed, with no entry for 7 days."
	if len(post.took) != 1 || post.took[0].to[0] != "ana@example.org" ||
		!strings.Contains(string(post.took[0].data), want) {
		t.Errorf("got the mails %+v, want one to ana with %q", post.took, want)
	}
	if len(kept.put) != 1 || !strings.HasPrefix(kept.put[0].Text[0], "2026-11-09 12:00 UTC: "+want) {
		t.Errorf("got the pages %+v, want one that begins with %q", kept.put, want)
	}
	r = add("ana", day(9), model.NewEntry(model.KindEntryNoted, "legal looks at it"))
	for name, b := range map[string]bridge.Bridge{"mail": mails, "notion": pages} {
		if got := staleOf(b, r); len(got) != 1 || !got[0].Since.Equal(day(16)) {
			t.Errorf("%s, after a note: got %+v, want another duty on %s", name, got, day(16))
		}
	}
	r = add("ana", day(9), &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"ana"}})
	if got := append(staleOf(mails, r), staleOf(pages, r)...); len(got) != 0 {
		t.Errorf("restricted: got %+v, want none", got)
	}
}
