package view

import (
	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// HelpEntry is a key, a command or a mark, with its meaning.
type HelpEntry struct{ Mark, Text model.Safe }

// HelpSection is a section of the help.
type HelpSection struct {
	Title   model.Safe
	Here    bool // of the page that help was opened on; such sections come first
	Entries []HelpEntry
}

// legend explains the marks of the screen.
var legend = []HelpEntry{
	{model.Lit("14:02<"), model.Lit("happened then, recorded later (backdated)")},
	{model.Lit("1, 2, 4"), model.Lit("no line is lost: lines that only admit a key are hidden; /kind:admitted " +
		"shows them")},
	{model.Lit("x3"), model.Lit("written three times in a row")},
	{model.Lit("@ at the left"), model.Lit("names you; the bell rings")},
	{model.Lit("* at the left"), model.Lit("pinned")},
	{model.Lit("! at the left"), model.Lit("refused: in the log, without effect")},
	{model.Lit("~ at the left"),
		model.Lit("yours, not in the log yet: pending is on disk here, sent has no answer yet")},
	{model.Lit("(amended)"),
		model.Lit("amended by its author, or by cy: the newest text is shown. Enter on the line shows all versions")},
	{model.Lit("[ ] [>] [x]"), model.Lit("item to do, being done, done")},
	{model.Lit("[-] [!]"), model.Lit("item skipped with a reason, blocked with a reason")},
	{model.Lit("URGENT (open 4m)"), model.Lit("urgent item, and for how long it has been open")},
	{model.Lit("(locked)"), model.Lit("another item comes first: F3 shows which")},
	{model.Lit("ok, cosigned"),
		model.Lit("in the first row: this terminal has verified the record; another one has cosigned it. :verify " +
			"shows more")},
	{model.Lit("pending, DIFFERS"),
		model.Lit("in the first row: progress of the check; two conflicting records, or entries that do not " +
			"verify (BAD)")},
	{model.Lit("SLACK CUT"), model.Lit("in the first row: that channel is compromised and not used; F8 shows more")},
	{model.Lit("x ? +"), model.Lit("channel compromised, suspected, trusted")},
	{model.Lit("T+00:12:00"),
		model.Lit("in the first row: time since the incident was declared, until it is closed")},
	{model.Lit("> ^ !"), model.Lit("clock running, due soon, overdue")},
	{model.Lit("+ x - . z"), model.Lit("clock met, missed, waived, not started, snoozed")},
}

// lineForms are the forms of input besides commands.
var lineForms = []HelpEntry{
	{model.Lit("text"), model.Lit("a note")},
	{model.Lit("!text"), model.Lit("a decision")},
	{model.Lit("?text"), model.Lit("a hypothesis")},
	{model.Lit("TODO: text"), model.Lit("a follow-up")},
	{model.Lit("-12m text"), model.Lit("it happened 12 minutes ago")},
	{model.Lit("@14:32 text"), model.Lit("it happened at 14:32; also @yesterday 23:10, @2026-11-20 23:10+03:00")},
}

// helpRow returns a key or command and its text, in as many rows as needed.
func helpRow(key, text model.Safe, w int, th *theme.Theme) []draw.Line {
	const left = 18
	line := draw.L(draw.T(th.Accent, model.Safef("  %s", key)))
	if line.Width() > left {
		forms := draw.Rows(th.Accent, key, w-4)
		out := append([]draw.Line{append(draw.Blanks(2), forms[0]...)}, draw.Indent(forms[1:], 4)...)
		return append(out, draw.Indent(draw.Rows(th.Plain, text, w-left-2), left+1)...)
	}
	rows := draw.Rows(th.Plain, text, w-left-2)
	for i := range rows {
		if i == 0 {
			rows[i] = append(line.Pad(left+1), rows[i]...)
			continue
		}
		rows[i] = append(draw.Blanks(left+1), rows[i]...)
	}
	return rows
}

// HelpLines returns the help: the keys of the page that help was opened on, the commands
// of a room, those of this terminal, and the other keys by scope. It omits sections
// without keys.
func HelpLines(own []HelpEntry, keys []HelpSection, w int, th *theme.Theme) []draw.Line {
	out := keyRows(keys, true, w, th)
	out = append(out, th.Heading(model.Lit("Everywhere")))
	out = append(out, helpRow(model.Lit("Ctrl-C, :quit"),
		model.Lit("leave; the room stays open and your draft is kept"), w, th)...)
	out = append(out, helpRow(model.Lit("Alt-1 ... Alt-0"),
		model.Lit("F1 to F10, for terminals without function keys (Esc, then the digit)"), w, th)...)
	out = append(out, nil, th.Heading(model.Lit("What you type")))
	for _, f := range lineForms {
		out = append(out, helpRow(f.Mark, f.Text, w, th)...)
	}
	out = append(out, nil, th.Heading(model.Lit("Commands")))
	for _, v := range model.Verbs() {
		out = append(out, helpRow(model.Safef(":%s %s", v.Name, v.Args), v.Help, w, th)...)
	}
	for _, v := range model.LobbyVerbs()[1:4] { // the others are commands of a room too
		out = append(out,
			helpRow(model.Safef(":%s %s", v.Name, v.Args), model.Safef("in the lobby: %s", v.Help), w, th)...)
	}
	for _, c := range own {
		out = append(out, helpRow(c.Mark, c.Text, w, th)...)
	}
	out = append(out, nil)
	out = append(out, keyRows(keys, false, w, th)...)
	out = append(out, th.Heading(model.Lit("Marks")))
	for _, m := range legend {
		out = append(out, helpRow(m.Mark, m.Text, w, th)...)
	}
	return out
}

// keyRows returns the sections of keys whose Here is here.
func keyRows(keys []HelpSection, here bool, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for _, s := range keys {
		if s.Here != here || len(s.Entries) == 0 {
			continue
		}
		out = append(out, th.Heading(s.Title))
		for _, e := range s.Entries {
			out = append(out, helpRow(e.Mark, e.Text, w, th)...)
		}
		out = append(out, nil)
	}
	return out
}
