package ui

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/keymap"
	"warroom/ui/room"
	"warroom/ui/shell"
)

// maxAhead is the maximum number of keys that are buffered while a room opens.
const maxAhead = 8192

// waitPage shows what the program is waiting for. It buffers keys for the composer of the
// room that is being opened.
type waitPage struct {
	shell *shell.Shell
	what  model.Safe
	ahead []typedAhead
}

// typedAhead is a key or, if that is nil, a paste.
type typedAhead struct {
	key   *tcell.EventKey
	paste string
}

func (p *waitPage) Scope() keymap.Scope    { return keymap.InWait }
func (p *waitPage) Key(ev *tcell.EventKey) { p.buffer(typedAhead{key: ev}) }
func (p *waitPage) Paste(text string)      { p.buffer(typedAhead{paste: text}) }
func (p *waitPage) buffer(what typedAhead) {
	if len(p.ahead) < maxAhead {
		p.ahead = append(p.ahead, what)
	}
}

func (p *waitPage) Draw(s tcell.Screen, r draw.Rect) {
	draw.Put(s, r.X+2, r.Y+1, r.W-4, draw.L(draw.T(p.shell.Theme.Dim, p.what)))
	row := r.Y + 3
	if len(p.ahead) > 0 {
		draw.Put(s, r.X+2, row, r.W-4,
			draw.L(draw.T(p.shell.Theme.Dim, model.Lit("what you type is sent once the room is open"))))
		row += 2
	}
	for i, l := range p.shell.Notes.Rows(r.W-4, p.shell.Theme) {
		draw.Put(s, r.X+2, row+i, r.W-4, l)
	}
	p.shell.DrawBottom(s, r)
}

// replay passes the buffered input to the room. It first moves a saved draft to the
// history, so that they are not mixed.
func (p *waitPage) replay(in *room.Page) {
	if len(p.ahead) == 0 {
		return
	}
	if in.SetDraftAside() {
		defer p.shell.Notes.Show(model.Lit("the draft you left here is one line up (Up)"))
	}
	for _, t := range p.ahead {
		if t.key == nil {
			p.shell.Top().Paste(t.paste)
			continue
		}
		p.shell.OnKey(t.key)
	}
}
