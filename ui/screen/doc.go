// Package screen is the glass between tview and a terminal: a tcell.Screen
// that draws what stock tcell draws, sends only the cells that changed, in one
// write a frame, and can always be ended, however the client behaves.
//
// Goroutines of one screen (plus tcell's 60 ms timer after a lone Escape):
//
//	reader   Init..Fini   Terminal.Read -> sieve -> InputProcessor -> input queue
//	writer   Init..Fini   control bytes and one frame at a time -> Terminal.Write
//	caller   tview's own  draws, shows (one goroutine); polls events (another)
//
// Fini waits for the writer for at most a moment, then closes the Terminal.
// A reader that waits in Read ends when its Terminal is closed, see [Screen.Done].
// Everything another goroutine may call says so: Wake, Hangup, Resized, Fini,
// PostEvent, SetTitle, SetClipboard, Beep. Drawing belongs to one goroutine.
package screen
