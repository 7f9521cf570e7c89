// Package view renders what a screen shows of a room, with pure functions: from a room or
// a [model.View], a time and a width to lines. It has no state, and handles no keys.
//
// The files are named after what they render: the header, the panes of a room (clocks,
// items, roles, people), lines of the timeline (entry.go), waiting lines, hints, the
// pages (clocks, people, evidence, channels, scope, alerts, record, detail, help), the
// rows of the list of rooms, and the wall display. Functions named Page return all rows
// of a page; those named Lines or Row return what fits into a part of the screen.
//
// Text from others is [model.Safe] and becomes [draw.Line]; it is never parsed as markup.
package view
