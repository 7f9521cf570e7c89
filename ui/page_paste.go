package ui

import (
	"strings"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/model/guard"
	"warroom/ui/draw"
)

// maxNotes is how many notes one paste may become.
const maxNotes = 200

// pastePage asks what to do with a paste of several lines. Whatever the answer,
// the text is not lost: Esc leaves it where it was copied from, and what is too
// large to send was saved before it is asked.
type pastePage struct {
	p     *place
	text  string
	lines []string   // without empty ones
	saved model.Safe // where it was saved

	secrets string // kinds of what looks like a secret in it
}

func newPastePage(p *place, text string) *pastePage {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return &pastePage{p: p, text: text, lines: written(text), secrets: kindsIn(text)}
}

// written are the lines of a text without the empty ones.
func written(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}

// tooLong keeps a text that no entry holds, and says what to do with it.
func (p *place) tooLong(text string) {
	g := newPastePage(p, text)
	g.save()
	p.a.open(g)
}

func (g *pastePage) save() {
	if g.p.a.o.Guest { // a guest's files are not on this machine
		g.p.a.fail(model.Refuse(model.Conflict, "the paste is too long for an entry, and the server keeps no files of guests; "+
			"from yours: ssh HOST evidence add %s - --name FILE < FILE", g.p.view.Short))
		return
	}
	path, err := g.p.a.store.savePaste(g.text, g.p.a.o.Clock.Now())
	if err != nil {
		g.p.a.fail(err)
		return
	}
	g.saved = model.CleanLine(path)
}

func (g *pastePage) scope() scope { return inPaste }
func (g *pastePage) key(*tcell.EventKey) {
	g.p.a.tell(model.Lit("first say what to do with the paste, or Esc to leave it"))
}
func (g *pastePage) paste(string) {
	g.p.a.tell(model.Lit("first say what to do with the paste before"))
}

func (g *pastePage) draw(s tcell.Screen, r rect) {
	g.p.a.bottom(s, r)
	r = g.p.a.frame(s, r, model.Lit("A paste"))
	for i, l := range g.rows(r.w, r.h) {
		draw.Put(s, r.x, r.y+i, r.w, l.Clip(r.w))
	}
}

func (g *pastePage) rows(w, h int) []draw.Line {
	th := g.p.a.th
	out := wrapped(th.bold, model.Safef("%s in %s were pasted.", size(len(g.text)), plural(len(g.lines), "line", "lines")), w)
	if !g.saved.IsEmpty() {
		out = append(out, wrapped(th.warn, model.Safef("It was saved: %s", g.saved), w)...)
	}
	if g.secrets != "" {
		out = append(out, wrapped(th.warn, model.Safef("It looks as if there is a secret in it (%s): it goes out as a fingerprint.", g.secrets), w)...)
	}
	if len(g.text) > maxLine {
		out = append(out, wrapped(th.plain, model.Safef("An entry holds %s. Keep the file, and note in the room where it is:", size(maxLine)), w)...)
		file := model.Lit("FILE")
		if !g.saved.IsEmpty() {
			file = g.saved
		}
		out = append(out, wrapped(th.accent, model.Safef("  :evidence %s", file), w)...)
	}
	for i := range g.p.a.keys {
		if b := &g.p.a.keys[i]; b.in == inPaste {
			style := th.plain
			why := model.Safe{}
			if b.not != nil {
				why = b.not(g.p.a)
			}
			if !why.IsEmpty() {
				style, why = th.dim, model.Safef(" (not now: %s)", why)
			}
			out = append(out, draw.L(draw.T(th.accent, model.Safef("  %s ", b.key)), draw.T(style, b.help), draw.T(th.dim, why)))
		}
	}
	out = append(out, draw.L(draw.T(th.accent, model.Lit("  Esc ")), draw.T(th.plain, model.Lit("do nothing with it"))), nil)
	for _, l := range g.lines[:min(len(g.lines), max(0, h-len(out)))] {
		out = append(out, draw.L(draw.T(th.dim, model.Lit("| ")), draw.T(th.plain, model.CleanLine(l[:min(len(l), 4*w)]))))
	}
	return out
}

// size is a number of bytes for people.
func size(n int) model.Safe {
	switch {
	case n >= 1<<20:
		return model.Safef("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return model.Safef("%.1f KiB", float64(n)/(1<<10))
	}
	return model.Safef("%d bytes", n)
}

func (a *app) pasted() *pastePage {
	g, _ := a.top().(*pastePage)
	return g
}

func (a *app) notOne() model.Safe {
	if g := a.pasted(); g != nil && len(g.text)+len(g.p.comp.text) > maxLine {
		return model.Safef("an entry holds %s", size(maxLine))
	}
	return model.Safe{}
}

func (a *app) notMany() model.Safe {
	g := a.pasted()
	if g == nil {
		return model.Safe{}
	}
	if len(g.lines) > maxNotes {
		return model.Safef("%d lines would be %d notes; %d at once are allowed", len(g.lines), len(g.lines), maxNotes)
	}
	for _, l := range g.lines {
		if len(l) > maxLine {
			return model.Safef("one of the lines is longer than %s", size(maxLine))
		}
	}
	return model.Safe{}
}

// pasteOne puts the paste into the composer, where it can still be changed.
func (a *app) pasteOne() {
	g := a.pasted()
	a.closePage()
	g.p.typing(g.text)
}

// pasteMany sends every line as a note. They are notes literally: no line of a
// paste is a command. Secrets are looked for in the whole of it, as a private key
// has many lines.
func (a *app) pasteMany() {
	g := a.pasted()
	a.closePage()
	text, hidden := guard.Replace(g.p.view.Room, g.text)
	if len(hidden) > 0 {
		a.tell(replaced(hidden))
	}
	for _, l := range written(text) {
		act := model.Act{Body: model.NewEntry(model.KindEntryNoted, strings.TrimRight(l, " \t"))}
		if err := g.p.decide(act); err != nil {
			a.fail(err)
			a.open(g)
			return
		}
		g.p.submit(l, act)
	}
	g.p.tl.bottom()
}

// pasteSave saves the paste and closes the page. It stays open where that fails.
func (a *app) pasteSave() {
	g := a.pasted()
	if g.saved.IsEmpty() {
		g.save()
	}
	if !g.saved.IsEmpty() {
		a.closePage()
		g.toldSaved()
	}
}

// toldSaved says where the paste was saved, if it was.
func (g *pastePage) toldSaved() {
	if !g.saved.IsEmpty() {
		g.p.a.tell(model.Safef("saved to %s", g.saved))
	}
}
