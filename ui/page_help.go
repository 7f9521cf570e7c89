package ui

import (
	"warroom/model"
	"warroom/ui/draw"
)

// legend explains the marks of the screen.
var legend = []struct{ mark, text model.Safe }{
	{model.Lit("14:02<"), model.Lit("happened then, written down later (backdated)")},
	{model.Lit("x3"), model.Lit("said three times in a row")},
	{model.Lit("@ at the left"), model.Lit("names you; the bell rings")},
	{model.Lit("* at the left"), model.Lit("pinned")},
	{model.Lit("! at the left"), model.Lit("refused: it is in the log and has no effect")},
	{model.Lit("~ at the left"), model.Lit("yours, not in the log yet: pending is on disk here, sent has no answer yet")},
	{model.Lit("(amended)"), model.Lit("the newest text is shown, by the author; (amended by cy): by cy. Enter on the line shows every version")},
	{model.Lit("[ ] [>] [x]"), model.Lit("item to do, being done, done")},
	{model.Lit("[-] [!]"), model.Lit("item skipped with a reason, blocked with a reason")},
	{model.Lit("NOW 04:12"), model.Lit("urgent item, and for how long it has been waiting")},
	{model.Lit("(locked)"), model.Lit("something has to come before it: F3 says what")},
	{model.Lit("ok, cosigned"), model.Lit("in the first row: this terminal has verified the record; and another one stands for it. :verify says more")},
	{model.Lit("pending, DIFFERS"), model.Lit("in the first row: how far the check behind is; there are two records, or entries that do not check (BAD)")},
	{model.Lit("SLACK CUT"), model.Lit("in the first row: that channel is compromised and nothing goes over it, F8")},
	{model.Lit("x ? +"), model.Lit("channel compromised, suspected, trusted")},
	{model.Lit("T+00:12:00"), model.Lit("in the first row: how long ago the incident was declared; it stands still once it is closed")},
	{model.Lit("> ^ !"), model.Lit("clock runs, is due soon, is overdue")},
	{model.Lit("+ x - . z"), model.Lit("clock met, missed, waived, waiting for its start, snoozed")},
}

// lineForms are what the composer understands besides commands.
var lineForms = []struct{ mark, text model.Safe }{
	{model.Lit("text"), model.Lit("a note")},
	{model.Lit("!text"), model.Lit("a decision")},
	{model.Lit("?text"), model.Lit("a hypothesis")},
	{model.Lit("TODO: text"), model.Lit("a follow-up")},
	{model.Lit("-12m text"), model.Lit("it happened 12 minutes ago")},
	{model.Lit("@14:32 text"), model.Lit("it happened at 14:32; also @yesterday 23:10, @2026-11-20 23:10+03:00")},
}

// helpLines are the whole help, made of the key table and the commands.
func helpLines(keys []binding, w int, th *theme) []draw.Line {
	out := []draw.Line{heading(model.Lit("How to leave"), th)}
	out = append(out, helpRow(model.Lit("Ctrl-C, :quit"), model.Lit("from everywhere; the room goes on without you and your draft is kept"), w, th)...)
	out = append(out, nil, heading(model.Lit("What you type"), th))
	for _, f := range lineForms {
		out = append(out, helpRow(f.mark, f.text, w, th)...)
	}
	out = append(out, nil, heading(model.Lit("Commands"), th))
	for _, v := range model.Verbs() {
		out = append(out, helpRow(model.Safef(":%s %s", v.Name, v.Args), v.Help, w, th)...)
	}
	for _, v := range model.LobbyVerbs()[1:4] { // the others are those of a room
		out = append(out, helpRow(model.Safef(":%s %s", v.Name, v.Args), model.Safef("in the lobby: %s", v.Help), w, th)...)
	}
	for _, c := range ownCommands() {
		out = append(out, helpRow(model.Safef(":%s", c.name), c.help, w, th)...)
	}
	for _, pl := range places {
		rows := placeKeys(keys, pl.in, w, th)
		if len(rows) > 0 {
			out = append(out, nil, heading(pl.name, th))
			out = append(out, rows...)
		}
	}
	out = append(out, nil, heading(model.Lit("Marks"), th))
	for _, m := range legend {
		out = append(out, helpRow(m.mark, m.text, w, th)...)
	}
	return out
}

func placeKeys(keys []binding, in scope, w int, th *theme) []draw.Line {
	var out []draw.Line
	for i := range keys {
		if b := &keys[i]; b.in&in != 0 && !b.help.IsEmpty() {
			out = append(out, helpRow(b.key, b.help, w, th)...)
		}
	}
	return out
}

// helpRow is a key or command and what it does, in as many rows as it takes.
func helpRow(key, text model.Safe, w int, th *theme) []draw.Line {
	const left = 18
	line := draw.L(draw.T(th.accent, model.Safef("  %s", key)))
	if line.Width() > left {
		return append([]draw.Line{line.Clip(w)}, indented(wrapped(th.plain, text, w-left-2), left+1)...)
	}
	rows := wrapped(th.plain, text, w-left-2)
	for i := range rows {
		if i == 0 {
			rows[i] = append(line.Pad(left+1), rows[i]...)
			continue
		}
		rows[i] = append(blanks(left+1), rows[i]...)
	}
	return rows
}
