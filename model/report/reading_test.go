package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// profiled returns the Markdown form of the report for a profile.
func (k *testRoom) profiled(name string) string {
	k.t.Helper()
	p, err := model.ProfileOf(name)
	if err != nil {
		k.t.Fatalf("profile %s: got %v, want it", name, err)
	}
	d := k.report()
	d = d.For(p, k.log)
	return string(d.Markdown())
}

// TestControlsCountWhatIsDone: items that an asset completed answer a control, reopened ones
// do not, and an accepted role is an assumed one.
func TestControlsCountWhatIsDone(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-bo", Handle: "bo", Right: model.Write,
		Origin: "invitation"}})
	k.mustType(":role commander @ana", ":asset credential key-1 confirmed", ":asset 1 contained revoked",
		":check 1 real", ":uncheck 1 not sure")
	k.typeAs("bo", ":role scribe @bo")
	k.mustType(":handoff commander @bo")
	k.typeAs("bo", ":accept commander")
	room := k.room
	var contained, taken, accepted uint64
	for _, l := range room.Lines() {
		switch l.Kind {
		case model.KindAssetState:
			contained = l.Seq
		case model.KindRoleAssumed:
			taken = max(taken, l.Seq)
		case model.KindHandoffAccepted:
			accepted = l.Seq
		}
	}
	items, roles := false, false
	for _, c := range k.report().Controls {
		for _, a := range c.Answers {
			switch a.Kind.String() {
			case string(model.KindItemDone):
				items = true
				if !slices.Equal(a.Entries, []uint64{contained}) {
					t.Errorf("%s: got items done in %d, want %d alone", c.ID, a.Entries, contained)
				}
			case string(model.KindRoleAssumed):
				roles = true
				if !slices.Contains(a.Entries, accepted) || !slices.Contains(a.Entries, taken) || accepted == 0 {
					t.Errorf("%s: got roles assumed in %d, want %d and %d among them", c.ID, a.Entries, taken, accepted)
				}
			}
		}
	}
	if !items || !roles {
		t.Errorf("got controls for items: %v, for roles: %v, want both", items, roles)
	}
}

// TestProfileDoesNotDeny: a list that a profile leaves out is not said to be empty.
func TestProfileDoesNotDeny(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-bo", Handle: "bo", Right: model.Write,
		Origin: "invitation"}})
	k.mustType(":ask @bo 5m who had the key?", ":hyp somebody inside")
	for name, want := range map[string][2]string{
		"internal":   {"who had the key?", "somebody inside"},
		"leadership": {"The leadership profile does not show them.", "The leadership profile does not show them."},
		"compliance": {"The compliance profile does not show them.", "The compliance profile does not show them."},
	} {
		text := k.profiled(name)
		_, asks, _ := strings.Cut(text, "## Asks\n\n")
		_, guesses, _ := strings.Cut(text, "## Hypotheses\n\n")
		asks, _, _ = strings.Cut(asks, "\n## ")
		guesses, _, _ = strings.Cut(guesses, "\n## ")
		if !strings.Contains(asks, want[0]) || !strings.Contains(guesses, want[1]) {
			t.Errorf("%s: got asks %q and hypotheses %q, want %q", name, asks, guesses, want)
		}
		if name != "internal" && (strings.Contains(text, "Nobody was asked") || strings.Contains(text, "who had")) {
			t.Errorf("%s: got a denial or the ask, want neither", name)
		}
	}
	empty := declared(t, model.Declaration{Title: "x", Severity: "SEV-2"})
	if text := empty.profiled("internal"); !strings.Contains(text, "Nobody was asked for anything.") {
		t.Error("internal, without asks: got no sentence about asks, want one")
	}
}

