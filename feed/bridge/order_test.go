package bridge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// channels is a shop with one channel for the notes that begin with the same letter.
type channels struct{ *shop }

func (c channels) Duties(r *model.Room) []bridge.Duty {
	var out []bridge.Duty
	for _, d := range c.shop.Duties(r)[1:] {
		d.Order = d.What[:1]
		out = append(out, d)
	}
	return out
}

func (c channels) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	j.Key = j.What
	return c.shop.Deliver(ctx, j)
}

func notes(r *model.Room) (n int) {
	for _, l := range r.Lines() {
		if l.Kind == model.KindEntryNoted {
			n++
		}
	}
	return n
}

// TestOrder: what was written while a service was away arrives in the order in which it was
// written, in each channel.
func TestOrder(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := channels{newShop()}
	c.fail = func(j bridge.Job) error {
		if notes(j.Room) < 4 {
			return errors.New("away")
		}
		return nil
	}
	start(t, f, c)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "a one")
	feedtest.Until(t, session, "the first fails", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 1 && v.Room.Deliveries[0].State == model.DeliveryFailed
	})
	for _, s := range []string{"b one", "a two", "a three"} {
		feedtest.Append(t, session, s)
	}
	feedtest.Until(t, session, "all are delivered", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 4 && !slices.ContainsFunc(v.Room.Deliveries,
			func(d model.Delivery) bool { return d.State != model.DeliverySent })
	})
	got := slices.DeleteFunc(c.orders(), func(s string) bool { return s[0] != 'a' })
	if want := []string{"a one", "a two", "a three"}; !slices.Equal(got, want) {
		t.Errorf("delivered to channel a: got %q, want %q", got, want)
	}
}

// TestOrderHoldsNothingUp: what alone fails, while the service takes something else, holds up
// nothing that was written after it.
func TestOrderHoldsNothingUp(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := channels{newShop()}
	c.fail = func(j bridge.Job) error {
		if strings.HasPrefix(j.What, "a one") {
			return errors.New("not this one")
		}
		return nil
	}
	start(t, f, c)
	session := feedtest.Enter(t, f, short)
	for _, s := range []string{"a one", "a two", "b one"} {
		feedtest.Append(t, session, s)
	}
	feedtest.Until(t, session, "the others are delivered", func(v *model.View) bool {
		return len(c.orders()) == 2
	})
	if got, want := c.orders(), []string{"b one", "a two"}; !slices.Equal(got, want) {
		t.Errorf("delivered: got %q, want %q", got, want)
	}
}

// TestOrderAfterTenFailures: what failed ten times, while the service took nothing else, no longer
// holds up what was written after it.
func TestOrderAfterTenFailures(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := channels{newShop()}
	tries := 0 // no two duties of one order are delivered at once
	c.fail = func(j bridge.Job) error {
		if strings.HasPrefix(j.What, "a one") {
			tries = j.Attempt
			return errors.New("not this one")
		}
		if tries < 10 {
			t.Errorf("the second: got it delivered after %d failures of the first, want 10", tries)
		}
		return nil
	}
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f}, Bridges: []bridge.Bridge{c}, Now: time.Now,
		Logf: func(s model.Safe) { t.Log("bridge:", s) }, Base: time.Millisecond})
	t.Cleanup(r.Close)
	session := feedtest.Enter(t, f, short)
	for _, s := range []string{"a one", "a two"} {
		feedtest.Append(t, session, s)
	}
	feedtest.Until(t, session, "the second is delivered", func(*model.View) bool { return len(c.orders()) == 1 })
	if got, want := c.orders(), []string{"a two"}; !slices.Equal(got, want) {
		t.Errorf("delivered: got %q, want %q", got, want)
	}
}

// TestOrderAcrossCommands: what failed in a command before is tried again in the next one that has
// something to send to the same place, and not when its delay is over, as no process may run then.
func TestOrderAcrossCommands(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	c := channels{newShop()}
	c.fail = func(j bridge.Job) error {
		if notes(j.Room) < 2 {
			return bridge.After(time.Hour, errors.New("away"))
		}
		return nil
	}
	first := start(t, f, c)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "a one")
	feedtest.Until(t, session, "the first fails", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 1 && v.Room.Deliveries[0].State == model.DeliveryFailed
	})
	first.Close()
	feedtest.Append(t, session, "a two")
	start(t, f, c)
	feedtest.Until(t, session, "both are delivered", func(v *model.View) bool { return len(c.orders()) == 2 })
	if got, want := c.orders(), []string{"a one", "a two"}; !slices.Equal(got, want) {
		t.Errorf("delivered: got %q, want %q", got, want)
	}
}
