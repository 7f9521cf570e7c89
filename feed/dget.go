package feed

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

	"warroom/model"
	"warroom/model/seal"
)

// The headers that the server adds behind whatever a publisher set.
const (
	hdrStream   = "Nats-Stream"
	hdrSubject  = "Nats-Subject"
	hdrSequence = "Nats-Sequence"
	hdrTime     = "Nats-Time-Stamp"
)

// patience is how long a reader waits for the next message of an answer.
const patience = 2 * time.Second

// batchBytes bounds one answer, so that no reader becomes a slow consumer.
const batchBytes = 8 << 20

var (
	errNothing = errors.New("no message there")
	errSilence = errors.New("the hub does not answer")
	errBroken  = errors.New("the hub is away; it goes on by itself when the hub is back")
	errUnled   = errors.New("too few of the hub's servers are there to decide anything; it goes on by itself when they are back")
)

// record is one stored message, with what the server says about it.
type record struct {
	seq     uint64
	subject string
	at      time.Time
	sig     string
	stamp   string // the original time, where the hub stored the message again
	data    []byte

	stone *seal.Stone // what stands for a message that was redacted; it has no sig and data then
}

// last returns the last value of a header. The server appends its own after
// the publisher's, so the first one may be forged.
func last(h nats.Header, k string) string {
	v := h[k]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// recordOf reads a message that the server sent: an answer to a direct get or
// a republished one. It is data if and only if the server's sequence is in it,
// whatever Status it claims.
func recordOf(m *nats.Msg) (record, bool) {
	seq, err := strconv.ParseUint(last(m.Header, hdrSequence), 10, 64)
	if err != nil {
		return record{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, last(m.Header, hdrTime))
	if err != nil {
		return record{}, false
	}
	r := record{seq: seq, subject: last(m.Header, hdrSubject), at: at.UTC(), data: m.Data}
	if v := m.Header[seal.Header]; len(v) == 1 {
		r.sig = v[0]
	}
	if v := m.Header[seal.TimeHeader]; len(v) == 1 {
		r.stamp = v[0]
	}
	return r, true
}

// query is the body of a direct get.
type query struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// read calls fn for up to n stored messages from a sequence on, of one subject
// where it is not "". It returns how many there were; [errNothing] where the
// replica that answered has none. A message whose headers cannot be parsed at
// all has no sequence here and is left out: see probe.
func (w *wire) read(ctx context.Context, short, subject string, from uint64, n int, fn func(record) error) (int, error) {
	return w.directGet(ctx, short, query{Seq: from, NextFor: subject, Batch: n, MaxBytes: batchBytes}, fn)
}

// pageSize is how many messages a reader asks for at once.
const pageSize = 512

// pages calls fn for every stored message from a sequence on, of one subject
// where it is not "", until there is none.
func (w *wire) pages(ctx context.Context, short, subject string, from uint64, fn func(record) error) error {
	for {
		was := from
		got, err := w.read(ctx, short, subject, from, pageSize, func(r record) error {
			from = r.seq + 1
			return fn(r)
		})
		switch {
		case errors.Is(err, errNothing):
			return nil
		case err != nil:
			return err
		case got > 0 && from == was: // nothing but what cannot be parsed
			if subject == "" {
				subject = ">"
			}
			r, err := w.probe(ctx, short, query{Seq: from, NextFor: subject})
			if err != nil {
				return err
			}
			from = r.seq + 1
			if err := fn(r); err != nil {
				return err
			}
		}
	}
}

// directGet sends a query and reads the answer: a batch up to its end, or the
// one message where no batch was asked for.
func (w *wire) directGet(ctx context.Context, short string, q query, fn func(record) error) (got int, err error) {
	ch := make(chan *nats.Msg, q.Batch+8)
	inbox := w.nc.NewInbox()
	sub, err := w.nc.ChanSubscribe(inbox, ch)
	if err != nil {
		return 0, fmt.Errorf("subscribe: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone: nothing to undo then
	body, err := json.Marshal(q)
	if err != nil {
		return 0, err
	}
	broken := w.life.Load().ctx.Done()
	subject := w.getSubject(short)
	ctx, done := w.deniable(ctx, subject)
	defer done()
	if err := w.nc.PublishRequest(subject, inbox, body); err != nil {
		return 0, said(err)
	}
	quiet := time.NewTimer(patience)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return got, hiddenOr(ctx, short)
		case <-broken:
			return got, errBroken
		case <-quiet.C:
			return got, errSilence
		case m := <-ch:
			r, ok := recordOf(m)
			if !ok {
				room, _ := streamName(short)
				if err := w.refused(m, room); err != nil {
					return got, err
				}
			}
			if done, err := endOf(m); !ok && done {
				return got, err
			}
			got++
			if ok { // else its headers cannot be parsed: there, but nobody knows where
				if err := fn(r); err != nil {
					return got, err
				}
			}
			if q.Batch == 0 {
				return got, nil
			}
			quiet.Reset(patience)
		}
	}
}

// endOf reads an answer that is no data: what ends the batch, and why.
func endOf(m *nats.Msg) (bool, error) {
	switch st := m.Header.Get("Status"); st {
	case "":
		return false, nil
	case "204":
		return true, nil
	case "404":
		return true, errNothing
	case "503":
		return true, nats.ErrNoResponders
	default:
		return true, fmt.Errorf("read the log: %s %s", st, m.Header.Get("Description"))
	}
}

// lastFor returns the newest stored message of a subject, errNothing where
// there is none.
func (w *wire) lastFor(ctx context.Context, short, subject string) (record, error) {
	var found record
	q := query{LastFor: subject}
	_, err := w.directGet(ctx, short, q, func(r record) error { found = r; return nil })
	if err == nil && found.seq == 0 {
		return w.probe(ctx, short, q)
	}
	return found, err
}

// probe asks the leader for one message in a form that no header can spoil.
func (w *wire) probe(ctx context.Context, short string, q query) (record, error) {
	subject := w.rawSubject(short)
	ctx, cancel := w.asking(ctx, patience, subject)
	defer cancel()
	body, err := json.Marshal(q)
	if err != nil {
		return record{}, err
	}
	m, err := w.nc.RequestWithContext(ctx, subject, body)
	if err != nil {
		return record{}, answer(ctx, err)
	}
	room, _ := streamName(short)
	if err := w.refused(m, room); err != nil {
		return record{}, err
	}
	if m.Header.Get("Status") == "503" {
		return record{}, nats.ErrNoResponders
	}
	var a struct {
		Error   *apiError `json:"error"`
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
		return record{}, fmt.Errorf("read the log: %w", err)
	case a.Error != nil && a.Error.Code == 404:
		return record{}, errNothing
	case a.Error != nil:
		return record{}, a.Error
	case a.Message == nil:
		return record{}, errNothing
	}
	g := a.Message
	return record{seq: g.Seq, subject: g.Subject, at: g.Time.UTC(), data: g.Data, sig: oneOf(g.Header, seal.Header), stamp: oneOf(g.Header, seal.TimeHeader)}, nil
}

// oneOf finds the one value of a header in raw headers, "" where they cannot be
// read as every other reader reads them.
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

// messageLeaf is the leaf hash of a stored message.
func messageLeaf(r record) tlog.Hash {
	if r.stone != nil {
		return r.stone.Leaf
	}
	return seal.LeafHash(r.sig, r.data)
}

// same says whether two records hold the same signed message.
func (r record) same(sig string, data []byte) bool {
	return r.stone == nil && r.sig == sig && bytes.Equal(r.data, data) || r.stone != nil && r.stone.Leaf == seal.LeafHash(sig, data)
}

// next reads a record behind a chain.
func (r record) next(c *seal.Chain) *model.Event {
	if r.stone != nil {
		return c.Pass(*r.stone)
	}
	handle, key, _ := author(r.subject)
	return c.Next(r.seq, r.at, handle, key, r.sig, r.data)
}