// TestNoEmptyTables: a profile that shows no entry has no table without rows, and no table
// of the HTML form has an empty head.
func TestNoEmptyTables(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	for _, name := range []string{"customer", "public", "internal"} {
		p, err := model.ProfileOf(name)
		if err != nil {
			t.Fatalf("profile %s: got %v, want it", name, err)
		}
		d := k.report()
		d = d.For(p, k.log)
		text := string(d.Markdown())
		for _, block := range strings.Split(text, "\n\n") {
			if strings.HasPrefix(block, "| ") && strings.Count(strings.TrimSpace(block), "\n") < 2 {
				t.Errorf("%s: got a table without rows: %q", name, block)
			}
		}
		page, err := d.HTML()
		if err != nil || strings.Contains(string(page), "<th></th>") {
			t.Errorf("%s: got %v and an empty head, want none", name, err)
		}
		want := `<td><span class="whole"><span class="whole">2026-11-21</span> 14:00:00</span></td>`
		if name == "internal" && !strings.Contains(string(page), want) {
			t.Errorf("%s: got no %q, want times in one line", name, want)
		}
	}
	if text := k.profiled("customer"); !strings.Contains(text, "This report shows no entry of the timeline.") {
		_, part, _ := strings.Cut(text, "## Timeline")
		t.Errorf("customer: got %q, want a sentence about the empty timeline", part)
	}
}

// TestSentencesAgree: the report says each thing once, and with the right number.
func TestSentencesAgree(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	k.mustType("the key answers 200")
	text := k.profiled("internal")
	if n := strings.Count(text, "skipped or not needed"); n != 1 {
		t.Errorf("the sum of the checklist: got %d times, want once", n)
	}
	if want := "1 of them is a note, a decision or another entry in free text."; !strings.Contains(text, want) {
		t.Errorf("got no %q in the report, want it", want)
	}
	for i := range k.room.Items {
		if k.report().Items.Open > 1 {
			k.mustType(model.Safef(":skip %d not here", k.room.Items[i].N).String())
		}
	}
	if text, want := k.profiled("internal"), "items of the checklist is open."; !strings.Contains(text, want) {
		t.Errorf("got no %q in the report with %d open items, want it for 1", want, k.report().Items.Open)
	}
}

// TestWhyAPhaseBegan: of phases that begin in the same second, each has its own reason.
func TestWhyAPhaseBegan(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	k.wait(time.Hour)
	k.mustType(":resolve override it is over", ":reopen it is not", ":resolve override now it is")
	var got []string
	for _, p := range k.report().Phases {
		got = append(got, p.Reason.String())
	}
	if all := strings.Join(got, ", "); all != ", the resolution, the reopening, the resolution" {
		t.Errorf("got phases because of %q, want the resolution, the reopening, the resolution", all)
	}
}

// TestRunsBeforeTheirStart: a clock that was waived or met before it could start has its
// entry and no words about an unknown start.
func TestRunsBeforeTheirStart(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2", Kind: "breach"})
	k.mustType(":clock waive kvkk nobody of theirs")
	text := k.profiled("internal")
	for _, bad := range []string{"nothing known", "| - to "} {
		if strings.Contains(text, bad) {
			t.Errorf("got %q in the report, want no such words", bad)
		}
	}
	if want := "| not started, waived"; !strings.Contains(text, want) {
		t.Errorf("got no %q in the report, want it", want)
	}
}

// TestAwarenessOfTheEntry: a time of awareness that nobody gave is the entry's own.
func TestAwarenessOfTheEntry(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2", Kind: "breach"})
	k.wait(3 * time.Hour)
	k.mustType(":exposure suspected ~10 gdpr @14:30 names", ":exposure confirmed ~20 gdpr more",
		":exposure confirmed ~30 gdpr @15:00 still more")
	text := k.profiled("internal")
	for _, want := range []string{"| yes: it is the earliest |", "| no: it is later |",
		"| no: no time was given, so this is the time of the entry |"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in the report, want it", want)
		}
	}
}

