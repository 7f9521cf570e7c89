package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
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

// needs are what a login has to be able to do on a server that is not ours: ask the
// hub, or as one that may use JetStream itself, what the hub does for others.
func (h *house) needs() []need {
	me, key := h.o.caller(), "doctor"
	out := []need{
		{true, hubapi.Inbox(me) + ".>", model.Lit("to receive answers")},
		{true, lanes(probeRoom, laneLive), model.Lit("to receive new entries")},
		{true, lanes(probeRoom, laneHere), model.Lit("to see who is there")},
	}
	if h.w.byHub.Load() {
		return append(out,
			need{false, hubapi.Ask(hubapi.VerbTip, me, probeRoom), model.Lit("to ask for the end of a room's log")},
			need{false, hubapi.Ask(hubapi.VerbGet, me, probeRoom, laneLog), model.Lit("to read a room's log")},
			need{false, hubapi.Ask(hubapi.VerbRaw, me, probeRoom, laneLog), model.Lit("to read single entries")},
			need{false, hubapi.Ask(hubapi.VerbHere, me, "0", probeRoom, key), model.Lit("to be seen")},
			need{false, hubapi.Ask(hubapi.VerbList, me), model.Lit("to list the rooms")})
	}
	out = append(out,
		need{false, "$JS.API.STREAM.INFO." + streamOf(probeRoom), model.Lit("to ask for the end of a room's log")},
		need{false, "$JS.API.DIRECT.GET." + streamOf(probeRoom), model.Lit("to read a room's log")},
		need{false, "$JS.API.STREAM.MSG.GET." + streamOf(probeRoom), model.Lit("to read single entries")},
		need{false, lane(probeRoom, laneHere, me, key), model.Lit("to be seen")},
		need{false, "$JS.API.STREAM.NAMES", model.Lit("to list the rooms")},
		need{true, lanes(probeRoom, hubapi.Private(laneLive)), model.Lit("to receive the entries of restricted rooms")})
	if !h.o.Steward {
		return out
	}
	out = append(out,
		need{false, "$JS.API.STREAM.UPDATE." + streamOf(probeRoom), model.Lit("to restrict rooms")},
		need{false, "$JS.API.STREAM.MSG.DELETE." + streamOf(probeRoom), model.Lit("to delete what was redacted")},
		need{false, lane(probeRoom, laneLog, "doctor", key), model.Lit("to store what logins write")},
		need{false, lane(probeRoom, laneGone, hubHandle, key), model.Lit("to store what was redacted")},
		need{false, hubapi.Relayed("doctor", probeRoom, laneLive, key), model.Lit("to bring restricted rooms to those whom they name")})
	for _, subject := range append(h.w.laneSubjects("*", laneDoor), h.w.laneSubjects("*", laneGate)...) {
		out = append(out, need{true, subject, model.Lit("to receive who asks to be admitted")})
	}
	for _, subject := range hubapi.PlainQuestions() {
		out = append(out, need{true, subject, model.Lit("to answer logins")})
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
	n := 0
	if h.w.byHub.Load() {
		_, _, err = h.w.tip(ctx, shorts[0])
		n = h.w.standing(shorts[0]).copies
	} else if s, lost := h.w.js.Stream(ctx, streamOf(shorts[0])); lost == nil {
		n = s.CachedInfo().Config.Replicas
	}
	if n == 0 || err != nil {
		return nil
	}
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
