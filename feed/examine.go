package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// probeRoom stands for any room where a permission is tried: there is none of
// that name, so nothing comes of it.
const probeRoom = "doctor"

// need is something that a server has to let this login do.
type need struct {
	hear    bool // or say
	subject string
	why     model.Safe
}

// needs are what everybody has to be able to do on a server that is not ours.
func (h *house) needs() []need {
	key := "doctor"
	out := []need{
		{true, "_INBOX_" + h.o.caller() + ".>", model.Lit("to hear answers")},
		{false, "$JS.API.STREAM.INFO." + streamOf(probeRoom), model.Lit("to ask for the end of a room's log")},
		{false, "$JS.API.DIRECT.GET." + streamOf(probeRoom), model.Lit("to read a room's log")},
		{false, "$JS.API.STREAM.MSG.GET." + streamOf(probeRoom), model.Lit("to read single entries")},
		{true, lanes(probeRoom, laneLive), model.Lit("to hear new entries")},
		{true, lanes(probeRoom, laneHere), model.Lit("to see who is there")},
		{false, lane(probeRoom, laneHere, h.o.caller(), key), model.Lit("to be seen")},
	}
	if h.o.Steward {
		out = append(out,
			need{false, "$JS.API.STREAM.NAMES", model.Lit("to list the rooms")},
			need{false, lane(probeRoom, laneLog, hubHandle, key), model.Lit("to let people in")},
			need{false, lane(probeRoom, laneGone, hubHandle, key), model.Lit("to say what was redacted")},
			need{false, "$JS.API.STREAM.MSG.DELETE." + streamOf(probeRoom), model.Lit("to delete what was redacted")},
			need{true, anyDoor, model.Lit("to hear who knocks")},
			need{true, anyGate, model.Lit("to hear who comes with a login")},
			need{true, roomsSubject + "*", model.Lit("to answer which rooms there are")},
			need{true, makeSubject + "*", model.Lit("to make rooms")},
		)
	}
	return out
}

// lacks tries what a login has to be able to do. A server complains before it
// answers the ping behind it.
func (w *wire) lacks(n need) (bool, error) {
	if n.hear {
		sub, err := w.nc.SubscribeSync(n.subject)
		if err != nil {
			return false, err
		}
		defer func() { _ = sub.Unsubscribe() }() // the connection may be gone: nothing to undo then
	} else if err := w.nc.Publish(n.subject, nil); err != nil {
		return false, err
	}
	if err := flush(w.nc, patience); err != nil {
		return false, err
	}
	err := w.nc.LastError()
	return errors.Is(err, nats.ErrPermissionViolation) && strings.Contains(err.Error(), fmt.Sprintf("%q", n.subject)), nil
}

// Examine says what a server that is not ours has and lacks; nothing of the
// embedded hub.
func (f *Feed) Examine(ctx context.Context) (good, bad []model.Safe) {
	h := f.h
	if h.hub != nil {
		return nil, nil
	}
	where := model.Safef("server: nats-server %s, alone", h.w.nc.ConnectedServerVersion())
	if c := h.w.nc.ConnectedClusterName(); c != "" {
		where = model.Safef("server: nats-server %s, in the cluster %s", h.w.nc.ConnectedServerVersion(), c)
	}
	good = append(good, where)
	if h.o.login == nil { // the hub that invited gives what is needed
		for _, n := range h.needs() {
			switch missing, err := h.w.lacks(n); {
			case err != nil:
				return good, append(bad, model.Safef("server: it does not answer: %s", err))
			case missing:
				verb := "publish to"
				if n.hear {
					verb = "subscribe to"
				}
				bad = append(bad, model.Safef("permission: %s may not %s %s, which it has to %s", h.o.caller(), verb, n.subject, n.why))
			}
		}
	}
	if len(bad) > 0 {
		return good, bad
	}
	return append(good, h.copies(ctx)...), h.alone(ctx)
}

// copies says how many copies the newest room has.
func (h *house) copies(ctx context.Context) []model.Safe {
	shorts, err := h.shorts(ctx)
	if err != nil || len(shorts) == 0 {
		return nil // said elsewhere
	}
	s, err := h.w.js.Stream(ctx, streamOf(shorts[0]))
	if err != nil {
		return nil
	}
	n := s.CachedInfo().Config.Replicas
	if n > 1 {
		return []model.Safe{model.Safef("copies: %d of %s, on %d servers", n, shorts[0], n)}
	}
	return []model.Safe{model.Safef("copies: one of %s, as this is no cluster of three or more that makes it; what is lost with the server's disk is said in docs/cluster.md", shorts[0])}
}

// alone says where nobody lets people in.
func (h *house) alone(ctx context.Context) []model.Safe {
	if h.o.Steward || h.o.login != nil {
		return nil
	}
	if key, err := h.hubKeyText(ctx); err == nil && key == "" {
		return []model.Safe{model.Lit("steward: none answers, so people are let into rooms by hand, with :admit, and logins without that right cannot list or make rooms; start warroom serve --server")}
	}
	return nil
}
