package feed

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/evidence"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/report"
)

// relateEvery is how often the hub looks for rooms that name other rooms, or lack their
// report. It also looks when it receives a message about either, see watchDue.
const relateEvery = 30 * time.Second

// watchDue wakes the service when a room may have been closed or related to another one.
// The text of any message can do so, which costs a look at the index.
func (s *hubService) watchDue() error {
	subs, err := s.client.conn.SubscribeRoom("*", subjects.Live, func(m *nats.Msg) {
		if model.MayBeOf(m.Data, model.KindIncidentClosed, model.KindEntryRedacted, model.KindIncidentLinked,
			model.KindIncidentUnlinked) {
			wake.Notify(s.due)
		}
	})
	if err == nil {
		s.stopDue = subs.Unsubscribe
	}
	return err
}

// finishClosing stores the report of a room that was closed, and the counterparts of its
// relations, if this process acts for the hub. A process that ends after one command calls it
// before it ends, as nobody else may.
func (c *client) finishClosing(short string, p *keyring.Identity, r *model.Room) {
	s := c.hubService.Load()
	due := r.ReportDue() || c.o.Via == "cli" && len(r.Related)+len(r.Unrelated) > 0
	if s == nil || s.isRoomAdmin() || p == s.identity || !due || c.Link().State != model.Live {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, writer.JoinTimeout)
	defer cancel()
	select {
	case s.relating <- struct{}{}: // the service may be storing it
	case <-ctx.Done():
		return
	}
	defer func() { <-s.relating }()
	if err := s.relateRoom(ctx, short); err != nil && ctx.Err() == nil {
		c.o.Logf(model.Safef("the report of %s, or its links in other rooms, could not be stored yet; the next "+
			"program that opens the room stores them: %s", short, model.Sentence(err)))
	}
}

// relate writes the counterpart of each relation into the related room, once, with the
// hub's key. It reads only rooms that have new entries. The relation is in the log, so
// after a crash the next round finds what is missing.
func (s *hubService) relate(ctx context.Context) {
	if s.isRoomAdmin() {
		return
	}
	s.relating <- struct{}{}
	defer func() { <-s.relating }()
	if s.related == nil {
		s.related = map[string]uint64{}
	}
	if s.index.Settled(ctx) != nil {
		return // the next round finds them
	}
	for _, row := range s.index.Rows.All() {
		if ctx.Err() != nil || row.Tip == s.related[row.Short] {
			continue
		}
		if len(row.Room.Related)+len(row.Room.Unrelated) > 0 || row.Room.ReportDue() {
			if err := s.relateRoom(ctx, row.Short); ctx.Err() != nil {
				return // the program ends; the next one continues
			} else if err != nil {
				s.client.o.Logf(model.Safef("%s: links to related rooms, or the report, could not be written: "+
					"%s", row.Short, err))
				continue
			}
		}
		s.related[row.Short] = row.Tip
	}
}

// relateRoom stores the report of a room, if it is closed, and writes the counterparts of
// its relations.
func (s *hubService) relateRoom(ctx context.Context, short string) error {
	r, err := s.client.rooms.Glance(ctx, short)
	if err != nil {
		return err
	}
	if err := s.storeReport(ctx, short, r); err != nil {
		return err
	}
	for _, rel := range r.Related {
		other, err := s.client.rooms.Glance(ctx, rel.Room)
		if model.CodeOf(err) == model.NotFound {
			continue // the number is of another hub: this room was imported
		}
		if err != nil {
			return err
		}
		b := r.Counterpart(short, rel, other)
		if b == nil {
			continue
		}
		if may, err := mayName(s, rel.By, rel.Room, other); err != nil {
			return err
		} else if may {
			if err := s.write(ctx, rel.Room, b); err != nil && model.CodeOf(err) != model.Conflict {
				return err
			}
		}
	}
	for _, x := range r.Unrelated {
		other, err := s.client.rooms.Glance(ctx, x.Room)
		if model.CodeOf(err) == model.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		b := r.Ended(short, x, other)
		if b == nil {
			continue
		}
		if may, err := mayName(s, x.EndedBy, x.Room, other); err != nil {
			return err
		} else if may {
			if err := s.write(ctx, x.Room, b); err != nil && model.CodeOf(err) != model.Conflict {
				return err
			}
		}
	}
	return nil
}

// mayName reports whether a person may see a room, so that the hub may write there what they
// stated in another one. A login can store a relation that a terminal refuses.
func mayName(s *hubService, handle, short string, r *model.Room) (bool, error) {
	if !r.Names(handle) || r.IsRevoked(handle) {
		return false, nil
	}
	if s.client.hub == nil {
		return true, nil
	}
	p, err := s.client.hub.UserStore().Read()
	if err != nil {
		return false, err
	}
	l, ok := p.Login(handle)
	return !ok || len(l.Rooms) == 0 || slices.Contains(l.Rooms, short), nil
}

// write appends an event with the key of the hub service.
func (s *hubService) write(ctx context.Context, short string, b model.Body) error {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	return appendAs(ctx, s.client, s.identity, short, b)
}

// storeReport adds the report of a closed room to its evidence, once, with the hub's key,
// if the plan asks for it. The report covers the log up to its present end. The evidence
// entry in the log shows that the report exists, so a crash leads to a retry, not to a
// second report. After a redaction it deletes the bytes of the reports from before and stores
// a new one.
func (s *hubService) storeReport(ctx context.Context, short string, r *model.Room) error {
	if !r.ReportDue() {
		return nil
	}
	f := newFeed(s.client, s.identity, false, true)
	for i := range r.Evidence { // its text was redacted since
		if p := &r.Evidence[i]; p.Withheld {
			if err := evidence.Erase(ctx, f.evidenceStore, short, p); err != nil {
				return err
			}
		}
	}
	var log []*model.Event
	if err := f.Events(ctx, short, 1, func(e *model.Event) error {
		log = append(log, e)
		return nil
	}); err != nil {
		return err
	}
	d := report.Of(log, report.Reader{Short: short, Now: s.client.o.Now()})
	d = d.For(&model.Profiles[0], log)
	p, err := f.Collect(ctx, short, model.Collection{EvidenceAbout: model.EvidenceAbout{
		Name: "report-" + short + ".md", Class: "other", Report: true, Command: "warroom report " + short}},
		bytes.NewReader(d.Markdown()), nil)
	if model.CodeOf(err) == model.Conflict {
		return nil // another process of the hub stored it
	}
	if err == nil {
		s.client.o.Logf(model.Safef("the report of %s is in its evidence: E%d", short, p.N))
	}
	return err
}
