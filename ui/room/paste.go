package room

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/present"
)

// PastePage asks what to do with a paste of several lines, which may also be lines that were typed
// fast over a slow connection. The text is never lost: Up brings back one that was discarded, and
// one that is too large for an entry is saved before the page opens.
type PastePage struct {
	p     *Page
	whole string     // the paste, with "\n" as line break
	text  string     // without blank lines at its ends
	lines []string   // without blank ones
	saved model.Safe // path of the saved paste

	secrets string // kinds of possible secrets in it; the saved file has them masked
}

func newPastePage(p *Page, text string) *PastePage {
	whole := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = present.TrimPaste(whole)
	return &PastePage{p: p, whole: whole, text: text, lines: present.NoteLines(text), secrets: kindsIn(text)}
}

// refuseTooLong saves a text that is too long for an entry, and shows the choices.
func refuseTooLong(p *Page, text string) {
	g := newPastePage(p, text)
	g.save()
	p.shell.Open(g)
}

func (g *PastePage) save() {
	if g.p.env.Guest { // a guest's files are on another machine
		g.p.shell.Notes.Fail(model.Refuse(model.Conflict,
			"a paste cannot be saved over SSH: add it as evidence from your machine: ssh HOST evidence add %s - "+
				"--name FILE < FILE", g.p.view.Short))
		return
	}
	text, _ := secretscan.Replace(g.p.view.Room, g.whole)
	path, err := g.p.env.Store.SavePaste(text, g.p.shell.Clock.Local())
	if err != nil {
		g.p.shell.Notes.Fail(err)
		return
	}
	g.saved = model.CleanLine(path)
}

// Scope returns the key scope of the page.
func (g *PastePage) Scope() keymap.Scope { return keymap.InPaste }

// Key passes text to the composer: somebody who types on has not noticed the question,
// and no text answers it. Enter sends nothing.
func (g *PastePage) Key(ev *tcell.EventKey) {
	if ev.Key() == tcell.KeyEnter {
		g.p.shell.Notes.Show(model.Lit("nothing is sent until you choose what to do with the paste; Esc discards it"))
		return
	}
	g.p.Key(ev)
}

// Paste keeps another paste until the question about this one is answered.
func (g *PastePage) Paste(text string) {
	if g.p.pasted = append(g.p.pasted, text); len(g.p.pasted) > present.MaxPastes {
		g.p.pasted = g.p.pasted[:present.MaxPastes]
		g.p.shell.Notes.Warn(present.TooManyPastes())
	}
}

// Draw draws the page.
func (g *PastePage) Draw(s tcell.Screen, r draw.Rect) {
	g.p.shell.DrawBottom(s, r)
	r = g.p.shell.DrawFrame(s, r, model.Lit("Pasted text"))
	for i, l := range g.rows(r.W, r.H) {
		draw.Put(s, r.X, r.Y+i, r.W, l.Clip(r.W))
	}
}

func (g *PastePage) rows(w, h int) []draw.Line {
	th := g.p.shell.Theme
	out := draw.Rows(th.Bold,
		model.Safef("You pasted %s.", present.Pasted(g.text)), w)
	if n := present.BlankLines(g.text); n > 0 {
		out = append(out, draw.Rows(th.Plain,
			model.Safef("Ctrl-N leaves out %s.", present.Plural(n, "blank line", "blank lines")), w)...)
	}
	if n := len(g.p.pasted); n > 0 {
		out = append(out, draw.Rows(th.Warn, model.Safef("%s.", present.PastesWaiting(n)), w)...)
	}
	if !g.saved.IsEmpty() {
		out = append(out, draw.Rows(th.Warn, g.savedWhere(), w)...)
	}
	if g.secrets != "" {
		out = append(out,
			draw.Rows(th.Warn,
				model.Safef("It seems to contain a secret (%s), which is sent and saved as a fingerprint.",
					g.secrets),
				w)...)
	}
	if len(g.text) > maxLine {
		out = append(out,
			draw.Rows(th.Plain,
				model.Safef("It is too long: an entry holds %s. Add the file to the evidence:", present.Size(maxLine)),
				w)...)
		file := model.Lit("FILE")
		if !g.saved.IsEmpty() {
			file = g.saved
		}
		out = append(out, draw.Rows(th.Accent, model.Safef("  :evidence %s", file), w)...)
	}
	for _, k := range g.p.env.Choices(keymap.InPaste) {
		style, why := th.Plain, k.Why
		if !why.IsEmpty() {
			style, why = th.Dim, model.Safef(" (not now: %s)", why)
		}
		out = append(out,
			draw.L(draw.T(th.Accent, model.Safef("  %-6s  ", k.Key)), draw.T(style, k.Help), draw.T(th.Dim, why)))
	}
	out = append(out, draw.L(draw.T(th.Accent, model.Safef("  %-6s  ", "Esc")),
		draw.T(th.Plain, g.escHelp())))
	out = append(append(out, g.typedRows(w)...), nil)
	for l := range strings.SplitSeq(g.text, "\n") {
		if len(out) >= h {
			break
		}
		out = append(out,
			draw.L(draw.T(th.Dim, model.Lit("| ")), draw.T(th.Plain, model.CleanLine(l[:min(len(l), 4*w)]))))
	}
	return out
}

