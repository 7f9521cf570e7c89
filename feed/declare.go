package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// errTaken is returned if another room has the short id.
var errTaken = errors.New("the short id is taken")

// declareWait is the time limit for the creation of a room. In a cluster whose servers have just started this
// takes one or two elections of a leader, of up to 9 s each.
const declareWait = 40 * time.Second

// Declare creates a room and returns its short id: its first message declares it, the
// second adopts the plan, and the alerts it is declared for follow. All are in the outbox
// before the first is published, so the next [Feed.Enter] or the next hub completes a
// declaration that a crash interrupted.
//
// It returns [model.Invalid] without a plan, and [model.Queued] if the connection broke
// and the room may or may not exist.
func (f *Feed) Declare(ctx context.Context, d model.Declaration) (string, error) {
	if d.Plan == nil {
		return "", model.Refuse(model.Invalid, "a room needs a plan; see `warroom playbook list`")
	}
	if err := f.client.revoked.Refuse(f.identity.Handle); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	hubKey, err := f.client.hubKeyText(ctx)
	if err != nil {
		return "", err
	}
	if d.Salt == "" {
		d.Salt = rand.Text()
	}
	declared, adopted := d.Declare(hubKey)
	acts := []model.Act{declared, adopted}
	for _, b := range d.Alerts {
		acts = append(acts, model.Act{Body: b})
	}
	n, err := f.client.highest(ctx)
	if err != nil {
		return "", f.client.env.Unreachable(err)
	}
	return f.declare.begin(ctx, acts, func() string {
		n++
		return subjects.NewShort(n, len(d.Restricted) > 0)
	})
}

