package view

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// TestMarksAreNotCut: at 80 columns, the first row always has in full the badges of the
// room, that the hub is gone, and that the record cannot be relied on.
func TestMarksAreNotCut(t *testing.T) {
	now := time.Date(2026, 11, 27, 14, 2, 0, 0, time.UTC)
	th := theme.Of(theme.Mono, 0, true)
	r := model.NewRoom()
	r.Plan, r.Severity, r.Title, r.DeclaredAt = new(model.Plan), "SEV-1", "A deploy key in the log of a public job",
		now.Add(-time.Hour)
	r.Restricted, r.Drill, r.Status = []string{"ana"}, true, model.Resolved
	r.Channels = []model.Channel{{Name: "slack", State: model.Compromised}, {Name: "mail", State: model.Compromised}}
	for _, link := range []model.Link{{State: model.Live}, {State: model.Offline, Since: now},
		{State: model.Catching, Lag: 12}} {
		for _, proof := range []model.Proof{{}, {Pending: true}, {Held: true}, {Alarm: model.Lit("two")}, {Bad: 3}} {
			v := &model.View{Room: r, Short: "inc-12", Link: link, Proof: proof}
			for _, w := range []int{80, 100, 120} {
				l := HeaderLine(v, now, w, false, th)
				var b strings.Builder
				for _, s := range l {
					b.WriteString(s.Text.String())
				}
				got := b.String()
				if draw.Width(model.Clean(got)) > w {
					t.Errorf("%d cells are more than %d: %q", l.Width(), w, got)
				}
				for _, must := range []model.Safe{model.Lit(" SEV-1 "), model.Lit(" RESTRICTED "), model.Lit("2 CUT"),
					model.Lit(" DRILL "), model.Lit(" RESOLVED "), recordSpan(proof, w, th).Text} {
					if !strings.Contains(got, must.String()) {
						t.Errorf("at %d columns %q is not in %q", w, must, got)
					}
				}
				if link.State == model.Offline && !strings.Contains(got, "OFFLINE") {
					t.Errorf("at %d columns nothing says that the hub is gone: %q", w, got)
				}
			}
		}
	}
}
