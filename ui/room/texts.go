package room

import (
	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/view"
)

// The text pages over a room. Each shows the present state of the room.

func openClocks(p *Page) {
	sh := p.shell
	sh.OpenText(model.Lit("Clocks"), func(w int) []draw.Line {
		r, now := p.view.Room, sh.Clock.Now()
		out := append(view.RadarPage(p.view, now, w, sh.Theme), view.AskPage(r, now, w, sh.Clock.Zone(), sh.Theme)...)
		return append(out, view.ClockPage(r, now, w, sh.Clock.Zone(), sh.Theme)...)
	})
}

func openPeople(p *Page) {
	p.shell.OpenText(model.Lit("Roles and people"), func(w int) []draw.Line {
		return view.PeoplePage(p.view, p.shell.Clock.Now(), p.env.Contacts, w, p.shell.Theme)
	})
}

// openDetail shows everything about the selected line.
func openDetail(p *Page) {
	seq := p.log.tl.Selected().Seq
	p.shell.OpenText(model.Safef("Line %d", seq), func(w int) []draw.Line {
		return view.DetailLines(p.view.Room, seq, w, p.shell.Clock.Zone(), p.shell.Theme)
	})
}

// openChannels shows the channels and whether they can be trusted.
func openChannels(p *Page) {
	sh := p.shell
	sh.OpenText(model.Lit("Channels"), func(w int) []draw.Line {
		return view.ChannelPage(p.view.Room, sh.Clock.Now(), w, sh.Clock.Zone(), sh.Theme)
	})
}

// openScope shows what is known about the attack.
func openScope(p *Page) {
	sh := p.shell
	if p.view.Room.Lobby {
		sh.Notes.Show(model.Lit("only a room has a scope, the lobby has none; declare a room for an alert with d " +
			"(F9)"))
		return
	}
	sh.OpenText(model.Lit("Scope"), func(w int) []draw.Line {
		return view.ScopePage(p.view.Room, sh.Clock.Now(), w, sh.Clock.Zone(), sh.Theme)
	})
}

// openEvidence shows the register of evidence.
func openEvidence(p *Page) {
	sh := p.shell
	if p.view.Room.Lobby {
		sh.Notes.Show(model.Lit("only a room has evidence, the lobby has none; declare a room for an alert with d " +
			"(F9)"))
		return
	}
	sh.OpenText(model.Lit("Evidence"), func(w int) []draw.Line {
		return view.EvidencePage(p.view.Room, w, sh.Clock.Zone(), sh.Theme)
	})
}
