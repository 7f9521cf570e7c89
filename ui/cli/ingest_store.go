package cli

import (
	"context"

	"warroom/model"
)

// intake stores alerts in rooms, with copies of the inputs.
type intake struct{ *app }

// takenIn is the result of one file.
type takenIn struct {
	model.Intake
	added, seen int
	rows        []storedRow
	changed     []model.Safe // lines about known alerts that changed
}

// take reads a file and stores its alerts in a room, which is entered only if there is
// something to store. queued is an error with the code [model.Queued] if alerts wait in the
// outbox; the result is valid then.
func (a intake) take(ctx context.Context, raw *rawInput, read model.AlertSource, source string) (t takenIn,
	queued error) {
	var groups model.AlertGroups
	var err error
	t.rows = []storedRow{}
	if t.Intake, err = read(ctx, raw, source, func(al *model.Alert) error {
		groups.Add(al)
		return nil
	}); err != nil || groups.IsEmpty() {
		return t, err
	}
	if raw.session == nil {
		if raw.session, err = raw.enter(ctx); err != nil {
			return t, err
		}
	}
	s := raw.session
	if queued, err = a.takeUpdates(ctx, s, &groups, &t); err != nil {
		return t, err
	}
	bodies, seen := groups.Bodies(s.Latest().Room, t.Format, t.Sum)
	t.seen = seen
	for _, b := range bodies {
		rec, err := a.store(ctx, s, model.Act{Body: b})
		switch model.CodeOf(err) {
		case "":
		case model.Queued: // the others will be queued as well
			queued = err
		default:
			return t, err
		}
		t.added += b.Findings
		t.rows = append(t.rows, stored(s.Latest().Room, rec, b))
	}
	return t, queued
}

// takeUpdates stores the changes of known alerts. It ignores a change that somebody else
// has just stored.
func (a intake) takeUpdates(ctx context.Context, s model.RoomSession, groups *model.AlertGroups, t *takenIn) (
	queued, err error) {
	for _, u := range groups.Updates(s.Latest().Room, t.Format, t.Sum) {
		rec, err := a.store(ctx, s, model.Act{Body: u})
		switch model.CodeOf(err) {
		case "":
			if l := s.Latest().Room.Line(rec.Seq); l != nil {
				t.changed = append(t.changed, model.Safef("alert %s", l.Text))
			}
		case model.Queued:
			queued = err
		case model.Conflict:
			continue
		default:
			return queued, err
		}
	}
	return queued, nil
}

// words describes in one line what was stored.
func (t *takenIn) words() model.Safe {
	s := model.Safef("%s: %s, %d of them new, as %s", t.Format, many(t.Findings, "finding"), t.added,
		many(len(t.rows), "alert"))
	if t.added == 0 && t.Findings > 0 {
		s = model.Safef("%s: %s, none of them new: all are already stored", t.Format, many(t.Findings, "finding"))
	}
	if n := len(t.changed); n > 0 {
		s = model.Safef("%s; %s that was known changed", s, many(n, "alert"))
	}
	return s
}
