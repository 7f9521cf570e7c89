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

// stockPeer shows the same views by tview and stock tcell over the same library
// of SSH: what one gets who puts them together. It serves until the process ends
// and takes no leave.
type stockPeer struct{ wholePeer }

// start implements benchPeer.
func (p *stockPeer) start(dir string, l net.Listener) error {
	if err := p.room(dir); err != nil {
		return err
	}
	return acceptBare(l, p.session)
}

func (p *stockPeer) session(user string, ch *bareTerm) {
	f, err := p.feed.Guest(context.Background(), feed.Guest{Handle: user, Via: "ssh", Dir: "ssh/" + user, Right: "write", Door: "ssh " + user})
	if err != nil {
		return
	}
	s, err := stockScreen(ch)
	if err != nil {
		return
	}
	go func() {
		_ = ui.Run(context.Background(), s, ui.Options{Rooms: f, Clock: wall{}, Handle: user, Room: "inc-1", Zone: time.UTC, Colors: 256})
	}()
}

// stockScreen is a screen of stock tcell over a channel.
func stockScreen(ch *bareTerm) (tcell.Screen, error) {
	found, err := terminfo.LookupTerminfo(ch.name)
	if err != nil {
		return nil, err
	}
	ti := *found // tcell writes to it
	return tcell.NewTerminfoScreenFromTtyTerminfo(&stockTTY{bareTerm: ch, drained: make(chan struct{})}, &ti)
}

// stockTTY is a channel as tcell wants a terminal.
type stockTTY struct {
	*bareTerm
	once    sync.Once
	drained chan struct{}
}

func (t *stockTTY) Start() error { return nil }
func (t *stockTTY) Stop() error  { return nil }
func (t *stockTTY) Drain() error { t.once.Do(func() { close(t.drained) }); return nil }

func (t *stockTTY) NotifyResize(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resized = f
}

func (t *stockTTY) WindowSize() (tcell.WindowSize, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tcell.WindowSize{Width: t.w, Height: t.h}, nil
}

func (t *stockTTY) Read(p []byte) (int, error) {
	n, err := t.Channel.Read(p)
	if err == io.EOF {
		<-t.drained
	}
	return n, err
}
