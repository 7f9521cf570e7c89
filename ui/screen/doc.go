// Package screen implements a tcell.Screen that shows the same cells as stock tcell, sends
// only those that changed, in one write per frame, and can always be ended. Rows that
// several screens of a process show alike are drawn once and shared ([Screen.DrawCached]),
// and rows that have moved together are moved by the terminal itself ([Screen.MayScroll]).
// The goroutines of one screen:
//
//	reader  Init..Fini  Terminal.Read -> queue of reads
//	writer  Init..Fini  control bytes and one frame at a time -> Terminal.Write
//	caller  the loop    takes events, for which it decodes what was read; draws and shows
//
// Fini waits briefly for the writer, and then closes the Terminal; see [Screen.Done]. Wake,
// Hangup, Resized, Fini, PostEvent and the methods that set modes may be called from any
// goroutine.
package screen
