// Package room is the page of a room, and the pages that are opened over it. [New]
// creates it from a session, [Page.Arrive] shows what is new, [Page.Refresh] takes the
// newest view, and [Page.Leave] closes the session.
//
// The page has parts, each with its own state and without knowledge of the page:
//
//	composer  the input line: history, completion, hint, draft
//	logPane   the timeline and its filter line
//	outbox    lines of this terminal that are not in the log yet
//	bells     beeps, and the summary of what happened in the meantime
//	files     files of this machine: read into the room, written from it
//
// Refresh passes views to the parts. What the person does goes through the outbox to the
// session and comes back in a later view. [Env] is what the room uses of the program, and
// [Nav] opens what is outside the room.
package room
