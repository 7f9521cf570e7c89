package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestLengthsOfTime: lengths of time are formatted correctly at the boundaries of
// units.
func TestLengthsOfTime(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration][2]string{
		0:                                {"0 s", "00:00"},
		59 * time.Second:                 {"59 s", "00:59"},
		time.Minute:                      {"1 min", "01:00"},
		-time.Minute:                     {"1 min", "01:00"},
		time.Minute + time.Second:        {"1 min 01 s", "01:01"},
		59*time.Minute + 59*time.Second:  {"59 min 59 s", "59:59"},
		time.Hour:                        {"1 h", "1:00:00"},
		time.Hour + time.Minute:          {"1 h 01 min", "1:01:00"},
		25 * time.Hour:                   {"25 h", "25:00:00"},
		2*day - time.Second:              {"47 h 59 min", "47:59:59"},
		2 * day:                          {"2 days", "2d 00:00"},
		2*day + 3*time.Hour + 5*min:      {"2 days 3 h", "2d 03:05"},
		49*time.Hour + 59*time.Minute:    {"2 days 1 h", "2d 01:59"},
		100 * day:                        {"100 days", "100d 00:00"},
		time.Hour + 59*time.Second:       {"1 h", "1:00:59"},
		10*time.Minute + 10*time.Second:  {"10 min 10 s", "10:10"},
		-(3*day + 10*time.Hour + 30*min): {"3 days 10 h", "3d 10:30"},
	} {
		if got := [2]string{model.Took(d).String(), model.Span(d).String()}; got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		time.Second: "1 s late", -time.Second: "1 s early", 999 * time.Millisecond: "exactly on time",
		-999 * time.Millisecond: "exactly on time",
	} {
		if got := model.Lateness(d).String(); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]bool{time.Minute - 1: false, time.Minute: true, -time.Minute: true,
		0: false} {
		if got := model.TimesDiffer(at, at.Add(d)); got != want {
			t.Errorf("%s apart: got %t, want %t", d, got, want)
		}
	}
}

// TestHandles: the characters of a handle, at the ends of each range.
func TestHandles(t *testing.T) {
	for s, want := range map[string]bool{"a": true, "z": true, "0": true, "9": true, "_": true, "-": true, "": false,
		"`": false, "{": false, "/": false, ":": false, "A": false, "é": false, x(32): true, x(33): false,
		"a b": false} {
		if got := model.ValidHandle(s); got != want {
			t.Errorf("%q: got %t, want %t", s, got, want)
		}
	}
}

// TestTimesOfADay: the first and the last valid time of a day.
func TestTimesOfADay(t *testing.T) {
	now := time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC)
	for line, want := range map[string]string{
		"@23:59 x":                  "2026-11-21T23:59:00Z",
		"@00:00 x":                  "2026-11-21T00:00:00Z",
		"@23:59:59 x":               "2026-11-21T23:59:59Z",
		"@24:00 x":                  "",
		"@23:60 x":                  "",
		"@23:59:60 x":               "",
		"-3650d x":                  "2016-11-23T23:59:59Z",
		"-3651d x":                  "",
		"-87600h x":                 "2016-11-23T23:59:59Z",
		"-87600h1s x":               "",
		"-12d x":                    "2026-11-09T23:59:59Z",
		"-1d12h x":                  "2026-11-20T11:59:59Z",
		"@-5m x":                    "2026-11-21T23:54:59Z",
		"@2026-11-20 23:10 x":       "2026-11-20T23:10:00Z",
		"@2026-11-20T23:10 x":       "2026-11-20T23:10:00Z",
		"@2026-11-20T 23:10 x":      "",
		"@2026-11-20 23:10+03:00 x": "2026-11-20T20:10:00Z",
		"@today 23:10 x":            "2026-11-21T23:10:00Z",
		"@yesterday 23:10:01Z x":    "2026-11-20T23:10:01Z",
		"@2026-02-30 10:00 x":       "",
		"@yesterday x":              "",
		"@20m x":                    "",
		"@tomorrow x":               "",
		"@23:10-02:00 x":            "",
		"@yesterday 23:10-0200 x":   "2026-11-21T01:10:00Z",
	} {
		at, rest, err := model.LeadingTime(line, now, time.UTC)
		got := ""
		if err == nil && !at.IsZero() {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != want || got != "" && rest != "x" {
			t.Errorf("%q: got %q, %q, %v; want %q and the rest", line, got, rest, err, want)
		}
	}
}

// TestTimesThatClocksShowTwice: a time in the hour that clocks show twice, or skip, needs
// an offset; the hours before and after it do not.
func TestTimesThatClocksShowTwice(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	howe, err := time.LoadLocation("Australia/Lord_Howe") // its clocks go back by half an hour
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	for line, c := range map[string]struct {
		zone *time.Location
		good bool
	}{
		"@2026-10-25 01:59 x": {berlin, true}, "@2026-10-25 02:00 x": {berlin, false},
		"@2026-10-25 02:59 x": {berlin, false}, "@2026-10-25 03:00 x": {berlin, true},
		"@2026-03-29 01:59 x": {berlin, true}, "@2026-03-29 02:00 x": {berlin, false},
		"@2026-03-29 02:59 x": {berlin, false}, "@2026-03-29 03:00 x": {berlin, true},
		"@2026-04-05 01:29 x": {howe, true}, "@2026-04-05 01:30 x": {howe, false},
		"@2026-04-05 01:59 x": {howe, false}, "@2026-04-05 02:00 x": {howe, true},
	} {
		if at, _, err := model.LeadingTime(line, now, c.zone); (err == nil) != c.good {
			t.Errorf("%s in %s: got %s, %v; want it taken: %t", line, c.zone, at, err, c.good)
		}
	}
}

