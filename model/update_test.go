package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestUpdateIsDraftedFromTheLog: a draft has the current state, what changed and was
// done since the last update to its audience, and when the next one is due.
func TestUpdateIsDraftedFromTheLog(t *testing.T) {
	k := led(t)
	k.mustType("bo", "!rotate the key now", ":action the key is revoked", ":start 1", ":phase containment",
		":asset host web3 confirmed", ":ask @di 3m who called?", ":block 8 no access | yet")
	got := k.room.DraftUpdate("responders", k.now)
	want := &model.UpdateSent{Audience: "responders",
		Conditions: "SEV-2 (High), Containment. Since the declaration at 2026-11-21 14:00:00 UTC: decided: rotate " +
			"the key now; phase: Containment; host web3: confirmed. Exposure of data: not assessed. Scope: host 0 " +
			"of 1 contained.",
		Actions: "the key is revoked. In progress: 1 Validate that the alert is real and verify its severity " +
			"@bo. Next update by 2026-11-21 14:15:00 UTC.",
		Needs: "Blocked: 8 Isolate the affected services: no access / yet. Asks: 1 to @di: who called?."}
	if *got != *want {
		t.Errorf("got  %q\nwant %q", *got, *want)
	}
	k.mustType("di", ":update responders draft")
	if n := len(k.room.Dispatches); n != 0 {
		t.Fatalf("a draft: got %d updates sent, want none", n)
	}
	if got, want := k.last(), "1  not sent until :approve 1; to Responders: "; !strings.HasPrefix(got, want) {
		t.Errorf("a draft: got the line %q, want it to begin with %q", got, want)
	}
	k.refused("cy", ":approve 1", "cy may not do that (sending updates and notices); it needs the right "+
		"\"command\" or one of these roles: Incident Commander (bo), Scribe (di), Communications Lead")
	k.mustType("di", ":approve 1")
	if d := k.room.Dispatches[0]; d.Conditions != want.Conditions || d.Needs != want.Needs {
		t.Errorf("sent: got %+v, want the draft", d)
	}
	k.wait(time.Minute)
	if got := k.room.DraftUpdate("responders", k.now).Conditions; !strings.Contains(got,
		"Since update 1 at 2026-11-21 14:00:00 UTC: nothing changed.") {
		t.Errorf("the next draft: got %q, want nothing changed since the first", got)
	}
	line, ok := model.DraftLine(":update executives", k.ctx("di"))
	if !ok || !strings.HasPrefix(line, ":update executives Deploy key in a public CI log: SEV-2 (High), Containment") {
		t.Errorf("the line: got %q, %v; want the draft behind the audience", line, ok)
	}
	for _, line := range []string{":update executives it is out", ":updates", ":update nobody", "update"} {
		if got, ok := model.DraftLine(line, k.ctx("di")); ok {
			t.Errorf("%s: got %q, want no draft", line, got)
		}
	}
}

// TestUpdateSkipsWhatWaits: an override that nobody confirmed is not something that was done.
func TestUpdateSkipsWhatWaits(t *testing.T) {
	k := led(t)
	k.room.Plan.Items[1].TwoPeople, k.room.Plan.Items[1].Pages = true, ""
	k.mustType("bo", ":check 2 override the pager is down")
	if got := k.room.DraftUpdate("responders", k.now).Actions; !strings.HasPrefix(got, "nothing done.") {
		t.Errorf("before the second person: got %q, want nothing done", got)
	}
	k.mustType("di", ":confirm 2 it is")
	got := k.room.DraftUpdate("responders", k.now).Actions
	if !strings.HasPrefix(got, "override: Page the Platform") {
		t.Errorf("after the second person: got %q, want the override", got)
	}
}

