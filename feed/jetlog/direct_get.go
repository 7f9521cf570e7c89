package jetlog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/mod/sumdb/tlog"

	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// Headers that the server appends to those of the publisher.
const (
	StreamHeader  = "Nats-Stream"
	SubjectHeader = "Nats-Subject"
	hdrSequence   = "Nats-Sequence"
	hdrTime       = "Nats-Time-Stamp"
)

// DefaultTimeout is the time limit for a request, and for the next message of a batch.
const DefaultTimeout = 2 * time.Second

// BatchBytes bounds the size of one batch in bytes, so that a reader does not become a
// slow consumer.
const BatchBytes = 8 << 20

// Record is one stored message with the values that the server adds.
type Record struct {
	Seq        uint64
	Subject    string
	At         time.Time
	Sig        string
	signedTime string // original time, if the hub stored the message again
	Data       []byte

	Tombstone *signing.Tombstone // set for a redacted message, which has no Sig and Data
}

// LastHeader returns the last value of a header. The server appends its values after
// those of the publisher, so the first value may be forged.
func LastHeader(h nats.Header, k string) string {
	v := h[k]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// RecordOf decodes a message from the server: an answer to a direct get or a republished
// message. It reports true if and only if the message has a sequence from the server,
// whatever its Status header is.
func RecordOf(m *nats.Msg) (Record, bool) {
	seq, err := strconv.ParseUint(LastHeader(m.Header, hdrSequence), 10, 64)
	if err != nil {
		return Record{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, LastHeader(m.Header, hdrTime))
	if err != nil {
		return Record{}, false
	}
	r := Record{Seq: seq, Subject: LastHeader(m.Header, SubjectHeader), At: at.UTC(), Data: m.Data}
	if v := m.Header[signing.Header]; len(v) == 1 {
		r.Sig = v[0]
	}
	if v := m.Header[signing.TimeHeader]; len(v) == 1 {
		r.signedTime = v[0]
	}
	return r, true
}

// Query is the body of a direct get request.
type Query struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// Read calls fn for up to n stored messages from a sequence on, of one subject if subject
// is not "". It returns the number of messages, and ErrNothing if the replica that
// answered has none. It omits a message whose headers cannot be parsed, because its
// sequence is unknown; see ReadRaw.
func (c *Conn) Read(ctx context.Context, short, subject string, from uint64, n int, fn func(Record) error) (int,
	error) {
	return c.DirectGet(ctx, short, Query{Seq: from, NextFor: subject, Batch: n, MaxBytes: BatchBytes}, fn)
}

// PageSize is the number of messages per request.
const PageSize = 512

// Pages calls fn for all stored messages from a sequence on, of one subject if subject is
// not "".
func (c *Conn) Pages(ctx context.Context, short, subject string, from uint64, fn func(Record) error) error {
	for {
		prev := from
		got, err := c.Read(ctx, short, subject, from, PageSize, func(r Record) error {
			from = r.Seq + 1
			return fn(r)
		})
		switch {
		case errors.Is(err, ErrNothing):
			return nil
		case err != nil:
			return err
		case got > 0 && from == prev: // all of them have headers that cannot be parsed
			if subject == "" {
				subject = ">"
			}
			r, err := c.ReadRaw(ctx, short, Query{Seq: from, NextFor: subject})
			if err != nil {
				return err
			}
			from = r.Seq + 1
			if err := fn(r); err != nil {
				return err
			}
		}
	}
}

// DirectGet sends a query and calls fn for each message of the answer: a whole batch, or
// one message if q.Batch is 0.
//
// If nothing at all arrives, it sends the query a second time, because a cluster can lose an answer
// while its routes and leaders are new. If nothing arrives again, it returns [ErrSilence].
func (c *Conn) DirectGet(ctx context.Context, short string, q Query, fn func(Record) error) (got int, err error) {
	got, err = c.directGet(ctx, short, q, fn)
	if errors.Is(err, ErrSilence) && got == 0 && ctx.Err() == nil {
		return c.directGet(ctx, short, q, fn)
	}
	return got, err
}

// directGet sends a query once.
func (c *Conn) directGet(ctx context.Context, short string, q Query, fn func(Record) error) (got int, err error) {
	inbox, ch, forget, err := c.answers.expect(c.NC, q.Batch+8)
	if err != nil {
		return 0, fmt.Errorf("subscribe: %w", err)
	}
	defer forget()
	body, err := json.Marshal(q)
	if err != nil {
		return 0, err
	}
	broken := c.Epoch.Load().ctx.Done()
	subject := c.getSubject(short)
	ctx, done := c.deniable(ctx, subject)
	defer done()
	if err := c.NC.PublishRequest(subject, inbox, body); err != nil {
		return 0, RequestError(err)
	}
	idle := time.NewTimer(DefaultTimeout)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			room, _ := subjects.SplitName(short)
			return got, hiddenOr(ctx, room)
		case <-broken:
			return got, ErrBroken
		case <-idle.C:
			return got, ErrSilence
		case m := <-ch:
			r, ok := RecordOf(m)
			if !ok {
				room, _ := subjects.SplitName(short)
				if err := c.Refused(m, room); err != nil {
					return got, err
				}
			}
			if done, err := endOf(m); !ok && done {
				return got, err
			}
			got++
			if ok { // otherwise its headers cannot be parsed, and its sequence is unknown
				if err := fn(r); err != nil {
					return got, err
				}
			}
			if q.Batch == 0 {
				return got, nil
			}
			idle.Reset(DefaultTimeout)
		}
	}
}

