// Package report writes the draft of a room's review from its log, and from
// nothing else: a summary, the numbers of the plan and the entries that met
// them, the parts that people wrote with :review, who held which role, what was
// decided, what is left to do, what evidence there is, which events answer the
// plan's table of controls, and the whole timeline.
//
// [Of] folds the log once and makes a [Report], whose JSON form is for programs;
// [Report.Markdown] is for people. What is not known is said to be missing and
// never guessed. Nothing that came from the room can be a link, a heading or
// HTML in what is written.
package report
