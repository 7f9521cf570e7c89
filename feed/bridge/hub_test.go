package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// shop is a bridge to a service within the test, which gets every update of a room and its
// declaration.
type shop struct {
	bridge.SendOnly
	mu   sync.Mutex
	got  []string // keys of the deliveries, in order
	fail func(j bridge.Job) error
	hang chan struct{} // deliveries block until it is closed
	came chan struct{} // receives a value when a delivery begins
}

func newShop() *shop { return &shop{came: make(chan struct{}, 100)} }

func (*shop) Name() string                           { return "shop" }
func (*shop) Check(context.Context) []bridge.Finding { return nil }
func (*shop) Pace() (time.Duration, int, int)        { return time.Millisecond, 50, 2 }

func (*shop) Duties(r *model.Room) []bridge.Duty {
	out := []bridge.Duty{{Key: "shop/declared", What: "the declaration", Since: r.DeclaredAt,
		Until: r.DeclaredAt.Add(time.Hour), Urgent: true}}
	for _, l := range r.Lines() {
		if l.Kind == model.KindEntryNoted {
			out = append(out,
				bridge.Duty{Key: "shop/" + l.ID, What: l.Text.String(), Since: l.RecordedAt, Content: l.Text.String()})
		}
	}
	return out
}

func (s *shop) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	s.came <- struct{}{}
	s.mu.Lock()
	fail, hang := s.fail, s.hang
	s.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-ctx.Done():
			return bridge.Result{}, ctx.Err()
		}
	}
	if fail != nil {
		if err := fail(j); err != nil {
			return bridge.Result{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, j.Key)
	return bridge.Result{Ref: fmt.Sprint("order-", len(s.got))}, nil
}

func (s *shop) orders() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func start(t *testing.T, f *feed.Feed, b ...bridge.Bridge) *bridge.Runner {
	t.Helper()
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f}, Bridges: b, Now: time.Now,
		Logf: func(s model.Safe) { t.Log("bridge:", s) }, Base: 20 * time.Millisecond})
	t.Cleanup(r.Close)
	return r
}

func sent(duty string) func(*model.View) bool {
	return state(duty, model.DeliverySent)
}

func state(duty string, s model.DeliveryState) func(*model.View) bool {
	return func(v *model.View) bool {
		d, ok := v.Room.Delivery(duty)
		return ok && d.State == s
	}
}

func TestDelivers(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := newShop()
	start(t, f, s)
	session := feedtest.Enter(t, f, short)
	feedtest.Until(t, session, "the declaration is delivered", sent("shop/declared"))
	feedtest.Append(t, session, "one")
	v := feedtest.Until(t, session, "the note is delivered", func(v *model.View) bool {
		return len(v.Here) > 0 && len(v.Room.Deliveries) == 2 && v.Room.Deliveries[1].State == model.DeliverySent
	})
	if d := v.Room.Deliveries[1]; d.Ref != "order-2" || d.By != "hub" || d.Attempt != 1 {
		t.Errorf("%+v", d)
	}
	if v.Room.Rejected+v.Room.Bad > 0 {
		t.Errorf("%d refused, %d bad", v.Room.Rejected, v.Room.Bad)
	}
	if len(v.Here) != 1 {
		t.Errorf("the office is seen: %+v", v.Here)
	}
	if got := s.orders(); len(got) != 2 || got[0] != "shop/declared" {
		t.Errorf("%v", got)
	}
}

// TestCrashBetween: the process dies after it has delivered and before it could record
// that. The next process delivers at once, marked as possibly repeated.
func TestCrashBetween(t *testing.T) {
	data := feedtest.Data(t)
	f, err := feed.Open(t.Context(), feedtest.Options(t, data, "ana"))
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	short := feedtest.Declare(t, f)
	s := newShop()
	s.hang = make(chan struct{})
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f}, Bridges: []bridge.Bridge{s}, Now: time.Now,
		Logf: func(model.Safe) {}})
	<-s.came
	r.Close() // the attempt ends without a record
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	f = feedtest.With(t, feedtest.Options(t, data, "ana"))
	maybeDelivered := make(chan bool, 1)
	s.hang = nil
	s.fail = func(j bridge.Job) error { maybeDelivered <- j.MaybeDelivered; return nil }
	start(t, f, s)
	session := feedtest.Enter(t, f, short)
	v := feedtest.Until(t, session, "it is delivered", sent("shop/declared"))
	if d, _ := v.Room.Delivery("shop/declared"); d.Attempt != 2 || !<-maybeDelivered {
		t.Errorf("%+v", d)
	}
}

