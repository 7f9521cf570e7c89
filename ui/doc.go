// Package ui is the full-screen interface of warroom: [Run] shows rooms on a terminal and
// turns input into acts. It has no state of the incident and does no network I/O: it
// reads with RoomSession.Latest and writes with RoomSession.Submit.
//
// The package itself navigates between pages and assembles the key table. Its parts are
// packages that can be read on their own, from the screen upwards:
//
//	draw      lines of styled text, cell by cell      theme     colors and styles
//	lineedit  a line editor                           fold      case-insensitive comparison
//	view      words and rows for a room; pure         state     files of a terminal
//	timeline  the lines of a room: scroll and filter  shared    state that terminals share
//	keymap    the key table                           shell     a terminal and its pages
//	roomlist  the list of rooms, the declare form     room      the page of a room
//
// One terminal is one call of Run. Its goroutines, all of which Run waits for:
//
//	loop    tview's: handles keys and draws; all state not named here belongs to it
//	events  tview's: reads events from the screen
//	pump    wakes the loop when the room has changed, a second has passed or a job
//	        is done, and ends it when the context ends
//	sender  submits acts to the session one after the other, and sends whether the
//	        person is typing; runs while there are any
//	saver   writes draft, history and last seen line to disk, at most once a second;
//	        runs while there are any
//	jobs    short ones: list rooms, enter, search, declare
//
// The loop is woken only by the screen's Wake or a private key event, never by
// QueueUpdate. Text from others is model.Safe, and is never parsed as markup.
package ui
