package bridge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// keyed is a shop that takes only who shows the right secret.
type keyed struct {
	*shop
	from *bridge.Source
	good string
}

func (k keyed) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	s, err := k.from.Get(ctx)
	if err == nil && string(s.Reveal()) != k.good {
		k.came <- struct{}{}
		err = bridge.Refused(k.from, s, bridge.After(time.Hour, errors.New("401: who are you?")))
	}
	if err != nil {
		return bridge.Result{}, err
	}
	return k.shop.Deliver(ctx, j)
}

// TestNewSecretIsTriedNow: when the secret that a service refused was replaced, what waits
// for an hour is tried at once, all of it.
func TestNewSecretIsTriedNow(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	var mu sync.Mutex
	secret := "old"
	k := keyed{newShop(), bridge.NewSource(func(context.Context) (model.Secret, error) {
		mu.Lock()
		defer mu.Unlock()
		return model.NewSecret([]byte(secret)), nil
	}), "new"}
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f},
		Bridges: []bridge.Bridge{k}, Now: time.Now, Logf: func(model.Safe) {},
		Base: 20 * time.Millisecond, Look: 10 * time.Millisecond})
	t.Cleanup(r.Close)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "one")
	feedtest.Append(t, session, "two")
	v := feedtest.Until(t, session, "the secret is refused", state("shop/declared", model.DeliveryFailed))
	if d, _ := v.Room.Delivery("shop/declared"); d.Next.Sub(d.At) < 50*time.Minute {
		t.Errorf("next try of what was refused: got %s later, want an hour", d.Next.Sub(d.At))
	}
	mu.Lock()
	secret = "wrong too"
	mu.Unlock()
	feedtest.Until(t, session, "the other one is tried and refused", func(v *model.View) bool {
		d, _ := v.Room.Delivery("shop/declared")
		return d.Attempt >= 2 && d.State == model.DeliveryFailed
	})
	mu.Lock()
	secret = "new"
	mu.Unlock()
	feedtest.Until(t, session, "all is delivered", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 3 && !slices.ContainsFunc(v.Room.Deliveries,
			func(d model.Delivery) bool { return d.State != model.DeliverySent })
	})
}

// brief is a shop whose notes are of no use any more after a while.
type brief struct {
	keyed
	until func(l *model.Line) time.Time
}

func (b brief) Duties(r *model.Room) []bridge.Duty {
	var out []bridge.Duty
	for _, l := range r.Lines() {
		if l.Kind == model.KindEntryNoted {
			out = append(out, bridge.Duty{Key: "shop/" + l.Text.String(), What: l.Text.String(), Since: l.RecordedAt,
				Until: b.until(l)})
		}
	}
	return out
}

// TestWhatWaitedTooLongIsShown: what waited behind a failing delivery until it was too late
// is given up in the room; what was too late before anybody tried is not mentioned.
func TestWhatWaitedTooLongIsShown(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "old")
	var mu sync.Mutex
	secret, late := "old", false
	k := keyed{newShop(), bridge.NewSource(func(context.Context) (model.Secret, error) {
		mu.Lock()
		defer mu.Unlock()
		return model.NewSecret([]byte(secret)), nil
	}), "new"}
	b := brief{k, func(l *model.Line) time.Time {
		mu.Lock()
		defer mu.Unlock()
		switch text := l.Text.String(); {
		case text == "old":
			return l.RecordedAt.Add(time.Nanosecond)
		case text == "in between" && late:
			return l.RecordedAt.Add(time.Nanosecond)
		}
		return l.RecordedAt.Add(time.Hour)
	}}
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f},
		Bridges: []bridge.Bridge{b}, Now: time.Now, Logf: func(model.Safe) {},
		Base: 20 * time.Millisecond, Look: 10 * time.Millisecond})
	t.Cleanup(r.Close)
	feedtest.Append(t, session, "first")
	feedtest.Until(t, session, "the service is away", state("shop/first", model.DeliveryFailed))
	feedtest.Append(t, session, "in between") // the bridge is at rest for an hour
	mu.Lock()
	late = true
	mu.Unlock()
	feedtest.Append(t, session, "last")
	mu.Lock()
	secret = "new"
	mu.Unlock()
	feedtest.Until(t, session, "what is of use is delivered", func(v *model.View) bool {
		return sent("shop/first")(v) && sent("shop/last")(v)
	})
	v := feedtest.Until(t, session, "what is of no use any more is given up",
		state("shop/in between", model.DeliveryGivenUp))
	if d, _ := v.Room.Delivery("shop/in between"); d.Attempt > 1 || !strings.Contains(d.Detail, "too late") {
		t.Errorf("what waited too long: got attempt %d, %q, want none, and the reason", d.Attempt, d.Detail)
	}
	if d, ok := v.Room.Delivery("shop/old"); ok {
		t.Errorf("what was too late before there was a bridge: got %+v, want nothing", d)
	}
}