// TestUpdateIsApproved: an update that needs approval is sent when the commander
// approves it, once.
func TestUpdateIsApproved(t *testing.T) {
	k := led(t)
	k.mustType("di", ":update customers an attack | we work on it", ":update customers an attack was stopped")
	if n := len(k.room.Dispatches); n != 0 {
		t.Fatalf("before the approval: got %d updates sent, want none", n)
	}
	if a, b := k.room.Drafts[0].State(), k.room.Drafts[1].State(); a != "replaced" || b != "waiting" {
		t.Errorf("drafts: got %s and %s, want replaced and waiting", a, b)
	}
	k.refused("bo", ":approve 1", "draft 1 was replaced by draft 2; approve that with :approve 2")
	crafted := &model.UpdateSent{Audience: "customers", Conditions: "x"}
	if l := k.do("di", model.Act{Body: crafted}); l.Refused.IsEmpty() || len(k.room.Dispatches) != 0 {
		t.Errorf("sent without approval: got %q and %d updates, want it refused", l.Refused, len(k.room.Dispatches))
	}
	k.mustType("bo", ":approve read by legal")
	d := k.room.Dispatches[0]
	if d.By != "di" || d.ApprovedBy != "bo" || d.Conditions != "an attack was stopped" || d.N != 1 {
		t.Errorf("got %+v, want the draft of di, approved by bo", d)
	}
	want := "draft 2 by di, approved and sent to Customers: an attack was stopped: read by legal"
	if got := k.last(); got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.mustType("bo", ":update customers it is over")
	if d := k.room.Dispatches[1]; d.By != "bo" || d.ApprovedBy != "" {
		t.Errorf("of the commander: got %+v, want it sent at once", d)
	}
}

// TestUpdateIsPreparedOnExposure: once exposure is suspected, an update to customers
// is prepared until somebody drafts or sends one. Nothing is sent automatically.
func TestUpdateIsPreparedOnExposure(t *testing.T) {
	k := led(t)
	prepared := func() []string {
		var out []string
		for _, a := range k.room.PreparedUpdates() {
			out = append(out, a.ID)
		}
		return out
	}
	if got := prepared(); got != nil {
		t.Errorf("before: got %v, want none", got)
	}
	k.mustType("bo", ":exposure suspected gdpr")
	if got := prepared(); !slices.Equal(got, []string{"customers"}) || len(k.room.Dispatches) != 0 {
		t.Errorf("got %v prepared and %d sent, want customers and none", got, len(k.room.Dispatches))
	}
	k.mustType("bo", ":exposure confirmed gdpr see the log")
	k.mustType("di", ":update customers draft")
	if got := prepared(); got != nil {
		t.Errorf("after the draft: got %v, want none", got)
	}
}

// TestCadence: a new cadence counts from then on, and periods that were missed
// before stay missed.
func TestCadence(t *testing.T) {
	k := led(t)
	k.mustType("di", ":update all quiet")
	k.wait(35 * time.Minute) // the second update was due at 14:15, the third at 14:30
	k.mustType("bo", ":cadence update 1h the vendor works on it")
	k.clockIs("update", model.ClockRunning, time.Hour)
	if c := k.clock("update").Run; c.OnTime != 1 || c.Missed != 2 || c.Pace != model.Duration(time.Hour) {
		t.Errorf("got %d in time, %d missed, every %s; want 1, 2, 1h", c.OnTime, c.Missed, c.Pace)
	}
	k.wait(50 * time.Minute)
	k.mustType("di", ":update still quiet")
	k.clockIs("update", model.ClockRunning, time.Hour)
	if c := k.clock("update").Run; c.OnTime != 2 || c.Late != 0 {
		t.Errorf("after an hour's update: got %d in time, %d late; want 2, 0", c.OnTime, c.Late)
	}
	v := k.clock("update")
	if got, want := v.CadenceWords(k.room.Severity).String(), "every 1h (plan: 15m)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	k.mustType("ana", ":resolve override over", ":reopen not over")
	k.clockIs("update", model.ClockRunning, time.Hour)
}

// TestCadenceEndsASnooze: changing the cadence ends a snooze.
func TestCadenceEndsASnooze(t *testing.T) {
	k := led(t)
	k.mustType("bo", ":snooze update 30m lunch")
	k.wait(5 * time.Minute)
	k.mustType("bo", ":cadence update 20m we are back")
	k.clockIs("update", model.ClockRunning, 20*time.Minute)
	for _, h := range k.room.ClockHistories(k.now) {
		for _, g := range h.Gaps {
			if g.What == model.GapSnoozed && g.Length(k.now) != 5*time.Minute {
				t.Errorf("snoozed: got %s, want 5m", g.Length(k.now))
			}
		}
	}
}

