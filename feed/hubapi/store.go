package hubapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const flushWait = 5 * time.Second

// receiptWait is how long the receipt of a message that restricts a room is waited
// for.
const receiptWait = 5 * time.Second

// SigHeader is the header that has the signature of a message.
const SigHeader = "Warroom-Sig"

// passed are the headers that a message of a login may have. All others are left
// out: some have JetStream do something (rollup, TTL, schedule, batch, trace), and
// readers give no meaning to the rest.
var passed = []string{SigHeader, jetstream.MsgIDHeader, jetstream.ExpectedStreamHeader, jetstream.ExpectedLastSubjSeqHeader, jetstream.ExpectedLastSeqHeader}

// maxHeader bounds the value of a header.
const maxHeader = 256

// put has a message stored.
func (s *Service) put(handle string, m *nats.Msg) {
	t := tokens(m.Subject)
	short, lane, key := t[4], t[5], t[6]
	if !slices.Contains([]string{LaneLog, LaneSeal, LaneBlob}, lane) || !token(key) {
		s.refuse(m, forbidden, "a login stores nothing there")
		return
	}
	var after func()
	handed := false
	defer func() {
		if after != nil && !handed {
			s.wg.Go(after)
		}
	}()
	if lane == LaneLog && s.Sees(handle, short) {
		var err error
		if after, err = s.cfg.Policy.Storing(handle, short, key, m.Header.Get(SigHeader), m.Data); err != nil {
			s.refuse(m, unavailable, "who may see the room could not be changed; it is tried again")
			return
		}
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if _, ok := s.sees(m, handle, short); !ok {
		return
	}
	if st, err := s.rooms.get(s.ctx, Stream(short, lane)); err != nil || !st.there {
		s.noResponders(m)
		return
	}
	out := nats.NewMsg(Root + short + "." + lane + "." + handle + "." + key)
	out.Data, out.Reply = m.Data, m.Reply
	for _, k := range passed {
		if v := m.Header[k]; len(v) == 1 && len(v[0]) <= maxHeader {
			out.Header[k] = v
		}
	}
	// The ids of a stream are common to all its authors: nobody uses up another's.
	if id := out.Header.Get(jetstream.MsgIDHeader); id != "" {
		out.Header.Set(jetstream.MsgIDHeader, handle+"."+key+"."+id)
	}
	if s.cfg.Receipts != "" {
		out.Reply = s.cfg.Receipts + strings.TrimPrefix(m.Reply, "_INBOX_")
	}
	if after != nil {
		handed = s.putWatched(out, m.Reply, after)
		return
	}
	_ = s.cfg.Conn.PublishMsg(out) // the asker asks again
}

// putWatched has a message stored, passes its receipt on, and then calls after,
// whatever the receipt was. False means that nothing was sent.
func (s *Service) putWatched(m *nats.Msg, reply string, after func()) bool {
	m.Reply = s.cfg.Conn.NewInbox()
	sub, err := s.cfg.Conn.SubscribeSync(m.Reply)
	if err != nil {
		return false
	}
	if s.cfg.Conn.PublishMsg(m) != nil {
		_ = sub.Unsubscribe()
		return false
	}
	s.wg.Go(func() {
		defer after()
		defer func() { _ = sub.Unsubscribe() }()
		ctx, cancel := context.WithTimeout(s.ctx, receiptWait)
		defer cancel()
		if r, err := sub.NextMsgWithContext(ctx); err == nil {
			_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: reply, Header: r.Header, Data: r.Data}) // the asker asks again
		}
	})
	return true
}

// receipt passes a receipt on to the inbox that its subject names. The way back is
// in the subject, so nothing is remembered; only JetStream and this service publish
// there.
func (s *Service) receipt(m *nats.Msg) {
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: "_INBOX_" + strings.TrimPrefix(m.Subject, s.cfg.Receipts), Header: m.Header, Data: m.Data})
}
