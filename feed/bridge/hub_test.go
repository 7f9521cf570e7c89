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

// hub is a feed as a runner has it.
type hub struct{ *feed.Feed }

func (h hub) Open(ctx context.Context, short string) (bridge.Office, error) {
	return h.Office(ctx, short)
}

// shop is a bridge to a service that lives in the test: every update of a room
// goes there, and what was declared.
type shop struct {
	mu   sync.Mutex
	got  []string // keys of what came, in order
	fail func(j bridge.Job) error
	hang chan struct{} // deliveries wait until it is closed
	came chan struct{} // an element for every delivery that began
}

func newShop() *shop { return &shop{came: make(chan struct{}, 100)} }

func (*shop) Name() string                           { return "shop" }
func (*shop) Check(context.Context) []bridge.Finding { return nil }
func (*shop) Pace() (time.Duration, int, int)        { return time.Millisecond, 50, 2 }

func (*shop) Duties(r *model.Room) []bridge.Duty {
	out := []bridge.Duty{{Key: "shop/declared", What: "the declaration", Since: r.DeclaredAt, Until: r.DeclaredAt.Add(time.Hour), Urgent: true}}
	for _, l := range r.Lines() {
		if l.Kind == model.KindEntryNoted {
			out = append(out, bridge.Duty{Key: "shop/" + l.ID, What: l.Text.String(), Since: l.RecordedAt, Content: l.Text.String()})
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
	r := bridge.Start(bridge.Options{Hub: hub{f}, Bridges: b, Now: time.Now, Logf: func(s model.Safe) { t.Log("bridge:", s) }, Base: 20 * time.Millisecond})
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
	seat := feedtest.Enter(t, f, short)
	feedtest.Until(t, seat, "the declaration is delivered", sent("shop/declared"))
	feedtest.Append(t, seat, "one")
	v := feedtest.Until(t, seat, "the note is delivered", func(v *model.View) bool {
		return len(v.Here) > 0 && len(v.Room.Deliveries) == 2 && v.Room.Deliveries[1].State == model.DeliverySent
	})
	if d := v.Room.Deliveries[1]; d.Ref != "order-2" || d.By != "hub" || d.Attempt != 1 {
		t.Errorf("%+v", d)
	}
	if v.Room.Void+v.Room.Bad > 0 {
		t.Errorf("%d refused, %d bad", v.Room.Void, v.Room.Bad)
	}
	if len(v.Here) != 1 {
		t.Errorf("the office is seen: %+v", v.Here)
	}
	if got := s.orders(); len(got) != 2 || got[0] != "shop/declared" {
		t.Errorf("%v", got)
	}
}

// TestCrashBetween: whoever delivered dies before it could say so. The next one
// does it again at once, and says that it may be the second time.
func TestCrashBetween(t *testing.T) {
	data := feedtest.Data(t)
	f, err := feed.Open(t.Context(), feedtest.Options(t, data, "ana"))
	if err != nil {
		t.Fatal(err)
	}
	short := feedtest.Declare(t, f)
	s := newShop()
	s.hang = make(chan struct{})
	r := bridge.Start(bridge.Options{Hub: hub{f}, Bridges: []bridge.Bridge{s}, Now: time.Now, Logf: func(model.Safe) {}})
	<-s.came
	r.Close() // the attempt ends without a word
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = feedtest.With(t, feedtest.Options(t, data, "ana"))
	again := make(chan bool, 1)
	s.hang = nil
	s.fail = func(j bridge.Job) error { again <- j.Again; return nil }
	start(t, f, s)
	seat := feedtest.Enter(t, f, short)
	v := feedtest.Until(t, seat, "it is delivered", sent("shop/declared"))
	if d, _ := v.Room.Delivery("shop/declared"); d.Attempt != 2 || !<-again {
		t.Errorf("%+v", d)
	}
}

// TestTwoHosts: on a server without a hub process two people's terminals see the
// same duties, and one delivers each.
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
	feedtest.Until(t, a, "bo is at the door", func(v *model.View) bool { return len(v.Knocks) > 0 })
	act, err := model.Parse(":admit @bo command", model.Ctx{Room: a.Latest().Room, Who: a.Who(), Knocks: a.Latest().Knocks, Now: time.Now(), Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Append(t.Context(), act); err != nil {
		t.Fatal(err)
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
	short, err := f.Declare(t.Context(), model.Declaration{Title: "a drill", Severity: "SEV-1", Reason: "test", Drill: true, Plan: feedtest.Plan()})
	if err != nil {
		t.Fatal(err)
	}
	seat := feedtest.Enter(t, f, short)
	feedtest.Append(t, seat, "nothing leaves")
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.Patience)
	defer cancel()
	r.Settle(ctx)
	if v := seat.Latest(); len(s.orders()) > 0 || len(v.Room.Deliveries) > 0 || ctx.Err() != nil {
		t.Errorf("%v %+v %v", s.orders(), v.Room.Deliveries, ctx.Err())
	}
}

// TestFailing: a service that is down is asked for one duty at a time, and all
// goes out when it is there again; what it refuses for good is given up.
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
	seat := feedtest.Enter(t, f, short)
	feedtest.Append(t, seat, "good")
	feedtest.Append(t, seat, "bad")
	v := feedtest.Until(t, seat, "the bridge fails", func(v *model.View) bool { return len(v.Room.BridgeTroubles(time.Now())) == 1 })
	if w := v.Room.BridgeTroubles(time.Now())[0]; !strings.Contains(w.Words(time.UTC).String(), "503: ^[[31mdown; tried again at") {
		t.Errorf("%s", w.Words(time.UTC))
	}
	down.Lock()
	broken = false
	down.Unlock()
	v = feedtest.Until(t, seat, "all is done", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 3 && !slices.ContainsFunc(v.Room.Deliveries, func(d model.Delivery) bool { return !d.Over() })
	})
	for _, d := range v.Room.Deliveries {
		if want := d.What == "bad"; want != (d.State == model.DeliveryGivenUp) {
			t.Errorf("%+v", d)
		}
	}
	if v.Room.Void > 0 {
		t.Errorf("%d events had no effect", v.Room.Void)
	}
}

// TestCutOnItsWay: what is on its way when its channel is judged compromised is
// ended, and said to be cut; what still waits goes out when it is trusted again.
func TestCutOnItsWay(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	s := newShop()
	s.hang = make(chan struct{})
	start(t, f, s)
	<-s.came
	seat := feedtest.Enter(t, f, short)
	judge := func(state model.Trust) {
		if _, err := seat.Append(t.Context(), model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "test"}}); err != nil {
			t.Fatal(err)
		}
	}
	judge(model.Compromised)
	feedtest.Until(t, seat, "it is cut", state("shop/declared", model.DeliveryCut))
	if got := s.orders(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	s.mu.Lock()
	s.hang = nil
	s.mu.Unlock()
	judge(model.Trusted)
	feedtest.Until(t, seat, "it goes out", sent("shop/declared"))
}

