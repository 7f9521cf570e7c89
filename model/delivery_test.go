package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// delivery records the state of a duty and returns why that had no effect.
func (k *testRoom) delivery(who string, s model.DeliveryState, attempt int) string {
	k.t.Helper()
	b := &model.DeliveryRecorded{Duty: "slack/x", Bridge: "slack", State: s, Attempt: attempt}
	if s == model.DeliveryFailed {
		next := k.now.Add(5 * time.Minute)
		b.Next = &next
	}
	k.do(who, model.Act{Body: b})
	why, _ := k.room.Refusal(k.room.Seq)
	return why.String()
}

// TestOneDelivers: of two processes with the same duty, one delivers it. The other
// may do so after the lease of the first has expired.
func TestOneDelivers(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.admit("bo", model.Command)
	k.admit("cy", model.Write)
	for i, c := range []struct {
		after time.Duration
		who   string
		state model.DeliveryState
		want  string // beginning of the refusal
	}{
		{0, "cy", model.DeliverySending, "cy may not do that"},
		{0, "ana", model.DeliverySending, ""},
		{0, "bo", model.DeliverySending, "another process is delivering it, until 2026-11-21"},
		{0, "bo", model.DeliveryFailed, "another process is delivering it"},
		{0, "ana", model.DeliveryFailed, ""},
		{time.Minute, "bo", model.DeliverySending, "another process is delivering " +
			"it"}, // its next retry is still ahead
		{4 * time.Minute, "ana", model.DeliveryFailed, ""},
		{7 * time.Minute, "bo", model.DeliverySending, ""}, // its lease has expired
		{0, "ana", model.DeliveryFailed, "another process is delivering it"},
		{0, "ana", model.DeliverySent, ""}, // late, but it was delivered
		{0, "bo", model.DeliverySent, "it was delivered already"},
		{0, "bo", model.DeliveryCut, "it was delivered already"},
	} {
		k.now = k.now.Add(c.after)
		if got := k.delivery(c.who, c.state, i); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%d: %s %s: %q, want %q", i, c.who, c.state, got, c.want)
		}
	}
	if d, _ := k.room.Delivery("slack/x"); d.State != model.DeliverySent || d.By != "ana" {
		t.Errorf("%+v", d)
	}
}

func TestNothingLeaves(t *testing.T) {
	drill := declared(t, "security", model.Declaration{Severity: "SEV-1", Drill: true})
	if got := drill.delivery("ana", model.DeliverySending, 1); !strings.Contains(got, "drill") {
		t.Errorf("%q", got)
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":channel slack compromised somebody reads along")
	if got := k.delivery("ana", model.DeliverySending, 1); !strings.Contains(got, "compromised") {
		t.Errorf("%q", got)
	}
	if got := k.delivery("ana", model.DeliveryCut, 0); got != "" {
		t.Errorf("%q", got)
	}
	k.mustType("ana", ":channel slack trusted it was rebuilt")
	if got := k.delivery("ana", model.DeliverySending, 1); got != "" {
		t.Errorf("%q", got)
	}
}

func TestPage(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":page security the key is live")
	k.refused("ana", ":page security", "security was paged at 2026-11-21 14:00:00 UTC by ana: no answer yet")
	k.mustType("ana", ":paged security next Cy Demir")
	k.mustType("ana", ":paged security acknowledged @bo")
	if p, _ := k.room.Page("security"); p.Words().String() != "bo answers" {
		t.Errorf("%s", p.Words())
	}
	k.mustType("ana", ":paged security over")
	k.mustType("ana", ":page security it is back")
	if p, _ := k.room.Page("security"); p.Duty() != "page/security/2" || p.Reason != "it is back" {
		t.Errorf("%+v", p)
	}
	k.refused("ana", ":page Security!",
		"\"security!\" is not a purpose; write one of a-z 0-9 _ -, as in :page security")
	k.refused("ana", ":paged security maybe",
		"give the outcome: :paged security acknowledged|next|declined|over [WHO]")
	k.refused("ana", ":page", "give the purpose of the page: :page security [REASON]")
}
