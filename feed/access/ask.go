package access

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/writer"
	"warroom/model"
)

// The processes of a hub ask each other to enforce a change of access.

// Requests among the owner's processes. Logins may not publish or subscribe to them.
const (
	// Subject requests that a change of access be enforced. The process that hosts, or
	// the hub service of a server, answers.
	Subject = "warroom.hub.internal.access"
	// guardSubject requests that the enforcers of a process apply a change. Every process
	// with an enforcer answers.
	guardSubject = "warroom.hub.internal.guards"
)

// Timeout is how long a change of access may take.
const Timeout = 10 * time.Second

// accessDone is the answer to a request.
type accessDone struct {
	Ended  int        `json:"ended"`  // connections that were closed
	Guards int        `json:"guards"` // processes that enforced it
	Error  model.Safe `json:"error,omitzero"`
}

// EnforceHere enforces a change at every port of the hub. It is called in the process
// that acts for the hub.
func (c *Control) EnforceHere(ctx context.Context, ask writer.AccessChange) (done accessDone) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	var err error
	switch {
	case len(ask.Only) > 0:
		err = c.SetAccess(ctx, ask.Room, hubapi.NewAccess(ask.Only, nil), true)
	case ask.Room != "":
		err = c.EnforceRoom(ctx, ask.Room, ask.Seq, ask.Settled)
	}
	if err == nil && len(ask.Only) == 0 {
		done, err = c.askGuards(ctx, ask)
	}
	if err != nil {
		done.Error = model.Sentence(err)
	}
	return done
}

// askGuards makes the enforcers of every process apply a change, and waits for all of
// them.
func (c *Control) askGuards(ctx context.Context, ask writer.AccessChange) (all accessDone, err error) {
	raw, err := json.Marshal(ask)
	if err != nil {
		return all, err
	}
	answers := make(chan *nats.Msg, 256)
	inbox := c.Conn.NC.NewInbox()
	sub, err := c.Conn.NC.ChanSubscribe(inbox, answers)
	if err != nil {
		return all, err
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is closed
	late := time.NewTimer(hubapi.Lease + hubapi.Lease/2)
	defer late.Stop()
	want := -1 // an external server does not count subscribers: one with an older state asks again after its lease
	if c.Hub != nil {
		if want = c.Hub.Interest(guardSubject); want == 0 {
			return all, nil
		}
		late.Reset(Timeout)
	}
	if err := c.Conn.NC.PublishRequest(guardSubject, inbox, raw); err != nil {
		return all, jetlog.RequestError(err)
	}
	for all.Guards != want {
		select {
		case m := <-answers:
			var d accessDone
			if hubapi.Refused(m) != nil || json.Unmarshal(m.Data, &d) != nil {
				continue
			}
			all.Guards++
			all.Ended += d.Ended
			if !d.Error.IsEmpty() {
				err = errors.Join(err, &model.Error{Code: model.Unreachable, Message: d.Error})
			}
		case <-late.C:
			if want < 0 {
				return all, err
			}
			return all, errors.Join(err,
				model.Refuse(model.Unreachable, "%d of %d processes of this hub did not confirm it in time",
					want-all.Guards, want))
		case <-ctx.Done():
			return all, ctx.Err()
		}
	}
	return all, err
}

// Enforced waits until a change of access is enforced by the process that acts for the
// hub. If there is none, this process enforces it.
func (c *Control) Enforced(ctx context.Context, ask writer.AccessChange) (accessDone, error) {
	ctx, cancel := c.Conn.Alive(ctx, Timeout)
	defer cancel()
	if c.Conn.ByHub.Load() {
		raw, err := json.Marshal(writer.AccessChange{Room: ask.Room, Seq: ask.Seq})
		if err == nil && len(ask.Only) == 0 { // the hub sees the entry itself before it is stored
			err = c.AskHub(ctx, raw)
		}
		return accessDone{}, err
	}
	if c.SpeaksForHub() {
		return done(c.EnforceHere(ctx, ask))
	}
	raw, err := json.Marshal(ask)
	if err != nil {
		return accessDone{}, err
	}
	m, err := c.Conn.NC.RequestWithContext(ctx, Subject, raw)
	switch {
	case errors.Is(err, nats.ErrNoResponders) && c.Hub == nil:
		return done(c.EnforceHere(ctx, ask)) // a login with access to JetStream, on a server without a hub service
	case err != nil:
		return accessDone{}, jetlog.RequestError(err)
	}
	var d accessDone
	if err := json.Unmarshal(m.Data, &d); err != nil {
		return d, err
	}
	return done(d)
}

func done(d accessDone) (accessDone, error) {
	if d.Error.IsEmpty() {
		return d, nil
	}
	return d, &model.Error{Code: model.Unreachable, Message: d.Error}
}
