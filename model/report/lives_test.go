package report_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
)

var livesTo = flag.String("lives", "", "write the reports of the messy incidents into this directory, to be read")

// scriptLine is one line of an incident: time, author, text. A text that begins with "!!"
// must be refused.
type scriptLine struct{ at, who, line string }

// lived plays an incident with a plan. Times are local to the zone, on the day that was
// last named.
func lived(t *testing.T, plan string, d model.Declaration, zone *time.Location, script []scriptLine) *testRoom {
	t.Helper()
	p, err := playbook.Load("", plan)
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	d.Plan = p
	k := &testRoom{t: t, room: model.NewRoom()}
	k.now = moment(t, script[0].at, zone)
	one, two := d.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	for _, h := range []string{"bo", "cy", "di"} {
		k.do("ana",
			model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write, Origin: "invitation",
				Name: strings.ToUpper(h[:1]) + h[1:] + " Doe", Job: "SRE"}})
	}
	for _, l := range script[1:] {
		if l.at != "" {
			k.now = moment(t, l.at, zone)
		}
		line, refused := strings.CutPrefix(l.line, "!!")
		who := model.Actor{Handle: l.who, Key: "key-" + l.who}
		a, err := model.Parse(line, model.Ctx{Room: k.room, Who: who, Now: k.now, Zone: zone})
		if err == nil {
			err = model.Decide(k.room, who, a, k.now)
		}
		if (err != nil) != refused {
			t.Fatalf("%s %s: %s: got %v, want it refused: %v", l.at, l.who, l.line, err, refused)
		}
		if err == nil {
			k.do(l.who, a)
		}
	}
	return k
}

func moment(t *testing.T, s string, zone *time.Location) time.Time {
	t.Helper()
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04Z07:00"} {
		if at, err := time.ParseInLocation(form, s, zone); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("no time: %s", s)
	return time.Time{}
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("load the time zone: %v", err)
	}
	return z
}

// reads checks that a report has some sentences and does not have others. It also writes
// the report to a file if requested.
func (k *testRoom) reads(name string, zone *time.Location, want, not []string) {
	k.t.Helper()
	d := report.Of(k.log, report.Reader{Short: "inc-1", Now: k.now, Zone: zone})
	text := string(d.Markdown())
	k.toRead(name, &d)
	for _, w := range want {
		if !strings.Contains(text, w) {
			k.t.Errorf("%s: got a report without %q", name, w)
		}
	}
	for _, w := range not {
		if strings.Contains(text, w) {
			k.t.Errorf("%s: got a report with %q", name, w)
		}
	}
}

// toRead writes the log of the room and its report for each profile, in each form, if
// requested.
func (k *testRoom) toRead(name string, d *report.Report) {
	k.t.Helper()
	if *livesTo == "" {
		return
	}
	put := func(end string, raw []byte, err error) {
		if err == nil {
			err = os.WriteFile(*livesTo+"/"+name+end, raw, 0o600)
		}
		if err != nil {
			k.t.Fatalf("write %s%s: %v", name, end, err)
		}
	}
	var log []byte
	for _, e := range k.log {
		raw, err := json.Marshal(map[string]any{"seq": e.Seq, "recorded_at": e.RecordedAt, "at": e.At, "by": e.By,
			"kind": e.Kind, "body": json.RawMessage(e.Body)})
		if err != nil {
			k.t.Fatalf("encode entry %d: %v", e.Seq, err)
		}
		log = append(append(log, raw...), '\n')
	}
	put(".log", log, nil)
	for i := range model.Profiles {
		p := &model.Profiles[i]
		part := d.For(p, k.log)
		put("-"+p.Name+".md", part.Markdown(), nil)
		page, err := part.HTML()
		put("-"+p.Name+".html", page, err)
		raw, err := json.MarshalIndent(&part, "", " ")
		put("-"+p.Name+".json", raw, err)
	}
}

