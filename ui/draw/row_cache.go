package draw

import "github.com/gdamore/tcell/v2"

// RowCache is a screen that can show rows which were drawn for another screen of
// the same process, and that can have rows moved by the terminal.
type RowCache interface {
	// CachedRows returns the h rows that key and state stand for on a screen of width w,
	// which paint draws if no screen has drawn them. It returns nil if w is not the width
	// of the screen.
	CachedRows(key, state any, w, h int, paint func(tcell.Screen)) SharedRows
	// FindRows returns these rows if a screen has drawn them, or nil.
	FindRows(key, state any, w, h int) SharedRows
	// DrawRows shows n of these rows at y, from the row skip on.
	DrawRows(y, skip, n int, rows SharedRows)
	// MayScroll declares that h rows from y on may have moved together.
	MayScroll(y, h int)
}

// SharedRows are rows of a [RowCache]. They are never modified, and may be shown again as
// long as the screen has the same width. It is an alias, so that a screen can implement
// [RowCache] without this package.
type SharedRows = interface{ Width() int }