// TestTwoHosts: on a server without a hub process, the terminals of two people find the
// same duties, and each duty is delivered by one of them.
func TestTwoHosts(t *testing.T) {
	srv := feedtest.Server(t)
	person := func(handle string) *feed.Feed {
		o := feedtest.Options(t, feedtest.Data(t), handle)
		o.Server = srv.ClientURL()
		return feedtest.With(t, o)
	}
	ana, bo := person("ana"), person("bo")
	short := feedtest.Declare(t, ana)
	a := feedtest.Enter(t, ana, short)
	b := feedtest.Enter(t, bo, short)
	feedtest.Until(t, a, "bo is at the door", func(v *model.View) bool { return len(v.JoinRequests) > 0 })
	act, err := model.Parse(":admit @bo command",
		model.Ctx{Room: a.Latest().Room, Who: a.Who(), JoinRequests: a.Latest().JoinRequests, Now: time.Now(),
			Zone: time.UTC})
	if err != nil {
		t.Fatalf("parse a line: %v", err)
	}
	if _, err := a.Append(t.Context(), act); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Until(t, b, "bo is in", func(v *model.View) bool { return v.Room.Knows(b.Who().Key) })
	s := newShop()
	start(t, ana, s)
	start(t, bo, s)
	for i := range 5 {
		feedtest.Append(t, a, fmt.Sprint("note ", i))
	}
	feedtest.Until(t, a, "all is delivered", func(v *model.View) bool {
		n := 0
		for _, d := range v.Room.Deliveries {
			if d.State == model.DeliverySent {
				n++
			}
		}
		return n == 6
	})
	got := s.orders()
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != len(got) || len(got) != 6 {
		t.Errorf("%v", got)
	}
}

func TestDrill(t *testing.T) {
	f := feedtest.Open(t, "ana")
	s := newShop()
	r := start(t, f, s)
	short, err := f.Declare(t.Context(),
		model.Declaration{Title: "a drill", Severity: "SEV-1", Reason: "test", Drill: true, Plan: feedtest.Plan()})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "nothing leaves")
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
	defer cancel()
	r.Settle(ctx)
	if v := session.Latest(); len(s.orders()) > 0 || len(v.Room.Deliveries) > 0 || ctx.Err() != nil {
		t.Errorf("%v %+v %v", s.orders(), v.Room.Deliveries, ctx.Err())
	}
}

// TestFailing: a service that is down gets one duty at a time, and everything is delivered
// once it works again. What it refuses permanently is given up.
func TestFailing(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := newShop()
	var down sync.Mutex
	broken := true
	s.fail = func(j bridge.Job) error {
		down.Lock()
		defer down.Unlock()
		switch {
		case broken:
			return bridge.After(time.Millisecond, errors.New("503: \x1b[31mdown"))
		case strings.HasPrefix(j.What, "bad"):
			return bridge.Never(errors.New("400: no such dish"))
		}
		return nil
	}
	start(t, f, s)
	session := feedtest.Enter(t, f, short)
	feedtest.Append(t, session, "good")
	feedtest.Append(t, session, "bad")
	v := feedtest.Until(t, session, "the bridge fails",
		func(v *model.View) bool { return len(v.Room.BridgeProblems(time.Now())) == 1 })
	if w := v.Room.BridgeProblems(time.Now())[0]; !strings.Contains(w.Words(time.UTC).String(),
		"503: ^[[31mdown; next try at") {
		t.Errorf("%s", w.Words(time.UTC))
	}
	down.Lock()
	broken = false
	down.Unlock()
	v = feedtest.Until(t, session, "all is done", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 3 &&
			!slices.ContainsFunc(v.Room.Deliveries, func(d model.Delivery) bool { return !d.Over() })
	})
	for _, d := range v.Room.Deliveries {
		if want := d.What == "bad"; want != (d.State == model.DeliveryGivenUp) {
			t.Errorf("%+v", d)
		}
	}
	if v.Room.Rejected > 0 {
		t.Errorf("%d events had no effect", v.Room.Rejected)
	}
}

