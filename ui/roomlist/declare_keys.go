package roomlist

import (
	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/keymap"
)

// FormKeys returns the keys of the declare form.
func FormKeys() []keymap.Binding[*DeclarePage] {
	return []keymap.Binding[*DeclarePage]{
		{In: keymap.InForm, On: keymap.Keys(tcell.KeyTab, tcell.KeyDown), Key: model.Lit("Tab, Down"),
			Name: model.Lit("next"),
			Help: model.Lit("next field"), Do: func(p *DeclarePage) { p.Move(1) }, First: true},
		{In: keymap.InForm, On: keymap.Keys(tcell.KeyBacktab, tcell.KeyUp), Key: model.Lit("Shift-Tab, Up"),
			Help: model.Lit("previous field"), Do: func(p *DeclarePage) { p.Move(-1) }},
		{In: keymap.InForm, Key: model.Lit("Left, Right"), Name: model.Lit("choose"),
			Help:  model.Lit("choose a value"),
			First: true},
		{In: keymap.InForm, On: keymap.Keys(tcell.KeyEnter), Key: model.Lit("Enter"), Name: model.Lit("next, declare"),
			Help: model.Lit("next field; on the button: declare"), Do: func(p *DeclarePage) {
				if p.at == rowDo {
					p.declare()
					return
				}
				p.Move(1)
			}, First: true},
		{In: keymap.InForm, On: []keymap.Chord{{Key: tcell.KeyEnter, Mod: tcell.ModAlt}},
			Key: model.Lit("Alt-Enter"), Name: model.Lit("declare"),
			Help: model.Lit("declare now, from any field"), Do: (*DeclarePage).declare, First: true},
	}
}
