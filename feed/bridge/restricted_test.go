package bridge_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// confidant is a slow shop that gets notes only of rooms that are not restricted.
type confidant struct {
	*shop
	mu    sync.Mutex
	words []string // what came, with the state of the room
}

func (c *confidant) Duties(r *model.Room) []bridge.Duty {
	out := c.shop.Duties(r)
	if r.IsRestricted() {
		return out[:1]
	}
	return out
}

func (c *confidant) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	res, err := c.shop.Deliver(ctx, j)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.words = append(c.words, j.What)
		if j.Room.IsRestricted() {
			c.words[len(c.words)-1] += ", restricted"
		}
	}
	return res, err
}

// TestRestrictedOnTheWay: when a room is restricted, what is on its way to a slow service is
// ended: it is sent again as a restricted room allows, or not at all.
func TestRestrictedOnTheWay(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := &confidant{shop: newShop()}
	c.hang = make(chan struct{})
	start(t, f, c)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "the name of the insider")
	<-c.came
	<-c.came // both are on their way
	if _, err := session.Append(t.Context(), model.Act{Body: &model.RoomRestricted{Mode: model.RestrictTo,
		Handles: []string{"ana"}, Reason: "an insider"}}); err != nil {
		t.Fatalf("restrict the room: got %v, want no error", err)
	}
	feedtest.Until(t, session, "the note is given up", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 2 && (v.Room.Deliveries[0].Over() || v.Room.Deliveries[1].Over())
	})
	close(c.hang)
	v := feedtest.Until(t, session, "the declaration is delivered", sent("shop/declared"))
	for _, d := range v.Room.Deliveries {
		if d.Duty != "shop/declared" && (d.State != model.DeliveryGivenUp ||
			!strings.Contains(d.Detail, "the room has changed")) {
			t.Errorf("the note: got %s, %q, want it given up, as the room has changed", d.State, d.Detail)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := strings.Join(c.words, "; "); got != "the declaration, restricted" {
		t.Errorf("sent: got %q, want only the declaration, of a restricted room", got)
	}
}
