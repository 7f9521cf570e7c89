package room

import (
	"context"
	"strings"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/shell"
	"warroom/ui/view"
)

// verifyPage shows what of the record is proven: what this terminal has checked so far,
// and the result of verifying the whole record when the page was opened.
type verifyPage struct {
	shell.TextPage
	check view.RecordCheck
}

// Scope returns the key scope of the page.
func (p *verifyPage) Scope() keymap.Scope { return keymap.InPage | keymap.InVerify }

// openVerify opens the page and verifies the record in a job.
func openVerify(p *Page) {
	sh, short := p.shell, p.view.Short
	g := &verifyPage{TextPage: shell.TextPage{Shell: sh, Title: model.Lit("The record")}}
	g.check.Offered = p.env.Verify != nil
	g.Lines = func(w int) []draw.Line { return view.RecordLines(p.view, &g.check, sh.Clock.Now(), w, sh.Theme) }
	sh.Toggle(g, func(o shell.Page) bool { _, is := o.(*verifyPage); return is })
	if sh.Top() != shell.Page(g) || p.env.Verify == nil {
		return
	}
	sh.Jobs.Start(func(ctx context.Context) func() {
		v, err := p.env.Verify(ctx, short)
		return func() { g.check.Found, g.check.Err, g.check.Done = v, err, true }
	})
}

// copyPoint copies the three lines of the newest checkpoint to the terminal's clipboard.
func copyPoint(p *Page) {
	var out []model.Safe
	for l := range strings.Lines(p.view.Proof.Sealed.Text) {
		out = append(out, model.CleanLine(strings.TrimSuffix(l, "\n")))
	}
	p.shell.Copy(model.Lit("the checkpoint"), model.JoinSafe(model.Lit("\n"), append(out, model.Safe{})...))
}

func noPoint(p *Page) model.Safe {
	if p.view.Proof.Sealed.Text == "" {
		return model.Lit("there is no checkpoint yet")
	}
	return model.Safe{}
}
