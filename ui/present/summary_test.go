package present_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/present"
)

// summary returns the summary of a room for ana.
func (k *typist) summary() string {
	var b strings.Builder
	v := &model.View{Short: "inc-1", Room: k.room}
	for _, l := range present.Summary(v, "ana", k.now, time.UTC) {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// TestSummaryAnswers: the summary answers each question, and counts what is left out.
func TestSummaryAnswers(t *testing.T) {
	k := declared(t)
	k.enter(":role ic @ana", ":phase +containment", ":start 7", ":block 8 the team is not reachable",
		":ask @ana 5m is it cut off?", ":poll 30m shall we cut it off?", ":todo write it down",
		strings.Repeat("a long note ", 30))
	k.now = k.now.Add(16 * time.Minute)
	got := k.summary()
	for _, want := range []string{
		"inc-1  SEV-1  TRIAGE + CONTAINMENT  x\n", "declared 2026-11-21 14:00:00 UTC by ana, age 16:00\n",
		"! ana asks you (OVERDUE 11:00): is it cut off? (reply with :ack 1, :answer 1 TEXT)\n",
		"! ana is Incident Commander and has written nothing for 16:00; ", "Radar: Update is overdue by 01:00 (+",
		"Roles: Scribe nobody for 16:00; Security Lead nobody for 16:00; Incident Commander ana\n",
		"Due: Validate overdue since 14:15: :check 1 stops it; ", "see :clocks\n",
		"Asked: poll 1: shall we cut it off?, ends in 14:00\n",
		"Doing: 7 Disable the compromised accounts, @ana\n",
		"Blocked: 8 Isolate the affected services, the team is not reachable\n",
		"Unassigned: 1 Validate that the alert is real and verify its severity; " +
			"5 Revoke or rotate the exposed secrets (AWS, Stripe, etc.), URGENT, open 16:00; " +
			"and 6 more, see :checklist\n",
		"Done: Triage 0/4; Containment 0/8\n",
		"0 entries in the last 5 minutes; the newest:\n",
		" ... (:show 10 shows all of it)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in it, got\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n > 17 {
		t.Errorf("got %d lines, want at most 17:\n%s", n, got)
	}
	for line := range strings.Lines(got) {
		if len(line) > 230 {
			t.Errorf("got a line of %d bytes, want at most 230: %s", len(line), line)
		}
	}
}

// TestSummaryOfAClosedRoom: a closed room has a status, and nothing is undone.
func TestSummaryOfAClosedRoom(t *testing.T) {
	k := declared(t)
	k.enter(":resolve override a test", ":close override a test")
	got := k.summary()
	if !strings.Contains(got, "inc-1  SEV-1  CLOSED  x\n") || !strings.Contains(got, "Due: Review due in 2d 00:00\n") ||
		strings.Contains(got, "Unassigned") || strings.Contains(got, "nobody for") {
		t.Errorf("got\n%s\nwant it closed, with only the review due", got)
	}
}

// TestWordings: where a fact has a short form, its full form states at least the same.
func TestWordings(t *testing.T) {
	k := declared(t)
	k.enter(":kind credential_leak", ":role sre @ana", ":phase containment", ":assign 7 @ana", ":due 7 @14:05",
		":block 8 no access", ":skip 11 nothing to keep")
	k.now = k.now.Add(10 * time.Minute)
	for i := range k.room.Items {
		it := &k.room.Items[i]
		for _, w := range present.ItemNotes(k.room, it, k.now, time.UTC) {
			if w.Full.IsEmpty() {
				t.Errorf("item %d: got only the short form %q, want a full one", it.N, w.Short)
			}
			word, _, _ := strings.Cut(strings.Trim(w.Short.String(), "()"), " ")
			if !strings.Contains(w.Full.String(), word) {
				t.Errorf("item %d: got the full form %q for the short one %q, want its first word", it.N, w.Full,
					w.Short)
			}
		}
	}
	for _, v := range k.room.ClockViews(k.now) {
		if w := present.ClockState(&v, k.now); w.Full.IsEmpty() || w.Short.IsEmpty() {
			t.Errorf("clock %s: got %q and %q, want both forms", v.Def.ID, w.Full, w.Short)
		}
	}
}

// TestWorkOfAnEarlierPhase: what an earlier phase left open is not work of later. It comes
// before the items of the present phase, the item whose clock runs first.
func TestWorkOfAnEarlierPhase(t *testing.T) {
	k := declared(t)
	k.enter(":phase containment")
	var got []string
	for _, it := range present.Work(k.room, k.now, present.IsUnowned) {
		got = append(got, fmt.Sprint(it.N, " ", it.Phase))
	}
	want := []string{"1 triage", "5 containment", "2 triage", "3 triage", "4 triage", "7 containment"}
	if !slices.Equal(got[:min(len(got), len(want))], want) {
		t.Errorf("items that nobody does: got %q, want it to begin with %q", got, want)
	}
	for _, it := range present.Work(k.room, k.now, present.IsLater) {
		if it.Phase == "triage" {
			t.Errorf("items of later: got item %d of triage, want items of phases that come", it.N)
		}
	}
}

// TestWordOfAStoppedClock: a clock that was stopped is called stopped everywhere.
func TestWordOfAStoppedClock(t *testing.T) {
	k := declared(t)
	k.enter(":sev SEV-3 the key was revoked before any use")
	n := 0
	for _, v := range k.room.ClockViews(k.now) {
		if v.Run.StoodAt.IsZero() {
			continue
		}
		n++
		if got := present.ClockState(&v, k.now); got.Short.String() != "stopped" ||
			!strings.HasPrefix(got.Full.String(), "stopped") {
			t.Errorf("%s: got %q and %q, want both to begin with stopped", v.Def.ID, got.Short, got.Full)
		}
	}
	if n == 0 {
		t.Error("got no stopped clock, want some at SEV-3")
	}
}
