// Package shell is one terminal: a stack of pages on a screen. It runs the loop that
// handles keys and draws, and has what every page needs: the note for the person
// ([Notes]), the hub's time ([Clock]), jobs outside the loop, and the frame of a page
// (the header of the room, a border, the bottom line).
//
// The only page in this package is one of text ([TextPage]). Other pages and the key
// table come from outside, as [Page] and [Keys].
//
//	sh := shell.New(ctx, screen, options)
//	err := sh.Run(func() { sh.Open(first) }, leave)
//
// Everything is used only by the loop, except [Shell.Redraw] and Jobs.Post, which may be
// called from any goroutine.
package shell
