package replica

import (
	"github.com/nats-io/nats.go"

	"warroom/feed/presence"
	"warroom/feed/wake"
)

// handleJoinRequest processes a join request.
func (ro *Roster) handleJoinRequest(m *nats.Msg) {
	f := ro.f
	v, ok := presence.ReadJoinRequest(m)
	if !ok || v.Room != f.Room {
		return
	}
	if _, in := f.View().Room.Member(v.Key); in {
		return
	}
	if f.Presence.AddJoinRequest(v.Handle, v.Key) {
		wake.Notify(f.Presence.Asked)
		f.change(func(*View) {})
	}
}
