package model_test

import (
	"fmt"
	"testing"

	"warroom/model"
)

// logsOfEverything are logs in which lists grow and their elements change.
func logsOfEverything(t *testing.T) map[string][]*model.Event {
	_, mix := processMix(t, 600, true)
	base := led(t)
	s := scoped(t)
	s.mustType("ana", ":asset host web3 suspected -9m", ":asset host web3 contained", ":asset host db1 suspected",
		":ioc ip 203.0.113.9", ":ioc block 1", ":impact start -5m it is slow", ":impact end", ":sev SEV-1 data-breach",
		":update responders it stands", ":asset host web3 confirmed again")
	s.mustType("ana", fmt.Sprintf(":time %d -8m it was earlier", s.room.Indicators[0].Seq))
	return map[string][]*model.Event{"story": story(t).log, "process": processed(t).log, "known": s.log,
		"mix": append(base.log, mix...)}
}

// TestReplayIsApply: folding a log in one run, which appends to its own lists, gives the
// same room as folding it event by event, and leaves the initial room unchanged.
func TestReplayIsApply(t *testing.T) {
	for name, log := range logsOfEverything(t) {
		t.Run(name, func(t *testing.T) {
			want, hashes := model.NewRoom(), []string{}
			for _, e := range log {
				want = model.Apply(want, e)
				hashes = append(hashes, want.StateHash())
			}
			step := max(1, len(log)/25)
			for i := step; i < len(log); i += step {
				base := model.Replay(model.NewRoom(), log[:i]...)
				if got := base.StateHash(); got != hashes[i-1] {
					t.Fatalf("replay of %d events: got state %s, want %s as by Apply", i, got, hashes[i-1])
				}
				for range 2 { // the second run finds the room as the first one did
					if got := model.Replay(base, log[i:]...).StateHash(); got != want.StateHash() {
						t.Fatalf("replay from event %d: got state %s, want %s", i, got, want.StateHash())
					}
				}
				if got := base.StateHash(); got != hashes[i-1] {
					t.Fatalf("room at event %d after a replay from it: got state %s, want %s as before", i, got,
						hashes[i-1])
				}
			}
		})
	}
}

// TestApplyAfterApplyNext: a room that was folded by ApplyNext keeps its state, whatever is
// applied after it.
func TestApplyAfterApplyNext(t *testing.T) {
	for name, log := range logsOfEverything(t) {
		t.Run(name, func(t *testing.T) {
			r := model.NewRoom()
			for i, e := range log {
				if i%3 != 2 {
					r = model.ApplyNext(r, e)
					continue
				}
				shown, want := r, r.StateHash()
				r = model.Apply(r, e)
				if i+1 < len(log) {
					model.ApplyNext(model.Apply(shown, e), log[i+1])
				}
				if got := shown.StateHash(); got != want {
					t.Fatalf("room before event %d (%s): got state %s, want %s as before it", i, e.Kind, got, want)
				}
			}
			if got, want := r.StateHash(), model.Replay(model.NewRoom(), log...).StateHash(); got != want {
				t.Errorf("state: got %s, want %s", got, want)
			}
		})
	}
}

// TestPreviewLeavesTheRoom: neither the preview of an act nor the line of an act that needs
// the state after it changes a room that was folded by ApplyNext.
func TestPreviewLeavesTheRoom(t *testing.T) {
	for name, log := range logsOfEverything(t) {
		t.Run(name, func(t *testing.T) {
			r := model.NewRoom()
			for _, e := range log {
				if b, err := e.DecodeBody(); err == nil && r.Seq > 0 {
					before := r.StateHash()
					who, act := model.Actor{Handle: e.By, Key: e.Key, Via: e.Via}, model.Act{At: e.At, Body: b}
					r.Preview(who, act, e.RecordedAt)
					r.Impact(who, act, e.RecordedAt)
					if got := r.StateHash(); got != before {
						t.Fatalf("preview of entry %d, %s: got another room, want it as it was", e.Seq, e.Kind)
					}
				}
				r = model.ApplyNext(r, e)
			}
		})
	}
}
