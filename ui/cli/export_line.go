package cli

import (
	"context"

	"warroom/model"
)

// handsOut writes into the room's log that its record or a report goes to somebody,
// before it does, so that what is handed out has the line too. It is no reason not
// to hand it out where that cannot be written: then the person is told.
func (a *app) handsOut(ctx context.Context, h Hub, short string, b *model.ExportMade) {
	if short == model.LobbyShort {
		return
	}
	err := a.writeExport(ctx, h, short, b)
	if err != nil && model.CodeOf(err) != model.NotFound { // then there is nothing to hand out
		a.told.once(a.tell)(model.Safef("this is not recorded in the room: %s", model.Sentence(err)))
	}
}

func (a *app) writeExport(ctx context.Context, h Hub, short string, b *model.ExportMade) error {
	s, err := seatIn(ctx, h, short)
	if err != nil {
		return err
	}
	defer s.Close()
	v := s.Latest()
	b.Upto = v.Room.Seq
	act := model.Act{Body: b}
	if v.Room.Knows(s.Who().Key) {
		if err := model.Decide(v.Room, s.Who(), act, a.hubNow(v)); err != nil {
			return err
		}
	}
	_, err = a.store(ctx, s, act)
	return err
}

// exportOf describes an export of a profile, or of one entry.
func exportOf(p *model.Profile, entry uint64) *model.ExportMade {
	b := &model.ExportMade{What: "record", Profile: p.Name, Form: "zip"}
	if entry > 0 {
		b.Note = model.Safef("entry %d alone", entry).String()
	}
	return b
}
