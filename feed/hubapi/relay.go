package hubapi

import (
	"encoding/json"
	"strings"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// maxPresence and maxJoin are the max sizes of messages that are not stored, in bytes.
const (
	maxPresence = 1 << 10
	maxJoin     = 1 << 10
)

// Presence is what a person's terminal reports about them while they are in a room.
type Presence struct {
	Handle string `json:"handle"`
	Via    string `json:"via"`
	Typing bool   `json:"typing,omitempty"`
	Seq    uint64 `json:"seq"`            // newest sequence that the terminal has
	Bye    bool   `json:"bye,omitempty"`  // the person left
	Ask    bool   `json:"ask,omitempty"`  // not presence, but a request for that of others
	From   string `json:"from,omitempty"` // address as seen by the process that accepted the connection
}

// ViaNetwork is the origin of a person who connected with a login.
const ViaNetwork = "nats"

// here publishes the presence of a login in a room. Origin and address are those of the
// server's connection, whatever the message claims. A login over its limit is answered if
// the message names an inbox of the login.
func (s *Service) here(m *nats.Msg) {
	t := tokens(m.Subject)
	handle, conn, short, key := t[3], t[4], t[5], t[6]
	if !s.IsOpen() || s.cfg.Policy.Revoked(handle) {
		return
	}
	if !s.limit.allow(handle, presence, 1) {
		if Answerable(m, handle) {
			s.refuse(m, limited, s.limit.sentence(handle, presence))
		}
		return
	}
	var p Presence
	if len(m.Header) > 0 || len(m.Data) > maxPresence || json.Unmarshal(m.Data, &p) != nil || p.Handle != handle ||
		!token(key) {
		return
	}
	p.Via, p.From = ViaNetwork, s.cfg.Policy.From(handle, conn)
	s.access.RLock()
	defer s.access.RUnlock()
	st, ok, _ := s.shown(handle, short) // presence is sent again
	if !ok {
		return
	}
	if raw, err := json.Marshal(p); err == nil {
		// the next one follows soon
		_ = s.cfg.Conn.Publish(Root+short+"."+st.access.subjectKind(SubjectPresence)+"."+handle+"."+key, raw)
	}
}

// join publishes that a key of a login asks to be admitted, with the reply subject of the
// request, if it has one: a process that may admit the key answers there.
func (s *Service) join(m *nats.Msg) {
	t := tokens(m.Subject)
	handle, right, short, key := t[3], t[4], t[5], t[6]
	if m.Reply != "" && !Answerable(m, handle) || len(m.Header) > 0 || len(m.Data) > maxJoin || !token(right) ||
		!token(key) {
		return
	}
	if !s.IsOpen() || s.cfg.Policy.Revoked(handle) {
		return
	}
	if !s.limit.allow(handle, joinRequests, 1) {
		if m.Reply != "" {
			s.refuse(m, limited, s.limit.sentence(handle, joinRequests))
		}
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if st, ok, _ := s.shown(handle, short); ok { // the request is sent again
		_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: Root + short + "." + st.access.subjectKind(SubjectLoginJoin) +
			"." + right + "." +
			handle + "." + key, Reply: m.Reply, Data: m.Data})
	}
}

// shown returns the cached or requested state of a room and whether a login may see it, without
// answering. The error is [ErrUnavailable] if the server does not answer; ok is false then.
func (s *Service) shown(handle, short string) (st roomState, ok bool, err error) {
	if !room(short) {
		return roomState{}, false, nil
	}
	if st, err = s.rooms.get(s.ctx, Stream(short, SubjectLog)); err != nil {
		return roomState{}, false, &Refusal{Code: unavailable, Why: model.Lit("the hub's server does not answer")}
	}
	return st, st.there && st.access.Sees(handle), nil
}

// subjectKind returns the kind of subject that a room with this access uses.
func (a Access) subjectKind(subjectKind string) string {
	if a.Restricted {
		return Private(subjectKind)
	}
	return subjectKind
}

// IsOpen reports whether the service answers.
func (s *Service) IsOpen() bool {
	select {
	case <-s.opened:
		return true
	default:
		return false
	}
}

// relay forwards what is published on a private subject to the readers of its room.
func (s *Service) relay(m *nats.Msg) {
	t := strings.SplitN(m.Subject, ".", 4)
	short, subjectKind, rest := t[1], strings.TrimPrefix(t[2], private), t[3]
	if !s.IsOpen() || subjectKind != SubjectLive && subjectKind != SubjectPresence {
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	st, err := s.rooms.get(s.ctx, Stream(short, SubjectLog))
	if err != nil || !st.there || !st.access.Restricted {
		return
	}
	for _, reader := range st.access.Readers {
		if st.access.Sees(reader) && token(reader) && !s.cfg.Policy.Revoked(reader) {
			// readers request what they miss
			_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: Relayed(reader, short, subjectKind, rest), Header: m.Header,
				Data: m.Data})
		}
	}
}