// endOf reports whether a message without a record ends the batch, and the error, if it
// has one.
func endOf(m *nats.Msg) (bool, error) {
	switch st := m.Header.Get("Status"); st {
	case "":
		return false, nil
	case "204":
		return true, nil
	case "404":
		return true, ErrNothing
	case "503":
		return true, nats.ErrNoResponders
	default:
		return true, fmt.Errorf("read the log: %s %s", st, m.Header.Get("Description"))
	}
}

// LastFor returns the newest stored message of a subject, or ErrNothing if there is none.
func (c *Conn) LastFor(ctx context.Context, short, subject string) (Record, error) {
	var found Record
	q := Query{LastFor: subject}
	_, err := c.DirectGet(ctx, short, q, func(r Record) error { found = r; return nil })
	if err == nil && found.Seq == 0 {
		return c.ReadRaw(ctx, short, q)
	}
	return found, err
}

// ReadRaw reads one message from the leader. The headers are in the body of the answer,
// so a malformed one does no harm.
func (c *Conn) ReadRaw(ctx context.Context, short string, q Query) (Record, error) {
	subject := c.rawSubject(short)
	ctx, cancel := c.Asking(ctx, DefaultTimeout, subject)
	defer cancel()
	body, err := json.Marshal(q)
	if err != nil {
		return Record{}, err
	}
	m, err := c.NC.RequestWithContext(ctx, subject, body)
	if err != nil {
		return Record{}, AnswerError(ctx, err)
	}
	room, _ := subjects.SplitName(short)
	if err := c.Refused(m, room); err != nil {
		return Record{}, err
	}
	if m.Header.Get("Status") == "503" {
		return Record{}, nats.ErrNoResponders
	}
	var a struct {
		Error   *APIError `json:"error"`
		Message *struct {
			Subject string    `json:"subject"`
			Seq     uint64    `json:"seq"`
			Header  []byte    `json:"hdrs"`
			Data    []byte    `json:"data"`
			Time    time.Time `json:"time"`
		} `json:"message"`
	}
	switch err := json.Unmarshal(m.Data, &a); {
	case err != nil:
		return Record{}, fmt.Errorf("read the log: %w", err)
	case a.Error != nil && a.Error.Code == 404:
		return Record{}, ErrNothing
	case a.Error != nil:
		return Record{}, a.Error
	case a.Message == nil:
		return Record{}, ErrNothing
	}
	g := a.Message
	return Record{Seq: g.Seq, Subject: g.Subject, At: g.Time.UTC(), Data: g.Data, Sig: oneOf(g.Header, signing.Header),
		signedTime: oneOf(g.Header, signing.TimeHeader)}, nil
}

// oneOf returns the only value of a header in raw headers, or "" if they cannot be parsed
// or have another number of values.
func oneOf(raw []byte, name string) string {
	h, err := nats.DecodeHeadersMsg(raw)
	if err != nil {
		return ""
	}
	if v := h[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}

// Leaf returns the leaf hash of a record.
func Leaf(r Record) tlog.Hash {
	if r.Tombstone != nil {
		return r.Tombstone.Leaf
	}
	return signing.LeafHash(r.Sig, r.Data)
}

// Same reports whether a record is the message with this signature and data.
func (r Record) Same(sig string, data []byte) bool {
	return r.Tombstone == nil && r.Sig == sig && bytes.Equal(r.Data, data) || r.Tombstone != nil &&
		r.Tombstone.Leaf == signing.LeafHash(sig, data)
}

// Next adds a record to a chain and returns its event, or nil if it is not an event.
func (r Record) Next(c *signing.Chain) *model.Event {
	if r.Tombstone != nil {
		return c.Pass(*r.Tombstone)
	}
	handle, key, _ := subjects.Author(r.Subject)
	return c.Next(r.Seq, r.At, handle, key, r.Sig, r.Data)
}

// CopyOf returns a record in the form that the local replica stores.
func CopyOf(r Record) mirror.Message {
	if r.Tombstone != nil {
		return mirror.Instead(r.Tombstone, r.Subject)
	}
	return mirror.Message{Seq: r.Seq, At: r.At, Subject: r.Subject, Sig: r.Sig, Data: r.Data}
}
