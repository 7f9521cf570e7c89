package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// zoneOf loads a time zone.
func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestLeadingTime(t *testing.T) {
	ist, ber := zoneOf(t, "Europe/Istanbul"), zoneOf(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 14, 40, 0, 0, time.UTC) // 17:40 in Istanbul
	dst := time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)  // the day Berlin's clocks went back
	for _, c := range []struct {
		line string
		now  time.Time
		zone *time.Location
		at   string // UTC, "" none
		rest string
		err  string
	}{
		{"-12m first odd login", now, ist, "2026-11-21 14:28:00", "first odd login", ""},
		{"-1h30m x", now, ist, "2026-11-21 13:10:00", "x", ""},
		{"-2d x", now, ist, "2026-11-19 14:40:00", "x", ""},
		{"- x", now, ist, "", "- x", ""},
		{"-5 degrees", now, ist, "", "-5 degrees", ""},
		{"@14:32 x", now, ist, "2026-11-21 11:32:00", "x", ""},
		{"@14:32Z x", now, ist, "2026-11-21 14:32:00", "x", ""},
		{"@yesterday 23:10 x", now, ist, "2026-11-20 20:10:00", "x", ""},
		{"@2026-11-20 23:10+03:00 x", now, time.UTC, "2026-11-20 20:10:00", "x", ""},
		{"@2026-11-20T23:10+03:00 x", now, time.UTC, "2026-11-20 20:10:00", "x", ""},
		{"@ana look at this", now, ist, "", "@ana look at this", ""},
		{"@18:00 x", now, ist, "", "", "18:00 was read as 2026-11-21 18:00 +03:00 (2026-11-21 15:00:00 UTC), which is in the future; for the day before write @yesterday 18:00"},
		{"@25:00 x", now, ist, "", "", "there is no time 25:00"},
		{"@2026-02-30 10:00 x", now, ist, "", "", "there is no day 2026-02-30"},
		{"@yesterday x", now, ist, "", "", "after @yesterday comes a time of day, as in @yesterday 23:10"},
		{"@02:30 x", dst, ber, "", "", "02:30 came twice on 2026-10-25: 02:30+01:00 and 02:30+02:00; write it with its offset, as in @2026-10-25 02:30+01:00"},
		{"@2026-03-29 02:30 x", dst, ber, "", "", "on 2026-03-29 the clocks of Europe/Berlin skip 02:30; write the time with its offset, as in @2026-03-29 02:30+03:00"},
		{"@2026-10-25 02:30+02:00 x", dst, ber, "2026-10-25 00:30:00", "x", ""},
	} {
		at, rest, err := model.LeadingTime(c.line, c.now, c.zone)
		switch {
		case c.err != "":
			if err == nil || err.Error() != c.err {
				t.Errorf("%s\n got %v\nwant %s", c.line, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.line, err)
		case rest != c.rest || c.at == "" != at.IsZero() || c.at != "" && at.UTC().Format(time.DateTime) != c.at:
			t.Errorf("%s: got %s %q, want %s %q", c.line, at.UTC().Format(time.DateTime), rest, c.at, c.rest)
		}
	}
}

func TestDueDate(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 40, 0, 0, time.UTC) // a Saturday
	for in, want := range map[string]string{"fri": "2026-11-27", "sat": "2026-11-28", "3d": "2026-11-24", "tomorrow": "2026-11-22", "2026-12-01": "2026-12-01", "2026-13-01": "", "x": "", "": ""} {
		if got, _ := model.DueDate(in, now, time.UTC); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestRefusals: what is typed wrong gets one sentence that says what to do.
func TestRefusals(t *testing.T) {
	for line, want := range map[string]string{
		"":                        "there is nothing to say yet",
		":":                       "after the colon comes a command; :help lists them",
		":chek 1":                 "there is no command :chek; near it: :confirm :check :clock :custody :comms :close :channel; :help lists them",
		":check":                  "give the number of the item as the screen shows it",
		":export":                 ":export is no line of the log; the screen writes the record by it, or in a shell: warroom export ROOM -o FILE",
		":check x":                "give the number of the item as the screen shows it, not \"x\"",
		":check 99":               "there is no item 99; the checklist has 1 to 41",
		":check 9":                "item 9 (Block the address or pattern at the WAF (AWS, Cloudflare)) is only for incidents of kind app_exploit; :kind app_exploit adds it",
		":sev SEV-9":              "say which severity: SEV-1, SEV-2, SEV-3",
		":sev SEV-1":              "a change of severity needs a criterion or a reason: :sev SEV-1 data-breach, active-exploit, master-key",
		":role ":                  "say which role: commander, scribe, security-lead, sre, comms, sme",
		":role dancer @bo":        "the plan knows no role \"dancer\"; it has: commander, scribe, security-lead, sre, comms, sme",
		":role scribe @Bo!":       "bo! is no handle; handles are 1 to 32 of a-z 0-9 _ -",
		":skip 1":                 "the reason is missing",
		":phase war":              "say which phase: triage, containment, eradication, recovery, monitoring, review",
		":snooze update soon":     "\"soon\" is no length of time; write 10m or 1h30m",
		":update":                 "say how it stands: :update responders CONDITIONS | ACTIONS | NEEDS",
		":amend 1 x":              "line 1 is no entry; only what a person wrote can be changed",
		":amend 99 x":             "there is no entry 99; the newest is 2",
		":exposure maybe":         "exposure is none, suspected or confirmed, not maybe",
		":milestone lunch":        "there is no milestone lunch; there are: initial_compromise, first_malicious_action, first_data_exfiltration, detected, validated, declared, contained, eradicated, restored, resolved, closed, reviewed",
		":clock arm tea":          "the plan knows no clock \"tea\"; it has: validate, update, executives, legal, watch, review, gdpr, kvkk",
		":link notion ftp://x":    "ftp://x is no address; it begins with https://",
		":todo due someday x":     "someday is no date; write it as 2026-11-30, or as fri, or as 3d",
		":accept":                 "no handoff waits for you",
		":notify legal":           "say who was told and how: :notify legal @mei phone",
		":close because":          "write :close, or :close override REASON",
		"\x1b[2J\x1b]52;c;AA\x07": "",
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2", Kind: "credential_leak"})
		err := k.try("ana", line)
		if got := model.Sentence(err); want == "" && err != nil || want != "" && (err == nil || got.String() != want) {
			t.Errorf("%q\n got %v\nwant %s", line, err, want)
		}
	}
}

func TestCompletion(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Kind: "credential_leak"})
	k.say("ana", ":role scribe @bo")
	for line, want := range map[string]string{
		":sno":          ":snooze ",
		":sev SEV-1 ma": ":sev SEV-1 master-key ",
		":role scr":     ":role scribe ",
		":role sme @b":  ":role sme @bo ",
		"ask @b":        "ask @bo ",
		":phase cont":   ":phase containment ",
		":clock wai":    ":clock waive ",
		":clock move g": ":clock move gdpr ",
	} {
		got := model.Complete(line, k.ctx("ana"))
		if len(got) == 0 || got[0].Line != want {
			t.Errorf("%q: got %v, want %q", line, got, want)
		}
	}
}
