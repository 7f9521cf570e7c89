package hubapi

import (
	"encoding/json"
	"strings"

	"github.com/nats-io/nats.go"
)

// maxPresence and maxJoin bound a message that is not stored.
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
	Bye    bool   `json:"bye,omitempty"`  // they left
	Ask    bool   `json:"ask,omitempty"`  // no presence: who is here?
	From   string `json:"from,omitempty"` // address as the process that let them in has it
}

// ViaNetwork is how a person is shown who came with a login.
const ViaNetwork = "nats"

// here publishes the presence of a login in a room. Which way they came and from
// where is what the server knows, whatever the message claims.
func (s *Service) here(m *nats.Msg) {
	t := tokens(m.Subject)
	handle, conn, short, key := t[3], t[4], t[5], t[6]
	if !s.IsOpen() || s.cfg.Policy.Revoked(handle) || !s.limit.allow(handle, presence, 1) {
		return
	}
	var p Presence
	if len(m.Header) > 0 || len(m.Data) > maxPresence || json.Unmarshal(m.Data, &p) != nil || p.Handle != handle || !token(key) {
		return
	}
	p.Via, p.From = ViaNetwork, s.cfg.Policy.From(handle, conn)
	s.access.RLock()
	defer s.access.RUnlock()
	st, ok := s.shown(handle, short)
	if !ok {
		return
	}
	if raw, err := json.Marshal(p); err == nil {
		_ = s.cfg.Conn.Publish(Root+short+"."+st.access.lane(LaneHere)+"."+handle+"."+key, raw) // the next one follows
	}
}

// join passes on that a key of a login asks to be admitted. Who may admit it
// answers into the asker's inbox, where that is said.
func (s *Service) join(m *nats.Msg) {
	t := tokens(m.Subject)
	handle, right, short, key := t[3], t[4], t[5], t[6]
	if m.Reply != "" && !Answerable(m, handle) || len(m.Header) > 0 || len(m.Data) > maxJoin || !token(right) || !token(key) {
		return
	}
	if !s.IsOpen() || s.cfg.Policy.Revoked(handle) {
		return
	}
	if !s.limit.allow(handle, knocks, 1) {
		if m.Reply != "" {
			s.refuse(m, limited, knocks.sentence(handle))
		}
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	if st, ok := s.shown(handle, short); ok {
		_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: Root + short + "." + st.access.lane(LaneGate) + "." + right + "." + handle + "." + key, Reply: m.Reply, Data: m.Data})
	}
}

// shown returns what is known of a room that a login may see, and answers nothing.
func (s *Service) shown(handle, short string) (roomState, bool) {
	if !room(short) {
		return roomState{}, false
	}
	st, err := s.rooms.get(s.ctx, Stream(short, LaneLog))
	return st, err == nil && st.there && st.access.Sees(handle)
}

// lane returns the lane that a room with this access uses.
func (a Access) lane(lane string) string {
	if a.Restricted {
		return Private(lane)
	}
	return lane
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

// relay brings what goes over a private lane to the readers of its room.
func (s *Service) relay(m *nats.Msg) {
	t := strings.SplitN(m.Subject, ".", 4)
	short, lane, rest := t[1], strings.TrimPrefix(t[2], private), t[3]
	if !s.IsOpen() || lane != LaneLive && lane != LaneHere {
		return
	}
	s.access.RLock()
	defer s.access.RUnlock()
	st, err := s.rooms.get(s.ctx, Stream(short, LaneLog))
	if err != nil || !st.there || !st.access.Restricted {
		return
	}
	for _, reader := range st.access.Readers {
		if st.access.Sees(reader) && token(reader) && !s.cfg.Policy.Revoked(reader) {
			_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: Relayed(reader, short, lane, rest), Header: m.Header, Data: m.Data}) // readers ask for what they miss
		}
	}
}
