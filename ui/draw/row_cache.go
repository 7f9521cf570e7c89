package draw

import "github.com/gdamore/tcell/v2"

// RowCache is a screen that can show rows which were drawn for another screen of
// the same process, and that can have rows moved by the terminal.
type RowCache interface {
	// CachedRows returns the h rows that key and state stand for on a screen of width w,
	// which paint draws if no screen has drawn them. It returns nil if w is not the width
	// of the screen. Without a key, the rows are only for this screen.
	CachedRows(key, state any, w, h int, paint func(tcell.Screen)) SharedRows
	// FindRows returns these rows if a screen has drawn them, or nil.
	FindRows(key, state any, w, h int) SharedRows
	// DrawRows shows n of these rows at y, from the row skip on. If it shows all of them, it
	// declares what was declared by MayScroll when they were painted.
	DrawRows(y, skip, n int, rows SharedRows)
	// MayScroll declares that h rows from y on may have moved together.
	MayScroll(y, h int)
}

// SharedRows are rows of a [RowCache]. They are never modified, and may be shown again as
// long as the screen has the same width. It is an alias, so that a screen can implement
// [RowCache] without this package.
type SharedRows = interface {
	Width() int
	// Moves returns the rows, from the first of these on, that may have moved together.
	Moves() (y, h int)
}

// cachingScreen is a screen that has the methods of a row cache, which may do nothing.
type cachingScreen interface {
	RowCache
	CachesRows() bool
}

// CacheOf returns the row cache of a screen, or nil if it does not cache rows.
func CacheOf(s tcell.Screen) RowCache {
	if c, ok := s.(cachingScreen); ok && c.CachesRows() {
		return c
	}
	return nil
}
