package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/evidence"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/roomindex"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
)

// Requests of a login to the hub besides stored messages, see package hubapi: list the
// rooms it may see, create a room, create an evidence stream, and confirm that a change
// of access is enforced. The server has authenticated the handle in the subject.

// hubAnswer is the answer of the hub to a request.
type hubAnswer struct {
	Rooms []string `json:"rooms,omitempty"`
	Taken bool     `json:"taken,omitempty"`

	roomindex.Answer // rows of rooms, or a refusal

	sent bool // set by the client: the hub may have received the request
}

// refusing returns the answer for an error.
func refusing(err error) hubAnswer {
	return hubAnswer{Answer: roomindex.Refusing(err)}
}

// errOldTerminal is the answer to terminals of warroom 0.1.
var errOldTerminal = model.Refuse(model.Conflict,
	"this hub needs a newer warroom than this terminal's; install a newer one")

// The number of requests of one login that may wait, and their length in bytes. A
// declaration may be as long as the server allows.
const (
	waitingAsks     = 64
	waitingDeclares = 4
	maxAsk          = 1 << 10
)

// queueAsk adds a request to the queue of its login. A login that sends too many requests
// delays only itself.
func (s *hubService) queueAsk(m *nats.Msg) {
	verb, handle, ok := hubapi.Question(m.Subject)
	if !ok || subjects.CheckHandle(handle) != nil || len(m.Header) > 0 || !hubapi.Answerable(m, handle) {
		return
	}
	q := s.asks
	if verb == hubapi.VerbCreate {
		q = s.declares
	}
	if verb != hubapi.VerbCreate && len(m.Data) > maxAsk {
		respond(m, refusing(model.Refuse(model.Invalid, "the request is too long; install a newer warroom")))
		return
	}
	if !q.Push(handle, m) {
		respond(m, refusing(model.Refuse(model.Queued,
			"%s sent too many requests to the hub; wait a moment and try again", handle)))
	}
}

// allows counts a request that is answered at once, and reports whether it is within the
// limit of the login.
func (s *hubService) allows(verb, handle string) bool {
	return s.api == nil || s.api.Allow(verb, handle) == nil
}

// answerLogins answers the requests of a queue until the queue is closed.
func (s *hubService) answerLogins(ctx context.Context, q *hubapi.FairQueue) {
	for handle, m := q.Pop(); m != nil; handle, m = q.Pop() {
		if verb, _, ok := hubapi.Question(m.Subject); ok {
			respond(m, s.answerLogin(ctx, verb, handle, m.Data))
		}
	}
}

func respond(m *nats.Msg, a hubAnswer) {
	if raw, err := json.Marshal(a); err == nil {
		_ = m.Respond(raw) // the sender retries
	}
}

// answerLogin answers one request.
func (s *hubService) answerLogin(ctx context.Context, verb, handle string, data []byte) hubAnswer {
	switch verb {
	case hubapi.VerbOldRooms, hubapi.VerbOldMake, hubapi.VerbOldStore:
		return refusing(errOldTerminal)
	}
	if err := s.client.revoked.Refuse(handle); err != nil {
		return refusing(err)
	}
	asks := verb
	if verb == hubapi.VerbCreate {
		asks = hubapi.VerbList // createRoom counts a room when it is made
	}
	if s.api != nil { // else it came through the socket of this user
		if err := s.api.Allow(asks, handle); err != nil {
			return refusing(err)
		}
	}
	switch verb {
	case hubapi.VerbList:
		if len(data) > 0 && s.index != nil {
			return s.rowsOf(ctx, handle, data)
		}
		return s.roomsOf(ctx, handle)
	case hubapi.VerbCreate:
		return s.createRoom(ctx, handle, data)
	case hubapi.VerbEvidence:
		return s.makeStore(ctx, handle, string(data))
	case hubapi.VerbAccess:
		return s.accessOf(ctx, handle, data)
	case hubapi.VerbExport:
		return answerExport(ctx, s, handle, data)
	}
	return refusing(model.Refuse(model.Invalid, "this hub does not support the request %s; install a newer "+
		"warroom there",
		verb))
}

// roomsOf lists the rooms that a login may see.
func (s *hubService) roomsOf(ctx context.Context, handle string) (a hubAnswer) {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	all, err := s.client.shorts(ctx)
	if err != nil {
		return refusing(err)
	}
	for _, short := range all {
		visible, err := s.sees(ctx, handle, short)
		if err != nil { // a list that lacks a room would look complete
			return refusing(err)
		}
		if visible {
			a.Rooms = append(a.Rooms, short)
		}
	}
	return a
}

