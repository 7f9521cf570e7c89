package draw

import "github.com/gdamore/tcell/v2"

// RowCache is a screen that can show rows which were drawn for another screen of
// the same process, and that can have rows moved by the terminal.
type RowCache interface {
	DrawCached(y, skip, n int, key, state any, w, h int, paint func(tcell.Screen))
	MayScroll(y, h int)
}
