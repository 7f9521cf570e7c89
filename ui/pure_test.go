package ui

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

func TestKeyTableIsSound(t *testing.T) {
	keys := keyTable()
	for i, b := range keys {
		if b.help.IsEmpty() != b.key.IsEmpty() {
			t.Errorf("row %d: help %q for key %q", i, b.help, b.key)
		}
		if b.do == nil && len(b.on) > 0 {
			t.Errorf("row %d (%s) does nothing", i, b.key)
		}
		for j, o := range keys[:i] {
			for _, c := range b.on {
				for _, d := range o.on {
					if c == d && b.in&o.in != 0 {
						t.Errorf("rows %d (%s) and %d (%s) both take %v", j, o.key, i, b.key, c)
					}
				}
			}
		}
	}
}

func TestEditorMovesByWhatPeopleSee(t *testing.T) {
	e := editor{max: 100}
	e.insert("a e\u0301 漢 👨\u200d👩 z")
	for i, want := range []int{22, 21, 10, 9, 6, 5} {
		if e.at = e.prev(e.at); e.at != want {
			t.Errorf("step %d: got %d, want %d", i, e.at, want)
		}
	}
	e.at = 0
	e.at = e.next(e.next(e.next(0)))
	if e.at != 5 {
		t.Errorf("got %d, want 5", e.at)
	}
	press := func(k tcell.Key, m tcell.ModMask) { e.key(tcell.NewEventKey(k, 0, m)) }
	press(tcell.KeyBackspace2, 0)
	press(tcell.KeyCtrlW, 0)
	if e.text != " 漢 👨\u200d👩 z" {
		t.Errorf("got %q", e.text)
	}
	press(tcell.KeyRight, tcell.ModCtrl)
	press(tcell.KeyCtrlK, 0)
	if e.text != " 漢" {
		t.Errorf("got %q", e.text)
	}
	if e.insert(string(make([]byte, 101))) {
		t.Errorf("a text that is too long was taken")
	}
}

func TestEditorRows(t *testing.T) {
	for _, c := range []struct {
		text           string
		at, w          int
		rows, row, col int
	}{
		{"", 0, 5, 1, 0, 0}, {"abc", 3, 5, 1, 0, 3}, {"abcde", 5, 5, 2, 1, 0}, {"abcdefg", 2, 5, 2, 0, 2},
		{"漢字漢", 9, 5, 2, 1, 2}, {"漢字", 6, 4, 2, 1, 0}, {"a\nb", 3, 5, 1, 0, 3},
	} {
		e := editor{text: c.text, at: c.at, max: 100}
		rows, row, col := e.rows(c.w, tcell.StyleDefault)
		if len(rows) != c.rows || row != c.row || col != c.col {
			t.Errorf("%q at %d in %d: got %d rows, cursor %d %d; want %d, %d %d", c.text, c.at, c.w, len(rows), row, col, c.rows, c.row, c.col)
		}
	}
}

func TestFilterTimes(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"13:59": "2026-11-20T13:59:00Z", "14:01": "2026-11-19T14:01:00Z", "2026-11-01": "2026-11-01T00:00:00Z", "2026-11-01T10:00": "2026-11-01T10:00:00Z"} {
		if got, err := filterTime(in, now, time.UTC); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: got %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"25:00", "x", "14"} {
		if _, err := filterTime(in, now, time.UTC); err == nil {
			t.Errorf("%s was read", in)
		}
	}
}

func TestContainsFold(t *testing.T) {
	for _, c := range []struct {
		s, q string
		want bool
	}{{"Hello World", "lo wo", true}, {"x", "", true}, {"", "x", false}, {"ÄRGER", "ärger", true}, {"abc", "abcd", false}} {
		if got := containsFold(c.s, c.q); got != c.want {
			t.Errorf("%q in %q: got %v", c.q, c.s, got)
		}
	}
}

// longRoom is a room with n notes.
func longRoom(tb testing.TB, n int) *model.Room {
	tb.Helper()
	plan := &model.Plan{Name: "p", Title: "P", Severities: []model.Severity{{ID: "SEV-1", Rank: 1}}, Phases: []model.PhaseDef{{ID: "triage", Label: "Triage"}}}
	declared, adopted := model.Declaration{Title: "x", Severity: "SEV-1", Plan: plan}.Declare("")
	r, at := model.NewRoom(), time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	put := func(a model.Act) {
		d, err := model.NewDraft(fmt.Sprint("id", r.Seq), model.Actor{Handle: "ana", Via: "tui"}, a, at)
		if err != nil {
			tb.Fatal(err)
		}
		e := d.Event("room")
		e.Key, e.Seq, e.RecordedAt = "k", r.Seq+1, at
		at = at.Add(time.Second)
		r = model.Apply(r, e)
	}
	put(declared)
	put(adopted)
	for i := range n {
		put(model.Act{Body: model.NewEntry(model.KindEntryNoted, fmt.Sprintf("line %d: key ..7Q was seen in job 8841, public for 19 minutes, in a log that everybody could read", i))})
	}
	return r
}