// TestSeedAInNewYork plays the incident of the first seed in the night in which New York's
// clocks go back: severity up and down, backdated lines, midnight, a commander whose keys
// are revoked, closed, reopened, closed again.
func TestSeedAInNewYork(t *testing.T) {
	ny := zoneOf(t, "America/New_York")
	k := lived(t, "security-plan",
		model.Declaration{Title: "Customer data in a public bucket", Severity: "SEV-2", Kind: "breach"}, ny,
		[]scriptLine{
			{"2026-10-31 23:40", "", ""},
			{"", "ana", ":role ic @bo"}, {"", "ana", ":role scribe @cy"},
			{"2026-10-31 23:48", "cy", ":update the bucket is closed | we read its log | nothing"},
			{"2026-10-31 23:52", "ana", ":sev SEV-1 data is out"},
			{"2026-11-01 00:05", "bo", ":sev SEV-2 only test data"},
			{"2026-11-01 00:20", "bo", ":sev SEV-1 not only"},
			{"2026-11-01 00:31", "cy", "-25m :notify executives the board, phone"}, // backdated to 00:06
			{"2026-11-01 01:30-04:00", "bo", "!!@01:30 seen then"},                 // a local time that occurs twice
			{"2026-11-01 01:30-05:00", "bo", "@01:30-04:00 the first copy left the house"},
			{"", "ana", ":exposure suspected ~1200 gdpr @yesterday 22:00 data:names,mail names in the dump"},
			{"2026-11-01 01:45-05:00", "ana", ":strike @bo his laptop was stolen"},
			{"", "bo", "!!:resolve quickly"},
			{"", "ana", ":role ic @ana"},
			{"2026-11-01 02:10", "ana", ":milestone contained @01:40-05:00 rules live"},
			{"", "ana", ":resolve override the bucket is private"},
			{"2026-11-02 01:00", "ana", ":close override nobody is left to work"},
			{"2026-11-03 09:00", "ana", ":reopen the copy is for sale"},
			{"2026-11-03 09:05", "ana", ":exposure confirmed ~40000 kvkk it is real"},
			{"2026-11-03 09:10", "cy", ":update executives it is back | lawyers | nothing"},
			{"2026-11-03 22:30", "ana", "-40h :notify gdpr DPA, portal"},
			{"2026-11-04 10:00", "ana", ":resolve override sold copy taken down"},
		})
	k.reads("seed-a", ny, []string{
		"| Resolved after |", "reopened once",
		"| **recorded late** |",
		"2026-11-01 04:06:00 UTC (00:06:00 -04:00) as reported by cy",
		"| 1 | 2026-11-01 03:40:00 | 10-31 23:40:00 -04:00 |",
		"11-01 01:30:00 -04:00", "11-01 01:45:00 -05:00", "11-04 10:00:00 -05:00",
		"aware since 2026-11-01 02:00:00 UTC (2026-10-31 22:00:00 -04:00)",
		"| suspected | \\~1200 | names, mail | GDPR |", "| confirmed | \\~40000 | names, mail | GDPR, KVKK |",
		"the room was closed 1 h 10 min before it was over",
		"| Incident Commander | bo (Bo Doe, SRE) | 2026-11-01 03:40:00 UTC", "| Incident Commander | ana |",
		"reopened | the copy is for sale", "| Executives | it is back &#124; lawyers &#124; nothing |",
	}, []string{"UTC-0", "not needed | - | - | - | 1"})
	for name, lacks := range map[string]string{"compliance": ":review", "regulator": ":milestone",
		"leadership": ":todo"} {
		p, err := model.ProfileOf(name)
		if err != nil {
			t.Fatalf("profile %s: got %v, want it", name, err)
		}
		part := k.report().For(p, k.log)
		text := string(part.Markdown())
		if strings.Contains(text, "`"+lacks) {
			t.Errorf("%s: got a command of the room, %s, want none", name, lacks)
		}
		for _, want := range []string{"| **MISSED** | overdue by ", "overdue by 6 h 50 min when it ended",
			"in the room only; no delivery to `#lumi-incidents` is recorded", "its room is not closed"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: got a report without %q", name, want)
			}
		}
	}
	h := k.number("watch")
	if h.Verdict != report.Missed || len(h.Runs) != 2 {
		t.Errorf("watch: got %s in %d runs, want missed in 2", h.Verdict, len(h.Runs))
	}
	for _, r := range k.report().Roles {
		if r.Handle.String() == "bo" && (r.Until == nil || !r.Until.Equal(moment(t, "2026-11-01 01:45-05:00", ny))) {
			t.Errorf("got bo in command until %v, want until his keys were revoked", r.Until)
		}
	}
}

// TestSeedBInIstanbul plays the incident of the second seed over midnight, with times from
// before Istanbul adopted permanent summer time.
func TestSeedBInIstanbul(t *testing.T) {
	ist := zoneOf(t, "Europe/Istanbul")
	k := lived(t, "security-playbook",
		model.Declaration{Title: "İstanbul ofisi: anahtar sızdı", Severity: "P1", Kind: "credential_leak"}, ist,
		[]scriptLine{
			{"2026-11-21 23:50", "", ""},
			{"", "ana", ":role ic @ana"}, {"", "ana", ":role scribe @di"},
			{"", "ana", ":milestone initial_compromise @2014-12-01 02:30 the key was made then"},
			{"", "ana", ":milestone first_malicious_action @2016-12-01 02:30 from an old log"},
			{"2026-11-22 00:05", "ana", ":sev P0 data-breach"},
			{"2026-11-22 00:10", "di", "-20m the key answers 200"},
			{"", "di", ":hyp somebody inside"},
			{"2026-11-22 00:40", "ana", ":ask @di 10m who had the key?"},
			{"2026-11-22 01:10", "di", ":answer nobody who is here"},
			{"2026-11-22 02:00", "ana", ":resolve override the key is dead"},
			{"2026-11-22 02:01", "ana", ":reopen it is not"},
			{"2026-11-22 03:00", "ana", ":resolve override now it is"},
			{"2026-11-22 04:00", "ana", ":review cause it was printed"},
			{"", "ana", "!!:close"},
			{at: "2026-11-24 02:00", who: "ana", line: ":review summary s"}, {who: "ana", line: ":review radius r"},
			{who: "ana", line: ":review detection d"},
		})
	k.reads("seed-b", ist, []string{
		"| initial compromise | 2014-12-01 00:30:00 UTC (02:30:00 +02:00), recorded",
		"| first malicious action | 2016-11-30 23:30:00 UTC (2016-12-01 02:30:00 +03:00), recorded",
		"| answered 20 min late by di: nobody who is here |", "| somebody inside | open: no outcome is recorded |",
		"| resolved | 2026-11-21 23:00:00 UTC", "| the key is dead |", "| now it is |",
		"11-21 23:50:00 +03:00", "11-22 00:05:00 +03:00", "recorded 20 min after it happened",
		"| Review | within 48h of the resolution | met |", "The time of the first data exfiltration is not known",
		`item 13 (Conduct "Blameless Post-Mortem") is not done`,
	}, []string{"Contradiction"})
}