// TestDraftIsADraftForEverybody: the word draft sends nothing, whoever types it and whatever
// the plan wants approved; a text by somebody who may approve is sent at once, and the preview has it.
func TestDraftIsADraftForEverybody(t *testing.T) {
	k := led(t)
	k.refused("bo", ":approve", "there is no draft of an update in this room; `:update AUDIENCE draft` makes one")
	k.mustType("bo", ":update customers draft")
	if d, n := len(k.room.Drafts), len(k.room.Dispatches); d != 1 || n != 0 {
		t.Fatalf("draft by the commander: got %d drafts and %d updates sent, want 1 and 0", d, n)
	}
	k.mustType("di", ":update customers draft: di writes")
	k.mustType("bo", ":update customers bo writes")
	k.refused("bo", ":approve 2", "entry 11 was sent to Customers instead of draft 2; `:update customers draft` makes "+
		"another draft")
	k.mustType("bo", ":update customers draft", ":approve 3")
	k.refused("bo", ":approve", "every draft of an update has been sent, replaced or withdrawn; "+
		"`:update AUDIENCE draft` makes "+
		"one")
	for line, want := range map[string]string{
		":update customers it is over": "the update is sent to Customers at once; nobody else approves it; " +
			"`:update customers draft` makes a draft",
		":update customers draft": "the draft is not sent until the Incident Commander (bo) approves it: " +
			":approve 4",
		":update executives draft":                 "the draft is not sent until :approve 4",
		":update executives Draft: it is over":     "the draft is not sent until :approve 4",
		":update executives it is over, no draft.": "the update is sent to Executives at once"} {
		a, err := k.typed("bo", line)
		if err != nil {
			t.Fatalf("%s: got %v, want it read", line, err)
		}
		if got := k.room.Impact(k.ctx("bo").Who, a, k.now).String(); got != want {
			t.Errorf("%s: got the preview %q, want %q", line, got, want)
		}
		if _, got := a.Body.(*model.UpdateDrafted); got != strings.HasPrefix(want, "the draft is not sent") {
			t.Errorf("%s: got a draft: %v, want one exactly if the line has the word", line, got)
		}
	}
}

// TestPollsThatAreNone: a poll with a wrong result or a length that is too long.
func TestPollsThatAreNone(t *testing.T) {
	k := led(t)
	k.mustType("bo", ":poll isolate now 1m")
	wrong := `"maybe" is not a result of a poll; close poll 1 with :poll 1 proceeds|changed|dropped REASON`
	long := " is too long for a poll; a poll lasts up to 24h, as in :poll TEXT 60s"
	k.refused("bo", ":poll 1 maybe x", wrong)
	k.refused("bo", ":poll 1 maybe", wrong)
	k.refused("bo", ":poll text 99d", `"99d"`+long)
	k.refused("bo", ":poll 99d text", `"99d"`+long)
	k.refused("bo", ":poll text 25h", `"25h"`+long)
	k.mustType("bo", ":poll 1 more node 1m")
}

