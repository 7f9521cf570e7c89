package feed

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
)

// What the hub says about a room's stream beside its messages, in the stream's
// metadata.
const (
	metaHeld  = hubapi.MetaHeld  // why nothing may be written
	metaTimes = hubapi.MetaTimes // the hub's key whose word on original times counts
)

// closedSize is the largest message that the stream of a held room takes: no
// writer of any version gets anything in, and nothing that is stored is touched.
const closedSize = 1

// standing is how a room stands on its hub.
type standing struct {
	held   model.Safe // why nothing may be written; empty: it may
	times  string
	copies int // that the servers keep; 0: not known
}

// learn takes in the metadata of a room's stream.
func (w *wire) learn(short string, meta map[string]string) {
	w.rooms.Store(short, standing{held: model.CleanLine(meta[metaHeld]), times: meta[metaTimes]})
}

// standing returns what was learned the last time that the tip was asked for.
func (w *wire) standing(short string) standing {
	s, _ := w.rooms.Load(short)
	st, _ := s.(standing)
	return st
}

// recorded returns when a message was recorded first: the stored time, or the
// original one that the hub signed when it stored the message again.
func (w *wire) recorded(short string, r record) time.Time {
	if r.stamp == "" || r.stone != nil {
		return r.at
	}
	if n, ok := seal.ReadTime(w.standing(short).times, r.stamp, seal.LeafHash(r.sig, r.data)); ok {
		return time.Unix(0, n).UTC()
	}
	return r.at
}

// roomStream is the stream of a room as it has to be.
func roomStream(short string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        streamOf(short),
		Description: "warroom " + short,
		Subjects:    []string{lanes(short, laneLog), lanes(short, laneGone)},
		Storage:     jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		Replicas: 1, AllowDirect: true, DenyPurge: true, Duplicates: 2 * time.Minute, MaxMsgSize: maxMessage,
		RePublish: &jetstream.RePublish{Source: lanes(short, laneLog), Destination: lanes(short, laneLive)},
	}
}

// hold lets nobody write to a room any more, and says why. A room whose stream
// is gone gets an empty one that is held, so that its name is not given away.
func (w *wire) hold(ctx context.Context, short string, why model.Safe) error {
	ctx, cancel := w.alive(ctx, 5*time.Second)
	defer cancel()
	s, err := w.js.Stream(ctx, streamOf(short))
	var c jetstream.StreamConfig
	switch {
	case err == nil:
		c = s.CachedInfo().Config
	case errors.Is(err, jetstream.ErrStreamNotFound):
		c = roomStream(short)
	default:
		return said(err)
	}
	c.Metadata = maps.Clone(c.Metadata)
	if c.Metadata == nil {
		c.Metadata = map[string]string{}
	}
	if c.Metadata[metaHeld] == why.String() {
		return nil
	}
	c.Metadata[metaHeld], c.MaxMsgSize = why.String(), closedSize
	if err == nil {
		_, err = w.js.UpdateStream(ctx, c)
	} else {
		_, err = w.js.CreateStream(ctx, c)
	}
	if err == nil {
		w.announce(short, c.Metadata)
	}
	return said(err)
}

// announce learns how a room stands from now on, and has everybody who follows
// it ask the hub.
func (w *wire) announce(short string, meta map[string]string) {
	w.learn(short, meta)
	for _, l := range []string{laneLive, hubapi.Private(laneLive)} {
		if l == laneLive && restrictedBy(meta) {
			continue
		}
		_ = w.nc.Publish(lane(short, l, hubHandle, standingToken), nil) // they ask now and then anyway
	}
}

// standingToken ends the subject on which everybody who follows a room is told to
// ask the hub how it stands.
const standingToken = "standing"

// restrictedBy reports whether a room is restricted, by the metadata of its stream.
func restrictedBy(meta map[string]string) bool {
	return hubapi.AccessOf(jetstream.StreamConfig{Metadata: meta}).Restricted
}

// release lets a room be written to again.
func (w *wire) release(ctx context.Context, short string) error {
	ctx, cancel := w.alive(ctx, 5*time.Second)
	defer cancel()
	s, err := w.js.Stream(ctx, streamOf(short))
	if err != nil {
		return said(err)
	}
	c := s.CachedInfo().Config
	if c.Metadata[metaHeld] == "" {
		return nil
	}
	c.Metadata = maps.Clone(c.Metadata)
	delete(c.Metadata, metaHeld)
	c.MaxMsgSize = maxMessage
	if _, err = w.js.UpdateStream(ctx, c); err == nil {
		w.announce(short, c.Metadata)
	}
	return said(err)
}
