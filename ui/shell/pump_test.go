package shell

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
)

// wokenScreen counts how often it is woken.
type wokenScreen struct {
	Screen
	woken atomic.Int64
}

// Follow returns false: the pump waits for channels by itself.
func (s *wokenScreen) Follow(<-chan struct{}, <-chan time.Time, func(int) bool) bool {
	return false
}

func (s *wokenScreen) Wake() { s.woken.Add(1) }

func (s *wokenScreen) PostEvent(tcell.Event) error { return nil }

// room is a room that changes.
type room struct {
	model.Observer
	changed chan struct{}
}

func (r *room) Changed() <-chan struct{} { return r.changed }

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// TestFramesAfterChanges: after a pause some frames follow each other at once, then one a frame
// time; the last change is drawn, and each full second.
func TestFramesAfterChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const frame = 20 * time.Millisecond
		s, r := &wokenScreen{}, &room{changed: make(chan struct{}, 1)}
		p := newPump(s, wallClock{}, frame)
		ctx, end := context.WithCancel(t.Context())
		ended := p.start(ctx, &guard{fault: func(any) error { return nil }, end: end})
		p.watch(r)
		begun := time.Now()
		wakes := func(what string, want int) {
			t.Helper()
			synctest.Wait()
			if got := int(s.woken.Swap(0)); got != want {
				t.Errorf("%s: got %d wake-ups %s after the start, want %d", what, got, time.Since(begun), want)
			}
		}
		changes := func(n int, every time.Duration) {
			for range n {
				r.changed <- struct{}{}
				synctest.Wait()
				<-time.After(every)
			}
		}
		wakes("the room was opened", 1)
		<-time.After(5 * frame)
		wakes("nothing changed", 0)
		changes(3, 0)
		wakes("three changes after a pause", 3)
		changes(1, frame-time.Millisecond)
		wakes("a fourth", 0)
		<-time.After(time.Millisecond)
		wakes("a fourth, a frame time later", 1)
		changes(400, time.Millisecond)
		wakes("400 changes in 400 ms", 20)
		<-time.After(999*time.Millisecond - time.Since(begun))
		s.woken.Store(0)
		<-time.After(2 * time.Millisecond)
		wakes("a second has passed", 1)
		<-time.After(10 * time.Second)
		wakes("ten seconds have passed", 10)
		close(p.over)
		end()
		ended()
	})
}
