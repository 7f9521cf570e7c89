package room

import (
	"warroom/model"
	"warroom/ui/keymap"
	"warroom/ui/present"
)

// actOnRadar puts the command for the first signal of the radar into the composer.
func actOnRadar(p *Page) {
	if list := present.Signals(p.view, p.shell.Clock.Now()); len(list) > 0 {
		p.comp.replace(list[0].Line)
		p.mode = keymap.InWrite
		p.shell.Notes.Show(list[0].What)
	}
}

// noSignal returns why actOnRadar is not possible.
func noSignal(p *Page) model.Safe {
	switch {
	case p.comp.Text != "":
		return model.Lit("send your line first, or clear it with Ctrl-U")
	case len(present.Signals(p.view, p.shell.Clock.Now())) == 0:
		return present.NoSignal
	}
	return model.Safe{}
}