// TestCutOnItsWay: a running delivery ends when its channel is judged compromised, and is
// recorded as cut. Waiting duties are delivered when the channel is trusted again.
func TestCutOnItsWay(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := newShop()
	s.hang = make(chan struct{})
	start(t, f, s)
	<-s.came
	session := feedtest.Enter(t, f, short)
	judge := func(state model.Trust) {
		if _, err := session.Append(t.Context(),
			model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "test"}}); err != nil {
			t.Fatalf("append an entry: %v", err)
		}
	}
	judge(model.Compromised)
	feedtest.Until(t, session, "it is cut", state("shop/declared", model.DeliveryCut))
	if got := s.orders(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	s.mu.Lock()
	s.hang = nil
	s.mu.Unlock()
	judge(model.Trusted)
	feedtest.Until(t, session, "it goes out", sent("shop/declared"))
}

// TestCutForAllRooms: a channel that one room judges compromised is cut in the others too,
// including running deliveries. They show which room it is.
func TestCutForAllRooms(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one, two := feedtest.Declare(t, f), feedtest.Declare(t, f)
	s := newShop()
	start(t, f, s)
	there, here := feedtest.Enter(t, f, one), feedtest.Enter(t, f, two)
	feedtest.Until(t, there, "the declaration is delivered", sent("shop/declared"))
	feedtest.Until(t, here, "the declaration is delivered", sent("shop/declared"))
	judge := func(state model.Trust) {
		t.Helper()
		if _, err := there.Append(t.Context(),
			model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "test"}}); err != nil {
			t.Fatalf("append an entry: %v", err)
		}
	}
	cut := func(want string) func(*model.View) bool {
		return func(v *model.View) bool {
			d := v.Room.Deliveries[len(v.Room.Deliveries)-1]
			return d.State == model.DeliveryCut && d.Detail == want
		}
	}
	s.mu.Lock()
	s.hang = make(chan struct{})
	s.mu.Unlock()
	for len(s.came) > 0 {
		<-s.came
	}
	feedtest.Append(t, here, "on its way")
	<-s.came
	judge(model.Compromised)
	feedtest.Until(t, here, "it is cut", cut("as "+one+" says"))
	if len(s.orders()) != 2 {
		t.Errorf("%v", s.orders())
	}
	s.mu.Lock()
	s.hang = nil
	s.mu.Unlock()
	if _, err := there.Append(t.Context(),
		model.Act{Body: &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"ana"},
			Reason: "test"}}); err != nil {
		t.Fatalf("append an entry: %v", err)
	}
	feedtest.Append(t, here, "another")
	feedtest.Until(t, here, "the other is cut", cut("as a restricted room reports"))
	judge(model.Trusted)
	feedtest.Until(t, here, "all goes out", func(v *model.View) bool {
		return !slices.ContainsFunc(v.Room.Deliveries,
			func(d model.Delivery) bool { return d.State != model.DeliverySent })
	})
}

// quick is a shop with one duty, the declaration, that is delivered at once.
type quick struct{ *shop }

func (q quick) Duties(r *model.Room) []bridge.Duty {
	return []bridge.Duty{{Key: "shop/alone", What: "alone", Since: r.DeclaredAt, WhenUnattended: true},
		{Key: "shop/late", What: "late", Since: r.DeclaredAt, Until: r.DeclaredAt.Add(-time.Second)},
		{Key: "shop/soon", What: "soon", Since: r.DeclaredAt.Add(300 * time.Millisecond)}}
}

// TestUnattendedAndLate: a duty for an empty room waits while somebody is in the room. One
// that is too late is dropped silently. One in the future waits for its time.
func TestUnattendedAndLate(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	session := feedtest.Enter(t, f, short)
	feedtest.Until(t, session, "somebody is here", func(v *model.View) bool { return len(v.Here) > 0 })
	s := newShop()
	r := start(t, f, quick{s})
	feedtest.Until(t, session, "the time has come", sent("shop/soon"))
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
	defer cancel()
	r.Settle(ctx)
	if got := s.orders(); len(got) != 1 || ctx.Err() != nil {
		t.Errorf("%v", got)
	}
	session.Close()
	feedtest.Soon(t, "nobody is there any more", func() bool { return slices.Contains(s.orders(), "shop/alone") })
}
