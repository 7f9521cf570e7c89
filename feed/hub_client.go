package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/model"
)

// A login asks the hub for what the owner of a hub asks JetStream, see package
// hubapi. This file is the asking side.

// streamName takes apart what the readers of this package call a room: its short
// id, with the end of a stream's name where it is not the log that is read.
func streamName(name string) (short, lane string) {
	if s, ok := strings.CutSuffix(name, sealEnd); ok {
		return s, laneSeal
	}
	if s, ok := strings.CutSuffix(name, blobEnd); ok {
		return s, laneBlob
	}
	return name, laneLog
}

// getSubject is where stored messages of a stream are asked for.
func (w *wire) getSubject(name string) string {
	if !w.byHub.Load() {
		return "$JS.API.DIRECT.GET." + streamOf(name)
	}
	short, lane := streamName(name)
	return hubapi.Ask(hubapi.VerbGet, w.handle, short, lane)
}

// rawSubject is where one stored message is asked for with its headers as bytes.
func (w *wire) rawSubject(name string) string {
	if !w.byHub.Load() {
		return "$JS.API.STREAM.MSG.GET." + streamOf(name)
	}
	short, lane := streamName(name)
	return hubapi.Ask(hubapi.VerbRaw, w.handle, short, lane)
}

// putSubject is where a message is published that is to be stored under a subject.
func (w *wire) putSubject(subject string) string {
	short, lane, handle, key, ok := parseLane(subject)
	if !ok || !w.byHub.Load() {
		return subject
	}
	return hubapi.Ask(hubapi.VerbPut, handle, short, lane, key)
}

// put is the message as it is published.
func (w *wire) put(m *nats.Msg) *nats.Msg {
	if !w.byHub.Load() {
		return m
	}
	return &nats.Msg{Subject: w.putSubject(m.Subject), Header: m.Header, Data: m.Data}
}

// refused returns the error of an answer by which the hub refused a question about
// a room, nil where it is another answer.
func (w *wire) refused(m *nats.Msg, short string) error {
	err := hubapi.Refused(m)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, hubapi.ErrNotFound):
		return notThere(short)
	case errors.Is(err, hubapi.ErrForbidden):
		return &model.Error{Code: model.Forbidden, Message: model.Sentence(err)}
	case errors.Is(err, hubapi.ErrLimited):
		return &model.Error{Code: model.Unreachable, Message: model.Sentence(err)}
	case errors.Is(err, hubapi.ErrUnavailable):
		return errStarting
	}
	return fmt.Errorf("ask the hub: %w", err)
}

// errStarting is errSilence of a hub that answers, and cannot yet.
var errStarting = fmt.Errorf("%w: it is starting", errSilence)

// askTip asks the hub where the log of a room ends. A hub that does not answer, or not
// yet, is asked again for a while.
func (w *wire) askTip(ctx context.Context, short string) (seq uint64, at time.Time, err error) {
	late, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	for {
		if seq, at, err = w.askTipOnce(ctx, short); !errors.Is(err, errSilence) {
			return seq, at, err
		}
		select {
		case <-late.Done():
			return 0, time.Time{}, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (w *wire) askTipOnce(ctx context.Context, short string) (uint64, time.Time, error) {
	subject := hubapi.Ask(hubapi.VerbTip, w.handle, short)
	ctx, cancel := w.asking(ctx, patience, subject)
	defer cancel()
	m, err := w.nc.RequestWithContext(ctx, subject, nil)
	w.told(err)
	if err = answer(ctx, err); isDenied(err) {
		return 0, time.Time{}, hidden(short)
	} else if err != nil {
		return 0, time.Time{}, err
	}
	if err := w.refused(m, short); err != nil {
		return 0, time.Time{}, err
	}
	if m.Header.Get("Status") == "503" { // nobody leads the log
		w.told(nats.ErrNoResponders)
		return 0, time.Time{}, errUnled
	}
	var t hubapi.Tip
	if err := json.Unmarshal(m.Data, &t); err != nil {
		return 0, time.Time{}, fmt.Errorf("ask for the end of the log: %w", err)
	}
	if !t.Log {
		return 0, time.Time{}, model.Refuse(model.NotFound, "%s is no room: the stream %s on %s was made by something else; ask who runs it", short, streamOf(short), w.where)
	}
	w.rooms.Store(short, standing{held: model.CleanLine(t.Held), times: t.Times, copies: t.Copies})
	return t.Last, t.Now, nil
}

// laneSubjects are where a process receives what goes over a lane of a room. short
// may be "*".
func (w *wire) laneSubjects(short, lane string) []string {
	out := []string{lanes(short, lane)}
	switch {
	case w.byHub.Load():
		if lane == laneLive || lane == laneHere { // what the hub relays of restricted rooms
			out = append(out, hubapi.Relayed(w.handle, short, lane, ">"))
		}
	default:
		out = append(out, lanes(short, hubapi.Private(lane)))
	}
	return out
}

// subscriptions end together.
type subscriptions []*nats.Subscription

// Unsubscribe ends them.
func (s subscriptions) Unsubscribe() {
	for _, sub := range s {
		_ = sub.Unsubscribe() // the connection may be gone: nothing to undo then
	}
}

// subscribeLane receives what goes over a lane of a room, or of all rooms that this
// login may see, with "*".
func (w *wire) subscribeLane(short, lane string, fn nats.MsgHandler) (out subscriptions, err error) {
	for _, subject := range w.laneSubjects(short, lane) {
		sub, err := w.nc.Subscribe(subject, fn)
		if err != nil {
			out.Unsubscribe()
			return nil, err
		}
		out = append(out, sub)
	}
	return out, nil
}

// hereSubject is where this process publishes that somebody is in a room.
func (f *follower) hereSubject(handle, key string) string {
	w := f.h.w
	if w.byHub.Load() {
		id, err := w.nc.GetClientID()
		if err != nil {
			id = 0
		}
		return hubapi.Ask(hubapi.VerbHere, handle, strconv.FormatUint(id, 10), f.short, key)
	}
	return lane(f.short, f.laneNow(laneHere), handle, key)
}

// laneNow is the lane that the room uses in place of another: a restricted one has
// private lanes.
func (f *follower) laneNow(lane string) string {
	if f.view().room.IsRestricted() {
		return hubapi.Private(lane)
	}
	return lane
}
