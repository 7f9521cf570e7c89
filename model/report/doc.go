// Package report writes the draft of a room's review, from its log alone: a summary, the
// clocks of the plan and the entries that met them, the sections that people wrote with
// :review, who held which role, decisions, follow-ups, evidence, the events that answer the
// plan's table of controls, and the complete timeline.
//
// [Of] folds the log once and returns a [Report], whose JSON form is for programs;
// [Report.Markdown] is for people. Missing information is reported as missing, never
// guessed. Text from the room cannot become a link, a heading or HTML in the output.
package report
