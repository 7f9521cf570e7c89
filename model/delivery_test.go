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
		{0, "bo", model.DeliverySending, "another process has reserved this delivery until 2026-11-21"},
		{0, "bo", model.DeliveryFailed, "another process has reserved this delivery"},
		{0, "ana", model.DeliveryFailed, ""},
		{time.Minute, "bo", model.DeliverySending, "another process has reserved this delivery"}, // its retry is ahead
		{4 * time.Minute, "ana", model.DeliveryFailed, ""},
		{7 * time.Minute, "bo", model.DeliverySending, ""}, // its lease has expired
		{0, "ana", model.DeliveryFailed, "another process has reserved this delivery"},
		{0, "ana", model.DeliverySent, ""}, // late, but it was delivered
		{0, "bo", model.DeliverySent, "it was already delivered"},
		{0, "bo", model.DeliveryCut, "it was already delivered"},
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
		`"security!" is not a purpose; write one word from a-z 0-9 _ -, as in :page security`)
	k.refused("ana", ":paged security maybe",
		"give the outcome: :paged security acknowledged|next|declined|over [WHO]")
	k.refused("ana", ":page", "give the purpose of the page: :page security [REASON]")
}

// TestAPageThatReachesNobody: a page does not complete the item for it. Its delivery does,
// or a call that a person records. In a room of older rules and in a drill the page does.
func TestAPageThatReachesNobody(t *testing.T) {
	item := func(k *testRoom) model.ItemState {
		for i := range k.room.Items {
			if it := &k.room.Items[i]; k.room.Def(it).Pages == "security" {
				return it.State
			}
		}
		t.Fatal("got no item for a page, want one")
		return ""
	}
	state := func(what string, k *testRoom, want model.ItemState) {
		t.Helper()
		if got := item(k); got != want {
			t.Errorf("%s: got the item %s, want %s", what, got, want)
		}
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":page security the key is live")
	state("paged", k, model.ItemTodo)
	want := "whoever is on call for security: the key is live; nobody has been reached yet: item 2 is done once the " +
		"page is delivered; if you reach somebody by phone, record it with :paged security acknowledged WHO"
	if got := k.room.Line(k.room.Seq).Text.String(); got != want {
		t.Errorf("the line of a page: got %q, want %q", got, want)
	}
	called := model.Act{Body: &model.PageAnswered{Purpose: "security", State: model.PageAcknowledged, Who: "bo"}}
	who := model.Actor{Handle: "ana", Key: k.room.Line(k.room.Seq).Key, Via: "test"}
	if got := k.room.Impact(who, called, k.now).String(); got != "item 2 is done" {
		t.Errorf("the preview of an answered page: got %q, want %q", got, "item 2 is done")
	}
	other := model.Act{Body: &model.PageAsked{Purpose: "secruity"}}
	unknown := "no item of the plan pages secruity, only security"
	if got := k.room.Impact(who, other, k.now).String(); got != unknown {
		t.Errorf("the preview of a page with a typing error: got %q, want %q", got, unknown)
	}
	k.mustType("ana", ":paged security acknowledged bo")
	state("answered", k, model.ItemDone)

	k = declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":page security the key is live")
	for _, c := range []struct{ state, item string }{{"sending", "todo"}, {"sent", "done"}} {
		k.do("ana", model.Act{Body: &model.DeliveryRecorded{Duty: "page/security", Bridge: "pagerduty",
			State: model.DeliveryState(c.state)}})
		state(c.state, k, model.ItemState(c.item))
	}

	k = declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.room.Rules = 2
	k.mustType("ana", ":page security the key is live")
	state("older rules", k, model.ItemDone)
	k = declared(t, "security", model.Declaration{Severity: "SEV-1", Drill: true})
	k.mustType("ana", ":page security the key is live")
	state("a drill", k, model.ItemDone)
}

// TestAskAHolderWhoHasNotJoined: an ask may go to the holder of a role who was never here.
func TestAskAHolderWhoHasNotJoined(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.refused("ana", ":ask @di 10m is it cut off?", `nobody called "di" has been here; the people in the room are @ana`)
	k.mustType("ana", ":role sre @di", ":ask @di 10m is it cut off?")
	if got := k.room.Asks[0].To; got != "di" {
		t.Errorf("an ask of a holder: got it for %q, want %q", got, "di")
	}
}

// TestNoWarningAboutTheAuthor: who writes a first line is not warned about their own name.
func TestNoWarningAboutTheAuthor(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	a := model.Act{Body: &model.RoleAssumed{Role: "ic", Person: "di"}}
	for who, want := range map[string]string{"di": "", "ana": "nobody called di has been here yet"} {
		if got := k.room.Warning(model.Actor{Handle: who}, a).String(); got != want {
			t.Errorf("the warning for %s: got %q, want %q", who, got, want)
		}
	}
}
