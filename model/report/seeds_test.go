package report_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
)

// step is one step of an incident: the time since the previous step, the author, and the
// line. A line that begins with "!!" has to be refused; "file CLASS" adds a file of a class
// to the evidence.
type step struct {
	after time.Duration
	who   string
	line  string
}

// playSeed plays an incident of a playbook with five people, from its declaration on.
// others are the rooms that its lines can name.
func playSeed(t *testing.T, plan string, d model.Declaration, others map[string]*model.Room,
	steps []step) *testRoom {
	t.Helper()
	p, err := playbook.Load("", plan)
	if err != nil {
		t.Fatalf("load the playbook %s: got %v, want none", plan, err)
	}
	d.Plan = p
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := d.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	for _, h := range []string{"bo", "cy", "di", "eve"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write,
			Origin: "invitation"}})
	}
	for _, s := range steps {
		k.wait(s.after)
		k.step(s, others)
	}
	return k
}

func (k *testRoom) step(s step, others map[string]*model.Room) {
	k.t.Helper()
	line, refused := strings.CutPrefix(s.line, "!!")
	who := model.Actor{Handle: s.who, Key: "key-" + s.who}
	var a model.Act
	var err error
	if class, ok := strings.CutPrefix(line, "file "); ok {
		a.Body = k.file(class)
	} else {
		a, err = model.Parse(line, model.Ctx{Room: k.room, Who: who, Now: k.now, Zone: time.UTC,
			Rooms: func(short string) (*model.Room, error) { return others[short], nil }})
	}
	if err == nil {
		err = model.Decide(k.room, who, a, k.now)
	}
	if (err != nil) != refused {
		k.t.Fatalf("%s at %s: %s: got %v, want it refused: %v", s.who, k.now.Format("01-02 15:04"), s.line, err,
			refused)
	}
	if err == nil {
		k.do(s.who, a)
	}
}

// file returns the body for a file that was collected.
func (k *testRoom) file(class string) model.Body {
	n := len(k.room.Evidence) + 1
	blob := strings.Repeat("0", 25) + string(rune('A'+n))
	return &model.EvidenceCollected{EvidenceAbout: model.EvidenceAbout{Blob: blob, Name: class + ".bin",
		Class:   class,
		Command: "cat"}, SHA256: strings.Repeat("0a", 31) + string("0123456789abcdef"[n%16]) + "0", Size: 1}
}

// verdicts checks the report's verdict on every number of the plan.
func (k *testRoom) verdicts(want map[string]report.Verdict) {
	k.t.Helper()
	d := k.report()
	k.toRead(k.t.Name(), &d)
	numbers := d.Numbers
	for _, n := range numbers {
		if n.Verdict != want[n.ID] {
			k.t.Errorf("%s: got %s, want %s", n.ID, n.Verdict, want[n.ID])
		}
	}
	if len(numbers) != len(want) {
		k.t.Errorf("got %d numbers, want %d", len(numbers), len(want))
	}
}

// updates returns the updates of a cadence of 15 minutes.
func updates(n int) []step {
	var out []step
	for range n {
		out = append(out, step{14 * time.Minute, "eve", ":update responders draft"},
			step{0, "eve", ":approve"})
	}
	return out
}

