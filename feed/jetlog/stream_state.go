package jetlog

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// closedSize is the maximum message size of the stream of a held room, in bytes. No
// version can write to it, and stored messages stay as they are.
const closedSize = 1

// RoomState is the state of a room on its hub.
type RoomState struct {
	Held   model.Safe // why the room cannot be written to; if empty, it can
	times  string
	Copies int // number of replicas in the cluster; if 0, unknown
}

// Learn stores the state in the metadata of a room's stream.
func (c *Conn) Learn(short string, meta map[string]string) {
	c.rooms.Store(short, RoomState{Held: model.CleanLine(meta[hubapi.MetaHeld]), times: meta[hubapi.MetaTimes]})
}

// State returns the state as of the last call of Tip or Learn.
func (c *Conn) State(short string) RoomState {
	s, _ := c.rooms.Load(short)
	st, _ := s.(RoomState)
	return st
}

// Recorded returns when a message was first stored: the stored time, or the original one
// that the hub signed when it stored the message again.
func (c *Conn) Recorded(short string, r Record) time.Time {
	if r.signedTime == "" || r.Tombstone != nil {
		return r.At
	}
	if n, ok := signing.ReadTime(c.State(short).times, r.signedTime, signing.LeafHash(r.Sig, r.Data)); ok {
		return time.Unix(0, n).UTC()
	}
	return r.At
}

// RoomStream returns the configuration of the stream of a room.
func RoomStream(short string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        subjects.Stream(short),
		Description: "warroom " + short,
		Subjects:    []string{subjects.All(short, subjects.Log), subjects.All(short, subjects.Tombstones)},
		Storage:     jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		Replicas: 1, AllowDirect: true, DenyPurge: true, Duplicates: 2 * time.Minute, MaxMsgSize: maxMessage,
		RePublish: &jetstream.RePublish{Source: subjects.All(short, subjects.Log),
			Destination: subjects.All(short, subjects.Live)},
	}
}

// Hold makes a room read-only and stores the reason. If the stream does not exist, it
// creates an empty one, so that the short id is not reused.
func (c *Conn) Hold(ctx context.Context, short string, why model.Safe) error {
	ctx, cancel := c.Alive(ctx, 5*time.Second)
	defer cancel()
	s, err := c.JS.Stream(ctx, subjects.Stream(short))
	var cfg jetstream.StreamConfig
	switch {
	case err == nil:
		cfg = s.CachedInfo().Config
	case errors.Is(err, jetstream.ErrStreamNotFound):
		cfg = RoomStream(short)
	default:
		return RequestError(err)
	}
	cfg.Metadata = maps.Clone(cfg.Metadata)
	if cfg.Metadata == nil {
		cfg.Metadata = map[string]string{}
	}
	if cfg.Metadata[hubapi.MetaHeld] == why.String() {
		return nil
	}
	cfg.Metadata[hubapi.MetaHeld], cfg.MaxMsgSize = why.String(), closedSize
	if err == nil {
		_, err = c.JS.UpdateStream(ctx, cfg)
	} else {
		_, err = c.JS.CreateStream(ctx, cfg)
	}
	if err == nil {
		c.Announce(short, cfg.Metadata)
	}
	return RequestError(err)
}

// Announce stores the new state of a room and makes everybody who follows the room ask
// the hub for it.
func (c *Conn) Announce(short string, meta map[string]string) {
	c.Learn(short, meta)
	for _, l := range []string{subjects.Live, hubapi.Private(subjects.Live)} {
		if l == subjects.Live && restrictedBy(meta) {
			continue
		}
		_ = c.NC.Publish(subjects.Of(short, l, subjects.HubHandle, StandingToken), nil) // they also ask at intervals
	}
}

// StandingToken is the last token of the subject that announces a new state of a room.
const StandingToken = "standing"

// restrictedBy reports whether the metadata of a stream make its room restricted.
func restrictedBy(meta map[string]string) bool {
	return hubapi.AccessOf(jetstream.StreamConfig{Metadata: meta}).Restricted
}

// Release makes a held room writable again.
func (c *Conn) Release(ctx context.Context, short string) error {
	ctx, cancel := c.Alive(ctx, 5*time.Second)
	defer cancel()
	s, err := c.JS.Stream(ctx, subjects.Stream(short))
	if err != nil {
		return RequestError(err)
	}
	cfg := s.CachedInfo().Config
	if cfg.Metadata[hubapi.MetaHeld] == "" {
		return nil
	}
	cfg.Metadata = maps.Clone(cfg.Metadata)
	delete(cfg.Metadata, hubapi.MetaHeld)
	cfg.MaxMsgSize = maxMessage
	if _, err = c.JS.UpdateStream(ctx, cfg); err == nil {
		c.Announce(short, cfg.Metadata)
	}
	return RequestError(err)
}

// maxMessage is the maximum message size of a room in bytes: a plan in its body, with
// headers.
const maxMessage = 768 << 10

// CreateStream requests a stream until an answer arrives. A cluster whose servers have
// just started may need two or three elections of a leader, of some seconds each.
// Repeating the request is safe: it succeeds if the stream exists with the same
// configuration. The error is JetStream's answer, or that of [AnswerError].
func (c *Conn) CreateStream(ctx context.Context, cfg jetstream.StreamConfig) error {
	starting, cancel := context.WithTimeout(ctx, 5*time.Second) // a missing peer may have just started
	defer cancel()
	for {
		once, done := c.Asking(ctx, 5*time.Second, "$JS.API.STREAM.CREATE."+cfg.Name)
		_, err := c.JS.CreateStream(once, cfg)
		err = AnswerError(once, err)
		done()
		var no *jetstream.APIError
		switch {
		case errors.As(err, &no) && no.ErrorCode == CodeNoPeers && starting.Err() == nil:
		case errors.Is(err, ErrSilence):
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
