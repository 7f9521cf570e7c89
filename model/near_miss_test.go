package model_test

import (
	"testing"

	"warroom/model"
)

// TestNearMiss: lines that look like a command, a follow-up, a decision or a time,
// and lines that are ordinary notes.
func TestNearMiss(t *testing.T) {
	for line, want := range map[string]string{
		"help": ":help", "quit": ":quit", "Exit": ":quit", "ls": ":rooms", "todo: rotate": "TODO: rotate",
		"TODO rotate": "TODO: rotate", "todo - rotate": "TODO: rotate", "14:32 second login": "@14:32 second login",
		"-5 min second login": "-5m second login", "-2 hours ago": "-2h ago", "decision: we go public": "!we go public",
		"finding: 3 reads": ":finding 3 reads",

		"help is on the way": "", "TODO: rotate": "", "todos are open": "", "14 tokens live": "", "cy: 14 tokens": "",
		"di: console access lost": "", "-8m second login": "", "-5 degrees outside": "", "24/7 cover": "",
		"exit codes":          "",
		"decisions were made": "", "": "",
	} {
		if got := model.NearMiss(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
