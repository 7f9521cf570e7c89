package view

import (
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// attention returns the rows of what waits for bo.
func attention(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	if m, ok := present.FirstMatter(v, "bo", now); ok {
		return MatterRows(m, v.Proof, w, th)
	}
	return nil
}

func TestViewsOfARoomThatIsHardlyThere(t *testing.T) {
	now, th := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	declared, _ := model.Declaration{Title: "x", Severity: "SEV-1", Plan: &model.Plan{}}.Declare("")
	d, err := model.NewDraft("id", model.Actor{Handle: "ana"}, declared, now)
	if err != nil {
		t.Fatalf("make a draft: %v", err)
	}
	e := d.Event("room")
	e.Seq, e.RecordedAt = 1, now
	for _, r := range []*model.Room{model.NewRoom(), model.Apply(model.NewRoom(), e)} {
		v := &model.View{Short: "inc-1", Room: r}
		for _, w := range []int{1, 10, 60, 80, 200} {
			HeaderLine(v, now, w, true, th)
			attention(v, now, w, th)
			clockLines(r.ClockViews(now), now, w, 5, th)
			ClockPage(r, now, w, time.UTC, th)
			itemLines(r, now, w, 5, th)
			NextItem(r, now, w, th)
			NextClocks(r, now, w, th)
			roleLines(r, now, w, th)
			PeoplePage(v, now, nil, w, th)
			for _, h := range []int{0, 1, 5, 13, 22, 58} {
				if n := len(WallRows(v, now, w, h, th)); n > h {
					t.Errorf("a wall of %dx%d: got %d rows, want at most %d", w, h, n, h)
				}
			}
			DetailLines(r, 1, w, time.UTC, th)
			HelpLines([]HelpEntry{{}}, []HelpSection{{Entries: []HelpEntry{{}}}}, w, th)
			present.CatchUp(r, 0, time.Time{}, "bo")
		}
	}
}
