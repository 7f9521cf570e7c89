package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/model"
)

// What a login asks of the hub beside stored messages, see package hubapi: which
// rooms it may see, a stream for a new one, the store for evidence, and that a
// change of access is in force. The handle in the subject was checked by the server.

// hubAnswer is what the hub answers.
type hubAnswer struct {
	Rooms []string   `json:"rooms,omitempty"`
	Taken bool       `json:"taken,omitempty"`
	Why   model.Code `json:"why,omitempty"`
	Text  string     `json:"text,omitempty"`

	sent bool // of the asking side: somebody may have received the question
}

// refusing is the answer of an error.
func refusing(err error) hubAnswer {
	return hubAnswer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
}

// errOldTerminal is what terminals of warroom 0.1 are answered.
var errOldTerminal = model.Refuse(model.Conflict, "this hub needs a newer warroom than this terminal's; install a newer one")

// How many questions of one login may wait for its turn, and how long each may be. A
// declaration may be as long as the server takes.
const (
	waitingAsks     = 64
	waitingDeclares = 4
	maxAsk          = 1 << 10
)

// queueAsk has a question wait for its login's turn, so that whoever asks too much
// waits for themselves alone.
func (s *steward) queueAsk(m *nats.Msg) {
	verb, handle, ok := hubapi.Question(m.Subject)
	if !ok || checkHandle(handle) != nil || len(m.Header) > 0 || !hubapi.Answerable(m, handle) {
		return
	}
	q := s.asks
	if verb == hubapi.VerbCreate {
		q = s.declares
	}
	if verb != hubapi.VerbCreate && len(m.Data) > maxAsk {
		respond(m, refusing(model.Refuse(model.Invalid, "the question is too long; install a newer warroom")))
		return
	}
	if !q.Push(handle, m) {
		respond(m, refusing(model.Refuse(model.Kept, "%s sent too many questions to the hub; wait a moment, it is tried again", handle)))
	}
}

// allows counts a question of a login that is answered at once.
func (s *steward) allows(verb, handle string) bool {
	return s.api == nil || s.api.Allow(verb, handle) == nil
}

// answerLogins answers the questions of a queue until the steward ends.
func (s *steward) answerLogins(ctx context.Context, q *hubapi.FairQueue) {
	for handle, m := q.Pop(); m != nil; handle, m = q.Pop() {
		if verb, _, ok := hubapi.Question(m.Subject); ok {
			respond(m, s.answerLogin(ctx, verb, handle, m.Data))
		}
	}
}

func respond(m *nats.Msg, a hubAnswer) {
	if raw, err := json.Marshal(a); err == nil {
		_ = m.Respond(raw) // who asked asks again
	}
}

// answerLogin answers one question.
func (s *steward) answerLogin(ctx context.Context, verb, handle string, data []byte) hubAnswer {
	switch verb {
	case hubapi.VerbOldRooms, hubapi.VerbOldMake, hubapi.VerbOldStore:
		return refusing(errOldTerminal)
	}
	if err := s.h.struck.refuse(handle); err != nil {
		return refusing(err)
	}
	asks := verb
	if verb == hubapi.VerbCreate {
		asks = hubapi.VerbList // a room is counted when it is made, see createRoom
	}
	if err := s.api.Allow(asks, handle); err != nil {
		return refusing(err)
	}
	switch verb {
	case hubapi.VerbList:
		return s.roomsOf(ctx, handle)
	case hubapi.VerbCreate:
		return s.createRoom(ctx, handle, data)
	case hubapi.VerbEvidence:
		return s.makeStore(ctx, handle, string(data))
	case hubapi.VerbAccess:
		return s.accessOf(ctx, handle, data)
	}
	return refusing(model.Refuse(model.Invalid, "this hub does not know the question %s; install a newer warroom there", verb))
}

// roomsOf lists the rooms that a login may know of.
func (s *steward) roomsOf(ctx context.Context, handle string) (a hubAnswer) {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	all, err := s.h.shorts(ctx)
	if err != nil {
		return refusing(err)
	}
	for _, short := range all {
		if s.sees(handle, short) {
			a.Rooms = append(a.Rooms, short)
		}
	}
	return a
}

// sees reports whether a login may know of a room: what cannot be found out counts
// as no.
func (s *steward) sees(handle, short string) bool {
	if s.h.hub != nil {
		p, err := s.h.hub.Book().Read()
		if err != nil || !p.Sees(handle, short) {
			return false
		}
	}
	return s.api.Sees(handle, short)
}

// creation is a new room that a login asks for: its name and its first message.
type creation struct {
	Short string `json:"short"`
	Key   string `json:"key"`
	Sig   string `json:"sig"`
	Data  []byte `json:"data"`
}

