package hubapi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
)

const flushWait = 5 * time.Second

// receiptWait is how long to wait for the receipt of a message that restricts a room.
const receiptWait = 5 * time.Second

// SigHeader is the header with the signature of a message.
const SigHeader = "Warroom-Sig"

// passed are the headers that a message of a login may have. All others are removed: some
// trigger functions of JetStream (rollup, TTL, schedule, batch, trace), and readers ignore
// the rest.
var passed = []string{SigHeader, jetstream.MsgIDHeader, jetstream.ExpectedStreamHeader,
	jetstream.ExpectedLastSubjSeqHeader, jetstream.ExpectedLastSeqHeader}

// maxHeader is the max length of a header's value, in bytes.
const maxHeader = 256

// put stores a message.
func (s *Service) put(handle string, m *nats.Msg) {
	t := tokens(m.Subject)
	short, subjectKind, key := t[4], t[5], t[6]
	if !slices.Contains([]string{SubjectLog, SubjectCheckpoints, SubjectBlob}, subjectKind) || !token(key) {
		s.refuse(m, forbidden, "a login may not store anything there")
		return
	}
	switch visible, err := s.Sees(handle, short); {
	case err != nil:
		s.refuse(m, unavailable, "the hub's server does not answer")
		return
	case !visible: // also if it becomes visible now: what follows has to be checked first
		s.refuse(m, notFound, "no such room")
		return
	case subjectKind != SubjectCheckpoints && !s.takesKey(m, handle, short, subjectKind, key):
		return
	case subjectKind == SubjectCheckpoints && !s.storesNote(m, handle, short, key):
		return
	}
	var after func()
	handed := false
	defer func() {
		if after != nil && !handed {
			s.wg.Go(after)
		}
	}()
	if subjectKind == SubjectLog {
		var err error
		if after, err = s.cfg.Policy.Storing(handle, short, key, m.Header.Get(SigHeader), m.Data); err != nil {
			if model.CodeOf(err) == model.Forbidden {
				s.refuse(m, forbidden, model.Sentence(err).String())
				return
			}
			s.refuse(m, unavailable, "access to the room could not be changed; warroom tries again")
			return
		}
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if _, ok := s.sees(m, handle, short); !ok {
		return
	}
	if st, err := s.rooms.get(s.ctx, Stream(short, subjectKind)); err != nil || !st.there {
		s.noResponders(m)
		return
	}
	out := s.stored(m, short, subjectKind, handle, key)
	if after != nil {
		handed = s.putWatched(out, m.Reply, after)
		return
	}
	_ = s.cfg.Conn.PublishMsg(out) // the requester retries
}

// stored returns the message that is stored for the request m.
func (s *Service) stored(m *nats.Msg, short, subjectKind, handle, key string) *nats.Msg {
	out := nats.NewMsg(Root + short + "." + subjectKind + "." + handle + "." + key)
	out.Data, out.Reply = m.Data, m.Reply
	for _, k := range passed {
		if v := m.Header[k]; len(v) == 1 && len(v[0]) <= maxHeader {
			out.Header[k] = v
		}
	}
	// All authors share the message ids of a stream. The prefix prevents collisions with
	// others.
	if id := out.Header.Get(jetstream.MsgIDHeader); id != "" {
		out.Header.Set(jetstream.MsgIDHeader, handle+"."+key+"."+id)
	}
	if s.cfg.Receipts != "" {
		out.Reply = s.cfg.Receipts + strings.TrimPrefix(m.Reply, "_INBOX_")
	}
	return out
}

// storesNote reports whether a note may be stored: it is a cosignature that the room can use.
func (s *Service) storesNote(m *nats.Msg, handle, short, key string) bool {
	if st, err := s.rooms.get(s.ctx, Stream(short, SubjectCheckpoints)); err != nil || !st.there {
		s.noResponders(m)
		return false
	}
	ok, err := s.cfg.Policy.Cosigns(handle, short, key, m.Data)
	switch {
	case err != nil:
		s.refuse(m, unavailable, "the room cannot be read; warroom tries again")
	case !ok:
		s.refuse(m, invalid, "it is not a cosignature of a checkpoint of this room by a key that the room admitted")
	}
	return ok && err == nil
}

// putWatched stores a message, forwards its receipt, and then calls after, whatever the
// receipt was. It reports false if nothing was sent.
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
			_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: reply, Header: r.Header, Data: r.Data}) // it is retried
		}
	})
	return true
}

// receipt forwards a receipt to the inbox in its subject. Because the subject has the
// inbox, no state is needed; only JetStream and this service may publish there.
func (s *Service) receipt(m *nats.Msg) {
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: "_INBOX_" + strings.TrimPrefix(m.Subject, s.cfg.Receipts),
		Header: m.Header, Data: m.Data})
}
