package feed

import (
	"context"
	"errors"
	"time"

	"warroom/feed/keyring"
	"warroom/feed/outbox"
	"warroom/feed/writer"
	"warroom/model"
)

// declarer creates rooms for a feed.
type declarer struct{ f *Feed }

// begin creates a room from its first acts. It tries the short ids that next returns
// until one is free, and returns errTaken when next returns "".
func (dc *declarer) begin(ctx context.Context, acts []model.Act, next func() string) (string, error) {
	f := dc.f
	room, drafts, names, err := dc.drafts(acts)
	if err != nil {
		return "", err
	}
	k := f.identity.Key()
	defer f.client.rooms.Busy(outbox.Path(f.client.o.Data, k.Text, room))()
	box, _,
		err := f.client.store.OpenOutbox(outbox.Path(f.client.o.Data, k.Text, room),
		outbox.Head{Room: room, Handle: f.identity.Handle})
	if err != nil {
		return "", err
	}
	short, err := dc.storeDeclaration(ctx, box, k, drafts, names, next)
	if err != nil {
		return "", err
	}
	if err := box.Close(); err != nil {
		return "", err
	}
	return short, dc.finish(ctx, short)
}

// drafts decides the first acts of a room and makes their drafts. names are the people
// who may see a restricted room, empty for other rooms.
func (dc *declarer) drafts(acts []model.Act) (room string, drafts []model.Draft, names []string, err error) {
	f := dc.f
	now, who, r := f.client.o.Now(), f.identity.Actor(), model.NewRoom()
	if room, err = writer.NewID(now); err != nil {
		return "", nil, nil, err
	}
	for i, a := range acts {
		if err := model.Decide(r, who, a, now); err != nil {
			return "", nil, nil, err
		}
		id, err := writer.NewID(now)
		if err != nil {
			return "", nil, nil, err
		}
		draft, err := model.NewDraft(id, who, a, now)
		if err != nil {
			return "", nil, nil, err
		}
		e := draft.Event(room)
		e.Key, e.Seq, e.RecordedAt = who.Key, uint64(i)+1, now
		r = model.Apply(r, e)
		drafts = append(drafts, draft)
	}
	return room, drafts, r.Restricted, nil
}

// storeDeclaration adds the drafts to the outbox and publishes the first of them.
func (dc *declarer) storeDeclaration(ctx context.Context, box *outbox.Box, k *keyring.Key, drafts []model.Draft,
	names []string,
	next func() string) (short string, err error) {
	f := dc.f
	slips, err := box.Add(drafts...)
	if err != nil {
		return "", errors.Join(err, box.Close())
	}
	l, err := writer.ChainHead{Key: k}.Sign(slips[0], box.Head.Room)
	if err != nil {
		return "", errors.Join(err, box.Abandon())
	}
	for err == nil {
		if short = next(); short == "" {
			return "", errors.Join(errTaken, box.Abandon())
		}
		if err = box.NameRoom(short); err == nil {
			err = f.client.found(ctx, l.Message(short, f.identity.Handle, 0, false), l.Sig, l.Payload, short, names)
		}
		if errors.Is(err, errTaken) {
			err = nil
			continue
		}
		if err == nil {
			dc.confine(ctx, short, names)
			return short, box.Stored(drafts[0].ID)
		}
	}
	var refusal *model.Error
	if errors.As(err, &refusal) && refusal.Code == model.Queued {
		return "", errors.Join(err, box.Close())
	}
	return "", errors.Join(f.client.env.Unreachable(err), box.Abandon())
}

// confine makes every process of the hub enforce the restriction of a new room. Until
// then nobody else has received anything of the room.
func (dc *declarer) confine(ctx context.Context, short string, names []string) {
	f := dc.f
	if len(names) == 0 {
		return
	}
	if _, err := f.client.access.Enforced(ctx, writer.AccessChange{Room: short}); err != nil {
		f.client.o.Logf(model.Safef("%s is restricted; a process of this hub did not confirm it: %s", short,
			model.Sentence(err)))
	}
}

// finish publishes the plan of a new room and waits until it is stored.
func (dc *declarer) finish(ctx context.Context, short string) error {
	f := dc.f
	d, err := dc.attachNew(ctx, short)
	if err != nil {
		return model.Refuse(model.Queued,
			"%s is declared; its plan is kept on this machine and is written when somebody opens the room: %s",
			short, err)
	}
	err = d.Empty(ctx)
	if r := d.Follower.View().Room; err == nil && r.Plan == nil {
		err = model.Refuse(model.Conflict, "%s is declared and has no plan; open it to see why", short)
	}
	return errors.Join(err, f.client.rooms.Detach(d))
}

// attachNew opens a room that was just declared. In a cluster, the stream may change its
// leader within the first seconds, so an unreachable hub is retried for three times the
// usual timeout.
func (dc *declarer) attachNew(ctx context.Context, short string) (*writer.Writer, error) {
	f := dc.f
	ctx, cancel := context.WithTimeout(ctx, 3*writer.JoinTimeout)
	defer cancel()
	for {
		d, err := f.client.rooms.Attach(ctx, f.identity, short)
		if err == nil || model.CodeOf(err) != model.Unreachable {
			return d, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