// TestCommonWordsAsHandles: a person whose handle is a word of the plan or of a sentence is
// replaced where the log has a person, and no sentence loses the word. Where the word could
// be the name, the report says so.
func TestCommonWordsAsHandles(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2"})
	for _, h := range []string{"key", "will", "may", "in", "evidence"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write,
			Origin: "invitation"}})
	}
	k.mustType(":role ic @will", ":role scribe @key", ":role sme @may", ":role sre @in", ":role comms @evidence",
		"the key was rotated, and it will hold", "seen in the log of @key, as may be", "evidence of use in job 12",
		":todo @will due 3d prevent rotate each key", ":note all is well")
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "may", Right: model.Watch}})
	k.do("ana", model.Act{Body: &model.KeyRevoked{Handle: "key", Reason: "the key was lost"}})
	p, err := model.ProfileOf("leadership")
	if err != nil {
		t.Fatalf("profile: got %v, want leadership", err)
	}
	d := k.report()
	p2 := *p
	p2.Kinds = nil // with notes
	d = d.For(&p2, k.log)
	text := string(d.Markdown())
	for _, want := range []string{"the key was rotated, and it will hold", "seen in the log of Scribe, as may be",
		"evidence of use in job 12", "rotate each key", "Scribe joined by", "Incident Commander joined by",
		"Subject Matter Expert joined by", "SRE Representative joined by", "Communications Lead joined by",
		"Subject Matter Expert has the right", "every key of Scribe: the key was lost",
		"rotate each key, Incident Commander, due"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in the report, want it", want)
		}
	}
	for _, bad := range []string{"@will", "@key", "@may", "@in", "@evidence", "will joined", "key joined", "may joined",
		"in joined", "evidence joined", "may has", "Evidences"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("got %q in %q, want nobody named", bad, text[max(0, i-60):min(len(text), i+60)])
		}
	}
	var list []string
	for _, e := range d.NamesLeft {
		list = append(list, k.room.Text(k.room.Line(e)).String())
	}
	all := strings.Join(list, "\n")
	for _, want := range []string{"the key was rotated", "as may be", "evidence of use"} {
		if !strings.Contains(all, want) {
			t.Errorf("the entries to be read: got %q, want %q among them", all, want)
		}
	}
	if strings.Contains(all, "all is well") || strings.Contains(all, "joined by") ||
		!strings.Contains(text, "a word was kept that can be the name of a person") {
		t.Errorf("got entries %q to be read, want them named in the report, without those that have no such word", all)
	}
}

// TestNoneHasNothingOfBefore: an assessment that no data is exposed does not repeat people,
// data and reason of the one before, in the table of assessments either.
func TestNoneHasNothingOfBefore(t *testing.T) {
	k := declared(t, model.Declaration{Title: "Key in a log", Severity: "SEV-2", Kind: "breach"})
	k.mustType(":exposure suspected ~10 gdpr data:names names in the log", ":exposure none it was test data",
		":exposure none")
	list := k.report().Assessed
	for i, want := range []string{"~10 1 names in the log", " 0 it was test data", " 0 "} {
		x := list[i]
		got := model.Safef("%s %d %s", x.Subjects, len(x.Categories), x.Why).String()
		if got != want {
			t.Errorf("assessment %d: got %q, want %q", i+1, got, want)
		}
	}
}

// TestNamesInAPlan: a person whom the plan names is replaced in texts as well.
func TestNamesInAPlan(t *testing.T) {
	p, err := shipped()
	if err != nil {
		t.Fatalf("load the plan: got %v, want it", err)
	}
	plan := *p
	plan.Title = "Response plan, ask Mei first"
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := (model.Declaration{Title: "Key in a log", Severity: "SEV-2", Plan: &plan}).Declare("")
	k.do("ana", one)
	k.do("ana", two)
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-mei", Handle: "mei", Right: model.Write,
		Origin: "invitation"}})
	k.mustType("!mei looks at the log")
	if text := k.profiled("leadership"); !strings.Contains(text, "Responder 2 looks at the log") {
		t.Errorf("got %q, want mei replaced", text[strings.Index(text, "## Decisions"):][:200])
	}
}
