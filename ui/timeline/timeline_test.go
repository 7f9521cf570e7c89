package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/theme"
)

func TestFilterTimes(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"13:59": "2026-11-20T13:59:00Z", "14:01": "2026-11-19T14:01:00Z",
		"2026-11-01": "2026-11-01T00:00:00Z", "2026-11-01T10:00": "2026-11-01T10:00:00Z"} {
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

// longRoom returns a room with n notes.
func longRoom(tb testing.TB, n int) *model.Room {
	tb.Helper()
	plan := &model.Plan{Name: "p", Title: "P", Severities: []model.Severity{{ID: "SEV-1", Rank: 1}},
		Phases: []model.PhaseDef{{ID: "triage", Label: "Triage"}}}
	declared, adopted := model.Declaration{Title: "x", Severity: "SEV-1", Plan: plan}.Declare("")
	r, at := model.NewRoom(), time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	put := func(a model.Act) {
		d, err := model.NewDraft(fmt.Sprint("id", r.Seq), model.Actor{Handle: "ana", Via: "tui"}, a, at)
		if err != nil {
			tb.Fatalf("make a draft: %v", err)
		}
		e := d.Event("room")
		e.Key, e.Seq, e.RecordedAt = "k", r.Seq+1, at
		at = at.Add(time.Second)
		r = model.Apply(r, e)
	}
	put(declared)
	put(adopted)
	for i := range n {
		put(model.Act{Body: model.NewEntry(model.KindEntryNoted,
			fmt.Sprintf("line %d: key ..7Q was seen in job 8841, public for 19 minutes, in a log that everybody "+
				"could read", i))})
	}
	return r
}

func benchTimeline(tb testing.TB, r *model.Room) (*Timeline, tcell.SimulationScreen) {
	tb.Helper()
	s := tcell.NewSimulationScreen("UTF-8")
	if err := s.Init(); err != nil {
		tb.Fatalf("start the screen: %v", err)
	}
	tb.Cleanup(s.Fini)
	s.SetSize(120, 40)
	t := New(theme.Of(theme.Dark, 256, false), "bo", NewCache())
	t.Take(r)
	t.Layout(120, 30, time.UTC)
	return t, s
}

func TestADrawDoesNotGrowWithTheLog(t *testing.T) {
	allocs := func(n int) float64 {
		tl, s := benchTimeline(t, longRoom(t, n))
		return testing.AllocsPerRun(20, func() { tl.Draw(s, nil, 0, 0, 120, 30) })
	}
	short, long := allocs(100), allocs(20000)
	if long > short*1.1+10 {
		t.Errorf("%v allocations at 20000 lines, %v at 100", long, short)
	}
}

// TestHiddenLinesAreSkippedOnce has many admissions, which are hidden,
// after the visible lines: only the first draw looks for what is beyond them.
func TestHiddenLinesAreSkippedOnce(t *testing.T) {
	r := longRoom(t, 2)
	admit := func(n int) {
		for i := range n {
			r = model.Apply(r, &model.Event{ID: fmt.Sprint("a", r.Seq), Kind: model.KindKeyAdmitted, Room: "room",
				Key: "k", Seq: r.Seq + 1, By: "ana", At: r.RecordedAt, RecordedAt: r.RecordedAt,
				Body: []byte(fmt.Sprintf(`{"key":"k%d","handle":"p%d","right":"watch","door":"socket"}`, i, i))})
		}
	}
	admit(300)
	tl, s := benchTimeline(t, r)
	draw := func() string {
		tl.Draw(s, nil, 0, 0, 120, 30)
		s.Show()
		return shownOn(s)
	}
	first := draw()
	last := tl.near.last()
	if got, want := tl.set.lines()[last].Kind, model.KindEntryNoted; got != want {
		t.Fatalf("newest visible line: got %s, want %s", got, want)
	}
	if n := tl.near.known(last); n == nil || n.next == 0 || n.prev == 0 {
		t.Errorf("after a draw: got %+v, want what is before and after line %d", n, last)
	}
	if again := draw(); again != first {
		t.Errorf("drawn again: got\n%s\nwant\n%s", again, first)
	}
	e := &model.Event{ID: "last", Kind: model.KindEntryNoted, Room: "room", Key: "k", Seq: r.Seq + 1, By: "ana",
		At: r.RecordedAt, RecordedAt: r.RecordedAt, Body: []byte(`{"text":"after the admissions"}`)}
	r = model.Apply(r, e)
	tl.Take(r)
	if got := draw(); !strings.Contains(got, "after the admissions") || !strings.Contains(got, "line 1:") {
		t.Errorf("with a new line: got\n%s\nwant it below line 1", got)
	}
}

// shownOn returns the text of a screen.
func shownOn(s tcell.SimulationScreen) string {
	cells, w, _ := s.GetContents()
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(string(c.Runes))
		if i%w == w-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func BenchmarkTimeline(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		r := longRoom(b, n)
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			for b.Loop() {
				tl, s := benchTimeline(b, r)
				tl.Draw(s, nil, 0, 0, 120, 30)
			}
		})
		tl, s := benchTimeline(b, r)
		b.Run(fmt.Sprintf("draw/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tl.Draw(s, nil, 0, 0, 120, 30)
			}
		})
		b.Run(fmt.Sprintf("scroll/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tl.Scroll(-1)
				tl.Draw(s, nil, 0, 0, 120, 30)
			}
		})
		b.Run(fmt.Sprintf("hint/%d", n), func(b *testing.B) {
			c := model.Ctx{Room: r, Who: model.Actor{Handle: "ana", Key: "k"}, Now: r.RecordedAt, Zone: time.UTC}
			b.ReportAllocs()
			for b.Loop() {
				model.HintOf(":item triage look at it", c)
			}
		})
		f, _ := ParseFilter("line 7", time.Now(), time.UTC)
		b.Run(fmt.Sprintf("filter/%d", n), func(b *testing.B) {
			for b.Loop() {
				tl.SetFilter(f)
				tl.Scan()
				tl.Draw(s, nil, 0, 0, 120, 30)
			}
		})
	}
}

func TestTimelineOfARoomThatIsHardlyThere(t *testing.T) {
	now, th := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	declared, _ := model.Declaration{Title: "x", Severity: "SEV-1", Plan: &model.Plan{}}.Declare("")
	d, err := model.NewDraft("id", model.Actor{Handle: "ana"}, declared, now)
	if err != nil {
		t.Fatalf("make a draft: %v", err)
	}
	e := d.Event("room")
	e.Seq, e.RecordedAt = 1, now
	for _, r := range []*model.Room{model.NewRoom(), model.Apply(model.NewRoom(), e)} {
		for _, w := range []int{1, 10, 60, 80, 200} {
			tl := New(th, "bo", NewCache())
			tl.Take(r)
			tl.Layout(w, 5, time.UTC)
			for _, n := range []int{-5, 5} {
				tl.Scroll(n)
				tl.Move(n)
			}
			tl.home()
			tl.at(3)
		}
	}
}