// TestCutForAllRooms: what one room calls compromised is cut in the others too,
// also what is on its way there; they are told who says so.
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
		if _, err := there.Append(t.Context(), model.Act{Body: &model.ChannelJudged{Channel: "shop", State: state, Reason: "test"}}); err != nil {
			t.Fatal(err)
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
	if _, err := there.Append(t.Context(), model.Act{Body: &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"ana"}, Reason: "test"}}); err != nil {
		t.Fatal(err)
	}
	feedtest.Append(t, here, "another")
	feedtest.Until(t, here, "the other is cut", cut("as a restricted room says"))
	judge(model.Trusted)
	feedtest.Until(t, here, "all goes out", func(v *model.View) bool {
		return !slices.ContainsFunc(v.Room.Deliveries, func(d model.Delivery) bool { return d.State != model.DeliverySent })
	})
}

// quick is a shop that has only the declaration to deliver, at once, alone.
type quick struct{ *shop }

func (q quick) Duties(r *model.Room) []bridge.Duty {
	return []bridge.Duty{{Key: "shop/alone", What: "alone", Since: r.DeclaredAt, Alone: true}, {Key: "shop/late", What: "late", Since: r.DeclaredAt, Until: r.DeclaredAt.Add(-time.Second)},
		{Key: "shop/soon", What: "soon", Since: r.DeclaredAt.Add(300 * time.Millisecond)}}
}

// TestAloneAndLate: a duty for an empty room waits while somebody is there; one
// that is too late was never anything; one of the future waits for its time.
func TestAloneAndLate(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	seat := feedtest.Enter(t, f, short)
	feedtest.Until(t, seat, "somebody is here", func(v *model.View) bool { return len(v.Here) > 0 })
	s := newShop()
	r := start(t, f, quick{s})
	feedtest.Until(t, seat, "the time has come", sent("shop/soon"))
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.Patience)
	defer cancel()
	r.Settle(ctx)
	if got := s.orders(); len(got) != 1 || ctx.Err() != nil {
		t.Errorf("%v", got)
	}
	seat.Close()
	feedtest.Soon(t, "nobody is there any more", func() bool { return slices.Contains(s.orders(), "shop/alone") })
}
