package hubapi

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Lease is how long a service caches the state of a room. If several services answer for
// one server, all of them enforce a change of access after this time.
const Lease = time.Second

// roomState is the cached state of a room's stream.
type roomState struct {
	there  bool
	access Access // of a log
	tip    Tip    // of a log, at the time of the request
	at     time.Time
}

// Tip is the end of a room's log.
type Tip struct {
	Last   uint64    `json:"last"`            // newest sequence
	Now    time.Time `json:"now"`             // on the server's clock
	Held   string    `json:"held,omitempty"`  // why nothing may be written
	Times  string    `json:"times,omitempty"` // key that signs original recording times
	Log    bool      `json:"log"`             // the stream is a log of warroom
	Copies int       `json:"copies"`          // replicas of the stream
}

// roomCache caches the state of streams for a [Lease].
type roomCache struct {
	nc  *nats.Conn
	now func() time.Time

	mu    sync.Mutex
	known map[string]roomState // by stream
	gen   uint64               // counts calls of forget
}

func newRoomCache(nc *nats.Conn, now func() time.Time) *roomCache {
	return &roomCache{nc: nc, now: now, known: map[string]roomState{}}
}

// get returns the state of a stream, from the server if the cached one is too old.
func (c *roomCache) get(ctx context.Context, stream string) (roomState, error) {
	c.mu.Lock()
	st, ok := c.known[stream]
	c.mu.Unlock()
	if ok && c.now().Sub(st.at).Abs() < Lease {
		return st, nil
	}
	return c.ask(ctx, stream)
}

// forget removes all streams of a room from the cache.
func (c *roomCache) forget(room string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, subjectKind := range []string{SubjectLog, SubjectCheckpoints, SubjectBlob} {
		delete(c.known, Stream(room, subjectKind))
	}
	c.gen++
}

// infoWait is how long the server may take to answer. It is shorter than the requester's
// timeout, so that a stream without a leader is reported and does not look like a
// timeout.
const infoWait = 800 * time.Millisecond

// noStream is JetStream's error code for a stream that does not exist.
const noStream = 10059

// ask requests the state of a stream from the server.
func (c *roomCache) ask(ctx context.Context, stream string) (roomState, error) {
	c.mu.Lock()
	gen := c.gen
	c.mu.Unlock()
	at := c.now()
	ctx, cancel := context.WithTimeout(ctx, infoWait)
	defer cancel()
	m, err := c.nc.RequestWithContext(ctx, "$JS.API.STREAM.INFO."+stream, nil)
	if err != nil {
		return roomState{}, err
	}
	var info struct {
		Config jetstream.StreamConfig `json:"config"`
		State  struct {
			Last uint64 `json:"last_seq"`
		} `json:"state"`
		Time  time.Time `json:"ts"`
		Error *struct {
			Code int    `json:"err_code"`
			Text string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &info); err != nil {
		return roomState{}, err
	}
	if info.Error != nil && info.Error.Code != noStream {
		return roomState{}, &Refusal{Code: unavailable}
	}
	st := roomState{there: info.Error == nil, at: at}
	if st.there {
		st.access = AccessOf(info.Config)
		st.tip = Tip{Last: info.State.Last, Now: info.Time, Held: info.Config.Metadata[MetaHeld],
			Times: info.Config.Metadata[MetaTimes], Log: info.Config.AllowDirect, Copies: info.Config.Replicas}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gen == gen && st.there && len(c.known) < maxStreams {
		c.known[stream] = st
	}
	return st, nil
}

// maxStreams is the max number of cached streams; the state of other rooms is requested
// each time.
const maxStreams = 100_000
