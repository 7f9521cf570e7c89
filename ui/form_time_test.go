package ui_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// TestFormRefusesATimeWithTheForms: whatever is wrong with the time of the form, the refusal
// names the accepted forms, below the field and after Declare.
func TestFormRefusesATimeWithTheForms(t *testing.T) {
	h, _ := busy(t)
	const forms = "write 14:32, -12m, yesterday 23:10 or 2026-11-19 23:10"
	for typed, want := range map[string]string{
		"five minutes ago": "five minutes ago is not a time; " + forms,
		"2026-11-19":       "2026-11-19 is not a time; " + forms,
		"12/31 10:00":      "12/31 10:00 is not a time; " + forms,
		"tomorrow 10:00":   "tomorrow 10:00 is not a time; " + forms,
		"25:99":            "25:99 is not a time of day; write HH:MM (" + forms + ")",
		"2026-13-45 10:00": "there is no day 2026-13-45 (" + forms + ")",
		"13:00:61":         "13:00:61 is not a time of day",
		"14:32 CET":        "CET is not understood",
		"23:59": "23:59 was read as 2026-11-20 23:59:00 UTC, which is in the future; for the day before write " +
			"@yesterday 23:59 (" + forms + ")",
	} {
		s := uitest.Open(t, h, "bo", 160, 30)
		s.See("runner").Key(tcell.KeyF5).See("search:").Key(tcell.KeyCtrlN).See("title").Type("A key").Key(tcell.KeyTab)
		s.Type(typed).Until(want, func(f uitest.Frame) bool {
			flat := strings.Join(strings.Fields(strings.ReplaceAll(f.Text(), "│", " ")), " ")
			return strings.Contains(flat, want)
		})
		s.Key(tcell.KeyUp, tcell.KeyUp, tcell.KeyUp, tcell.KeyUp).Type("1")
		s.Key(tcell.KeyUp, tcell.KeyUp, tcell.KeyEnter)
		s.Until("! "+want, func(f uitest.Frame) bool {
			flat := strings.Join(strings.Fields(f.Text()), " ")
			return strings.Contains(flat, "! "+want)
		})
	}
}
