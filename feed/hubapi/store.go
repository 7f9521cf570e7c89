package hubapi

import (
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const flushWait = 5 * time.Second

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
	if lane == LaneLog {
		s.cfg.Policy.Storing(handle, short, key, m.Header.Get(SigHeader), m.Data)
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
	_ = s.cfg.Conn.PublishMsg(out) // the asker asks again
}

// receipt passes a receipt on to the inbox that its subject names. The way back is
// in the subject, so nothing is remembered; only JetStream and this service publish
// there.
func (s *Service) receipt(m *nats.Msg) {
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: "_INBOX_" + strings.TrimPrefix(m.Subject, s.cfg.Receipts), Header: m.Header, Data: m.Data})
}
