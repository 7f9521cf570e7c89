package hubapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/nats-io/nats.go"
)

// Bounds of one question.
const (
	maxQuestion = 1 << 10
	MaxBatch    = 512
	maxAnswer   = 8 << 20
)

// Query is the body of get and raw: which stored messages are wanted.
type Query struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"` // at most MaxBatch; 0: one message
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// read decodes a query. Anything that is not in it is refused: JetStream knows
// fields that say more.
func (q *Query) read(data []byte) error {
	if len(data) > maxQuestion {
		return errors.New("the question is too long")
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(q); err != nil {
		return err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than a query")
	}
	if q.Batch < 0 || q.Batch > MaxBatch || q.MaxBytes < 0 {
		return errors.New("the batch is out of bounds")
	}
	if q.Batch > 0 && (q.MaxBytes == 0 || q.MaxBytes > maxAnswer) {
		q.MaxBytes = maxAnswer
	}
	return nil
}

// sees returns what is known of a room that a login may see. The answer for a room
// that it may not see is the one for a room that is not there.
func (s *Service) sees(m *nats.Msg, handle, short string) (roomState, bool) {
	if !room(short) {
		s.refuse(m, notFound, "no such room")
		return roomState{}, false
	}
	st, err := s.rooms.get(s.ctx, Stream(short, LaneLog))
	switch {
	case err != nil:
		s.refuse(m, unavailable, "the hub's server does not answer")
		return roomState{}, false
	case !st.there || !st.access.Sees(handle):
		s.refuse(m, notFound, "no such room")
		return roomState{}, false
	}
	return st, true
}

// get hands a question about stored messages on to JetStream.
func (s *Service) get(nc *nats.Conn, handle string, m *nats.Msg) {
	t := tokens(m.Subject)
	verb, short, lane := t[2], t[4], t[5]
	var q Query
	if err := q.read(m.Data); err != nil || len(m.Header) > 0 {
		s.refuse(m, invalid, "the question is not a query of this version; install a newer warroom")
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if _, ok := s.sees(m, handle, short); !ok {
		return
	}
	stream := Stream(short, lane)
	if !slices.Contains([]string{LaneLog, LaneSeal, LaneBlob}, lane) {
		s.refuse(m, notFound, "no such lane")
		return
	}
	if st, err := s.rooms.get(s.ctx, stream); err != nil || !st.there {
		s.noResponders(m)
		return
	}
	body, err := json.Marshal(q)
	if err != nil {
		return
	}
	api := "$JS.API.DIRECT.GET."
	if verb == VerbRaw {
		api = "$JS.API.STREAM.MSG.GET."
	}
	if nc.PublishRequest(api+stream, m.Reply, body) != nil {
		return // the asker asks again
	}
	ctx, cancel := context.WithTimeout(s.ctx, flushWait)
	defer cancel()
	_ = nc.FlushWithContext(ctx) // until the server has read it all
}

// noResponders answers as the server does where nothing listens: a room has no
// checkpoints or no evidence yet.
func (s *Service) noResponders(m *nats.Msg) {
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{"Status": {"503"}}}) // the asker asks again
}

// tip answers where the log of a room ends.
func (s *Service) tip(handle string, m *nats.Msg) {
	short := tokens(m.Subject)[4]
	s.access.RLock()
	defer s.access.RUnlock()
	if !room(short) {
		s.refuse(m, notFound, "no such room")
		return
	}
	st, err := s.rooms.ask(s.ctx, Stream(short, LaneLog))
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		s.noResponders(m)
		return
	case err != nil:
		s.refuse(m, unavailable, "the hub's server does not answer")
		return
	case !st.there || !st.access.Sees(handle):
		s.refuse(m, notFound, "no such room")
		return
	}
	if raw, err := json.Marshal(st.tip); err == nil {
		_ = s.cfg.Conn.Publish(m.Reply, raw) // the asker asks again
	}
}