// TestUpdateIsNotMisread: a word draft at the end, and a first word that may be a mistyped
// audience, are refused with the audiences; nothing is sent.
func TestUpdateIsNotMisread(t *testing.T) {
	k := led(t)
	const audiences = "responders, "
	for line, want := range map[string]string{
		":update nosuch draft":                      `there is no audience "nosuch"; the audiences are ` + audiences,
		":update nosuch Draft":                      `there is no audience "nosuch"; the audiences are ` + audiences,
		":update customers dear customers draft":    "draft comes after the audience: :update customers draft TEXT; ",
		":update the key is revoked draft":          "draft comes after the audience: :update responders draft TEXT; ",
		":update press we look into it now":         `there is no audience "press"; the audiences are ` + audiences,
		":update board: it is over and we are fine": `there is no audience "board"; the audiences are ` + audiences,
		":update users were told about all of it":   `there is no audience "users"; the audiences are ` + audiences,
		":update press hello":                       `there is no audience "press"; the audiences are ` + audiences,
		":update custumer we are working on it":     `there is no audience "custumer"; did you mean customers?`,
		":update customes draft we work on it now":  `there is no audience "customes"; did you mean customers?`,
		":update nosuch draft we are working now":   `there is no audience "nosuch"; the audiences are ` + audiences,
	} {
		if err := k.try("bo", line); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s...", line, err, want)
		}
	}
	if got := len(k.room.Dispatches) + len(k.room.Drafts); got != 0 {
		t.Errorf("updates and drafts: got %d, want none", got)
	}
	k.mustType("bo", ":update contained", ":update the key is revoked", ":update all is quiet",
		":update responders all quiet",
		":update customers draft we work on it", ":update executives this is a draft.")
	if sent, drafts := len(k.room.Dispatches), len(k.room.Drafts); sent != 5 || drafts != 1 {
		t.Errorf("got %d updates and %d drafts, want 5 and 1", sent, drafts)
	}
}

// TestApprovalNeedsTheCommander: where the plan requires approval, only a confirmed
// Commander sends an update, or the right "command" while there is none. What others write
// becomes a draft, and the preview states who approves it.
func TestApprovalNeedsTheCommander(t *testing.T) {
	k := led(t)
	waits := func(who, line, approver string) {
		t.Helper()
		ctx := k.ctx(who)
		a, err := model.Parse(line, ctx)
		if err != nil {
			t.Fatalf("%s: %s: got %v, want no error", who, line, err)
		}
		want := "the draft is not sent until " + approver + " approves it: :approve "
		if got := k.room.Impact(ctx.Who, a, k.now).String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s: got preview %q, want %q...", who, line, got, want)
		}
		k.mustType(who, line)
		err = k.try(who, ":approve")
		want = "cannot be sent until " + approver + " approves it"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: :approve: got %v, want ...%s", who, err, want)
		}
		sent := &model.UpdateSent{Audience: "customers", Conditions: "x"}
		if l := k.do(who, model.Act{Body: sent}); l.Refused.IsEmpty() || len(k.room.Dispatches) != 0 {
			t.Errorf("%s sends it at once: got %q and %d updates, want it refused", who,
				l.Refused, len(k.room.Dispatches))
		}
	}
	waits("ana", ":update customers dear customers", "the Incident Commander (bo)")
	waits("di", ":update customers dear customers", "the Incident Commander (bo)")
	k.mustType("bo", ":renounce ic @bo")
	waits("di", ":update customers dear customers", `somebody with the right "command" (nobody is Incident Commander)`)
	k.mustType("di", ":role ic @di")
	waits("di", ":update customers dear customers", `somebody with the right "command" (nobody is Incident Commander)`)
	k.mustType("ana", ":confirm ic @di", ":renounce ic @di", ":approve")
	if got := len(k.room.Dispatches); got != 1 {
		t.Errorf("approved by ana, while nobody is Commander: got %d updates, want 1", got)
	}
}

// TestWhoReceivesAnUpdate: the preview of an update names its receivers, or tells that it is
// only recorded, if that is known.
func TestWhoReceivesAnUpdate(t *testing.T) {
	k := led(t)
	for _, receivers := range []string{"Slack #incidents, 2 mail addresses", "", "not known"} {
		c := k.ctx("bo")
		want := "the update is sent to Executives at once"
		switch receivers {
		case "":
			want = "the update to Executives is only recorded: no bridge is configured for them"
		case "not known":
		default:
			want += ": " + receivers
		}
		if receivers != "not known" {
			c.Receivers = func(audience string) model.Safe {
				if audience != "executives" {
					t.Errorf("got the audience %q, want %q", audience, "executives")
				}
				return model.CleanLine(receivers)
			}
		}
		if got := model.HintOf(":update executives key revoked", c).Impact.String(); got != want {
			t.Errorf("receivers %q: got %q, want %q", receivers, got, want)
		}
	}
}
