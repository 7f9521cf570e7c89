package bridge

import (
	"context"
	"time"

	"warroom/model"
)

// inlet is the door in of one bridge.
type inlet struct {
	r *Runner
	l *lane
}

// Rooms are the open rooms that the bridge may know of.
func (i inlet) Rooms() []Place {
	var out []Place
	for _, p := range i.r.places() {
		room := p.office.Room()
		if room.ID != "" && room.Plan != nil && !room.Drill && !i.r.isCut(room, i.l.b.Name()) {
			out = append(out, Place{Short: p.short, Room: room, Now: p.office.Now()})
		}
	}
	return out
}

// Cut names an open room in which the channel is compromised, for the whole hub.
func (i inlet) Cut() string {
	if p := i.r.cutHub(i.l.b.Name()); p != nil {
		return p.short
	}
	return ""
}

// Say says something in a room, as the hub.
func (i inlet) Say(ctx context.Context, short string, a model.Act) error {
	i.r.mu.Lock()
	p := i.r.rooms[short]
	i.r.mu.Unlock()
	switch {
	case p == nil:
		return model.Refuse(model.NotFound, "there is no open room %s here", short)
	case p.office.Room().Drill:
		return model.Refuse(model.Conflict, "%s is a drill: nothing comes in", short)
	case i.r.isCut(p.office.Room(), i.l.b.Name()):
		return model.Refuse(model.Forbidden, "%s is compromised: what comes over it is not taken in", i.l.b.Name())
	}
	ctx, cancel := context.WithTimeout(ctx, sayFor)
	defer cancel()
	_, err := p.office.Append(ctx, a)
	return err
}

// Declare makes a room.
func (i inlet) Declare(ctx context.Context, d model.Declaration) (string, error) {
	return i.r.o.Hub.Declare(ctx, d)
}

// Tell says something to whoever runs the process.
func (i inlet) Tell(s model.Safe) { i.r.o.Logf(s) }

// listen has a bridge listen while this process speaks for the hub.
func (r *Runner) listen(ctx context.Context, b Listener, l *lane) {
	for wait := time.Duration(0); ; wait = idleFor {
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		if r.o.Hub.Presides() {
			b.Listen(ctx, inlet{r, l})
		}
	}
}