func benchTimeline(tb testing.TB, r *model.Room) (*timeline, tcell.SimulationScreen) {
	tb.Helper()
	s := tcell.NewSimulationScreen("UTF-8")
	if err := s.Init(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Fini)
	s.SetSize(120, 40)
	t := newTimeline(newTheme(256, false), "bo", NewShared())
	t.take(r)
	t.layout(120, 30, time.UTC)
	return t, s
}

func TestADrawDoesNotGrowWithTheLog(t *testing.T) {
	allocs := func(n int) float64 {
		tl, s := benchTimeline(t, longRoom(t, n))
		return testing.AllocsPerRun(20, func() { tl.draw(s, nil, 0, 0, 120, 30) })
	}
	short, long := allocs(100), allocs(20000)
	if long > short*1.1+10 {
		t.Errorf("%v allocations at 20000 lines, %v at 100", long, short)
	}
}

func BenchmarkTimeline(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		r := longRoom(b, n)
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			for b.Loop() {
				tl, s := benchTimeline(b, r)
				tl.draw(s, nil, 0, 0, 120, 30)
			}
		})
		tl, s := benchTimeline(b, r)
		b.Run(fmt.Sprintf("draw/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tl.draw(s, nil, 0, 0, 120, 30)
			}
		})
		b.Run(fmt.Sprintf("scroll/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tl.scroll(-1)
				tl.draw(s, nil, 0, 0, 120, 30)
			}
		})
		b.Run(fmt.Sprintf("hint/%d", n), func(b *testing.B) {
			c := model.Ctx{Room: r, Who: model.Actor{Handle: "ana", Key: "k"}, Now: r.RecordedAt, Zone: time.UTC}
			b.ReportAllocs()
			for b.Loop() {
				model.HintOf(":item triage look at it", c)
			}
		})
		f, _ := parseFilter("line 7", time.Now(), time.UTC)
		b.Run(fmt.Sprintf("filter/%d", n), func(b *testing.B) {
			for b.Loop() {
				tl.setFilter(f)
				tl.scan()
				tl.draw(s, nil, 0, 0, 120, 30)
			}
		})
	}
}

func TestViewsOfARoomThatIsHardlyThere(t *testing.T) {
	now, th := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), newTheme(0, true)
	declared, _ := model.Declaration{Title: "x", Severity: "SEV-1", Plan: &model.Plan{}}.Declare("")
	d, err := model.NewDraft("id", model.Actor{Handle: "ana"}, declared, now)
	if err != nil {
		t.Fatal(err)
	}
	e := d.Event("room")
	e.Seq, e.RecordedAt = 1, now
	for _, r := range []*model.Room{model.NewRoom(), model.Apply(model.NewRoom(), e)} {
		v := &model.View{Short: "inc-1", Room: r}
		for _, w := range []int{1, 10, 60, 80, 200} {
			headerLine(v, now, w, true, th)
			attention(v, "bo", now, w, th)
			clockLines(r, now, w, 5, th)
			clockPage(r, now, w, time.UTC, th)
			itemLines(r, now, w, 5, th)
			nextItem(r, now, w, th)
			nextClocks(r, now, w, th)
			roleLines(r, now, w, th)
			peoplePage(v, now, nil, w, th)
			wallLines(r, now, w, 10, th)
			wallFoot(v, now, w, th)
			detailLines(r, 1, w, time.UTC, th)
			helpLines(keyTable(), w, th)
			catchUp(r, seen{}, "bo", time.UTC)
			tl := newTimeline(th, "bo", NewShared())
			tl.take(r)
			tl.layout(w, 5, time.UTC)
			for _, n := range []int{-5, 5} {
				tl.scroll(n)
				tl.move(n)
			}
			tl.home()
			tl.at(3)
		}
	}
}

func TestTheStoreReadsWhatIsBeingWritten(t *testing.T) {
	s := &store{dir: t.TempDir(), want: map[string][]byte{"b": {}}, now: map[string][]byte{"a": []byte("half"), "b": []byte("old")}}
	if got := string(s.read("a")); got != "half" {
		t.Errorf("got %q", got)
	}
	if got := string(s.read("b")); got != "" {
		t.Errorf("got %q, want the newest, which is nothing", got)
	}
	if names := s.names(); !names["a"] || names["b"] {
		t.Errorf("got %v", names)
	}
}

// turned is a sealer that shows whether it was asked.
type turned struct{}

func (turned) Seal(text, where []byte) []byte {
	return append(append([]byte(nil), where...), slices.Collect(backwards(text))...)
}

func (turned) Open(sealed, where []byte) ([]byte, error) {
	b, ok := bytes.CutPrefix(sealed, where)
	if !ok {
		return nil, os.ErrInvalid
	}
	return slices.Collect(backwards(b)), nil
}

func backwards(b []byte) iter.Seq[byte] {
	return func(yield func(byte) bool) {
		for _, c := range slices.Backward(b) {
			if !yield(c) {
				return
			}
		}
	}
}

