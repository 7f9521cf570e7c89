package report_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// at sets the clock of the test room to a time of its first day.
func (k *testRoom) at(h, m int) { k.now = time.Date(2026, 11, 21, h, m, 0, 0, time.UTC) }

// has checks that the Markdown report contains a text; hasNot that it does not.
func (k *testRoom) has(want ...string) {
	k.t.Helper()
	d := k.report()
	text := string(d.Markdown())
	for _, w := range want {
		if !strings.Contains(text, w) {
			k.t.Errorf("got a report without %q", w)
		}
	}
}

func (k *testRoom) hasNot(bad ...string) {
	k.t.Helper()
	d := k.report()
	text := string(d.Markdown())
	for _, w := range bad {
		if i := strings.Index(text, w); i >= 0 {
			k.t.Errorf("got %q in the report, in %q", w, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}

// TestReportOfRuns: the report lists every run of a clock.
func TestReportOfRuns(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-3"})
	k.at(14, 10)
	k.mustType(":sev SEV-1 bad")
	k.at(14, 20)
	k.mustType(":sev SEV-2 calm")
	k.at(15, 8)
	k.mustType(":sev SEV-1 no")
	k.at(15, 9)
	k.mustType(":notify executives the board", ":exposure suspected gdpr @2026-11-18 14:05 names")
	k.at(15, 15)
	k.mustType("-2h :notify gdpr DPA, portal", ":clock waive update night")
	k.at(16, 15)
	k.mustType(":clock arm update")
	k.has("| Executives | within 30m of SEV-1 being set | **MISSED** | 29 min late |",
		"| Executives | 1 | stopped | from 2026-11-21 14:10:00 UTC, due 2026-11-21 14:40:00 UTC, stopped 2026-11-21 "+
			"14:20:00 UTC by another severity |",
		"| **recorded late** | 2026-11-21 13:15:00 UTC as reported by ana, 50 min early; recorded 2026-11-21 "+
			"15:15:00 UTC, 1 h 10 min late |",
		"| Update | - | waived | 2026-11-21 15:15:00 UTC to 2026-11-21 16:15:00 UTC, 1 h, by ana: night |",
		"13:15:00 UTC, recorded 2026-11-21 15:15:00 UTC | ana | as reported |", // who was notified
		"1 recorded late")
}

// TestExposureInTheReport: the report has every assessment and the time of
// awareness.
func TestExposureInTheReport(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.has("| **not assessed** |", "| Personal data | not assessed |")
	k.mustType(":exposure suspected ~10 gdpr @yesterday 10:00 names", ":exposure confirmed ~20 gdpr more")
	k.has("| Personal data | confirmed, assessed by ana, \\~20 people, GDPR, aware since 2026-11-20 10:00:00 UTC; "+
		"reason: more |",
		"| yes: it is the earliest |", "| suspected | \\~10 |")
	d := k.report()
	p, err := model.ProfileOf("customer")
	if err != nil {
		t.Fatalf("find the profile: %v", err)
	}
	d = d.For(p, k.log)
	if text := string(d.Markdown()); !strings.Contains(text, "| Personal data | confirmed, GDPR |") ||
		strings.Contains(text, "by ,") {
		t.Errorf("got a report for customers with %q", text[:600])
	}
}

// TestEndedRooms: the report of a room that was closed but never resolved states
// that, and no duration in it grows.
func TestEndedRooms(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":role ic @ana")
	k.wait(2 * time.Minute)
	k.mustType(":close override duplicate")
	first := k.report()
	k.wait(8 * 24 * time.Hour)
	k.has("| Closed after | 2 min, never resolved |")
	k.hasNot("Resolved after", "Open for", "not needed | - | - | - | stopped")
	d := k.report()
	if d.LastedS != 120 || d.Roles[0].TookS != 120 || d.Phases[0].TookS != 120 || d.Severities[0].TookS != 120 {
		t.Errorf("got lasted %d, role %d, phase %d, severity %d; want 120 each", d.LastedS, d.Roles[0].TookS,
			d.Phases[0].TookS, d.Severities[0].TookS)
	}
	for i, n := range d.Numbers {
		if prev := first.Numbers[i]; n.Verdict != prev.Verdict || n.LateS != prev.LateS {
			t.Errorf("%s: got %s %d after a week, want %s %d", n.ID, n.Verdict, n.LateS, prev.Verdict, prev.LateS)
		}
	}
	if n := k.number("executives"); n.Verdict != model.VerdictStopped {
		t.Errorf("executives: got %s, want stopped", n.Verdict)
	}
	if n := k.number("watch"); n.Verdict != report.NotStarted {
		t.Errorf("watch: got %s, want not started", n.Verdict)
	}
}

// TestContradictions: a report does not contradict itself.
func TestContradictions(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":milestone detected @13:30 the mail")
	k.refuses(":milestone declared @13:00 we knew",
		"the room was declared at 2026-11-21 14:00:00 UTC, which the record proves")
	k.refuses(":milestone contained @13:00",
		"detected (2026-11-21 13:30:00 UTC) is after contained (2026-11-21 13:00:00 UTC)")
	k.hasNot("Contradiction")
	k.mustType(":milestone contained @13:00 the firewall log says so",
		":milestone first_data_exfiltration n/a nothing left",
		":milestone initial_compromise @12:00")
	k.has("**Contradiction:** detected (2026-11-21 13:30:00 UTC) is after contained (2026-11-21 13:00:00 UTC)",
		"| first data exfiltration | not applicable | ana |",
		"time to detect | initial compromise to detected | 1 h 30 min")
	k.hasNot("The time of the first data exfiltration is not known", "| first_", "| initial_")
	d := k.report()
	if len(d.Odd) != 1 || d.Odd[0].First != "detected" || len(d.Missing) == 0 {
		t.Errorf("got %+v", d.Odd)
	}
}

// TestDeclaredByAnotherWord: if an older room amended the time of its declaration, the
// report uses one time only.
func TestDeclaredByAnotherWord(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.room.Rules = 0
	k.do("ana", model.Act{At: k.now.Add(-time.Hour), Body: &model.MilestoneSet{Name: "declared", Reason: "we knew"}})
	k.log[1].Body = []byte(strings.Replace(string(k.log[1].Body), `,"rules":3`, "", 1))
	k.wait(time.Minute)
	k.mustType(":resolve override x")
	k.has("| Declared | 2026-11-21 14:00:00 UTC by ana |", "| declared | 2026-11-21 14:00:00 UTC |",
		"a different one was given: 2026-11-21 13:00:00 UTC", "time to resolve | declared to resolved | 1 min |")
}

func (k *testRoom) refuses(line, want string) {
	k.t.Helper()
	who := model.Actor{Handle: "ana", Key: "key-ana"}
	a, err := model.Parse(line, model.Ctx{Room: k.room, Who: who, Now: k.now, Zone: time.UTC})
	if err == nil {
		err = model.Decide(k.room, who, a, k.now)
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		k.t.Errorf("%s: got %v, want a refusal with %q", line, err, want)
	}
}

// TestOffsets: each time has the offset that was valid then, and UTC is named once.
func TestOffsets(t *testing.T) {
	for zone, want := range map[string][]string{
		"America/New_York": {"| 2026-10-20 14:00:00 | 10-20 10:00:00 -04:00 |",
			"| 2026-11-21 14:00:00 | 11-21 09:00:00 -05:00 |", "| America/New\\_York |"},
		"UTC":     {"| 2026-10-20 14:00:00 | ana |"},
		"Etc/UTC": {"| 2026-10-20 14:00:00 | ana |", "Declared | 2026-11-21 14:00:00 UTC by ana"},
		"Europe/London": {"10-20 15:00:00 +01:00", "11-21 14:00:00 +00:00",
			"Declared | 2026-11-21 14:00:00 UTC by ana"},
		"Europe/Istanbul": {"| 2015-11-01 00:30:00 | 11-01 03:30:00 +03:00 |",
			"| 2017-11-01 00:30:00 | 11-01 03:30:00 +03:00 |", "| 2014-11-01 00:30:00 | 11-01 02:30:00 +02:00 |"},
	} {
		k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
		k.mustType("@2026-10-20 14:00Z seen first", "@2014-11-01 00:30Z a", "@2015-11-01 00:30Z b",
			"@2017-11-01 00:30Z c")
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatalf("load the time zone: %v", err)
		}
		d := report.Of(k.log, report.Reader{Short: "inc-1", Now: k.now, Zone: z})
		text := string(d.Markdown())
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: got no %q in the report", zone, w)
			}
		}
		if strings.Contains(text, "UTC-0") || strings.Contains(text, "UTC (") && strings.Contains(zone, "UTC") {
			t.Errorf("%s: got an offset in a heading, or a time twice", zone)
		}
	}
}

