package ui_test

import (
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/uitest"
)

// sink is a terminal without input that counts the bytes sent to it.
type sink struct {
	gone    chan struct{}
	bytes   atomic.Int64
	largest atomic.Int64
}

func (s *sink) Read([]byte) (int, error) {
	<-s.gone
	return 0, io.EOF
}

func (s *sink) Write(b []byte) (int, error) {
	s.bytes.Add(int64(len(b)))
	s.largest.Store(max(s.largest.Load(), int64(len(b))))
	return len(b), nil
}

func (s *sink) Close() error {
	close(s.gone)
	return nil
}

// running is a clock that starts at a given time and runs with virtual time.
type running struct{ from, began time.Time }

func (c running) Now() time.Time { return c.from.Add(time.Since(c.began)) }

// TestIdleHour: in an hour without entries, a room with running clocks sends the changing
// digits and no whole screens, and memory does not grow.
func TestIdleHour(t *testing.T) {
	h := uitest.NewHub()
	short, err := h.As("ana").Declare(t.Context(),
		model.Declaration{Title: "idle", Severity: "SEV-1", Plan: uitest.Plan()})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		out := &sink{gone: make(chan struct{})}
		s, err := screen.New(screen.NewRemote(out, 120, 40), screen.Options{Term: "xterm-256color", Colors: 256})
		if err != nil {
			t.Fatalf("make screen: %v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- ui.Run(ctx, s,
				ui.Options{Rooms: h.As("ana"), Clock: running{h.Clock.Now(), time.Now()}, Handle: "ana", Room: short,
					Plan: func(string) (*model.Plan, error) { return uitest.Plan(), nil }})
		}()
		<-time.After(5 * time.Minute)
		out.largest.Store(0)
		before, sent := heap(), out.bytes.Load()
		<-time.After(time.Hour)
		if grown := int64(heap()) - int64(before); grown > 512<<10 {
			t.Errorf("the heap has grown by %d bytes in an hour", grown)
		}
		if n := (out.bytes.Load() - sent) / 3600; n > 200 {
			t.Errorf("%d bytes a second", n)
		}
		if n := out.largest.Load(); n == 0 || n > 1500 {
			t.Errorf("the largest write has %d bytes: the whole screen was sent, or nothing", n)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("wait: %v", err)
		}
		_ = out.Close()
		<-s.Done()
	})
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
