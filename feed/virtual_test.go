package feed_test

import (
	"context"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats-server/v2/server/ats"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/hub"
	"warroom/model"
	"warroom/model/playbook"
)

// inside is a dialer for a server in this process.
type inside struct{ *server.Server }

func (s inside) Dial(string, string) (net.Conn, error) { return s.InProcessConn() }

// terminal is one of two terminals, with its own clock.
type terminal struct {
	t       *testing.T
	f       *feed.Feed
	session model.RoomSession
	now     func() time.Time
}

// submit runs a composer line and waits until it is stored.
func (m *terminal) submit(line string) {
	m.t.Helper()
	v := m.session.Latest()
	act, err := model.Parse(line,
		model.Ctx{Room: v.Room, Who: m.session.Who(), Now: m.now().Add(v.Offset), Zone: time.UTC})
	if err != nil {
		m.t.Fatalf("parse a line: %v", err)
	}
	if _, err := m.session.Append(context.Background(), act); err != nil {
		m.t.Fatalf("%s: %v", line, err)
	}
}

// clock returns a clock as this terminal shows it.
func (m *terminal) clock(id string) model.ClockView {
	v := m.session.Latest()
	for _, c := range v.Room.ClockViews(m.now().Add(v.Offset)) {
		if c.Def.ID == id {
			return c
		}
	}
	m.t.Fatalf("no clock %s", id)
	return model.ClockView{}
}

// TestClocksInVirtualTime runs every clock of both seeds, on a real server in virtual
// time, on two terminals whose own clocks differ by ten minutes: they start, warn, run
// out, are re-timed and met, and read the same on both.
func TestClocksInVirtualTime(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, srv *server.Server) {
		data := feedtest.Data(t)
		ana := openTerminal(t, srv, data, "ana", 0)
		bo := openTerminal(t, srv, data, "bo", 10*time.Minute)
		runClocks(t, ana, bo)
	})
}

// inVirtualTime runs a test over a server of its own, in a bubble of virtual time.
func inVirtualTime(t *testing.T, test func(*testing.T, *server.Server)) {
	t.Helper()
	ats.Register() // its ticker must not be created in the bubble
	defer ats.Unregister()
	defer dropTimers()
	synctest.Test(t, func(t *testing.T) {
		srv, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: t.TempDir(),
			NoSigs: true, NoLog: true})
		if err != nil {
			t.Fatalf("make a server: %v", err)
		}
		srv.Start()
		defer srv.WaitForShutdown()
		defer srv.Shutdown()
		test(t, srv)
	})
}

// openTerminal opens a terminal; the first one declares the room.
func openTerminal(t *testing.T, srv *server.Server, data, handle string, ahead time.Duration) *terminal {
	t.Helper()
	m := &terminal{t: t, now: func() time.Time { return time.Now().Add(ahead) }}
	o := feed.Options{Data: data, Server: hub.URL, Handle: handle, Via: "tui", Now: m.now}
	o.Dialer = inside{srv}
	f, err := feed.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	m.f = f
	t.Cleanup(func() { _ = f.Close() })
	if ahead == 0 {
		p, err := playbook.Load("", "security")
		if err != nil {
			t.Fatalf("load a playbook: %v", err)
		}
		if _, err := f.Declare(t.Context(),
			model.Declaration{Title: "virtual", Severity: "SEV-2", Detected: m.now().Add(-4 * time.Minute),
				Plan: p}); err != nil {
			t.Fatalf("declare a room: %v", err)
		}
	}
	if m.session, err = f.Enter(t.Context(), "inc-1"); err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	t.Cleanup(m.session.Close)
	return m
}

// runClocks lets a day and three hours pass.
func runClocks(t *testing.T, ana, bo *terminal) {
	both := func(id string, state model.ClockState, left time.Duration) {
		t.Helper()
		synctest.Wait()
		for who, m := range map[string]*terminal{"ana": ana, "bo": bo} {
			c := m.clock(id)
			if c.State != state || state != model.ClockNotStarted && (c.Remaining-left).Abs() > time.Second {
				t.Errorf("%s sees %s %s %s, want %s %s", who, id, c.State, c.Remaining, state, left)
			}
		}
	}
	var passed time.Duration
	until := func(d time.Duration) {
		<-time.After(d - passed)
		passed = d
	}
	const m = time.Minute
	bo.submit("here") // bo's clock is ten minutes ahead: live messages measure the offset
	both("validate", model.ClockRunning, 11*m)
	both("update", model.ClockRunning, 15*m)
	both("executives", model.ClockNotStarted, 0)
	both("watch", model.ClockNotStarted, 0)
	until(8 * m)
	both("validate", model.ClockWarning, 3*m)
	until(10 * m)
	ana.submit(":check 1")
	both("validate", model.ClockMet, m)
	until(16 * m)
	both("update", model.ClockOverdue, -m)
	bo.submit(":update all quiet")
	both("update", model.ClockRunning, 15*m)
	until(20 * m)
	bo.submit(":sev SEV-1 active-exploit")
	both("executives", model.ClockRunning, 30*m)
	both("legal", model.ClockRunning, 30*m)
	ana.submit(":notify legal @mei phone")
	both("legal", model.ClockMet, 30*m)
	ana.submit(":exposure suspected gdpr")
	both("gdpr", model.ClockRunning, 72*time.Hour)
	both("kvkk", model.ClockNotStarted, 0)
	at := ana.now().Add(-45 * time.Hour).UTC().Format("2006-01-02 15:04Z")
	ana.submit(":clock move gdpr @" + at + " the vendor knew before")
	until(51 * m)
	both("executives", model.ClockOverdue, -m)
	until(60 * m)
	ana.submit(":resolve override it is over")
	both("watch", model.ClockRunning, 24*time.Hour)
	both("review", model.ClockRunning, 48*time.Hour)
	until(3 * time.Hour)
	bo.submit(":recur it is not")
	both("watch", model.ClockNotStarted, 0)
	bo.submit(":resolve override now it is")
	until(27*time.Hour - m)
	both("watch", model.ClockRunning, m)
	both("gdpr", model.ClockWarning, 21*m)
	until(27 * time.Hour)
	both("watch", model.ClockMet, 0)
	both("review", model.ClockRunning, 24*time.Hour)
	for _, section := range model.ReviewSections {
		ana.submit(":review " + section + " as it was")
	}
	both("review", model.ClockMet, 24*time.Hour)
	until(27*time.Hour + 21*m)
	both("gdpr", model.ClockOverdue, -m)
}

// dropTimers drops the timers that the client's library keeps for its next requests: those
// of a bubble of virtual time must not be used outside of it. Two collections empty a pool.
func dropTimers() {
	runtime.GC()
	runtime.GC()
}
