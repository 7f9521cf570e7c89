package ui_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/theme"
	"warroom/ui/uitest"
)

// sshFrame is what SSH adds to one write: the length, the header of the channel, padding
// and the tag of AES-GCM.
const sshFrame = 40

// writesSink is a sink that counts writes too.
type writesSink struct {
	sink
	writes atomic.Int64
}

func (s *writesSink) Write(b []byte) (int, error) {
	s.writes.Add(1)
	return s.sink.Write(b)
}

// tickBytes is how many bytes a room or its wall sends over SSH in a second in which nothing
// happens.
func tickBytes(t *testing.T, h *uitest.Hub, short string, w, height int, with func(*ui.Options)) (overSSH int64) {
	t.Helper()
	const seconds = 600
	synctest.Test(t, func(t *testing.T) {
		out := &writesSink{sink: sink{gone: make(chan struct{})}}
		s, err := screen.New(screen.NewRemote(out, w, height), screen.Options{Term: "xterm-256color", Colors: 256})
		if err != nil {
			t.Fatalf("make screen: %v", err)
		}
		o := ui.Options{Rooms: h.As("eve"), Clock: running{h.Clock.Now(), time.Now()}, Handle: "eve", Room: short,
			Colors: 256, Plan: func(string) (*model.Plan, error) { return uitest.Plan(), nil }}
		with(&o)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- ui.Run(ctx, s, o) }()
		<-time.After(time.Minute)
		n, writes := out.bytes.Load(), out.writes.Load()
		<-time.After(seconds * time.Second)
		n, writes = out.bytes.Load()-n, out.writes.Load()-writes
		overSSH = (n + sshFrame*writes) / seconds
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		_ = out.Close()
		<-s.Done()
	})
	return overSSH
}

// TestWallBytes: a wall over SSH takes at most 250 bytes a second at every size, also in a
// room in which all that ticks is there.
func TestWallBytes(t *testing.T) {
	for _, room := range []string{"idle", "crowded"} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			for _, th := range []theme.Name{theme.Terminal, dark()} {
				t.Run(fmt.Sprintf("%s %dx%d %s", room, size[0], size[1], th), func(t *testing.T) {
					h, short := uitest.NewHub(), ""
					if room == "crowded" {
						h, short = crowded(t)
					} else {
						short = mustDeclare(t, h, "idle")
					}
					got := tickBytes(t, h, short, size[0], size[1],
						func(o *ui.Options) { o.Wall, o.Theme = true, th })
					if got > 250 {
						t.Errorf("got %d bytes a second, want at most 250", got)
					}
				})
			}
		}
	}
}

// dark is the theme for a terminal that answers that it is dark.
func dark() theme.Name { return theme.Choose(tcell.NewHexColor(0xdddddd), tcell.NewHexColor(0), "") }

// TestTickBytes: a second in which nothing happens costs a guest over SSH at most 1.3 times
// what it did before there were themes and all that stands in the panes today.
func TestTickBytes(t *testing.T) {
	for _, c := range []struct {
		w, h   int
		before int64
	}{{80, 24, 49}, {120, 40, 66}, {200, 60, 77}} {
		for _, th := range []theme.Name{theme.Terminal, dark(), theme.Dark} {
			h := uitest.NewHub()
			got := tickBytes(t, h, mustDeclare(t, h, "idle"), c.w, c.h, func(o *ui.Options) { o.Theme = th })
			if limit := (c.before + sshFrame) * 13 / 10; got > limit {
				t.Errorf("%dx%d, %s: got %d bytes a second, want at most %d", c.w, c.h, th, got, limit)
			}
		}
	}
}

// TestLineBytes: a line of somebody else costs a guest over SSH at most 1.3 times what it did
// before there were themes, also where the theme has a background of its own.
func TestLineBytes(t *testing.T) {
	const before, lines = 334, 60
	for _, th := range []theme.Name{theme.Terminal, dark(), theme.Dark, theme.Light, theme.HighContrast} {
		synctest.Test(t, func(t *testing.T) {
			h := uitest.NewHub()
			short := mustDeclare(t, h, "lines")
			out := &writesSink{sink: sink{gone: make(chan struct{})}}
			s, err := screen.New(screen.NewRemote(out, 120, 40), screen.Options{Term: "xterm-256color", Colors: 256})
			if err != nil {
				t.Fatalf("make screen: %v", err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() {
				ended <- ui.Run(ctx, s,
					ui.Options{Rooms: h.As("eve"), Clock: h.Clock, Handle: "eve", Room: short, Colors: 256,
						Theme: th, Plan: func(string) (*model.Plan, error) { return uitest.Plan(), nil }})
			}()
			say := func(n int) {
				for i := range n {
					mustType(t, h, short,
						fmt.Sprintf("ana what somebody writes when it burns, as long as people write it, %d", i))
					<-time.After(time.Second)
				}
			}
			<-time.After(time.Second)
			say(40) // the timeline is full
			n, writes := out.bytes.Load(), out.writes.Load()
			say(lines)
			n, writes = out.bytes.Load()-n, out.writes.Load()-writes
			if got, limit := (n+sshFrame*writes)/lines, int64(before*13/10); got > limit {
				t.Errorf("%s: got %d bytes a line, want at most %d", th, got, limit)
			}
			stop()
			if err := <-ended; err != nil {
				t.Errorf("run: %v", err)
			}
			_ = out.Close()
			<-s.Done()
		})
	}
}
