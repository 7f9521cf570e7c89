package ui_test

import (
	"strings"
	"testing"

	"warroom/model"
	"warroom/ui/uitest"
)

// dividerOn returns the row after the divider "new since", or "" if there is no divider.
func dividerOn(f uitest.Frame) string {
	for i, row := range f.Rows[:len(f.Rows)-1] {
		if strings.Contains(row, " new since ") && strings.HasPrefix(row, "──") {
			return f.Rows[i+1]
		}
	}
	return ""
}

// TestDividerStandsAboveOthersLines: the divider stands above the first line that somebody
// else wrote while the person was away. There is none above their own lines, above lines
// that come later, and above an entry that the timeline does not show.
func TestDividerStandsAboveOthersLines(t *testing.T) {
	for name, c := range map[string]struct {
		away, later []string
		want        string
	}{
		"own line elsewhere":  {away: []string{"bo mine"}},
		"own, then another's": {away: []string{"bo mine", "cy not mine", "bo mine again"}, want: "not mine"},
		"later":               {later: []string{"bo later", "cy later too"}},
		"own, later another":  {away: []string{"bo mine"}, later: []string{"cy later too"}},
		"others":              {away: []string{"cy first", "cy second"}, later: []string{"cy third"}, want: "first"},
	} {
		t.Run(name, func(t *testing.T) {
			h, short := busy(t)
			dir := t.TempDir()
			s := uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
			s.See("runner isolated").Close()
			mustType(t, h, short, c.away...)
			s = uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
			s.See("runner isolated")
			mustType(t, h, short, c.later...)
			for _, l := range append(c.away, c.later...) {
				_, text, _ := strings.Cut(l, " ")
				s.See(text)
			}
			got := dividerOn(s.Frame())
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got the divider above %q, want %q:\n%s", got, c.want, s.Text())
			}
		})
	}
}

// TestDividerAfterReconnect: the divider is above the lines of others that came while the
// hub was gone, and not above a line that was written here.
func TestDividerAfterReconnect(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE since").Line("mine while offline").See("pending", "mine while offline")
	h.SetLink(model.Link{State: model.Live, Hosting: true})
	s.See("1 of yours stored")
	if got := dividerOn(s.Frame()); got != "" {
		t.Errorf("got a divider above %q, want none", got)
	}
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE since")
	mustType(t, h, short, "bo from my other terminal", "cy from cy")
	h.SetLink(model.Link{State: model.Live, Hosting: true})
	s.See("1 new since")
	if got := dividerOn(s.Frame()); !strings.Contains(got, "from cy") {
		t.Errorf("got the divider above %q, want it above %q:\n%s", got, "from cy", s.Text())
	}
}
