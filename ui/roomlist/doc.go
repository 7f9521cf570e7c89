// Package roomlist is the list of rooms and the form that declares an incident. A [List]
// reads the rooms in jobs, repeatedly while they are shown, and caches them for lines
// that name another room ([List.Named]). The pages are [Page], with a search over titles
// and entries, and [DeclarePage].
//
// [Env] is what the list uses of the program, and leads to a room or the lobby.
package roomlist
