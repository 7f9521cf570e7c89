package view

import (
	"cmp"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// Unsent is one waiting line: its state in the outbox, and the text that was typed.
type Unsent struct {
	model.Waiting
	Typed string
}

// WaitingRows returns the rows of waiting lines. A reason that consecutive lines share is
// shown once, below the last of them.
func WaitingRows(list []Unsent, w int, c Columns, th *theme.Theme) []draw.Line {
	var out []draw.Line
	for i, wt := range list {
		line, left := waitingLine(wt, c, th)
		out = append(out, line.Clip(w))
		if wt.Why.IsEmpty() || i+1 < len(list) && list[i+1].Why == wt.Why {
			continue
		}
		_, style := waitingMark(wt.State, th)
		out = append(out, draw.Indent(draw.Rows(style, model.CleanLine(wt.Why.String()), w-left-1), left)...)
	}
	return out
}

func waitingMark(s model.WaitState, th *theme.Theme) (model.Safe, tcell.Style) {
	if s == model.Refused {
		return model.Lit("!"), th.Bad
	}
	return model.Lit("~"), th.Dim
}

// waitingLine returns one waiting line with its state, and the column in which its text
// begins.
func waitingLine(wt Unsent, c Columns, th *theme.Theme) (line draw.Line, left int) {
	mark, style := waitingMark(wt.State, th)
	line = draw.L(draw.T(style, mark))
	if c.seq > 0 {
		line = append(line, draw.Blanks(c.seq+1)...)
	}
	at := wt.Draft.At
	if at.IsZero() {
		at = wt.Draft.Made
	}
	zone := c.Zone
	if zone == nil {
		zone = at.Location()
	}
	line = append(line, draw.T(th.Dim, model.Safef("%s  ", at.In(zone).Format("15:04"))))
	line = append(line, draw.Column(style, model.CleanLine(string(wt.State)), max(8, c.name))...)
	left = line.Width()
	return append(line, draw.T(th.Plain, WaitingText(wt.Waiting, wt.Typed))), left
}

// WaitingText returns the text of a waiting draft: as it was typed here or, if that is
// not known, as it is in the outbox.
func WaitingText(wt model.Waiting, typed string) model.Safe {
	if typed = cmp.Or(typed, wt.Draft.Line); typed != "" {
		return model.CleanLine(typed)
	}
	b, err := wt.Draft.Event("").DecodeBody()
	if e, ok := b.(*model.Entry); ok && err == nil {
		return model.CleanLine(e.Text)
	}
	return wt.Draft.Kind.Word()
}