// rowsOf returns what lists show of the rooms that a login may know of.
func (s *hubService) rowsOf(ctx context.Context, handle string, data []byte) hubAnswer {
	var ask roomindex.Ask
	if json.Unmarshal(data, &ask) != nil {
		return refusing(model.Refuse(model.Invalid, "the request for rooms cannot be read; install a newer warroom"))
	}
	if err := s.index.Settled(ctx); err != nil {
		return refusing(err)
	}
	granted := func(string) bool { return true }
	if s.client.hub != nil {
		p, err := s.client.hub.UserStore().Read()
		if err != nil {
			return refusing(err)
		}
		granted = func(short string) bool { return p.Sees(handle, short) }
	}
	return hubAnswer{Answer: s.index.Answer(ask, func(r *roomindex.Row) bool {
		return r.SeenBy(handle) && granted(r.Short)
	})}
}

// sees reports whether a login may see a room. The error is [model.Unreachable] if the server
// does not answer before ctx ends.
func (s *hubService) sees(ctx context.Context, handle, short string) (ok bool, err error) {
	if s.client.hub != nil {
		p, err := s.client.hub.UserStore().Read()
		if err != nil || !p.Sees(handle, short) {
			return false, err
		}
	}
	err = jetlog.AskUntilAnswered(ctx, func() error {
		if ok, err = s.api.Sees(handle, short); errors.Is(err, hubapi.ErrUnavailable) {
			return jetlog.ErrSilence
		}
		return err
	})
	if err != nil {
		return false, s.client.env.Unreachable(err)
	}
	return ok, nil
}

// creation is a login's request for a new room: its short id and its first message.
type creation struct {
	Short string `json:"short"`
	Key   string `json:"key"`
	Sig   string `json:"sig"`
	Data  []byte `json:"data"`
}

