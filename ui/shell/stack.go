package shell

import (
	"github.com/gdamore/tcell/v2"

	"warroom/ui/draw"
	"warroom/ui/keymap"
)

// Page is one screenful.
type Page interface {
	// Scope returns the keys of the table that apply to the page.
	Scope() keymap.Scope
	// Draw draws the page in a rectangle.
	Draw(s tcell.Screen, r draw.Rect)
	// Key handles a key that is not in the table.
	Key(ev *tcell.EventKey)
	// Paste handles pasted text.
	Paste(text string)
}

// Stack is the stack of pages of a terminal. The top page has the keyboard focus. A
// running terminal has at least one page.
type Stack struct{ pages []Page }

// Top returns the top page.
func (s *Stack) Top() Page { return s.pages[len(s.pages)-1] }

// Bottom returns the page below all others.
func (s *Stack) Bottom() Page { return s.pages[0] }

// IsEmpty reports whether there is no page yet.
func (s *Stack) IsEmpty() bool { return len(s.pages) == 0 }

// IsCovered reports whether there is a page below the top page.
func (s *Stack) IsCovered() bool { return len(s.pages) > 1 }

// Open puts a page on top.
func (s *Stack) Open(p Page) { s.pages = append(s.pages, p) }

// CloseTop removes the top page, unless it is the last one.
func (s *Stack) CloseTop() {
	if len(s.pages) > 1 {
		s.pages = s.pages[:len(s.pages)-1]
	}
}

// Only replaces all pages with one.
func (s *Stack) Only(p Page) { s.pages = append(s.pages[:0], p) }

// Toggle opens a page over the room, or closes it if the top page is the same. It
// replaces another page over the room.
func (s *Stack) Toggle(p Page, same func(Page) bool) {
	if same(s.Top()) {
		s.CloseTop()
		return
	}
	if s.IsCovered() && s.Top().Scope()&(keymap.InPage|keymap.InLists) != 0 {
		s.CloseTop()
	}
	s.Open(p)
}

// mover is a page with a selection or a scroll position.
type mover interface {
	Move(n int)
	Turn(n int) // by pages
}

// longPage is a page that may have more rows than fit.
type longPage interface{ More() bool }

// isMore reports whether the top page has more rows than fit.
func (s *Stack) isMore() bool {
	p, ok := s.Top().(longPage)
	return ok && p.More()
}
