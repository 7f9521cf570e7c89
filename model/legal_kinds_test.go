package model

import (
	"testing"
	"time"
)

// stopper is a body that stops every legal clock.
type stopper struct{}

func (stopper) check(*Room, *Event) error { return nil }
func (stopper) line(*Room, *Event) Safe   { return Safe{} }
func (stopper) apply(r *Room, e *Event)   { r.standOne(0, "a test", e) }

// TestLegalClocksOfEveryKind: no kind but a notice stops a legal clock that runs without
// the power to waive it. Under older rules, every kind does.
func TestLegalClocksOfEveryKind(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	plan := &Plan{Clocks: []ClockDef{{ID: "gdpr", Label: "GDPR", Law: true, After: Duration(time.Hour)}},
		Roles: []RoleDef{{ID: "ic", Label: "Commander", Powers: []Power{PowerAll}}}}
	for k := range registry {
		for rules, want := range map[int]bool{strictRules - 1: false, strictRules: k != KindNoticeGiven} {
			r := &Room{Rules: rules, Plan: plan, Severity: "SEV-1",
				Members: map[string]Member{"key": {Handle: "bo", Right: Write}},
				Roles:   []Assignment{{Role: "ic", Person: "bo", Unconfirmed: true}},
				Clocks:  []ClockRun{{ID: "gdpr", N: 1, From: at, StartedAt: at, DueAt: at.Add(time.Hour)}}}
			err := r.checkLegalClocks(&Event{Kind: k, By: "bo", Key: "key", RecordedAt: at}, stopper{})
			if got := CodeOf(err) == Forbidden; got != want {
				t.Errorf("%s under rules %d: got %v, want refused %v", k, rules, err, want)
			}
			if got := r.Clocks[0].Runs(); !got {
				t.Errorf("%s: the check: got a clock that stands in the room, want it unchanged", k)
			}
		}
	}
}
