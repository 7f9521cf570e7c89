package view

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// TestPaged: the page shows who was called, the result and whom to call by hand, at every
// width. A bridge that fails is one line below the header.
func TestPaged(t *testing.T) {
	now, th := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	r := model.NewRoom()
	r.Status = model.Open
	r.Pages = []model.Page{
		{Purpose: "security", N: 1, By: "ana", At: now.Add(-3 * time.Minute), State: model.PageNext,
			Who: "Bo\x1b[2J Demir"},
		{Purpose: "database", N: 1, By: "ana", At: now, State: model.PageAcknowledged, Who: "Cy"},
		{Purpose: "legal", N: 1, By: "ana", At: now},
	}
	r.Deliveries = []model.Delivery{
		{Duty: "page/legal", Bridge: "pagerduty", State: model.DeliveryFailed, Begun: now.Add(-time.Minute), At: now,
			Detail: strings.Repeat("PagerDuty cannot be reached: connection refused, "+
				"", 4), Next: now.Add(time.Minute)},
		{Duty: "page/forensics", Bridge: "pagerduty", State: model.DeliverySent, Begun: now, At: now, By: "hub"},
	}
	call := func(purpose string, _ time.Time) []model.Safe {
		return []model.Safe{model.Safef("to call for %s, according to pagerduty, 01:58 ago:", purpose),
			model.Lit("  1 Ana K., +90 555 0100")}
	}
	for _, w := range []int{1, 10, 40, 78, 118} {
		rows := pagedLines(r, now, call, w, th)
		for _, l := range rows {
			if l.Width() > max(w, 34) {
				t.Errorf("%d: %s", w, words(l))
			}
		}
		if n := len(attention(&model.View{Room: r}, now, max(w, 40), th)); n != 1 {
			t.Errorf("%d rows for a bridge", n)
		}
	}
	var all []string
	for _, l := range pagedLines(r, now, call, 300, th) {
		all = append(all, words(l))
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{
		"security     paged 3m ago by ana: no answer, calling Bo^[[2J Demir next\n    to call for security,",
		"database     paged just now by ana: Cy answers\nlegal",
		"legal        paged just now by ana: not delivered yet, will be retried: PagerDuty cannot",
		"forensics    paged just now by hub: no answer yet", "On call\nto call for ,",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func words(l draw.Line) string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text.String())
	}
	return b.String()
}
