package bridge

import (
	"context"
	"time"

	"warroom/model"
)

// inlet is the Inlet of one bridge.
type inlet struct {
	r *Runner
	l *deliveryQueue
}

// Rooms implements [Inlet].
func (i inlet) Rooms() []OpenRoom {
	var out []OpenRoom
	for _, p := range i.r.roomBridges() {
		room := p.hubRoom.Room()
		if room.ID != "" && room.Plan != nil && !room.Drill && !i.r.isCut(room, i.l.b.Name()) {
			out = append(out, OpenRoom{Short: p.short, Room: room, Now: p.hubRoom.Now()})
		}
	}
	return out
}

// Cut implements [Inlet].
func (i inlet) Cut() string {
	if p := i.r.cutHub(i.l.b.Name()); p != nil {
		return p.short
	}
	return ""
}

// Append implements [Inlet].
func (i inlet) Append(ctx context.Context, short string, a model.Act) error {
	i.r.mu.Lock()
	p := i.r.rooms[short]
	i.r.mu.Unlock()
	switch {
	case p == nil:
		return model.Refuse(model.NotFound, "there is no open room %s here", short)
	case p.hubRoom.Room().Drill:
		return model.Refuse(model.Conflict, "%s is a drill: nothing is taken in from outside", short)
	case i.r.isCut(p.hubRoom.Room(), i.l.b.Name()):
		return model.Refuse(model.Forbidden, "%s is compromised: messages that arrive over it are "+
			"refused", i.l.b.Name())
	}
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	_, err := p.hubRoom.Append(ctx, a)
	return err
}

// Declare implements [Inlet].
func (i inlet) Declare(ctx context.Context, d model.Declaration) (string, error) {
	return i.r.o.Hub.Declare(ctx, d)
}

// Log implements [Inlet].
func (i inlet) Log(s model.Safe) { i.r.o.Logf(s) }

// listen runs a bridge's Listen while this process acts for the hub.
func (r *Runner) listen(ctx context.Context, l *deliveryQueue) {
	for wait := time.Duration(0); ; wait = idleFor {
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		if r.o.Hub.Presides() {
			l.b.Listen(ctx, inlet{r: r, l: l})
		}
	}
}
