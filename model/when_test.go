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
		t.Fatalf("load the time zone: %v", err)
	}
	return z
}

func TestLeadingTime(t *testing.T) {
	ist, ber := zoneOf(t, "Europe/Istanbul"), zoneOf(t, "Europe/Berlin")
	now := time.Date(2026, 11, 21, 14, 40, 0, 0, time.UTC) // 17:40 in Istanbul
	dst := time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)  // the day on which summer time ends in Berlin
	for _, c := range []struct {
		line string
		now  time.Time
		zone *time.Location
		at   string // UTC; if "", none
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
		{line: "@18:00 x", now: now, zone: ist,
			err: "18:00 was read as 2026-11-21 18:00 +03:00 (2026-11-21 15:00:00 UTC), which is in the future; for " +
				"the day before write @yesterday 18:00"},
		{"@25:00 x", now, ist, "", "", "25:00 is not a time of day; write HH:MM"},
		{"@2026-02-30 10:00 x", now, ist, "", "", "there is no day 2026-02-30"},
		{"@yesterday x", now, ist, "", "", "@yesterday needs a time of day, as in @yesterday 23:10"},
		{line: "@02:30 x", now: dst, zone: ber,
			err: "the time 02:30 occurred twice on 2026-10-25: 02:30+01:00 and 02:30+02:00; write it with its " +
				"offset, as in @2026-10-25 02:30+01:00"},
		{line: "@2026-03-29 02:30 x", now: dst, zone: ber,
			err: "on 2026-03-29 the clocks in Europe/Berlin skip 02:30; write the time with its offset, as in " +
				"@2026-03-29 02:30+03:00"},
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
	for in, want := range map[string]string{"fri": "2026-11-27", "sat": "2026-11-28", "3d": "2026-11-24",
		"tomorrow": "2026-11-22", "2026-12-01": "2026-12-01", "2026-13-01": "", "x": "", "": ""} {
		if got, _ := model.DueDate(in, now, time.UTC); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestRefusals: a typing error gets one sentence that states what to do.
func TestRefusals(t *testing.T) {
	for line, want := range map[string]string{
		"":      "the line is empty",
		"-12m ": "the text is missing; write it after the time: -12m TEXT",
		":":     "a colon begins a command; :help lists the commands",
		":chek 1": "there is no command :chek; did you mean :check? " +
			":help lists all",
		":check": "give the number of the item, as the screen shows it",
		":export": ":export is not possible here; instead: on the screen, or in a shell: warroom export ROOM -o " +
			"FILE",
		":check x":  "give the number of the item, as the screen shows it, not \"x\"",
		":check 99": "there is no item 99; the checklist has 1 to 42",
		":check 9": "item 9 (Block the IP or pattern at the WAF (AWS WAF, Cloudflare)) is only for " +
			"incidents of kind app_exploit; :kind app_exploit adds it",
		":sev SEV-9": `there is no severity "SEV-9" in the plan; it has: SEV-1, SEV-2, SEV-3`,
		":sev SEV-1": "a change of severity needs a criterion or a reason: :sev SEV-1 data-breach, " +
			"active-exploit, master-key",
		":role ": "name the role: commander, deputy, scribe, security-lead, sre, comms, sme",
		":role dancer @bo": "there is no role \"dancer\" in the plan; it has: commander, deputy, scribe, " +
			"security-lead, sre, comms, sme",
		":role scribe @Bo!": `"bo!" is not a handle; a handle is 1 to 32 characters from a-z 0-9 _ -`,
		":skip 1":           "the reason is missing",
		":phase war": "there is no phase \"war\" in the plan; it has: triage, containment, " +
			"eradication, recovery, monitoring, review",
		":snooze update soon": "\"soon\" is not a length of time; write 10m or 1h30m",
		":update": "describe the situation: :update responders CONDITIONS | ACTIONS | NEEDS; or draft the update " +
			"from the log with :update responders draft, and send it with :approve",
		":amend 1 x": "line 1 (declared) is not a text entry, such as a note or a decision, and cannot be changed; " +
			"write a note about it",
		":amend 99 x":     "there is no entry 99; the newest is 2",
		":exposure maybe": "exposure is none, suspected or confirmed, not maybe",
		":milestone lunch": "there is no milestone \"lunch\"; the milestones are initial_compromise, " +
			"first_malicious_action, first_data_exfiltration, detected, validated, declared, contained, eradicated, " +
			"restored, resolved, closed, reviewed",
		":clock arm tea": "there is no clock \"tea\" in the plan; it has: validate, update, executives, " +
			"legal, watch, review, gdpr, kvkk",
		":link notaurl":        "give the web address, as in :link notion https://...",
		":link notion ftp://x": "ftp://x is not a web address; begin it with https://",
		":todo due someday x":  "someday is not a date; write 2026-11-30, fri or 3d",
		":accept":              "nobody has offered you a role",
		":notify legal":        "name the person, and how they were notified: :notify legal @mei phone",
		":close because": ":close takes no text of its own; write :close, :close answer POINT REASON or " +
			":close override REASON",
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
	k.mustType("ana", ":role scribe @bo")
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
