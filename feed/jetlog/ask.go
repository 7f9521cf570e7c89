package jetlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/model"
)

// A login sends to the hub, over the subjects of package hubapi, the requests that the
// owner of a hub sends to JetStream. This file is the client side.

// getSubject returns the subject for reading stored messages of a stream.
func (c *Conn) getSubject(name string) string {
	if !c.ByHub.Load() {
		return "$JS.API.DIRECT.GET." + subjects.Stream(name)
	}
	short, subjectKind := subjects.SplitName(name)
	return hubapi.Ask(hubapi.VerbGet, c.handle, short, subjectKind)
}

// rawSubject returns the subject for reading one stored message with its raw headers.
func (c *Conn) rawSubject(name string) string {
	if !c.ByHub.Load() {
		return "$JS.API.STREAM.MSG.GET." + subjects.Stream(name)
	}
	short, subjectKind := subjects.SplitName(name)
	return hubapi.Ask(hubapi.VerbRaw, c.handle, short, subjectKind)
}

// PutSubject returns the subject to publish on so that a message is stored under subject.
func (c *Conn) PutSubject(subject string) string {
	short, subjectKind, handle, key, ok := subjects.Parse(subject)
	if !ok || !c.ByHub.Load() {
		return subject
	}
	return hubapi.Ask(hubapi.VerbPut, handle, short, subjectKind, key)
}

// put returns the message in the form in which it is published.
func (c *Conn) put(m *nats.Msg) *nats.Msg {
	if !c.ByHub.Load() {
		return m
	}
	return &nats.Msg{Subject: c.PutSubject(m.Subject), Header: m.Header, Data: m.Data}
}

// Refused returns the error in an answer of the hub to a request about a room, or nil if
// the answer is not an error.
func (c *Conn) Refused(m *nats.Msg, short string) error {
	err := hubapi.Refused(m)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, hubapi.ErrNotFound):
		return NotThere(short)
	case errors.Is(err, hubapi.ErrForbidden):
		return &model.Error{Code: model.Forbidden, Message: model.Sentence(err)}
	case errors.Is(err, hubapi.ErrLimited):
		return &model.Error{Code: model.Unreachable, Message: model.Sentence(err)}
	case errors.Is(err, hubapi.ErrUnavailable):
		return errStarting
	}
	return fmt.Errorf("ask the hub: %w", err)
}

// errStarting is the ErrSilence of a hub that is still starting.
var errStarting = fmt.Errorf("%w: it is starting", ErrSilence)

// askTip asks the hub for the last sequence of a room. It retries for askTimeout while
// the hub does not answer.
func (c *Conn) askTip(ctx context.Context, short string) (seq uint64, at time.Time, err error) {
	err = AskUntilAnswered(ctx, func() error {
		seq, at, err = c.askTipOnce(ctx, short)
		return err
	})
	return seq, at, err
}

// askTimeout is how long a request is repeated while the hub does not answer.
const askTimeout = 5 * time.Second

// AskUntilAnswered calls ask until it returns an error other than ErrSilence, or nil, for
// up to askTimeout. One lost request, or a busy server, should not be reported as an
// outage.
func AskUntilAnswered(ctx context.Context, ask func() error) error {
	late, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for {
		err := ask()
		if !errors.Is(err, ErrSilence) {
			return err
		}
		select {
		case <-late.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (c *Conn) askTipOnce(ctx context.Context, short string) (uint64, time.Time, error) {
	subject := hubapi.Ask(hubapi.VerbTip, c.handle, short)
	ctx, cancel := c.Asking(ctx, DefaultTimeout, subject)
	defer cancel()
	m, err := c.NC.RequestWithContext(ctx, subject, nil)
	c.noteLeader(err)
	if err = AnswerError(ctx, err); IsDenied(err) {
		return 0, time.Time{}, Hidden(short)
	} else if err != nil {
		return 0, time.Time{}, err
	}
	if err := c.Refused(m, short); err != nil {
		return 0, time.Time{}, err
	}
	if m.Header.Get("Status") == "503" { // the log has no leader
		c.noteLeader(nats.ErrNoResponders)
		return 0, time.Time{}, ErrNoLeader
	}
	var t hubapi.Tip
	if err := json.Unmarshal(m.Data, &t); err != nil {
		return 0, time.Time{}, fmt.Errorf("ask for the end of the log: %w", err)
	}
	if !t.Log {
		return 0, time.Time{},
			model.Refuse(model.NotFound,
				"%s is not a room: the stream %s on %s was created by something else; ask the person who runs "+
					"it", short,
				subjects.Stream(short), c.Where)
	}
	c.rooms.Store(short, RoomState{Held: model.CleanLine(t.Held), times: t.Times, Copies: t.Copies})
	return t.Last, t.Now, nil
}

// SubjectsFor returns the subjects to subscribe to for one kind of subject of a room.
// short may be "*".
func (c *Conn) SubjectsFor(short, subjectKind string) []string {
	out := []string{subjects.All(short, subjectKind)}
	switch {
	case c.ByHub.Load():
		if subjectKind == subjects.Live || subjectKind == subjects.Presence { // relayed from restricted rooms
			out = append(out, hubapi.Relayed(c.handle, short, subjectKind, ">"))
		}
	default:
		out = append(out, subjects.All(short, hubapi.Private(subjectKind)))
	}
	return out
}

// Subscriptions are the subscriptions of one call of SubscribeRoom.
type Subscriptions []*nats.Subscription

// Unsubscribe ends all of them.
func (s Subscriptions) Unsubscribe() {
	for _, sub := range s {
		_ = sub.Unsubscribe() // fails only if the connection is closed
	}
}

// SubscribeRoom subscribes to one kind of subject of a room or, if short is "*", of all
// rooms that this login may see.
func (c *Conn) SubscribeRoom(short, subjectKind string, fn nats.MsgHandler) (out Subscriptions, err error) {
	for _, subject := range c.SubjectsFor(short, subjectKind) {
		sub, err := c.NC.Subscribe(subject, fn)
		if err != nil {
			out.Unsubscribe()
			return nil, err
		}
		out = append(out, sub)
	}
	return out, nil
}

// ReadKey calls fn for each record of one key from a sequence on, in order, with the
// tombstones of messages that were redacted.
func ReadKey(ctx context.Context, c *Conn, short, handle, keyText string, from uint64, fn func(Record) error) error {
	tombstones, err := Tombstones(ctx, c, short)
	if err != nil {
		return err
	}
	var gone []uint64
	for seq, s := range tombstones {
		if s.Handle == handle && s.Key == keyText && seq >= from {
			gone = append(gone, seq)
		}
	}
	slices.Sort(gone)
	upTo := func(end uint64) error {
		for len(gone) > 0 && gone[0] < end {
			if err := fn(TombstoneRecord(short, tombstones[gone[0]])); err != nil {
				return err
			}
			gone = gone[1:]
		}
		return nil
	}
	err = c.Pages(ctx, short, subjects.Of(short, subjects.Log, handle, keyText), from, func(r Record) error {
		if len(gone) > 0 && gone[0] == r.Seq {
			gone = gone[1:] // it is not deleted yet
		}
		if err := upTo(r.Seq); err != nil {
			return err
		}
		return fn(r)
	})
	if err != nil {
		return err
	}
	return upTo(^uint64(0))
}

// NotThere returns the error for a room that does not exist. It is the same for a room
// that a person may not see.
func NotThere(short string) error {
	return model.NoRoom(short)
}
