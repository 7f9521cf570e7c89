package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestPollOverAClosing: a poll that would have ended while the room was closed has decided nothing, before and
// after the room is reopened, since nobody could object. One that was still open then stays so.
func TestPollOverAClosing(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":role ic @ana", ":poll isolate the runner 30m", ":poll tell the press 2h", ":poll pay 5m",
		":ask @ana 30m who?", ":ask @ana 5m where?")
	k.wait(10 * time.Minute)
	k.mustType("ana", ":resolve override over", ":close override over")
	k.wait(time.Hour)
	lapsed := &k.room.Polls[0]
	const want = "open when the room was closed, no objection"
	if got := k.room.PollOutcome(lapsed, k.now).String(); got != want {
		t.Errorf("while the room is closed: got %q, want %q", got, want)
	}
	k.mustType("ana", ":reopen again")
	lapsed = &k.room.Polls[0]
	if got := k.room.PollOutcome(lapsed, k.now).String(); got != want {
		t.Errorf("after the reopening: got %q, want %q", got, want)
	}
	for i, state := range []model.PollState{model.PollLapsed, model.PollOpen, model.PollProceeds} {
		if got := k.room.PollState(&k.room.Polls[i], k.now); got != state {
			t.Errorf("poll %d: got %s, want %s", i+1, got, state)
		}
	}
	if got := k.room.HandoffBrief(k.now); strings.Contains(got, lapsed.Text) {
		t.Errorf("the brief: got %q, want nothing about the poll that decided nothing", got)
	}
	k.refused("ana", ":object 1 never", "poll 1 ended at 2026-11-21 14:30:00 UTC, "+want+
		"; open another with :poll TEXT 60s")
	k.mustType("ana", ":object 2 never", ":poll 1 proceeds we do it now")
	if got := k.room.PollOutcome(&k.room.Polls[0], k.now).String(); !strings.Contains(got, "decided by ana") {
		t.Errorf("closed by hand: got %q, want decided by ana", got)
	}
	for i, want := range []string{"not answered when the room was closed", "expired: not answered in time"} {
		if got := k.room.AskOutcome(k.room.Asks[i], k.now).String(); got != want {
			t.Errorf("ask %d after the reopening: got %q, want %q", i+1, got, want)
		}
	}
}

// TestAnswerRecordedLate: an answer that was typed in time while the hub was away is late by the record alone.
func TestAnswerRecordedLate(t *testing.T) {
	for typed, want := range map[time.Duration]string{
		2 * time.Minute:              "answered 17 min late by the record, 1 min early as reported, by bo: yes",
		4 * time.Minute:              "answered 17 min late by bo: yes",
		20*time.Minute - time.Second: "answered 17 min late by bo: yes",
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.admit("bo", model.Write)
		k.mustType("ana", ":ask @bo 3m who?")
		asked := k.now
		k.wait(20 * time.Minute)
		a, err := k.typed("bo", ":answer 1 yes")
		if err != nil {
			t.Fatalf("type an answer: %v", err)
		}
		a.At = asked.Add(typed)
		k.do("bo", a)
		if got := k.room.AskOutcome(k.room.Asks[0], k.now).String(); got != want {
			t.Errorf("typed after %s: got %q, want %q", typed, got, want)
		}
	}
}
