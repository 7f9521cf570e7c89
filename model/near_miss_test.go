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

		"-5m: second login": "-5m second login", "-5m, second login": "-5m second login", "- 5m x": "-5m x",
		"\u22125m x": "-5m x", "\u20135 min x": "-5m x", "-1h30 x": "-1h30m x", "-1H30M x": "-1h30m x",
		"12m ago second login": "-12m second login", "5 minutes ago, x": "-5m x", "-5m ago x": "-5m x",
		"- 5 min: x": "-5m x", "- 5 minutes ago x": "-5m x",
		"yesterday 23:10 x": "@yesterday 23:10 x", "Yesterday at 9:10: x": "@yesterday 9:10 x",
		"@ 14:32 x": "@14:32 x", "14:32: x": "@14:32 x", "to do: rotate": "TODO: rotate",
		"To-do: rotate":           "TODO: rotate",
		"Decision - we go public": "!we go public",

		"to do the rounds": "", "yesterday was quiet": "", "- 5 hosts are left": "", "5m tokens ago": "",
		"- 2 hours of logs are missing": "", "\u2013 20 minutes is the limit": "",
		"- a list": "", "-5 x": "", "5 minutes later": "", "-1h30m x": "", "14:32:10 x": "", "@14:32 x": "",
		"decision pending": "", "10 minutes ago": "", "- 5": "", "-5m": "", "\u2013 5 hosts": "", "-5mm x": "",
		"- 3 h5 hosts":       "",
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
