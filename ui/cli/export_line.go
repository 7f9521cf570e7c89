package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
)

// noteExport records in the room that its record or a report is about to be exported, so
// that the export contains the entry. If the entry cannot be stored yet, it waits in the
// outbox. For somebody who may not write there, the hub records it, and without that the
// export is refused with the returned error. entry is the only entry that is exported, or 0.
func (a exports) noteExport(ctx context.Context, h backend.Hub, short string, b *model.ExportMade, entry uint64) error {
	if short == model.LobbyShort {
		return nil
	}
	watches, err := a.recordExport(ctx, h, short, b, entry)
	switch code := model.CodeOf(err); {
	case err == nil, code == model.NotFound: // there is nothing to export
		return nil
	case watches:
		err = h.RecordExport(ctx, short, b, entry)
		if err == nil || model.CodeOf(err) == model.NotFound {
			return nil
		}
		return model.Refuse(model.CodeOf(err), "nothing was exported, because the hub could not record the export, "+
			"and you may not write in %s: %s", short, model.Sentence(err))
	}
	a.notices.once(a.printErr)(model.Safef("the export could not be recorded in the room: "+
		"%s", model.Sentence(err)))
	return nil
}

// recordExport writes the entry as the person who exports. watches reports that they may
// not write in the room. It returns [model.NotFound] if the room has no such entry.
func (a exports) recordExport(ctx context.Context, h backend.Hub, short string, b *model.ExportMade, entry uint64) (
	watches bool, err error) {
	s, err := openSession(ctx, h, short)
	if err != nil {
		return false, err
	}
	defer s.Close()
	v := s.Latest()
	if entry > v.Room.Seq {
		return false, model.Refuse(model.NotFound, "the room has no entry %d", entry)
	}
	b.Upto = v.Room.Seq
	act := model.Act{Body: b}
	if v.Room.Knows(s.Who().Key) {
		if err := model.Decide(v.Room, s.Who(), act, a.hubNow(v)); err != nil {
			return model.CodeOf(err) == model.Forbidden, err
		}
	}
	_, err = a.store(ctx, s, act)
	return model.CodeOf(err) == model.Forbidden, err
}

// checkEntry returns a usageError for a number that no entry has.
func checkEntry(cmd *cobra.Command, entry uint64) error {
	if cmd.Flags().Changed("entry") && entry == 0 {
		return usage(model.Lit("--entry takes the number of an entry, as the timeline shows it; the first one is 1"))
	}
	return nil
}

// exportOf describes an export with a profile, or of one entry.
func exportOf(p *model.Profile, entry uint64) *model.ExportMade {
	b := &model.ExportMade{What: "record", Profile: p.Name, Form: "zip"}
	if entry > 0 {
		b.Note = model.Safef("entry %d alone", entry).String()
	}
	return b
}