// escHelp describes what Esc does.
func (g *PastePage) escHelp() model.Safe {
	if len(g.text) > maxLine || !g.saved.IsEmpty() {
		return model.Lit("discard it")
	}
	return model.Lit("discard it; Up in the composer brings it back")
}

// maxTypedRows is the maximum number of rows for the composer's text.
const maxTypedRows = 2

// typedRows returns the end of the composer's text, or where text goes.
func (g *PastePage) typedRows(w int) []draw.Line {
	th := g.p.shell.Theme
	if g.p.comp.Text == "" {
		return draw.Rows(th.Dim, model.Lit("Other keys type into the composer."), w)
	}
	rows := draw.Rows(th.Plain, model.Safef("In the composer: %s", model.CleanLine(g.p.comp.Text)), w)
	return rows[max(0, len(rows)-maxTypedRows):]
}

// savedWhere returns where the paste was saved.
func (g *PastePage) savedWhere() model.Safe {
	if g.secrets != "" {
		return model.Safef("saved with the secret masked, until you delete it: %s", g.saved)
	}
	return model.Safef("saved until you delete it: %s", g.saved)
}

// notOne returns why the paste cannot be one entry.
func (g *PastePage) notOne() model.Safe {
	if len(g.text)+len(g.p.comp.Text) > maxLine {
		return model.Safef("an entry holds %s", present.Size(maxLine))
	}
	return model.Safe{}
}

// notMany returns why the lines of the paste cannot be entries.
func (g *PastePage) notMany() model.Safe {
	if len(g.lines) > present.MaxPasteNotes {
		return present.TooManyNotes(len(g.lines))
	}
	for _, l := range g.lines {
		if len(l) > maxLine {
			return model.Safef("one of the lines is longer than %s", present.Size(maxLine))
		}
	}
	return model.Safe{}
}

// one inserts the paste into the composer, where it can still be edited.
func (g *PastePage) one() {
	g.p.shell.CloseTop()
	g.p.comp.write(g.text)
	g.next()
}

// next handles the next paste that is waiting.
func (g *PastePage) next() {
	if list := g.p.pasted; len(list) > 0 {
		g.p.pasted = list[1:]
		g.p.Paste(list[0])
	}
}

// many sends each line as a note, never as a command. Secrets are searched in the whole
// paste, because a private key has many lines.
func (g *PastePage) many() {
	sh := g.p.shell
	sh.CloseTop()
	text, hidden := secretscan.Replace(g.p.view.Room, g.text)
	if len(hidden) > 0 {
		sh.Notes.Show(replaced(hidden))
	}
	for _, l := range present.NoteLines(text) {
		act := model.Act{Body: model.NewEntry(model.KindEntryNoted, l)}
		if err := decide(g.p.ctx(), act); err != nil {
			sh.Notes.Fail(err)
			sh.Open(g)
			return
		}
		g.p.out.submit(l, act)
	}
	g.p.log.tl.Bottom()
	g.next()
}

// saveAndClose saves the paste and closes the page, unless saving fails.
func (g *PastePage) saveAndClose() {
	if g.saved.IsEmpty() {
		g.save()
	}
	if !g.saved.IsEmpty() {
		g.p.shell.CloseTop()
		g.Closed()
	}
}

// Closed shows the path of the saved paste, if it was saved, or else adds it to the history, and
// handles the next.
func (g *PastePage) Closed() {
	switch {
	case !g.saved.IsEmpty():
		g.p.shell.Notes.Show(g.savedWhere())
	case len(g.text) <= maxLine:
		g.p.comp.history.AddDiscarded(g.text)
		g.p.comp.saveHistory()
		g.p.shell.Notes.Show(model.Safef("discarded: %s (Up brings it back)", present.Pasted(g.text)))
	}
	g.next()
}