// TestDueDates: the forms in which a date may be written.
func TestDueDates(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC) // a Saturday
	for s, want := range map[string]string{
		"2026-12-24": "2026-12-24", "2026-02-30": "", "today": "2026-11-21", "Tomorrow": "2026-11-22",
		"3d": "2026-11-24",
		"0d": "2026-11-21", "999d": "2029-08-16", "1000d": "", "d": "", "xd": "", "fri": "2026-11-27",
		"saturday": "2026-11-28", "sa": "", "sat": "2026-11-28", "sun": "2026-11-22", "": "", "soon": "",
	} {
		if got, err := model.DueDate(s, now, time.UTC); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", s, got, err, want)
		}
	}
}

// TestDistance: the number of letters in which two words differ.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"judge", "judge", 0}, {"judg", "judge", 1}, {"jugde", "judge", 2}, {"", "abc", 3}, {"abc", "", 3},
		{"kitten", "sitting", 3}, {x(64), x(64), 0}, {x(65), x(64), 64}, {x(64), x(65), 64}, {x(64), x(63), 1}} {
		if got := model.Distance(c.a, c.b); got != c.want {
			t.Errorf("%.10q to %.10q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestBlankedWords: the words of a redacted text that are blanked in other lines.
func TestBlankedWords(t *testing.T) {
	const blank = model.Blank
	for _, c := range []struct{ text, redacted, want string }{
		{"the key abc123 leaked", "key abc123", "the " + blank + " leaked"},
		{"abc123 leaked", "it was abc123 or so", blank + " leaked"},
		{"abc12 leaked", "it was abc12 or so", "abc12 leaked"},
		{"about Runner leaked", "it was Runner there", "about Runner leaked"},
		{"about runNer leaked", "it was runNer there", "about " + blank + " leaked"},
		{"about runner leaked", "it was runner there", "about runner leaked"},
		{"about " + x(15) + " leaked", "it was " + x(15) + " there", "about " + x(15) + " leaked"},
		{"about " + x(16) + " leaked", "it was " + x(16) + " there", "about " + blank + " leaked"},
		{"secret", "the secret is out", blank},
		{"secre", "the secre is out", "secre"},
		{"a note abc", "abc", "a note abc"},
		{"a note abcd", "abcd", "a note " + blank},
		{"a2345678 a23456", "a23456 a2345678", blank + " " + blank},
	} {
		if got := model.Blanked(c.text, []string{c.redacted}); got != c.want {
			t.Errorf("%q without %q: got %q, want %q", c.text, c.redacted, got, c.want)
		}
	}
}

// TestLikenessOfAlerts: the reasons why a room is similar to an alert, the strongest first.
func TestLikenessOfAlerts(t *testing.T) {
	base := model.Alert{Source: "s", Kind: "vuln", Rule: "CVE-1", Title: "x", Severity: "high",
		Asset: model.AlertAsset{Type: "image", ID: "nw/shop"}, GroupKey: "g", Secret: "f", ARN: "arn"}
	for want, change := range map[string]func(*model.Alert){
		"the same secret":            func(*model.Alert) {},
		"the same group of findings": func(a *model.Alert) { a.Secret = "" },
		"the same identity":          func(a *model.Alert) { a.Secret, a.GroupKey = "", "" },
		"the same rule on nw/shop":   func(a *model.Alert) { a.Secret, a.GroupKey, a.ARN = "", "", "" },
		"also about nw/shop": func(a *model.Alert) {
			a.Secret, a.GroupKey, a.ARN, a.Rule = "", "", "",
				"other"
		},
		"also about CVE-1": func(a *model.Alert) { a.Secret, a.GroupKey, a.ARN, a.Asset.ID = "", "", "", "other" },
		"":                 func(a *model.Alert) { *a = model.Alert{Kind: "vuln", Title: "y"} },
	} {
		k := alertRoom(t)
		k.do("ana", model.Act{Body: &model.AlertReceived{Alert: base, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x"}})
		a := base
		change(&a)
		got := ""
		for _, s := range model.SimilarRooms(&a, []model.RoomInfo{{Short: "inc-1", Room: k.room}}) {
			got = s.Why.String()
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestLikenessOfTitles: the number of words that two similar titles have in common.
func TestLikenessOfTitles(t *testing.T) {
	for title, want := range map[string]bool{
		"Deploy key in a public CI log": true, "deploy key": true, "deploy": true, "deploy the": true,
		"deploy friday evening": false, "deploy on friday, ok": true, "unrelated": false, "": false, "key": true,
		"deploy key of the other": true, "deploy alpha": true, "deploy alpha beta": false,
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-3", Title: "Deploy key in a public CI log"})
		got := model.SimilarTitles(title, []model.RoomInfo{{Short: "inc-1", Room: k.room}})
		if (len(got) == 1) != want {
			t.Errorf("%q: got %+v, want it like the room's: %t", title, got, want)
		}
	}
}

// TestCleanAtItsEdges: the first and the last plain character, and a line break.
func TestCleanAtItsEdges(t *testing.T) {
	for in, want := range map[string][2]string{
		" ": {" ", " "}, "~": {"~", "~"}, "a b": {"a b", "a b"}, "a\nb": {"a\nb", model.CleanLine("a\nb").String()},
		"": {"", ""},
	} {
		if got := [2]string{model.Clean(in).String(), model.CleanLine(in).String()}; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for _, bad := range []string{"\x1f", "\x7f", "\x00"} {
		if got := model.Clean(bad).String(); strings.Contains(got, bad) {
			t.Errorf("%q: got it back as %q, want it replaced", bad, got)
		}
	}
}
