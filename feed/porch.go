package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// What a login may not ask JetStream, it asks the hub: which rooms it may see,
// and for a stream for a new one. The last token is the handle, which the server
// has checked.
const (
	roomsSubject = "warroom.hub.rooms."
	makeSubject  = "warroom.hub.make."
	storeSubject = "warroom.hub.store." // the store for a room's evidence
)

// porchAnswer is what the hub says.
type porchAnswer struct {
	Rooms []string   `json:"rooms,omitempty"`
	Taken bool       `json:"taken,omitempty"`
	Why   model.Code `json:"why,omitempty"`
	Text  string     `json:"text,omitempty"`
}

// porch answers logins until the steward ends.
func (s *steward) porch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.asks:
			verb, handle, _ := strings.Cut(strings.TrimPrefix(m.Subject, "warroom.hub."), ".")
			if checkHandle(handle) != nil || !answerable(m, handle) {
				continue
			}
			var a porchAnswer
			switch verb {
			case "make":
				a = s.makeRoom(ctx, handle, string(m.Data))
			case "store":
				a = s.makeStore(ctx, handle, string(m.Data))
			default:
				a = s.roomsOf(ctx, handle)
			}
			if raw, err := json.Marshal(a); err == nil {
				_ = m.Respond(raw) // who asked asks again
			}
		}
	}
}

// answerable says whether a question is one that the person put, and wants the
// answer themselves: JetStream and we answer to whatever subject we are given,
// and would say things there that its asker may not say.
func answerable(m *nats.Msg, handle string) bool {
	return len(m.Header) == 0 && strings.HasPrefix(m.Reply, "_INBOX_"+handle+".")
}

// roomsOf lists the rooms that a login may know of.
func (s *steward) roomsOf(ctx context.Context, handle string) (a porchAnswer) {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	all, err := s.h.shorts(ctx)
	if err != nil {
		return porchAnswer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
	}
	for _, short := range all {
		if s.sees(ctx, handle, short) {
			a.Rooms = append(a.Rooms, short)
		}
	}
	return a
}

// sees says whether somebody who is not here may know of a room: what cannot be
// found out counts as no.
func (s *steward) sees(ctx context.Context, handle, short string) bool {
	if s.h.hub != nil {
		p, err := s.h.hub.Book().Read()
		if err != nil || !p.Sees(handle, short) {
			return false
		}
	}
	r, err := s.h.glance(ctx, short)
	return err == nil && r.Names(handle)
}

// makeRoom makes the stream of a new room for a login that may declare one.
func (s *steward) makeRoom(ctx context.Context, handle, short string) porchAnswer {
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	err := s.h.struck.refuse(handle)
	var last int
	if err == nil {
		last, err = s.h.highest(ctx)
	}
	switch n := numberOf(short); {
	case err != nil:
	case short == model.LobbyShort:
		err = s.makeLobby(ctx)
	case n == 0 || numbered(n) != short || n > last+1:
		err = model.Refuse(model.Invalid, "%s is no name for the next room", short)
	case n <= last:
		err = errTaken
	default:
		err = s.h.makeStream(ctx, short)
	}
	if errors.Is(err, errTaken) {
		return porchAnswer{Taken: true}
	}
	if err != nil {
		return porchAnswer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
	}
	return porchAnswer{}
}

// makeStore makes the store for the evidence of a room for a login that sees it.
func (s *steward) makeStore(ctx context.Context, handle, short string) porchAnswer {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	err := s.h.struck.refuse(handle)
	if err == nil {
		err = checkShort(short)
	}
	if err == nil && !s.sees(ctx, handle, short) {
		err = hidden(short)
	}
	if err == nil {
		err = s.h.makeBlobs(ctx, short)
	}
	if err != nil {
		return porchAnswer{Why: model.CodeOf(err), Text: model.Sentence(err).String()}
	}
	return porchAnswer{}
}

// askBlobs asks the hub for the store of a room's evidence.
func (h *house) askBlobs(ctx context.Context, short string) error {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	_, err := h.askHub(ctx, storeSubject, []byte(short))
	return err
}

// askHub puts a question of a login to the hub.
func (h *house) askHub(ctx context.Context, subject string, data []byte) (a porchAnswer, err error) {
	subject += h.o.Handle
	for {
		once, done := h.w.asking(ctx, knockFor, subject)
		m, err := h.w.nc.RequestWithContext(once, subject, data)
		err = answer(once, err)
		done()
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
			return a, model.Refuse(model.Unreachable, "this login may not list or make rooms at %s itself, and no steward answers there; start one: warroom serve --server", h.w.where)
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
	a, err := h.askHub(ctx, roomsSubject, nil)
	var out []string
	for _, short := range a.Rooms {
		if checkShort(short) == nil {
			out = append(out, short)
		}
	}
	return out, err
}

// askStream asks the hub for the stream of a new room.
func (h *house) askStream(ctx context.Context, short string) error {
	a, err := h.askHub(ctx, makeSubject, []byte(short))
	if err == nil && a.Taken {
		return errTaken
	}
	return err
}