// createRoom creates a room with its first message for a login that may declare one. If
// the first message is not stored, there is no room.
func (s *hubService) createRoom(ctx context.Context, handle string, data []byte) hubAnswer {
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	var c creation
	if json.Unmarshal(data, &c) != nil {
		return refusing(model.Refuse(model.Invalid,
			"the request for a new room cannot be read; install a newer warroom"))
	}
	if c.Short == model.LobbyShort {
		return answered(s.makeLobby(ctx))
	}
	room, names, err := s.client.firstNames(s.identity.Key().Text, handle, c)
	if err != nil {
		return refusing(err)
	}
	if err := s.checkNewShort(ctx, c.Short, len(names) > 0); err != nil {
		return refusing(err)
	}
	m := nats.NewMsg(subjects.Of(c.Short, subjects.Log, handle, c.Key))
	m.Data, m.Header = c.Data, writer.SignedHeader(c.Sig)
	// The answer to a random name must not show whether there is such a room, so it counts
	// before anybody looks.
	hidden := subjects.IsUnnumbered(c.Short)
	if hidden {
		if err := s.api.Allow(hubapi.VerbCreate, handle); err != nil {
			return refusing(err)
		}
	}
	for counted := hidden; ; counted = true {
		switch first := firstIs(ctx, s.client, c.Short); {
		case first != nil && first.Same(c.Sig, c.Data): // the answer to an earlier attempt was lost
			return hubAnswer{}
		case first != nil:
			return hubAnswer{Taken: true}
		}
		if !counted { // a refused request does not count as a room
			err = s.api.Allow(hubapi.VerbCreate, handle)
		}
		if err == nil {
			err = claimID(ctx, s, room, c.Short)
		}
		if err == nil {
			err = s.client.found(ctx, m, c.Sig, c.Data, c.Short, names)
			if err != nil && (errors.Is(err, errTaken) || model.CodeOf(err) != model.Queued) {
				s.newIDs.release(room)
			}
		}
		if !errors.Is(err, errTaken) {
			return answered(err)
		}
		err = nil
		select { // the stream exists and is empty: the same request is being processed
		case <-ctx.Done():
			return refusing(errHalfDeclared(c.Short))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// checkNewShort refuses a short id that a new room cannot have. A restricted room may have
// a number too, as older programs ask for one.
func (s *hubService) checkNewShort(ctx context.Context, short string, restricted bool) error {
	if restricted && subjects.IsUnnumbered(short) {
		return nil
	}
	n := subjects.NumberOf(short)
	if n == 0 || subjects.Numbered(n) != short {
		return model.Refuse(model.Invalid, "%q cannot be the name of a new room", short)
	}
	switch last, err := s.client.highest(ctx); {
	case err != nil:
		return err
	case n > last+1:
		return model.Refuse(model.Invalid, "%s cannot be the name of the next room", short)
	}
	return nil
}

// firstIs returns the first message of a room, or nil if there is none yet.
func firstIs(ctx context.Context, c *client, short string) (first *jetlog.Record) {
	// after an error, first is nil
	_, _ = c.conn.Read(ctx, short, "", 1, 1, func(r jetlog.Record) error { first = &r; return nil })
	return first
}

// answered returns the answer for the result of a request.
func answered(err error) hubAnswer {
	switch {
	case err == nil:
		return hubAnswer{}
	case errors.Is(err, errTaken):
		return hubAnswer{Taken: true}
	}
	return refusing(err)
}

// makeStore creates the evidence stream of a room for a login that may see the room.
func (s *hubService) makeStore(ctx context.Context, handle, short string) hubAnswer {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	if err := subjects.CheckShort(short); err != nil {
		return refusing(err)
	}
	if visible, err := s.sees(ctx, handle, short); err != nil {
		return refusing(err)
	} else if !visible {
		return refusing(jetlog.Hidden(short))
	}
	return answered(evidence.MakeStream(ctx, newFeed(s.client, s.identity, false, true).evidenceStore, short))
}

// askBlobs asks the hub for the evidence stream of a room.
func (c *client) askBlobs(ctx context.Context, short string) error {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	_, err := c.askHub(ctx, hubapi.VerbEvidence, []byte(short))
	return err
}

// askHub sends a request of a login to the hub and waits for the answer. It retries while
// nobody hosts the hub, until ctx ends. It returns [model.Unreachable] without an answer,
// [model.Forbidden] if the server denies the subject, or the error in the answer.
func (c *client) askHub(ctx context.Context, verb string, data []byte) (a hubAnswer, err error) {
	subject, wait := hubapi.Ask(verb, c.o.caller()), writer.JoinTimeout
	if verb == hubapi.VerbCreate { // the hub queues few of these, see waitingDeclares
		wait = declareWait / waitingDeclares
	}
	for {
		once, done := c.conn.Asking(ctx, wait, subject)
		m, err := c.conn.NC.RequestWithContext(once, subject, data)
		err = jetlog.AnswerError(once, err)
		done()
		a.sent = a.sent || !errors.Is(err, nats.ErrNoResponders)
		switch {
		case err == nil:
			if err := json.NewDecoder(bytes.NewReader(m.Data)).Decode(&a); err != nil {
				return a, c.env.Unreachable(err)
			}
			return a, a.Err()
		case jetlog.IsDenied(err):
			return a, model.Refuse(model.Forbidden, "the server does not allow %s to do that (%s); ask whoever "+
				"invited you",
				c.o.Handle, subject)
		case errors.Is(err, nats.ErrNoResponders) && c.o.login == nil:
			return a, model.Refuse(model.Unreachable,
				"this login may not use the JetStream of %s itself, and no hub service answers there; start one "+
					"with warroom serve --server", c.conn.Where)
		case errors.Is(err, nats.ErrNoResponders):
			err = errors.New("nobody hosts it")
		}
		select { // another process may be taking over the hub
		case <-ctx.Done():
			return a, c.env.Unreachable(err)
		case <-time.After(100 * time.Millisecond):
		}
		if ctx.Err() != nil {
			return a, c.env.Unreachable(err)
		}
	}
}

// askRooms asks the hub for the rooms that this login may see.
func (c *client) askRooms(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, writer.JoinTimeout)
	defer cancel()
	a, err := c.askHub(ctx, hubapi.VerbList, nil)
	var out []string
	for _, short := range a.Rooms {
		if subjects.CheckShort(short) == nil {
			out = append(out, short)
		}
	}
	return out, err
}

// askRoom asks the hub to create a room. It returns errTaken if the short id is taken.
func (c *client) askRoom(ctx context.Context, req creation) error {
	raw, err := json.Marshal(req)
	if err != nil {
		return err
	}
	a, err := c.askHub(ctx, hubapi.VerbCreate, raw)
	switch {
	case err == nil && a.Taken:
		return errTaken
	case model.CodeOf(err) == model.Unreachable && a.sent && a.Why == "":
		return errHalfDeclared(req.Short)
	}
	return err
}