func steps(parts ...[]step) []step {
	var out []step
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// TestPlanIsKept plays the incident of the first document as it should go: every number is
// met, command is handed over and taken over, evidence is collected before steps that
// destroy it, one gate is overridden, and the report shows all of that.
func TestPlanIsKept(t *testing.T) {
	k := playSeed(t, "security-plan", model.Declaration{Title: "Customer data in a public bucket",
		Severity: "SEV-1",
		Kind:     "breach"}, nil, steps([]step{
		{0, "ana", ":role ic @ana"}, {0, "ana", ":role scribe @bo"}, {0, "ana", ":role security-lead @cy"},
		{0, "ana", ":role sre @di"}, {0, "ana", ":role comms @eve"},
		{2 * time.Minute, "ana", ":page security the bucket is open"},
		{0, "bo", ":paged security acknowledged On Call"},
		{time.Minute, "bo", "the bucket was public since 09:00"},
		{time.Minute, "bo", ":check 1 SEV-1 214 reads in its log"},
		{0, "cy", ":asset dataset customers-2026 confirmed -5h"},
		{0, "cy", ":asset credential AKIAIOSFODNN7EXAMPLE suspected"},
		{0, "cy", ":asset service bucket-api confirmed"}, {0, "cy", ":check 3 three assets"},
		{time.Minute, "cy", ":exposure suspected ~1200 gdpr kvkk names and addresses"}, {0, "cy", ":check 4"},
		{time.Minute, "eve", ":update executives draft"}, {0, "eve", ":approve"},
		{0, "eve", ":update legal draft"}, {0, "eve", ":approve"},
		{time.Minute, "cy", ":phase +containment"}, {0, "cy", "!!:check 5"},
		{time.Minute, "cy", ":asset 2 contained key is dead"}, {0, "cy", ":asset 3 contained private again"},
		{time.Minute, "di", "!!:check 14 made it private"},
		{0, "bo", "file log"}, {0, "bo", "file metric"}, {0, "di", "!!:check 14 made it private"},
		{0, "bo", "file snapshot"}, {0, "di", ":check 14 made it private"},
		{time.Minute, "eve", ":update responders draft"}, {0, "eve", ":approve"},
		{time.Minute, "ana", ":ask @di 3m is the copy gone?"}, {2 * time.Minute, "di", ":answer 1 yes"},
		{0, "ana", ":poll tell the vendor 2m executes @eve"}, {3 * time.Minute, "ana", ":handoff ic @cy"},
		{time.Minute, "cy", ":accept ic"}, // handed over
		{0, "di", ":check 16 tested"}, {0, "di", ":check 17 live"},
		{5 * time.Minute, "eve", ":update responders draft"}, {0, "eve", ":approve"}},
		updates(3), []step{
			{time.Minute, "cy", ":renounce ic"}, {0, "ana", ":takeover ic cy has to sleep"}, // taken over
			{0, "bo", ":check 8"}, {0, "bo", ":check 9"}, {0, "bo", ":check 10"},
			{0, "cy", ":check 7 no account is hit"},
			{0, "di", ":if logging no it is at debug already"},
			{0, "eve", ":update customers draft"}, {0, "eve", ":approve"}, {0, "eve", ":check 12"},
			{0, "cy", ":check 28"},
			{0, "cy", ":notify gdpr DPA, portal"}, {0, "cy", ":notify kvkk KVKK, portal"},
			{0, "cy", ":if notification yes"},
			{0, "cy", ":check 29"}, {time.Minute, "ana", ":resolve the bucket is private"},
			{25 * time.Hour, "di", ":check 18"}, {0, "di", ":check 19"}, {0, "di", ":check 20"},
			{0, "bo", ":review summary s"}, {0, "bo", ":review cause c"}, {0, "cy", ":review radius r"},
			{0, "bo", ":review detection d"},
			{0, "ana", ":check 21"}, {0, "bo", ":check 22"}, {0, "cy", ":check 23"}, {0, "bo", ":check 24"},
			{0, "ana", ":check 25"},
			{0, "ana", ":todo @di due 3d prevent block public buckets"}, {0, "ana", ":check 26"},
			{0, "bo", ":link notion https://notion.example/x tracker"}, {0, "bo", ":check 30"},
			{0, "bo", ":check 31"},
			{0, "ana", ":check 32"}, {0, "ana", "!!:close"},
			{0, "ana", ":close override the runbooks are a follow-up"},
		}))
	k.verdicts(map[string]report.Verdict{"validate": report.Met, "update": report.Met, "executives": report.Met,
		"legal": report.Met, "watch": report.Met, "review": report.Met, "gdpr": report.Met, "kvkk": report.Met})
	k.has("TAKEN OVER: cy has to sleep", "cy is Incident Commander, was `@ana`",
		"decided: nobody objected; `@eve` executes",
		"214 reads in its log", "block public buckets")
}

// TestPlanIsMissed plays the same incident with every number missed.
func TestPlanIsMissed(t *testing.T) {
	k := playSeed(t, "security-plan", model.Declaration{Title: "Customer data in a public bucket",
		Severity: "SEV-1",
		Kind:     "breach"}, nil, []step{
		{0, "ana", ":exposure suspected ~1200 gdpr kvkk names"},
		{20 * time.Minute, "ana", ":check 1 late"}, {15 * time.Minute, "ana", ":update executives late"},
		{0, "ana", ":update legal late"}, {0, "ana", ":update responders late"},
		{time.Minute, "di", "!!:check 13 patched"}, {0, "ana", ":check 13 override no time for evidence"},
		{time.Minute, "ana", ":resolve override it is quiet"}, {time.Hour, "ana", ":close override nobody is left"},
		{80 * time.Hour, "ana", ":notify gdpr DPA, portal"}, {0, "ana", ":notify kvkk KVKK, portal"},
	})
	k.verdicts(map[string]report.Verdict{"validate": report.Missed, "update": report.Missed,
		"executives": report.Missed,
		"legal":      report.Missed, "watch": report.Missed, "review": report.Missed, "gdpr": report.Missed,
		"kvkk": report.Missed})
	k.has("no time for evidence", "it is quiet", "nobody is left")
	dup := playSeed(t, "security-plan", model.Declaration{Title: "Bucket is public", Severity: "SEV-1"},
		map[string]*model.Room{"inc-1": renamed(k.room, "01OTHER")}, []step{
			{time.Minute, "bo", "!!:duplicate inc-1 the same bucket"},
			{0, "ana", ":duplicate inc-1 the same bucket"},
			{time.Minute, "ana", ":close override it is a duplicate"}})
	dup.has("duplicate of inc-1", "its clocks do not count")
}

func renamed(r *model.Room, id string) *model.Room {
	other := *r
	other.ID = id
	return &other
}

// TestPlaybookIsKept plays the leaked key of the second document as it should go; in
// TestPlaybookIsMissed nothing is in time.
func TestPlaybookIsKept(t *testing.T) {
	k := playSeed(t, "security-playbook", model.Declaration{Title: "Key in a log", Severity: "P0",
		Kind:      "credential_leak",
		Criterion: "master-key", Detected: time.Date(2026, 11, 21, 13, 55, 0, 0, time.UTC)}, nil, []step{
		{0, "ana", ":role ic @ana Ana K., CTO"}, {0, "ana", ":role scribe @bo"},
		{0, "ana", ":role sme @eve for payments"},
		{time.Minute, "ana", ":check 1 SEV-1 it answers 200"},
		{0, "di", ":asset credential sk_live_7Q confirmed"}, {0, "di", "!!:check 2"}, {0, "di", "!!:check 4"},
		{time.Minute, "di", ":asset 1 contained rotated at Stripe"},
		{0, "di", ":if sessions yes a JWT was in it"}, {0, "di", ":check 3"}, {0, "di", ":check 4"},
		{time.Minute, "ana", ":exposure suspected ~10 gdpr mail addresses"},
		{time.Minute, "ana", ":handoff ic @cy"}, {0, "cy", ":accept ic"},
		{time.Minute, "cy", ":renounce ic"}, {0, "ana", ":takeover ic cy is in the air"},
		{time.Minute, "di", ":check 8 patched"}, {0, "di", "!!:check 10"},
		{time.Minute, "di", "file other"}, {0, "di", ":check 10 clean"},
		{0, "di", "!!:check 11"}, {0, "eve", ":check 11 works in staging"}, {0, "di", ":check 12 live"},
		{time.Minute, "ana", ":notify gdpr DPA, portal"}, {time.Minute, "ana", ":resolve the key is dead"},
		{20 * time.Hour, "bo", ":review summary s"}, {0, "bo", ":review cause c"}, {0, "bo", ":review radius r"},
		{0, "bo", ":review detection d"}, {0, "ana", ":check 13"}, {0, "bo", ":check 14"}, {0, "bo", ":check 15"},
		{time.Minute, "ana", ":close"},
	})
	k.verdicts(map[string]report.Verdict{"review": report.Met, "gdpr": report.Met})
	k.has("TAKEN OVER: cy is in the air", "cy is Incident Commander, was `@ana`", "works in staging",
		"rotated at Stripe")
}

// TestEntryOfAPage: an item that a page completes names the entry of the answer, and a role
// names who gave it, or that its holder took it.
func TestEntryOfAPage(t *testing.T) {
	k := playSeed(t, "security-plan", model.Declaration{Title: "Key in a log", Severity: "SEV-1", Kind: "breach"}, nil,
		[]step{{0, "ana", ":role ic @ana"}, {0, "ana", ":role scribe @bo"}, {0, "ana", ":page security the key is out"},
			{0, "bo", ":paged security acknowledged On Call"}, {0, "ana", ":handoff ic @cy"}, {0, "cy", ":accept ic"}})
	if d := k.report().Deeds[1]; d.State != model.ItemDone || d.Entry != 10 {
		t.Errorf("item 2: got %s by entry %d, want done by entry 10", d.State, d.Entry)
	}
	const at = " | 2026-11-21 14:00:00 UTC | "
	k.has("| Role | Who | From | Until | For | Given by |", "| Incident Commander | ana"+at+
		"2026-11-21 14:00:00 UTC | 0 s | ana (took it) |", "| Incident Commander | cy"+at+"still | 0 s | ana |",
		"| Scribe | bo"+at+"still | 0 s | ana |")
}

func TestPlaybookIsMissed(t *testing.T) {
	k := playSeed(t, "security-playbook", model.Declaration{Title: "Key in a log", Severity: "P0",
		Kind: "app_exploit"}, nil,
		[]step{
			{0, "ana", ":exposure confirmed ~10 gdpr mail addresses"},
			{time.Hour, "di", ":check 9 the build of monday"}, {0, "di", "!!:check 12"},
			{0, "ana", ":check 12 override nobody can wait for a scan"},
			{time.Minute, "ana", ":resolve override it runs again"},
			{75 * time.Hour, "ana", ":notify gdpr DPA, portal"}, {0, "bo", ":check 13"},
		})
	k.verdicts(map[string]report.Verdict{"review": report.Missed, "gdpr": report.Missed})
	k.has("nobody can wait for a scan")
}