// found creates a room with its first message, which is stored only if the stream is
// empty. names are the people who may see a restricted room, empty for other rooms. It
// returns errTaken if the stream begins with another message.
func (c *client) found(ctx context.Context, m *nats.Msg, sig string, payload []byte, short string,
	names []string) error {
	if c.conn.ByHub.Load() {
		_, _, _, key, _ := subjects.Parse(m.Subject)
		return c.askRoom(ctx, creation{Short: short, Key: key, Sig: sig, Data: payload})
	}
	if err := c.makeStream(ctx, short, hubapi.NewAccess(names, nil)); err != nil {
		return err
	}
	m.Header[jetstream.ExpectedLastSeqHeader] = []string{"0"}
	delete(m.Header, jetstream.ExpectedLastSubjSeqHeader)
	unanswered := false // an attempt had no answer, so its message may still be stored
	for {
		_, dup, err := c.conn.Publish(ctx, m)
		if err == nil && !dup {
			return nil
		}
		var no *jetlog.APIError
		unanswered = unanswered || err != nil && !errors.As(err, &no)
		var first *jetlog.Record
		// an error means that the first message is unknown
		_, _ = c.conn.Read(ctx, short, "", 1, 1, func(r jetlog.Record) error { first = &r; return nil })
		switch {
		case first != nil && first.Same(sig, payload):
			return nil
		case first != nil:
			return errTaken
		case ctx.Err() != nil && unanswered: // a new stream may not have a leader before the deadline
			return errHalfDeclared(short)
		case ctx.Err() != nil:
			return c.unmake(short, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// errHalfDeclared returns the error for a room that may or may not exist.
func errHalfDeclared(short string) error {
	return model.Refuse(model.Queued,
		"the connection to the hub was lost while %s was being declared; once it is back, the room exists under "+
			"that name or not at all", short)
}

// unmake deletes the stream of a room whose first message the hub refused, so that its
// number stays free.
func (c *client) unmake(short string, why error) error {
	ctx, cancel := context.WithTimeout(c.ctx, jetlog.DefaultTimeout)
	defer cancel()
	s, err := c.conn.JS.Stream(ctx, subjects.Stream(short))
	if err == nil && s.CachedInfo().State.LastSeq == 0 {
		err = c.conn.JS.DeleteStream(ctx, subjects.Stream(short))
	}
	if err != nil {
		c.o.Logf(model.Safef("the empty stream of %s could not be removed: %s", short, err))
	}
	return model.Refuse(model.Unreachable, "the hub does not store the first entry of %s: %s; see `warroom doctor`",
		short, model.Sentence(writer.NoSpace(why)))
}

// firstNames checks the first message of a room that a login asks for, and returns the id of
// the room and the people who may see it, or nil if it is not restricted. The message must name the
// key of this hub: its members accept that key's admissions and receipt times.
func (c *client) firstNames(hubKey, handle string, req creation) (room string, names []string, err error) {
	chain := &signing.Chain{}
	if e, err := model.DecodeEvent(req.Data); err == nil {
		chain.Room = e.Room
	}
	e := chain.Next(1, c.o.Now(), handle, req.Key, req.Sig, req.Data)
	// base64 decoders skip line breaks; subjects and headers must not have them
	if e == nil || e.Fault != "" || e.Kind != model.KindIncidentDeclared || !model.ValidRoomID(e.Room) ||
		strings.ContainsAny(req.Key+req.Sig, "\r\n") {
		return "", nil, model.Refuse(model.Invalid, "the first message of a room has to declare it, signed by %s",
			handle)
	}
	if b, err := e.DecodeBody(); err != nil {
		return "", nil, err
	} else if d, ok := b.(*model.IncidentDeclared); !ok || d.HubKey != hubKey {
		return "", nil, model.Refuse(model.Invalid,
			"the first message of a room has to name this hub's key, %s; the invitation may be of another hub", hubKey)
	}
	r := model.Apply(model.NewRoom(), e)
	if why, no := r.Refusal(1); no {
		return "", nil, model.Refuse(model.Invalid, "%s", why)
	}
	return e.Room, r.Restricted, nil
}

// makeStream creates the stream of a room. It is not an error if the stream exists with
// the same configuration.
func (c *client) makeStream(ctx context.Context, short string, a hubapi.Access) error {
	cfg := jetlog.RoomStream(short)
	a.Set(&cfg, short, subjects.Log)
	if c.hub == nil && c.conn.NC.ConnectedClusterName() != "" {
		cfg.Replicas = 3
	}
	err := c.conn.CreateStream(ctx, cfg)
	var no *jetstream.APIError
	if errors.As(err, &no) && no.ErrorCode == jetlog.CodeNoReplicas {
		cfg.Replicas = 1 // a single server with a cluster name
		err = c.conn.CreateStream(ctx, cfg)
	}
	switch {
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse):
		return errTaken
	case jetlog.IsDenied(err):
		return model.Refuse(model.Forbidden, "the server does not allow %s to create a room (%s); ask its "+
			"administrator",
			c.o.caller(), "$JS.API.STREAM.CREATE."+cfg.Name)
	case errors.As(err, &no):
		return model.Refuse(model.Unreachable,
			"the hub (%s) cannot create the room: %s; free space on its disk, or ask its administrator",
			c.conn.Where, no.Description)
	}
	return err
}

// highest returns the highest room number on this hub, or 0.
func (c *client) highest(ctx context.Context) (int, error) {
	names, err := c.shorts(ctx)
	n := 0
	for _, s := range names {
		n = max(n, subjects.NumberOf(s))
	}
	return n, err
}

// claimID reserves the id of a room that a login declares. It returns [model.Invalid] if
// another room on this hub has the id, or this machine knows another room under it.
func claimID(ctx context.Context, s *hubService, room, short string) error {
	other, err := shortOf(ctx, s, room, short)
	if err != nil {
		return err
	}
	known, err := s.client.store.Known(room)
	if err != nil || other != "" || known != nil && known.Short != short || !s.newIDs.claim(room, short) {
		return model.Refuse(model.Invalid, "the id of a new room has to be new, and there already is a room with "+
			"the id %s",
			room)
	}
	return nil
}

// shortOf returns the short id under which this hub has a room, other than the given one, or
// "" if it has none.
func shortOf(ctx context.Context, s *hubService, room, but string) (string, error) {
	if s.index != nil {
		if err := s.index.Settled(ctx); err != nil {
			return "", err
		}
		for _, r := range s.index.Rows.All() {
			if r.Room.ID == room && r.Short != but {
				return r.Short, nil
			}
		}
		return "", nil
	}
	shorts, err := s.client.shorts(ctx)
	if err != nil {
		return "", err
	}
	for _, short := range shorts {
		if _, first, err := s.client.env.First(ctx, short); err == nil && first.Room == room && short != but {
			return short, nil
		}
	}
	return "", nil
}
