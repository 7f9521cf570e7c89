package model_test

import (
	"testing"
	"time"
)

// TestWhoAnswered: an ask names who answered it, also if that is not the person asked.
func TestWhoAnswered(t *testing.T) {
	k := led(t)
	k.mustType("ana", ":ask @bo 5m is it off?", ":ask @bo 5m is it dead?", ":ask scribe 5m is it written?")
	k.mustType("cy", ":answer 1 it is")
	k.mustType("bo", ":answer 2 yes")
	k.wait(6 * time.Minute)
	k.mustType("di", ":answer 3 now")
	for i, want := range []string{"answered in time by cy for bo: it is", "answered in time by bo: yes",
		"answered 1 min late by di: now"} {
		a := k.room.Asks[i]
		if got := k.room.AskOutcome(a, k.now).String(); got != want {
			t.Errorf("ask %d: got %q, want %q", i+1, got, want)
		}
	}
}
