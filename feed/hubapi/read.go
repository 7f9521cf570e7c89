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

// The limits of one request.
const (
	maxQuestion = 1 << 10
	MaxBatch    = 512
	maxAnswer   = 8 << 20
)

// Query is the body of get and raw: the stored messages to read.
type Query struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"` // at most MaxBatch; if 0, one message
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// read decodes a query. Unknown fields are refused, because JetStream has fields that allow
// more.
func (q *Query) read(data []byte) error {
	if len(data) > maxQuestion {
		return errors.New("the request is too long")
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(q); err != nil {
		return err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the request has more than one query")
	}
	if q.Batch < 0 || q.Batch > MaxBatch || q.MaxBytes < 0 {
		return errors.New("the batch is out of bounds")
	}
	if q.Batch > 0 && (q.MaxBytes == 0 || q.MaxBytes > maxAnswer) {
		q.MaxBytes = maxAnswer
	}
	return nil
}

// sees returns what is known of a room that a login may see. If it may not, the answer is
// the same as for a room that does not exist.
func (s *Service) sees(m *nats.Msg, handle, short string) (roomState, bool) {
	if !room(short) {
		s.refuse(m, notFound, "no such room")
		return roomState{}, false
	}
	st, err := s.rooms.get(s.ctx, Stream(short, SubjectLog))
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

// get forwards a request for stored messages to JetStream.
func (s *Service) get(nc *nats.Conn, handle string, m *nats.Msg) {
	t := tokens(m.Subject)
	verb, short, subjectKind := t[2], t[4], t[5]
	var q Query
	if err := q.read(m.Data); err != nil || len(m.Header) > 0 {
		s.refuse(m, invalid, "the request is not one of this version; install a newer warroom")
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if _, ok := s.sees(m, handle, short); !ok {
		return
	}
	stream := Stream(short, subjectKind)
	if !slices.Contains([]string{SubjectLog, SubjectCheckpoints, SubjectBlob}, subjectKind) {
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
		return // the requester retries
	}
	ctx, cancel := context.WithTimeout(s.ctx, flushWait)
	defer cancel()
	_ = nc.FlushWithContext(ctx) // wait until the server has processed it
}

// noResponders answers as the server does if there is no responder: the room has no
// checkpoints or no evidence yet.
func (s *Service) noResponders(m *nats.Msg) {
	// the requester retries
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{"Status": {"503"}}})
}

// tip answers with the end of a room's log.
func (s *Service) tip(handle string, m *nats.Msg) {
	short := tokens(m.Subject)[4]
	s.access.RLock()
	defer s.access.RUnlock()
	if !room(short) {
		s.refuse(m, notFound, "no such room")
		return
	}
	st, err := s.rooms.ask(s.ctx, Stream(short, SubjectLog))
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
		_ = s.cfg.Conn.Publish(m.Reply, raw) // the requester retries
	}
}
