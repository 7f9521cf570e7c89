package view

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// TestViewerIsHere: before the hub has reported who is here, the headers count the viewer, and
// the page of people does not claim that there is nobody.
func TestViewerIsHere(t *testing.T) {
	now, th := time.Date(2026, 11, 27, 14, 2, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	r := model.NewRoom()
	r.Plan, r.Severity, r.Title, r.DeclaredAt = new(model.Plan), "SEV-1", "A key", now.Add(-time.Hour)
	ana, bo := model.Presence{Handle: "ana", Key: "a"}, model.Presence{Handle: "bo", Key: "b"}
	for _, c := range []struct {
		here []model.Presence
		want string
	}{{nil, " 1 here "}, {[]model.Presence{ana, ana}, " 1 here "}, {[]model.Presence{ana, bo}, " 2 here "}} {
		v := &model.View{Room: r, Short: "inc-1", Link: model.Link{State: model.Live}, Here: c.here}
		for name, got := range map[string]string{"header": textOf(HeaderLine(v, now, 120, false, th)),
			"wall": textOf(WallHeader(v, now, 120, th)...)} {
			if !strings.Contains(got, c.want) {
				t.Errorf("%s with %d terminals here: got %q, want %q in it", name, len(c.here), got, c.want)
			}
		}
	}
	v := &model.View{Room: r, Short: "inc-1", Link: model.Link{State: model.Live}}
	if got := textOf(peopleLines(v, now, 60, th)...); got != "not known yet" {
		t.Errorf("people: got %q, want %q", got, "not known yet")
	}
}

// textOf returns the text of rows.
func textOf(rows ...draw.Line) string {
	var b strings.Builder
	for _, l := range rows {
		for _, s := range l {
			b.WriteString(s.Text.String())
		}
	}
	return b.String()
}
