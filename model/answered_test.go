package model_test

import (
	"testing"

	"warroom/model"
)

// TestAnsweredTwice: a command on something that has its answer names what it is, and by whom it
// ended.
func TestAnsweredTwice(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	n := k.proposal()
	line := func(verb string) string { return model.Safef(":%s %d", verb, n).String() }
	k.mustType("cy", k.confirmN())
	ended := "bo's proposal to take Incident Commander ended at 2026-11-21 14:00:00 UTC: cy confirmed it; there is " +
		"nothing to "
	k.refused("di", line("withdraw"), ended+"withdraw")
	k.refused("di", line("decline"), ended+"decline")
	k.mustType("ana", line("confirm")) // gives the powers that cy could not
	k.refused("di", line("confirm"), ended+"confirm")
	k.refused("di", ":confirm ic @bo", "bo has all powers of Incident Commander; there is nothing to confirm")
	k.mustType("bo", ":renounce ic @bo")
	k.refused("di", line("confirm"), ended+"confirm")

	o := evidenceFirst(t)
	o.mustType("ana", ":check 1 override the disk is on fire")
	o.mustType("bo", ":confirm 1")
	o.refused("bo", ":confirm 1", "the override of item 1, requested by ana, was confirmed by bo at 2026-11-21 "+
		"14:00:00 UTC")
}

// TestOutcomeOfNoHypothesis: the outcome of an entry that is not a hypothesis names the entry, and
// those that are hypotheses.
func TestOutcomeOfNoHypothesis(t *testing.T) {
	k := led(t)
	k.mustType("ana", "a note")
	note := k.room.Seq
	for _, n := range []uint64{2, note} {
		word := k.room.Line(n).Word()
		line := model.Safef(":hyp %d eliminated it was asleep", n).String()
		k.refused("ana", line, model.Safef("entry %d (%s) is not a hypothesis, and this room has none; record one "+
			"with "+
			"?TEXT", n, word).String())
	}
	k.mustType("ana", "?the runner leaked it")
	k.refused("ana", model.Safef(":hyp %d eliminated it was asleep", note).String(), model.Safef(
		"entry %d (note) is not a hypothesis; give the number of one: %d (the runner leaked "+
			"it)", note, note+1).String())
	k.refused("ana", ":hyp 900 eliminated it was asleep", model.Safef("there is no entry 900; the newest is %d",
		note+1).String())
}
