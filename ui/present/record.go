package present

import "warroom/model"

// RecordState describes what this terminal has checked of the record so far.
func RecordState(v *model.View) model.Safe {
	p := v.Proof
	switch {
	case p.Held:
		return model.Safef("held: %s", p.Alarm)
	case !p.Alarm.IsEmpty():
		return model.Safef("%s; this terminal no longer cosigns", Alarm(p))
	case !p.Newer.IsEmpty():
		return p.Newer
	case p.Bad > 0:
		return model.Safef("%d entries do not verify; they are marked and have no effect", p.Bad)
	case p.Pending && p.First > 0:
		return model.Safef("shown from this terminal's snapshot: the newest page, from entry %d on, is verified; "+
			"the rest is being verified, %d of %d", p.First, p.Checked, p.Total)
	case p.Pending:
		return model.Safef("shown from this terminal's snapshot; the log is being verified, %d of %d", p.Checked,
			p.Total)
	}
	s := model.Safef("this terminal verified all %d entries: signature, order, and that the author was "+
		"admitted", v.Room.Seq)
	if n := v.Room.Strays; n > 0 {
		s = model.Safef("%s; %d of them are strays, not written by a member of the room or not verifiable: "+
			"they have no effect, and nothing is missing because of them", s, n)
	}
	return s
}
