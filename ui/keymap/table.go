package keymap

import (
	"cmp"
	"slices"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// Binding is one row of a key table: a key, its action on a T, and its texts for help and
// the bottom line.
type Binding[T any] struct {
	In    Scope
	On    []Chord
	Key   model.Safe // name of the key
	Name  model.Safe // one or two words; if empty, not on the bottom line
	Help  model.Safe
	Do    func(T)
	Not   func(T) model.Safe // returns why the action is not possible now, or an empty text
	First bool               // near the front of the bottom line
	Bar   Scope              // where it comes before all others on the bottom line
	When  func(T) bool       // whether it is on the bottom line now; if nil, always
	None  model.Safe         // message if there is no T; see Lift
}

// takes reports whether a row applies to a key in a scope.
func (b *Binding[T]) takes(ev *tcell.EventKey, in Scope) bool { return b.In&in != 0 && b.is(ev) }

func (b *Binding[T]) is(ev *tcell.EventKey) bool {
	for _, c := range b.On {
		if ev.Key() == c.Key && (c.Key != tcell.KeyRune || ev.Rune() == c.R) && mods(ev) == c.Mod {
			return true
		}
	}
	return false
}

// Table is a key table with the value that its actions apply to.
type Table[T any] struct {
	Rows []Binding[T]
	Of   T
}

// Press executes the action of a key. ok reports whether the key is in the table, and why
// is not empty if the action is not possible now.
func (t *Table[T]) Press(ev *tcell.EventKey, in Scope) (why model.Safe, ok bool) {
	for i := range t.Rows {
		b := &t.Rows[i]
		if !b.takes(ev, in) {
			continue
		}
		if b.Not != nil {
			if why := b.Not(t.Of); !why.IsEmpty() {
				return why, true
			}
		}
		b.Do(t.Of)
		return model.Safe{}, true
	}
	return model.Safe{}, false
}

// isShown reports whether a row is on the bottom line of a scope.
func (t *Table[T]) isShown(b *Binding[T], in Scope) bool {
	return b.In&in != 0 && !b.Name.IsEmpty() && (b.When == nil || b.When(t.Of))
}

// Variant returns a bit set of the optional keys that are on the bottom line now.
func (t *Table[T]) Variant(in Scope) (bits uint) {
	n := 0
	for i := range t.Rows {
		if b := &t.Rows[i]; b.When != nil {
			if n++; b.In&in != 0 && b.When(t.Of) {
				bits |= 1 << n
			}
		}
	}
	return bits
}

// Line returns the bottom line of a scope, with as many keys as fit and the number of the others.
// Help, which lists those, and Esc come first if they would be among them.
func (t *Table[T]) Line(in Scope, w int, th *theme.Theme) draw.Line {
	keys := t.shown(in)
	parts := textsOf(keys, th)
	line := draw.L(draw.T(th.Plain, model.Lit(" ")))
	n := fitting(parts, w-line.Width())
	if slices.ContainsFunc(keys[n:], (*Binding[T]).isPinned) {
		slices.SortStableFunc(keys, func(a, b *Binding[T]) int {
			return cmp.Compare(slices.Index(pinnedKeys, b.Key.String()), slices.Index(pinnedKeys, a.Key.String()))
		})
		parts = textsOf(keys, th)
		n = fitting(parts, w-line.Width())
	}
	for _, p := range parts[:n] {
		line = append(line, p...)
	}
	if n < len(parts) {
		line = append(line, draw.T(th.Dim, more(len(parts)-n)))
	}
	return line
}

// shown returns the rows of the bottom line of a scope in their order.
func (t *Table[T]) shown(in Scope) []*Binding[T] {
	var out []*Binding[T]
	for order := range 3 {
		for i := range t.Rows {
			if b := &t.Rows[i]; b.order(in) == order && t.isShown(b, in) {
				out = append(out, b)
			}
		}
	}
	return out
}

// pinnedKeys are the keys that the bottom line of a scope has at every width; the last one comes
// first.
var pinnedKeys = []string{"F1", "Esc"}

// isPinned reports whether the bottom line has a key at every width.
func (b *Binding[T]) isPinned() bool { return slices.Contains(pinnedKeys, b.Key.String()) }

// textsOf returns the texts of keys on the bottom line.
func textsOf[T any](keys []*Binding[T], th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, b := range keys {
		out = append(out, draw.L(draw.T(th.Bold, b.Key), draw.T(th.Dim, model.Safef(" %s  ", b.Name))))
	}
	return out
}

// more counts the keys that are not on the bottom line.
func more(n int) model.Safe { return model.Safef("+%d", n) }

// fitting returns how many keys fit in w columns: all of them, without the last trailing blanks, or
// fewer and the number of the others.
func fitting(parts []draw.Line, w int) int {
	n, width := 0, 0
	for i, p := range parts {
		width += p.Width()
		if i == len(parts)-1 && width-2 <= w {
			return len(parts)
		}
		if i < len(parts)-1 && width+draw.Width(more(len(parts)-1-i)) <= w {
			n = i + 1
		}
	}
	return n
}

// order returns the group of a row on the bottom line of a scope; lower groups come
// first.
func (b *Binding[T]) order(in Scope) int {
	switch {
	case b.Bar&in != 0:
		return 0
	case b.First:
		return 1
	}
	return 2
}

// Choices returns the keys that work only in one scope, for a page that asks a question.
func (t *Table[T]) Choices(in Scope) []Choice {
	var out []Choice
	for i := range t.Rows {
		if b := &t.Rows[i]; b.In == in {
			c := Choice{Key: b.Key, Help: b.Help}
			if b.Not != nil {
				c.Why = b.Not(t.Of)
			}
			out = append(out, c)
		}
	}
	return out
}

// Choice is a key that answers a question. Why is not empty if it is not possible now.
type Choice struct{ Key, Help, Why model.Safe }

// Lift converts rows for a B to rows for an A that may contain a B. Without a B the
// actions do nothing.
func Lift[A, B any](rows []Binding[B], of func(A) (b B, ok bool)) []Binding[A] {
	out := make([]Binding[A], 0, len(rows))
	for _, r := range rows {
		l := Binding[A]{In: r.In, On: r.On, Key: r.Key, Name: r.Name, Help: r.Help, First: r.First, Bar: r.Bar}
		if r.Do != nil {
			l.Do = func(a A) {
				if b, ok := of(a); ok {
					r.Do(b)
				}
			}
		}
		if r.Not != nil {
			l.Not = func(a A) model.Safe {
				if b, ok := of(a); ok {
					return r.Not(b)
				}
				return r.None
			}
		}
		if r.When != nil {
			l.When = func(a A) bool {
				b, ok := of(a)
				return ok && r.When(b)
			}
		}
		out = append(out, l)
	}
	return out
}

// HelpFor returns the keys of a table by scope. Sections of the scope in are marked.
func HelpFor[T any](rows []Binding[T], in Scope) []view.HelpSection {
	var out []view.HelpSection
	for _, pl := range scopeNames {
		s := view.HelpSection{Title: pl.name, Here: pl.in&in != 0}
		for i := range rows {
			if b := &rows[i]; b.In&pl.in != 0 && !b.Help.IsEmpty() {
				s.Entries = append(s.Entries, view.HelpEntry{Mark: b.Key, Text: b.Help})
			}
		}
		out = append(out, s)
	}
	return out
}