// createRoom makes a room for a login that may declare one, with its first message:
// a room is there with it, or not at all.
func (s *steward) createRoom(ctx context.Context, handle string, data []byte) hubAnswer {
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	var c creation
	if json.Unmarshal(data, &c) != nil {
		return refusing(model.Refuse(model.Invalid, "this is no question for a new room; install a newer warroom"))
	}
	if c.Short == model.LobbyShort {
		return answered(s.makeLobby(ctx))
	}
	n := numberOf(c.Short)
	if n == 0 || numbered(n) != c.Short {
		return refusing(model.Refuse(model.Invalid, "%s is no name for a room", c.Short))
	}
	names, err := s.h.firstNames(s.pen.hold().text, handle, c)
	if err != nil {
		return refusing(err)
	}
	switch last, err := s.h.highest(ctx); {
	case err != nil:
		return refusing(err)
	case n > last+1:
		return refusing(model.Refuse(model.Invalid, "%s is no name for the next room", c.Short))
	}
	m := nats.NewMsg(lane(c.Short, laneLog, handle, c.Key))
	m.Data, m.Header = c.Data, signedHeader(c.Sig)
	for counted := false; ; counted = true {
		switch first := s.firstIs(ctx, c.Short); {
		case first != nil && first.same(c.Sig, c.Data): // an earlier answer was lost
			return hubAnswer{}
		case first != nil:
			return hubAnswer{Taken: true}
		}
		if !counted { // what is refused counts no room
			err = s.api.Allow(hubapi.VerbCreate, handle)
		}
		if err == nil {
			err = s.h.found(ctx, m, c.Sig, c.Data, c.Short, names)
		}
		if !errors.Is(err, errTaken) {
			return answered(err)
		}
		err = nil
		select { // the name is taken, and nothing is there yet: the same question is being answered
		case <-ctx.Done():
			return refusing(errHalfDeclared(c.Short))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// firstIs returns the first message of a room, nil where there is none yet: it is
// being made.
func (s *steward) firstIs(ctx context.Context, short string) (first *record) {
	_, _ = s.h.w.read(ctx, short, "", 1, 1, func(r record) error { first = &r; return nil }) // no answer is none
	return first
}

// answered is the answer of what was done.
func answered(err error) hubAnswer {
	switch {
	case err == nil:
		return hubAnswer{}
	case errors.Is(err, errTaken):
		return hubAnswer{Taken: true}
	}
	return refusing(err)
}

// makeStore makes the store for the evidence of a room for a login that sees it.
func (s *steward) makeStore(ctx context.Context, handle, short string) hubAnswer {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	if err := checkShort(short); err != nil {
		return refusing(err)
	}
	if !s.sees(handle, short) {
		return refusing(hidden(short))
	}
	return answered(s.h.makeBlobs(ctx, short))
}

// askBlobs asks the hub for the store of a room's evidence.
func (h *house) askBlobs(ctx context.Context, short string) error {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	_, err := h.askHub(ctx, hubapi.VerbEvidence, []byte(short))
	return err
}

// askHub puts a question of a login to the hub.
func (h *house) askHub(ctx context.Context, verb string, data []byte) (a hubAnswer, err error) {
	subject := hubapi.Ask(verb, h.o.caller())
	for {
		once, done := h.w.asking(ctx, knockFor, subject)
		m, err := h.w.nc.RequestWithContext(once, subject, data)
		err = answer(once, err)
		done()
		a.sent = a.sent || !errors.Is(err, nats.ErrNoResponders)
		switch {
		case err == nil:
			if err := json.NewDecoder(bytes.NewReader(m.Data)).Decode(&a); err != nil {
				return a, h.unreachable(err)
			}
			if a.Why != "" {
				return a, &model.Error{Code: a.Why, Message: model.CleanLine(a.Text)}
			}
			return a, nil
		case isDenied(err):
			return a, model.Refuse(model.Forbidden, "the server does not let %s do that (%s); ask who invited you", h.o.Handle, subject)
		case errors.Is(err, nats.ErrNoResponders) && h.o.login == nil:
			return a, model.Refuse(model.Unreachable, "this login may not use the JetStream of %s itself, and no steward answers there; start one: warroom serve --server", h.w.where)
		case errors.Is(err, nats.ErrNoResponders):
			err = errors.New("nobody hosts it")
		}
		select { // the hub may be moving to another process
		case <-ctx.Done():
			return a, h.unreachable(err)
		case <-time.After(100 * time.Millisecond):
		}
		if ctx.Err() != nil {
			return a, h.unreachable(err)
		}
	}
}

// askRooms asks the hub which rooms there are for this login.
func (h *house) askRooms(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	a, err := h.askHub(ctx, hubapi.VerbList, nil)
	var out []string
	for _, short := range a.Rooms {
		if checkShort(short) == nil {
			out = append(out, short)
		}
	}
	return out, err
}

// askRoom asks the hub for a new room.
func (h *house) askRoom(ctx context.Context, c creation) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	a, err := h.askHub(ctx, hubapi.VerbCreate, raw)
	switch {
	case err == nil && a.Taken:
		return errTaken
	case model.CodeOf(err) == model.Unreachable && a.sent && a.Why == "":
		return errHalfDeclared(c.Short)
	}
	return err
}
