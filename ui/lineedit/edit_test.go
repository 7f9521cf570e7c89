package lineedit

import (
	"testing"

	"github.com/gdamore/tcell/v2"
)

func TestEditorMovesByWhatPeopleSee(t *testing.T) {
	e := Editor{Max: 100}
	e.Insert("a e\u0301 漢 👨\u200d👩 z")
	for i, want := range []int{22, 21, 10, 9, 6, 5} {
		if e.At = e.prev(e.At); e.At != want {
			t.Errorf("step %d: got %d, want %d", i, e.At, want)
		}
	}
	e.At = 0
	e.At = e.next(e.next(e.next(0)))
	if e.At != 5 {
		t.Errorf("got %d, want 5", e.At)
	}
	press := func(k tcell.Key, m tcell.ModMask) { e.Key(tcell.NewEventKey(k, 0, m)) }
	press(tcell.KeyBackspace2, 0)
	press(tcell.KeyCtrlW, 0)
	if e.Text != " 漢 👨\u200d👩 z" {
		t.Errorf("got %q", e.Text)
	}
	press(tcell.KeyRight, tcell.ModCtrl)
	press(tcell.KeyCtrlK, 0)
	if e.Text != " 漢" {
		t.Errorf("got %q", e.Text)
	}
	if e.Insert(string(make([]byte, 101))) {
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
		e := Editor{Text: c.text, At: c.at, Max: 100}
		rows, row, col := e.Rows(c.w, tcell.StyleDefault)
		if len(rows) != c.rows || row != c.row || col != c.col {
			t.Errorf("%q at %d in %d: got %d rows, cursor %d %d; want %d, %d %d", c.text, c.at, c.w, len(rows), row,
				col, c.rows, c.row, c.col)
		}
	}
}