// TestWhatIsKeptIsSealed, what was plain before too, and is read again by its own
// name only.
func TestWhatIsKeptIsSealed(t *testing.T) {
	dir := t.TempDir()
	old := openStore(dir, nil, func(err error) { t.Error(err) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(old.write("draft-A", []byte("half a line")))
	old.close()
	s := openStore(dir, turned{}, func(err error) { t.Error(err) })
	s.saveHistory("A", []past{{Text: "a line that was sent"}})
	s.close()
	for name, text := range map[string]string{"draft-A": "half a line", "history": "a line that was sent"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		must(err)
		if strings.Contains(string(b), text) {
			t.Errorf("%s is plain: %q", name, b)
		}
		if got := string(s.read(name)); !strings.Contains(got, text) {
			t.Errorf("%s: got %q", name, got)
		}
		if got := openStore(dir, nil, func(err error) { t.Error(err) }).read(name); got != nil {
			t.Errorf("%s is read without the key: %q", name, got)
		}
	}
	must(os.Rename(filepath.Join(dir, "draft-A"), filepath.Join(dir, "draft-B")))
	if got := s.read("draft-B"); got != nil {
		t.Errorf("another room's draft is read as %q", got)
	}
	if _, err := s.savePaste("long", time.Now()); err == nil {
		t.Error("a paste lies there plain")
	}
}

// TestForget: what was redacted goes out of everything that closed terminals keep,
// plain or sealed, and nothing else does.
func TestForget(t *testing.T) {
	const mark = "Zebra-7-stripes"
	root := t.TempDir()
	now := time.Now()
	for _, box := range []model.Sealer{nil, turned{}} {
		dir := filepath.Join(root, fmt.Sprintf("bo-%v", box != nil))
		s := &store{dir: dir, box: box}
		history := `{"text":":todo @bo change ` + mark + ` now","id":"01J","room":"A"}` + "\n" + `{"text":"nothing of it","room":"B"}` + "\n"
		files := map[string]string{historyFile: history, "draft-B": "half a line with " + mark, "draft-C": "another", "seen-A": "7 2026-11-21T14:00:00Z\n"}
		for name, text := range files {
			if err := s.write(name, []byte(text)); err != nil {
				t.Fatalf("write %s: got %v, want no error", name, err)
			}
		}
		for name, age := range map[string]time.Duration{".new-1": time.Hour, ".new-2": 0, "paste-1.txt": 0} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte("long and "+mark+"\n"), 0o600); err != nil {
				t.Fatalf("write %s: got %v, want no error", name, err)
			}
			if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
				t.Fatalf("age %s: got %v, want no error", name, err)
			}
		}
		if err := Forget(root, box, []string{"the key is " + mark}, now); err != nil {
			t.Errorf("forget: got %v, want no error", err)
		}
		want := map[string]string{historyFile: strings.ReplaceAll(history, mark, model.Blank), "draft-B": "half a line with " + model.Blank, "draft-C": "another",
			"seen-A": files["seen-A"], ".new-1": "", ".new-2": "long and " + mark + "\n", "paste-1.txt": "long and " + model.Blank + "\n"}
		for name, text := range want {
			if got := string(s.read(name)); got != text {
				t.Errorf("sealed %v: %s: got %q, want %q", box != nil, name, got, text)
			}
		}
	}
	if err := Forget(filepath.Join(root, "none"), nil, []string{mark}, now); err != nil {
		t.Errorf("no directory: got %v, want no error", err)
	}
}

// TestTidy: what a crash left and the history of older versions go when a terminal
// starts.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{".new-old": time.Hour, ".new-young": 0, "history": 0, "draft-A": 0} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatalf("write %s: got %v, want no error", name, err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatalf("age %s: got an error, want none", name)
		}
	}
	openStore(dir, nil, func(err error) { t.Error(err) }).close()
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, ".new-young"), filepath.Join(dir, "draft-A")}; !slices.Equal(left, want) {
		t.Errorf("left: got %q, want %q", left, want)
	}
}

// TestWhoseWordASignatureIs: a guest's lines are signed by the hub's key for them,
// and the page of a line says so, with the guest's own.
func TestWhoseWordASignatureIs(t *testing.T) {
	r := model.NewRoom()
	r.Members = map[string]model.Member{"k1": {Handle: "bo", Via: "ssh SHA256:abc"}, "k2": {Handle: "ana", Via: "socket"}, "k3": {Handle: "hub", Hub: true}}
	for key, want := range map[string]string{
		"k1": "by the key that the hub keeps for this guest, who came by ssh SHA256:abc: the hub vouches for them",
		"k2": "by ana's own key", "k3": "by the hub's own key", "k4": "by a key that was not let into the room",
	} {
		if got := vouched(r, &model.Line{Key: key}).String(); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := vouched(r, &model.Line{Key: "k1", Fault: true}).String(); got != "it does not check: see refused" {
		t.Errorf("a line that does not check: %q", got)
	}
}
