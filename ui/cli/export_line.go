package cli

import (
	"context"

	"warroom/model"
	"warroom/model/backend"
)

// noteExport records in the room that its record or a report is about to be exported, so
// that the export contains the entry. If that fails, it prints a notice, and the export
// continues.
func (a exports) noteExport(ctx context.Context, h backend.Hub, short string, b *model.ExportMade) {
	if short == model.LobbyShort {
		return
	}
	err := a.recordExport(ctx, h, short, b)
	if err != nil && model.CodeOf(err) != model.NotFound { // otherwise there is nothing to export
		a.notices.once(a.printErr)(model.Safef("the export could not be recorded in the room: "+
			"%s", model.Sentence(err)))
	}
}

func (a exports) recordExport(ctx context.Context, h backend.Hub, short string, b *model.ExportMade) error {
	s, err := openSession(ctx, h, short)
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

// exportOf describes an export with a profile, or of one entry.
func exportOf(p *model.Profile, entry uint64) *model.ExportMade {
	b := &model.ExportMade{What: "record", Profile: p.Name, Form: "zip"}
	if entry > 0 {
		b.Note = model.Safef("entry %d alone", entry).String()
	}
	return b
}
