package room

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
)

// RedactPage asks for confirmation before a text is redacted, because that cannot be
// undone and does not reach every copy.
type RedactPage struct {
	p    *Page
	line string
	act  model.Act
}

// asks opens a RedactPage for a redaction, and reports whether it did.
func (p *Page) asks(line string, act model.Act) bool {
	if _, ok := act.Body.(*model.EntryRedacted); !ok {
		return false
	}
	p.shell.Open(&RedactPage{p: p, line: line, act: act})
	return true
}

// Scope returns the key scope of the page.
func (g *RedactPage) Scope() keymap.Scope { return keymap.InRedact }

// Key shows a hint. All keys of the page are in the key table.
func (g *RedactPage) Key(*tcell.EventKey) {
	g.p.shell.Notes.Show(model.Lit("press y to redact the entry, Esc to leave it as it is"))
}

// Paste shows a hint. The page takes no text.
func (g *RedactPage) Paste(string) { g.Key(nil) }

// Draw draws the page.
func (g *RedactPage) Draw(s tcell.Screen, r draw.Rect) {
	g.p.shell.DrawBottom(s, r)
	b := g.act.Body.(*model.EntryRedacted)
	r = g.p.shell.DrawFrame(s, r, model.Safef("Redact entry %d?", b.Seq))
	for i, l := range g.rows(b, r.W, r.H) {
		draw.Put(s, r.X, r.Y+i, r.W, l.Clip(r.W))
	}
}

// rows returns the entry, what a redaction does, and the keys, which are always there: if
// h is small, the rest is shorter.
func (g *RedactPage) rows(b *model.EntryRedacted, w, h int) []draw.Line {
	th, room := g.p.shell.Theme, g.p.view.Room
	var entry, keys []draw.Line
	if l := room.Line(b.Seq); l != nil {
		entry = draw.Rows(th.Bold, model.Safef("%s by %s: %s", l.Word(), l.By, model.CleanLine(l.Text.String())), w)
	}
	body := draw.Rows(th.Plain,
		model.Safef("Its text is removed from the log, from the hub's disk and from every connected terminal. %s",
			g.p.view.Room.Impact(g.p.session.Who(), g.act, g.p.shell.Clock.Now())), w)
	body = append(body,
		draw.Rows(th.Plain,
			model.Safef("What stays: its author, its time, its effect, that you redacted it, and your reason: %s",
				model.CleanLine(b.Reason)), w)...)
	for _, k := range g.p.env.Choices(keymap.InRedact) {
		keys = append(keys, draw.L(draw.T(th.Accent, model.Safef("  %-3s  ", k.Key)), draw.T(th.Plain, k.Help)))
	}
	keys = append(keys, draw.L(draw.T(th.Accent, model.Lit("  Esc  ")), draw.T(th.Plain, model.Lit("leave it as it "+
		"is"))))
	if len(entry)+len(body)+len(keys)+2 <= h {
		entry, body = append(entry, nil), append(body, nil)
	}
	if n := max(1, h-len(body)-len(keys)); n < len(entry) {
		more := draw.T(th.Bold, model.Lit(" ..."))
		entry = entry[:n]
		entry[n-1] = append(wholeWords(entry[n-1], w-draw.Width(more.Text)), more)
	}
	body = draw.Limit(body, max(1, h-len(entry)-len(keys)))
	return append(append(entry, body...), keys...)
}

// redact sends the redaction.
func (g *RedactPage) redact() {
	g.p.shell.CloseTop()
	if err := decide(g.p.ctx(), g.act); err != nil { // somebody else may have redacted it
		g.p.refuse(g.line, err)
		return
	}
	g.p.sendNow(g.line, g.act)
}
