package ui_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/uitest"
)

// TestEscIsOnTheBar: wherever there is a filter or a search, the bar has Esc with what it does
// there, and Esc does it. Without one, the composer's bar has no Esc.
func TestEscIsOnTheBar(t *testing.T) {
	typed := func(text string) func(*uitest.Term) {
		return func(s *uitest.Term) {
			for _, r := range text {
				switch r {
				case '\r':
					s.Key(tcell.KeyEnter)
				case '\t':
					s.Key(tcell.KeyTab)
				default:
					s.Type(string(r))
				}
			}
		}
	}
	pressed := func(k tcell.Key) func(*uitest.Term) { return func(s *uitest.Term) { s.Key(k) } }
	for name, c := range map[string]struct {
		list bool
		keys func(*uitest.Term)
		want string
	}{
		"composer":              {},
		"filter line":           {keys: typed("/runner"), want: "Esc show all"},
		"filter line, Ctrl-F":   {keys: pressed(tcell.KeyCtrlF), want: "Esc show all"},
		"filter kept, timeline": {keys: typed("/runner\r"), want: "Esc back"},
		"filter kept, composer": {keys: typed("/runner\r\t"), want: "Esc show all"},
		"filter of a page": {keys: func(s *uitest.Term) { s.Key(tcell.KeyF3).See("Checklist").Type("/key") },
			want: "Esc show all"},
		"list":            {list: true},
		"search of rooms": {list: true, keys: typed("deploy"), want: "Esc clear"},
		"list of a room":  {keys: func(s *uitest.Term) { s.Key(tcell.KeyF5).See("search:") }, want: "Esc back"},
		"its search": {keys: func(s *uitest.Term) { s.Key(tcell.KeyF5).See("search:").Type("deploy") },
			want: "Esc clear"},
	} {
		t.Run(name, func(t *testing.T) {
			h, short := busy(t)
			if c.list {
				another(t, h, short)
			}
			for _, w := range []int{60, 80} {
				s := uitest.Open(t, h, "bo", w, 24, func(o *ui.Options) {
					if !c.list {
						o.Room = short
					}
				})
				if s.See("key"); c.keys != nil {
					c.keys(s)
				}
				rows := s.Frame().Rows
				got, shown := rows[len(rows)-1], s.Text()
				if c.want == "" && strings.Contains(got, "Esc") || !strings.Contains(got, c.want) {
					t.Errorf("%d columns: got the bar %q, want %q in it", w, got, c.want)
				}
				if c.want != "" && s.Key(tcell.KeyEsc).Text() == shown {
					t.Errorf("%d columns: got the same screen after Esc, want another one", w)
				}
			}
		})
	}
}

// TestLongFilterShowsItsCursor: the cursor of a page's filter is visible however long the text
// is, and where the next character goes.
func TestLongFilterShowsItsCursor(t *testing.T) {
	h, short := busy(t)
	for _, w := range []int{60, 80} {
		for name, text := range map[string]string{"letters": strings.Repeat("abcdefghij", 15),
			"wide":  strings.Repeat("日本語", 40),
			"emoji": strings.Repeat("\U0001F468\u200d\U0001F469\u200d\U0001F467 ", 12)} {
			s := uitest.Open(t, h, "bo", w, 24, func(o *ui.Options) { o.Room = short })
			s.See("runner").Key(tcell.KeyF3).See("Checklist").Type("/" + text + "END")
			if got := s.Frame().Rows[1]; !strings.Contains(got, "END_") {
				t.Errorf("%s, %d columns: got %q, want END_ in it", name, w, got)
			}
			s.Key(tcell.KeyLeft, tcell.KeyLeft)
			if got := s.Frame().Rows[1]; !strings.Contains(got, "E_ND") {
				t.Errorf("%s, %d columns, after two times Left: got %q, want E_ND in it", name, w, got)
			}
		}
	}
}
