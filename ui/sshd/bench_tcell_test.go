package sshd_test

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/gdamore/tcell/v2/terminfo"

	"warroom/feed"
	"warroom/ui"
)

// tcellPeer shows the same views with tview and stock tcell over the same SSH library. It
// serves until the process ends.
type tcellPeer struct{ wholePeer }

// start implements benchPeer.
func (p *tcellPeer) start(dir string, l net.Listener) error {
	if err := p.openRoom(dir); err != nil {
		return err
	}
	return acceptBare(l, p.session)
}

func (p *tcellPeer) session(user string, ch *bareTerm) {
	f, err := p.feed.Guest(context.Background(),
		feed.Guest{Handle: user, Via: "ssh", Dir: "ssh/" + user, Right: "write", Origin: "ssh " + user})
	if err != nil {
		return
	}
	s, err := newTcellScreen(ch)
	if err != nil {
		return
	}
	go func() {
		_ = ui.Run(context.Background(), s,
			ui.Options{Rooms: f, Clock: wall{}, Handle: user, Room: "inc-1", Zone: time.UTC, Colors: 256})
	}()
}

// newTcellScreen returns a screen of stock tcell on a channel.
func newTcellScreen(ch *bareTerm) (ui.Screen, error) {
	found, err := terminfo.LookupTerminfo(ch.name)
	if err != nil {
		return nil, err
	}
	ti := *found // tcell writes to it
	s, err := tcell.NewTerminfoScreenFromTtyTerminfo(&tcellTTY{bareTerm: ch, drained: make(chan struct{})}, &ti)
	if err != nil {
		return nil, err
	}
	return ui.Basic(s), nil
}

// tcellTTY is a tcell.Tty on a channel.
type tcellTTY struct {
	*bareTerm
	once    sync.Once
	drained chan struct{}
}

func (t *tcellTTY) Start() error { return nil }
func (t *tcellTTY) Stop() error  { return nil }
func (t *tcellTTY) Drain() error { t.once.Do(func() { close(t.drained) }); return nil }

func (t *tcellTTY) NotifyResize(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resized = f
}

func (t *tcellTTY) WindowSize() (tcell.WindowSize, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tcell.WindowSize{Width: t.w, Height: t.h}, nil
}

func (t *tcellTTY) Read(p []byte) (int, error) {
	n, err := t.Channel.Read(p)
	if err == io.EOF {
		<-t.drained
	}
	return n, err
}
