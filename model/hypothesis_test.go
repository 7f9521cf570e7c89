package model_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestHypotheses: each hypothesis has a state with its reason and entry, and a
// sentence about a hypothesis is never stored as a new one.
func TestHypotheses(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", "?the runner is compromised", ":hyp a vendor leaked it", "?it was ana", "?nobody used it")
	k.mustType("ana", ":hyp 4 supported the image differs", "?5 eliminated: they never had it", ":retract 6 not fair")
	var got []string
	for _, h := range k.room.Hypotheses() {
		got = append(got, fmt.Sprint(h.N, " ", h.State, " ", h.Settler, " ", h.Entry, " ", h.Reason))
	}
	want := []string{"4 supported ana 8 the image differs", "5 eliminated ana 9 they never had it",
		"6 retracted ana 0 not fair", "7 open  0 "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	k.refused("bo", "?hypothesis 4 is no longer what I think",
		"4 is a hypothesis (the runner is compromised): record its outcome with :hyp 4 supported REASON or "+
			":hyp 4 eliminated REASON; a new hypothesis begins with a word, not with a number")
	k.refused("bo", ":hyp 4 eliminated", "give a reason: :hyp 4 eliminated REASON")
	k.refused("bo", ":hyp 4 supported once more", "hypothesis 4 is already supported, by ana")
	k.refused("bo", ":hyp 2 supported it is",
		"entry 2 (plan) is not a hypothesis; give the number of one: 4 (the runner is compromised), 5 (a vendor "+
			"leaked "+
			"it), 7 (nobody used it)")
}

// TestASentenceAboutOneIsNotAnother: a sentence that begins with a number or an outcome is
// about a hypothesis and opens no new one.
func TestASentenceAboutOneIsNotAnother(t *testing.T) {
	k := led(t)
	k.mustType("bo", "?the runner is compromised")
	const noOutcome = " is not a hypothesis; an outcome is recorded with :hyp N supported REASON or :hyp N " +
		"eliminated REASON; a new hypothesis begins with a word, not with a number"
	k.refused("bo", ":hyp 2 many things", "2"+noOutcome)
	k.refused("bo", "?60 servers were hit", "60"+noOutcome)
	k.refused("bo", ":hyp eliminated 59 x", "the number of the hypothesis comes first: :hyp 59 eliminated REASON; a "+
		`new hypothesis does not begin with "eliminated"`)
	k.refused("bo", "?Supported: the logs agree", "the number of the hypothesis comes first: :hyp N supported REASON; "+
		`a new hypothesis does not begin with "Supported"`)
	if got := len(k.room.Hypotheses()); got != 1 {
		t.Errorf("hypotheses: got %d, want 1", got)
	}
	k.mustType("bo", "?2nd vendor was hit", "?about 60 servers were hit")
}
