package timeline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// cachedText is a RowCache that has the text of its rows.
type cachedText struct {
	scratch tcell.SimulationScreen
	rows    []string
}

// textRows are the rows of cachedText.
type textRows struct {
	w    int
	text []string
}

func (r *textRows) Width() int { return r.w }

func (*textRows) Moves() (y, h int) { return 0, 0 }

func (c *cachedText) CachedRows(_, _ any, w, h int, paint func(tcell.Screen)) draw.SharedRows {
	c.scratch.SetSize(w, max(1, h))
	c.scratch.Clear()
	paint(c.scratch)
	c.scratch.Show()
	return &textRows{w: w, text: strings.Split(shownOn(c.scratch), "\n")}
}

func (c *cachedText) FindRows(_, _ any, _, _ int) draw.SharedRows { return nil }

func (c *cachedText) DrawRows(y, skip, n int, rows draw.SharedRows) {
	for i := range n {
		c.rows[y+i] = strings.TrimRight(rows.(*textRows).text[skip+i], " ")
	}
}

func (c *cachedText) MayScroll(int, int) {}

// TestTakeIsAFreshDraw applies random events, and draws after each: a timeline that has
// taken each state in turn must show what a timeline shows that sees the last one only.
func TestTakeIsAFreshDraw(t *testing.T) {
	const seeds, steps, h = 10, 80, 12
	scratch := tcell.NewSimulationScreen("UTF-8")
	if err := scratch.Init(); err != nil {
		t.Fatalf("start the screen: %v", err)
	}
	defer scratch.Fini()
	alike := 0
	for seed := range uint64(seeds) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r, cache, th := longRoom(t, 3), NewCache(), theme.Of(theme.Dark, 256, false)
		shown := func(tl *Timeline) string {
			tl.Layout(80, h, time.UTC)
			c := &cachedText{scratch: scratch, rows: make([]string, h)}
			tl.Draw(nil, c, 0, 0, 80, h)
			return strings.Join(c.rows, "\n")
		}
		tl := New(th, "bo", cache)
		tl.Take(r)
		tl.MarkNew(uint64(1+rnd.IntN(8)), "14:00")
		var last string
		for step := range steps {
			if rnd.IntN(4) > 0 { // else two events are taken at once
				tl.Take(r)
				shown(tl)
			}
			last = randomEvent(rnd, &r)
			tl.Take(r)
			fresh := New(th, "bo", NewCache())
			fresh.Take(r)
			fresh.unseen.away, fresh.unseen.since = tl.unseen.away, tl.unseen.since
			got := shown(tl)
			if want := shown(fresh); got != want {
				t.Fatalf("seed %d, step %d, after %s: got\n%s\nwant\n%s", seed, step, last, got, want)
			}
			nobody := New(th, "nobody", NewCache())
			nobody.Take(r)
			if want := shown(nobody); tl.IsAlike(h) && got != want {
				t.Fatalf("seed %d, step %d, %s: alike, got\n%s\nwant as others\n%s", seed, step, last, got, want)
			}
			if tl.IsAlike(h) {
				alike++
			}
		}
	}
	if alike == 0 || alike == seeds*steps {
		t.Errorf("alike after %d of %d steps, want some", alike, seeds*steps)
	}
}

// randomEvent applies an event to a room, and returns its kind and body.
func randomEvent(rnd *rand.Rand, r **model.Room) string {
	room := *r
	n := 1 + rnd.IntN(int(room.Seq))
	id := fmt.Sprint("id", n-1)
	if l := room.Line(uint64(n)); l != nil {
		id = l.ID
	}
	at := room.RecordedAt.Add(time.Duration(rnd.IntN(3)) * time.Second)
	if rnd.IntN(20) == 0 {
		at = at.Add(20 * time.Hour)
	}
	entry := []string{"the same", "the same", "for @bo", "a long line " + strings.Repeat("of words ", rnd.IntN(20))}
	bodies := []struct {
		kind model.Kind
		body string
	}{
		{model.KindEntryNoted, fmt.Sprintf(`{"text":%q}`, entry[rnd.IntN(len(entry))])},
		{model.KindEntryNoted, fmt.Sprintf(`{"text":%q}`, entry[rnd.IntN(len(entry))])},
		{model.KindDecisionMade, `{"text":"decided"}`},
		{model.KindEntryAmended, fmt.Sprintf(`{"seq":%d,"entry":%q,"text":"amended"}`, n, id)},
		{model.KindEntryPinned, fmt.Sprintf(`{"seq":%d,"entry":%q}`, n, id)},
		{model.KindEntryRetracted, fmt.Sprintf(`{"seq":%d,"entry":%q,"reason":"wrong"}`, n, id)},
		{model.KindKeyAdmitted, fmt.Sprintf(`{"key":"k%d","handle":"p%d","right":"watch","door":"socket"}`, n, n)},
		{model.KindIncidentRenamed, `{"title":"y"}`},
	}
	b := bodies[rnd.IntN(len(bodies))]
	*r = model.Apply(room, &model.Event{ID: fmt.Sprint("r", room.Seq), Kind: b.kind, Room: "room", Key: "k",
		Seq: room.Seq + 1, By: "ana", At: at, RecordedAt: at, Body: []byte(b.body)})
	return string(b.kind) + " " + b.body
}
