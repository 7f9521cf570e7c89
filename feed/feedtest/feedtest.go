// Package feedtest opens feeds over a real NATS server for tests.
package feedtest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/model"
)

// DefaultTimeout is the max time for what should take milliseconds. On a busy machine the servers
// of a cluster may need several elections of a leader, of up to 9 s each.
const DefaultTimeout = 40 * time.Second

// Data returns a new data directory.
func Data(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wr") // short: a socket's path is limited to about a hundred bytes
	if err != nil {
		t.Fatalf("mkdir temp: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove a directory: %v", err)
		}
	})
	return dir
}

// Options returns the options of a person with a data directory.
func Options(t testing.TB, data, handle string) feed.Options {
	t.Helper()
	return feed.Options{Data: data, Runtime: filepath.Join(data, "run"), Handle: handle, Via: "tui", Now: time.Now,
		Logf: func(s model.Safe) { t.Log("feed:", s) }}
}

// Open opens a feed in a new data directory, with the embedded hub, and closes it at the
// end of the test.
func Open(t testing.TB, handle string) *feed.Feed {
	t.Helper()
	return With(t, Options(t, Data(t), handle))
}

// With opens a feed with these options and closes it at the end of the test.
func With(t testing.TB, o feed.Options) *feed.Feed {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), DefaultTimeout)
	defer cancel()
	f, err := feed.Open(ctx, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return f
}

// Plan returns a small plan.
func Plan() *model.Plan {
	return &model.Plan{
		Name: "small", Title: "Small plan",
		Severities: []model.Severity{{ID: "SEV-1", Label: "Critical", Rank: 1}, {ID: "SEV-2", Label: "High", Rank: 2}},
		Roles: []model.RoleDef{{ID: "commander", Label: "Commander", Mandatory: true,
			Powers: []model.Power{model.PowerAll}}},
		Phases: []model.PhaseDef{{ID: "triage", Label: "Triage"}, {ID: "containment", Label: "Containment"}},
		Items:  []model.ItemDef{{ID: "revoke", Phase: "triage", Text: "revoke the key"}},
	}
}

// Declare declares a room with the small plan and returns its short id.
func Declare(t testing.TB, f *feed.Feed) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), DefaultTimeout)
	defer cancel()
	short, err := f.Declare(ctx,
		model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Reason: "test", Plan: Plan()})
	if err != nil {
		t.Fatalf("declare: %v", err)
	}
	return short
}

// Enter opens a session in a room and closes it at the end of the test.
func Enter(t testing.TB, f *feed.Feed, short string) *feed.RoomSession {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), DefaultTimeout)
	defer cancel()
	s, err := f.Enter(ctx, short)
	if err != nil {
		t.Fatalf("enter %s: %v", short, err)
	}
	t.Cleanup(s.Close)
	return s.(*feed.RoomSession)
}

// Note returns the act of writing a line.
func Note(text string) model.Act { return model.Act{Body: model.NewEntry(model.KindEntryNoted, text)} }

// Append appends a line and returns its sequence.
func Append(t testing.TB, s model.RoomSession, text string) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), DefaultTimeout)
	defer cancel()
	r, err := s.Append(ctx, Note(text))
	if err != nil {
		t.Fatalf("append %q: %v", text, err)
	}
	return r.Seq
}

// Until waits until cond is true for the newest view.
func Until(t testing.TB, s model.RoomSession, what string, cond func(*model.View) bool) *model.View {
	t.Helper()
	return UntilWithin(t, s, DefaultTimeout, what, cond)
}

// UntilWithin is Until with a longer limit. It also evaluates cond ten times a second, for
// changes without a new view.
func UntilWithin(t testing.TB, s model.RoomSession, limit time.Duration, what string,
	cond func(*model.View) bool) *model.View {
	t.Helper()
	late := time.NewTimer(limit)
	defer late.Stop()
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for {
		v := s.Latest()
		if cond(v) {
			return v
		}
		select {
		case <-s.Changed():
		case <-every.C:
		case <-late.C:
			t.Fatalf("waited in vain until %s; link %+v, proof %+v, waiting %+v, seq %d", what, v.Link, v.Proof,
				v.Waiting, v.Room.Seq)
		}
	}
}

// Notes returns the text of the lines that people wrote, in the order of the
// log.
func Notes(r *model.Room) []string {
	var out []string
	for _, l := range r.Lines() {
		if l.Kind.IsEntry() {
			out = append(out, l.Text.String())
		}
	}
	return out
}

// Server starts a nats-server with JetStream on 127.0.0.1 and returns it; its
// options may be changed before it starts.
func Server(t testing.TB, change ...func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: Data(t), NoLog: true, NoSigs: true}
	for _, c := range change {
		c(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatalf("server: %v", err)
	}
	s.Start()
	if !s.ReadyForConnections(DefaultTimeout) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

// Soon polls until cond is true, for what has no notification.
func Soon(t testing.TB, what string, cond func() bool) {
	t.Helper()
	late := time.NewTimer(2 * DefaultTimeout)
	defer late.Stop()
	every := time.NewTicker(10 * time.Millisecond)
	defer every.Stop()
	for !cond() {
		select {
		case <-every.C:
		case <-late.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