// TestNotices: the report lists who was informed.
func TestNotices(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":update executives all is known | we act | nothing", ":update customers sorry",
		":notify legal Mei, phone")
	k.has("## Who was informed", "| Executives | all is known &#124; we act &#124; nothing | update |",
		"| Customers | sorry |", "| Legal | Mei | phone |")
}

// TestControlsByTheirTools: a control is answered by the alerts of its own tools.
func TestControlsByTheirTools(t *testing.T) {
	for source, want := range map[string]string{"gitleaks": "soc2-cc6-1", "trufflehog": "soc2-cc6-1",
		"trivy": "soc2-cc7-1", "npm audit": "soc2-cc7-1",
		"checkov": "pci-dss-6-3", "dependabot": "pci-dss-6-3", "guardduty": "", "mail": ""} {
		k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
		kind := map[string]string{"guardduty": "threat", "mail": "report"}[source]
		if kind == "" {
			kind = "detection" // the kind of alerts in SARIF
		}
		k.do("ana",
			model.Act{Body: &model.AlertReceived{Alert: model.Alert{Source: source, Kind: kind, Rule: "r", Title: "t",
				Severity: "high"}, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x"}})
		if l := k.room.Line(k.room.Seq); !l.Refused.IsEmpty() {
			t.Fatalf("%s: %s", source, l.Refused)
		}
		d := k.report()
		for _, c := range d.Controls {
			for _, a := range c.Answers {
				if got := len(a.Entries) > 0; a.Kind.String() == "alert.received" && got != (c.ID == want) {
					t.Errorf("%s: got an answer to %s: %v, want it to answer %q alone", source, c.ID, got, want)
				}
			}
		}
		k.has("**no evidence**")
		k.hasNot("alert.received", "plan.adopted", "role.assumed")
	}
}

// TestNoRawIdentifiers: the report uses words, not the identifiers of the log.
func TestNoRawIdentifiers(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1", Kind: "credential_leak"})
	k.do("ana",
		model.Act{Body: &model.AlertReceived{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: "r",
			Title: "t", Severity: "high"}, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x"}})
	k.mustType(":judge 1 true-positive-with-impact real", ":if sessions no none there", ":skip 2 nobody",
		":phase containment", ":exposure suspected gdpr", ":clock waive gdpr no",
		":todo @ana due 3d prevent x", ":item recovery do it", ":review cause c", ":resolve override y",
		":hyp the runner",
		":milestone contained")
	d := k.report()
	text := string(d.Markdown())
	for _, bad := range []string{"true_", "true\\_", "credential\\_leak", "containment |", "recovery |", "alert.",
		"item.", "milestone.", "page/", "/update/", "with_impact"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("got the raw identifier %q in %q", bad, text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

// TestBlameless: roles replace people in every format, also in what people wrote, and in
// the profiles for leadership, regulators and customers.
func TestBlameless(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	for _, h := range []string{"bo", "cy", "will", "di"} {
		k.do("ana",
			model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write, Origin: "invitation",
				Name: strings.ToUpper(h[:1]) + h[1:] + " Surname", Job: "SRE"}})
	}
	k.mustType(":role ic @ana Ana Kaya, CTO", ":role scribe @bo", ":role sre @cy", ":role sre @will",
		"Bo said that ana and @cy will look; Cy Surname did it, will's host", ":assign 3 @di",
		"!@ana decides", "TODO: ask di @bo due 3d prevent", ":handoff scribe @cy going home",
		":review cause @will typed it, and bo saw", ":notify legal @bo phone",
		":milestone contained", ":clock waive update ana is tired", ":sev SEV-2 bo asked", ":resolve override done",
		":ask @di 5m where", ":update customers sorry")
	for _, name := range []string{"leadership", "regulator", "customer", "public", "compliance", "internal"} {
		p, err := model.ProfileOf(name)
		if err != nil {
			t.Fatalf("find the profile: %v", err)
		}
		d := k.report()
		d = d.For(p, k.log)
		files, err := d.Files()
		if err != nil {
			t.Fatalf("list the files: %v", err)
		}
		for form, raw := range files {
			text := string(raw)
			found := ""
			for _, who := range []string{"ana", "bo", "cy", "di", "Ana Kaya", "Surname", "@will", "by will"} {
				if regexp.MustCompile(`(^|[^\w-])` + who + `($|[^\w-])`).MatchString(text) {
					found = who
				}
			}
			if named := found != ""; named == p.Blameless {
				t.Errorf("%s.%s: got %q named %v, want it blameless %v", name, form, found, named, p.Blameless)
			}
		}
		if text := string(files["md"]); name == "leadership" &&
			(!strings.Contains(text, "SRE Representative 1") || !strings.Contains(text, "Incident Commander decides") ||
				!strings.Contains(text, "names roles instead of people")) {
			t.Errorf("got no roles for people in %s", text)
		}
	}
}

// TestValidationInTheReport: the report has both findings, or that one is missing.
func TestValidationInTheReport(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	set := "SEV-1, set by ana, 2026-11-21 14:00:00 UTC"
	gap := "Nobody recorded that the severity was verified."
	k.has("- the alert is real: **not recorded**", "- its severity: "+set+", **not verified**", gap)
	k.mustType(":check 1 the key works")
	k.has("- the alert is real: by ana, entry 3, 2026-11-21 14:00:00 UTC\n", "- its severity: "+set+
		", **not verified when the alert was validated**", gap)
	k.hasNot("verified by")
	k.wait(time.Minute)
	k.mustType(":milestone validated SEV-1 the bucket is public")
	k.has("- its severity: SEV-1, verified by ana, entry 4, 2026-11-21 14:01:00 UTC\n")
	k.hasNot(gap)
	k.mustType(":sev SEV-2 only test data", ":uncheck 1 it was a test")
	k.has("- its severity: SEV-1, verified by ana, entry 4, 2026-11-21 14:01:00 UTC; **changed since**: SEV-2, set "+
		"by ana, 2026-11-21 14:01:00 UTC",
		"- the alert is real: by ana, entry 3, 2026-11-21 14:00:00 UTC; **taken back** by ana, entry 6, 2026-11-21 "+
			"14:01:00 UTC: it was a test")
}

// TestNoneHasNoPeople: the report of an exposure that turned out to be none has neither
// the people nor the reason of the assessment before it.
func TestNoneHasNoPeople(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-2"})
	k.mustType(":exposure suspected ~1200 the dump was public", ":exposure none")
	if x := k.report().Exposure; !x.Subjects.IsEmpty() || !x.Why.IsEmpty() {
		t.Errorf("none: got people %q, reason %q, want neither", x.Subjects, x.Why)
	}
	k.mustType(":exposure none the dump was empty")
	if x := k.report().Exposure; x.Why.String() != "the dump was empty" {
		t.Errorf("none with a reason: got %q, want it", x.Why)
	}
}

// TestLateByBoth: a clock that was met late also by its author's time shows both delays.
func TestLateByBoth(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":exposure suspected gdpr -100h names", "-10h :notify gdpr DPA, mail")
	k.has("**MISSED** | 18 h late as reported, 28 h late by the record; 2026-11-21 04:00:00 UTC as reported by ana",
		"recorded 2026-11-21 14:00:00 UTC, 18 h late as reported, 28 h late by the record |")
}

// TestEarlyNotice: a notice from before the awareness needs a confirmation, and is listed
// in the report as a contradiction.
func TestEarlyNotice(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.mustType(":exposure suspected gdpr -1h names")
	want := "the notice for GDPR (2026-11-17 20:00:00 UTC) is before the clock began (2026-11-21 13:00:00 UTC); " +
		"correct one of them, or give a reason to keep both in the report: :notify gdpr @TIME WHO, HOW, because REASON"
	for _, line := range []string{":notify gdpr -90h DPA, mail", "-90h :notify gdpr DPA, mail",
		"-90h :notify gdpr @mei mail", ":notify gdpr -90h DPA, mail, because "} {
		k.refuses(line, want)
	}
	k.hasNot("Contradiction")
	k.mustType(":notify gdpr @13:00 DPA, mail", ":notify gdpr -90h DPA, mail, because they called us first")
	k.has("**Contradiction:** the notice for GDPR (2026-11-17 20:00:00 UTC) is before the clock began (2026-11-21 " +
		"13:00:00 UTC)")
	k.has(":time 5 @TIME REASON")
	if d := k.report(); len(d.Odd) != 1 {
		t.Errorf("got %d contradictions, want 1: %+v", len(d.Odd), d.Odd)
	}
}

// TestContradictionOfTheFirstRun: reopening a room removes no contradiction from its
// report.
func TestContradictionOfTheFirstRun(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	k.wait(time.Hour)
	k.mustType(":milestone restored", "-30m :resolve override the key is dead because the log shows it")
	before := len(k.report().Odd)
	k.mustType(":reopen it was used again")
	if d := k.report(); before != 1 || len(d.Odd) != 1 || d.Odd[0].Then != "resolved" {
		t.Errorf("got %d before and %+v after the reopening, want one contradiction with resolved", before, d.Odd)
	}
	k.hasNot(":milestone restored @TIME REASON")
	k.has("**Contradiction:** restored (2026-11-21 15:00:00 UTC) is after resolved (2026-11-21 14:30:00 UTC), before " +
		"entry 5 reopened the incident")
}
