package bridge_test

import (
	"context"
	"testing"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// rude is a shop whose answers have control characters, and whose duties have them too.
type rude struct{ *shop }

const rudeText = "\x1b[2J\x00 order \u202e\n7 \xff"

func (c rude) Duties(r *model.Room) []bridge.Duty {
	d := c.shop.Duties(r)[0]
	d.What = "declared " + rudeText
	return []bridge.Duty{d}
}

func (c rude) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	_, err := c.shop.Deliver(ctx, j)
	return bridge.Result{Ref: rudeText, Detail: rudeText, Link: rudeText}, err
}

// TestRudeAnswersAreRecorded: a delivery is recorded whatever the service answers. Otherwise it
// would be repeated without end.
func TestRudeAnswersAreRecorded(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := rude{newShop()}
	start(t, f, c)
	session := feedtest.Enter(t, f, short)
	v := feedtest.Until(t, session, "the declaration is delivered", sent("shop/declared"))
	d, _ := v.Room.Delivery("shop/declared")
	for _, s := range []string{d.What, d.Ref, d.Detail} {
		if s == "" || model.CleanLine(s).String() != s {
			t.Errorf("recorded: got %q, want it cleaned", s)
		}
	}
	if n := len(c.orders()); n != 1 {
		t.Errorf("delivered %d times, want once", n)
	}
}
