package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestWays: the line of an update describes its delivery by every bridge.
func TestWays(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	record := func(bridge, duty string, s model.DeliveryState, attempt int) {
		b := &model.DeliveryRecorded{Duty: duty, Bridge: bridge, State: s, Attempt: attempt, Detail: "why"}
		if s == model.DeliveryFailed {
			at := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
			b.Next = &at
		}
		k.do("ana", model.Act{Body: b})
	}
	words := func(seq uint64) string { return k.room.WayWords(k.room.Line(seq), time.UTC).String() }
	k.mustType("ana", ":update one")
	one := k.room.Seq
	id := k.room.Dispatches[0].ID
	if got := words(one); got != "" {
		t.Errorf("got %s", got)
	}
	record("slack", "slack/update/"+id, model.DeliverySending, 1)
	record("mail", "mail/update/"+id+"/a", model.DeliverySent, 1)
	record("mail", "mail/update/"+id+"/b", model.DeliveryFailed, 1)
	if got := words(one); got != "[mail 1 of 2 sent failed, again at 14:05:00, slack on its way]" {
		t.Errorf("got %s", got)
	}
	record("slack", "slack/update/"+id, model.DeliverySent, 2)
	record("mail", "mail/update/"+id+"/b", model.DeliveryGivenUp, 2)
	if got := words(one); got != "[mail 1 of 2 sent FAILED, given up, slack sent, try 2]" {
		t.Errorf("got %s", got)
	}
	k.mustType("ana", ":update two")
	if got := words(k.room.Seq); got != "[mail queued, slack queued]" {
		t.Errorf("got %s", got)
	}
	record("slack", "slack/update/"+k.room.Dispatches[1].ID, model.DeliveryCut, 0)
	if got := words(k.room.Seq - 1); got != "[mail queued, slack CUT]" {
		t.Errorf("got %s", got)
	}
}

// TestLinksComeBack: the room has the address of what a tracker created.
func TestLinksComeBack(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":todo rotate every key")
	id := k.room.Followups[0].ID
	for _, link := range []string{"https://jira.example/browse/OPS-1", "https://jira.example/browse/OPS-1"} {
		k.do("ana",
			model.Act{Body: &model.DeliveryRecorded{Duty: "jira/follow-up/" + id, Bridge: "jira",
				State: model.DeliverySent, Link: link}})
	}
	k.do("ana",
		model.Act{Body: &model.DeliveryRecorded{Duty: "jira/page/open-1", Bridge: "jira", State: model.DeliverySent,
			Link: "https://jira.example/browse/OPS-2"}})
	if f := k.room.Followups[0]; len(f.Tickets) != 1 || len(k.room.Links) != 1 || k.room.Links[0].System != "jira" {
		t.Errorf("%+v %+v", f, k.room.Links)
	}
	for _, link := range []string{"javascript:alert(1)", "https://x.example/\x1b[2J", "https://x y"} {
		l := k.do("ana",
			model.Act{Body: &model.DeliveryRecorded{Duty: "jira/page/x", Bridge: "jira", State: model.DeliverySent,
				Link: link}})
		if l.Refused.String() != "the link of the delivery is not a web address" {
			t.Errorf("%q: %s", link, l.Refused)
		}
	}
	k.mustType("ana", ":todo 1 @bo due 2030-01-01")
	if f := k.room.Followups[0]; len(f.Tickets) != 1 || f.Owner != "bo" {
		t.Errorf("%+v", f)
	}
}
