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
	{Mark: model.Lit("14:02<"), Text: model.Lit("happened at that time, recorded later (backdated)")},
	{Mark: model.Lit("1, 2, 4"),
		Text: model.Lit("nothing is missing: lines that only admit a key are hidden; /kind:admitted shows them")},
	{Mark: model.Lit("x3"), Text: model.Lit("written three times in a row")},
	{Mark: model.Lit("@ at the left"), Text: model.Lit("names you; the bell rings")},
	{Mark: model.Lit("* at the left"), Text: model.Lit("pinned")},
	{Mark: model.Lit("! at the left"), Text: model.Lit("refused: in the log, without effect")},
	{Mark: model.Lit("~ at the left"),
		Text: model.Lit("yours, not in the log yet: pending is on disk here, sent has not been answered")},
	{Mark: model.Lit("(amended)"),
		Text: model.Lit("amended by its author, or by cy: the newest text is shown. Enter on the line shows all " +
			"versions")},
	{Mark: model.Lit("[ ] [>] [x]"), Text: model.Lit("item to do, being done, done")},
	{Mark: model.Lit("[-] [!]"), Text: model.Lit("item skipped with a reason, blocked with a reason")},
	{Mark: model.Lit("URGENT 04:12"), Text: model.Lit("urgent item, and how long it has been open")},
	{Mark: model.Lit("(locked)"), Text: model.Lit("another item comes first: F3 shows which")},
	{Mark: model.Lit("ok, cosigned"),
		Text: model.Lit("in the first row: this terminal has verified the record; another one has cosigned it. " +
			":verify shows more")},
	{Mark: model.Lit("pending, DIFFERS"),
		Text: model.Lit("in the first row: progress of the check; two conflicting records, or entries that do not " +
			"verify (BAD)")},
	{Mark: model.Lit("SLACK CUT"),
		Text: model.Lit("in the first row: that channel is compromised and not used; F8 shows more")},
	{Mark: model.Lit("x ? +"), Text: model.Lit("channel compromised, suspected, trusted")},
	{Mark: model.Lit("T+00:12:00"),
		Text: model.Lit("in the first row: time since the incident was declared, until it is closed")},
	{Mark: model.Lit("> ^ !"), Text: model.Lit("clock running, due soon, overdue")},
	{Mark: model.Lit("+ x - . z"), Text: model.Lit("clock met, missed, waived, not started, snoozed")},
}

// lineForms are the forms of input besides commands.
var lineForms = []HelpEntry{
	{Mark: model.Lit("text"), Text: model.Lit("a note")},
	{Mark: model.Lit("!text"), Text: model.Lit("a decision")},
	{Mark: model.Lit("?text"), Text: model.Lit("a hypothesis")},
	{Mark: model.Lit("TODO: text"), Text: model.Lit("a follow-up")},
	{Mark: model.Lit("-12m text"), Text: model.Lit("it happened 12 minutes ago")},
	{Mark: model.Lit("@14:32 text"),
		Text: model.Lit("it happened at 14:32; also @yesterday 23:10, @2026-11-20 23:10+03:00")},
}

// wideHelp is the width from which the forms of commands have a column beside their texts.
const wideHelp = 130

// commandRow returns a command and its text, in as many rows as needed.
func commandRow(c, text model.Safe, w int, th *theme.Theme) []draw.Line {
	if w >= wideHelp {
		return entryRows(c, text, 44, w, th)
	}
	return helpRow(c, text, w, th)
}

// helpRow returns a key or mark and its text, in as many rows as needed.
func helpRow(key, text model.Safe, w int, th *theme.Theme) []draw.Line {
	return entryRows(key, text, 18, w, th)
}

// entryRows returns a key, with its text from the column left on.
func entryRows(key, text model.Safe, left, w int, th *theme.Theme) []draw.Line {
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
		out = append(out, commandRow(model.Safef(":%s %s", v.Name, v.Args), v.Help, w, th)...)
	}
	for _, v := range model.LobbyVerbs()[1:4] { // the others are commands of a room too
		out = append(out,
			commandRow(model.Safef(":%s %s", v.Name, v.Args), model.Safef("in the lobby: %s", v.Help), w, th)...)
	}
	for _, c := range own {
		out = append(out, commandRow(c.Mark, c.Text, w, th)...)
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
