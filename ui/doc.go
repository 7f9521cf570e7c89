// Package ui is the full-screen face of a room: it shows what a model.View
// says and turns what a person types into acts. It holds no state of the
// incident, and nothing in it asks the network: reading is Seat.Latest, writing
// is Seat.Submit.
//
// One terminal is one [Run]. Its goroutines, all of which Run waits for:
//
//	loop    tview's: takes keys, draws. Everything not named here lives in it
//	events  tview's: takes events from the screen
//	pump    wakes the loop: the room has changed, a second has passed, a job is
//	        done; ends it when the context does
//	sender  gives acts to the seat, one after the other, and says who is typing;
//	        while there are any
//	keeper  writes draft, history and last seen line to disk, at most once a
//	        second; while there is something to write
//	jobs    short ones: list rooms, enter, search, declare
//
// The loop is only ever woken by the screen's Wake or a private key event, never
// by QueueUpdate. What a person reads is made by pure functions, xxxLines, of the
// view and a width; text of others is model.Safe and meets no markup. Keys are
// in one table, keys.go, of which help and the bottom line are made.
package ui
