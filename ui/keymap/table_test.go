package keymap_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/theme"
)

// counter counts to three.
type counter struct{ n int }

func (c *counter) up() { c.n++ }

func (c *counter) isFull() model.Safe {
	if c.n >= 3 {
		return model.Lit("that is enough")
	}
	return model.Safe{}
}

func counterKeys() []keymap.Binding[*counter] {
	return []keymap.Binding[*counter]{
		{In: keymap.InPage, On: keymap.Runes('+'), Key: model.Lit("+"), Name: model.Lit("more"),
			Help: model.Lit("count one"), Do: (*counter).up, Not: (*counter).isFull, None: model.Lit("nothing counts")},
		{In: keymap.InPage | keymap.InList, On: keymap.Keys(tcell.KeyF1), Key: model.Lit("F1"),
			Name:  model.Lit("reset"),
			First: true, When: func(c *counter) bool { return c.n > 0 }, Do: func(c *counter) { c.n = 0 }},
	}
}

// box may contain a counter.
type box struct{ c *counter }

func plus() *tcell.EventKey { return tcell.NewEventKey(tcell.KeyRune, '+', tcell.ModNone) }

func lifted(b *box) keymap.Table[*box] {
	return keymap.Table[*box]{Of: b,
		Rows: keymap.Lift(counterKeys(), func(b *box) (*counter, bool) { return b.c, b.c != nil })}
}

// TestLift: the key of a part works, or returns why it cannot. Without the part it does
// nothing.
func TestLift(t *testing.T) {
	b := &box{}
	table := lifted(b)
	if why, ok := table.Press(plus(), keymap.InPage); !ok || why.String() != "nothing counts" {
		t.Errorf("without a counter: got %q, %v, want %q, true", why, ok, "nothing counts")
	}
	b.c = &counter{}
	for i := range 5 {
		want := ""
		if i >= 3 {
			want = "that is enough"
		}
		if why, ok := table.Press(plus(), keymap.InPage); !ok || why.String() != want {
			t.Errorf("press %d: got %q, %v, want %q, true", i, why, ok, want)
		}
	}
	if b.c.n != 3 {
		t.Errorf("got a count of %d, want 3", b.c.n)
	}
	if _, ok := table.Press(plus(), keymap.InList); ok {
		t.Error("in another scope: got the key taken, want it left to the page")
	}
}

// TestLine: the bottom line has the keys that work in a scope now, early keys first, as
// many as fit, and counts the others. The help is always among those that fit.
func TestLine(t *testing.T) {
	b := &box{c: &counter{}}
	table, th := lifted(b), theme.Of(theme.Mono, 0, true)
	for _, c := range []struct {
		n, w int
		in   keymap.Scope
		want string
	}{
		{0, 80, keymap.InPage, " + more  "},
		{1, 80, keymap.InPage, " F1 reset  + more  "},
		{1, 17, keymap.InPage, " F1 reset  + more  "},
		{1, 16, keymap.InPage, " F1 reset  +1"},
		{1, 15, keymap.InPage, " F1 reset  +1"},
		{1, 5, keymap.InPage, " +2"},
		{1, 80, keymap.InList, " F1 reset  "},
		{1, 80, keymap.InForm, " "},
	} {
		b.c.n = c.n
		if got := table.Line(c.in, c.w, th).String(); got != c.want {
			t.Errorf("count %d, %d columns, scope %b: got %q, want %q", c.n, c.w, c.in, got, c.want)
		}
	}
	if one, two := variantAt(b, 0), variantAt(b, 1); one == two {
		t.Errorf("got variant %b with and without the key that comes and goes, want two", one)
	}
}

// TestLineKeepsHelp: where many keys come before the help, it takes the place of the first one.
func TestLineKeepsHelp(t *testing.T) {
	var rows []keymap.Binding[*counter]
	for _, key := range []string{"a", "b", "c", "d"} {
		rows = append(rows, keymap.Binding[*counter]{In: keymap.InPage, Key: model.CleanLine(key),
			Name: model.Lit("letter"), Bar: keymap.InPage})
	}
	rows = append(rows, keymap.Binding[*counter]{In: keymap.InPage, Key: model.Lit("F1"), Name: model.Lit("help")})
	table, th := keymap.Table[*counter]{Rows: rows, Of: &counter{}}, theme.Of(theme.Mono, 0, true)
	for w, want := range map[int]string{
		80: " a letter  b letter  c letter  d letter  F1 help  ",
		48: " a letter  b letter  c letter  d letter  F1 help  ",
		47: " F1 help  a letter  b letter  c letter  +1",
		30: " F1 help  a letter  +3",
		12: " F1 help  +4",
	} {
		if got := table.Line(keymap.InPage, w, th).String(); got != want {
			t.Errorf("%d columns: got %q, want %q", w, got, want)
		}
	}
}

func variantAt(b *box, n int) uint {
	b.c.n = n
	table := lifted(b)
	return table.Variant(keymap.InPage)
}
