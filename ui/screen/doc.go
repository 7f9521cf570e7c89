// Package screen is the glass between tview and a terminal: a tcell.Screen
// that draws what stock tcell draws, sends only the cells that changed, in one
// write a frame, and can always be ended. A screen's rows are strips; those that
// many screens of a process show alike are drawn once and shared ([Screen.Stamp]),
// and rows that have moved together are moved by the terminal itself
// ([Screen.MayScroll]). Goroutines of one screen:
//
//	reader  Init..Fini  Terminal.Read -> sieve -> tcell's parser -> input queue
//	writer  Init..Fini  control bytes and one frame at a time -> Terminal.Write
//	caller  tview's     one draws and shows, another polls events
//
// Fini waits a moment for the writer, then closes the Terminal; see [Screen.Done].
// Any goroutine may call Wake, Hangup, Resized, Fini, PostEvent and what sets modes.
package screen
