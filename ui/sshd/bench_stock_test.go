package sshd_test

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/gdamore/tcell/v2/terminfo"
	"golang.org/x/crypto/ssh"

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

func (p *stockPeer) session(user string, ch ssh.Channel) {
	f, err := p.feed.Guest(context.Background(), feed.Guest{Handle: user, Via: "ssh", Dir: "ssh/" + user, Right: "write", Door: "ssh " + user})
	if err != nil {
		return
	}
	found, err := terminfo.LookupTerminfo("xterm-256color")
	if err != nil {
		return
	}
	ti := *found // tcell writes to it
	s, err := tcell.NewTerminfoScreenFromTtyTerminfo(&stockTTY{Channel: ch, drained: make(chan struct{})}, &ti)
	if err != nil {
		return
	}
	go func() {
		_ = ui.Run(context.Background(), s, ui.Options{Rooms: f, Clock: wall{}, Handle: user, Room: "inc-1", Zone: time.UTC, Colors: 256})
	}()
}

// stockTTY is a channel as tcell wants a terminal.
type stockTTY struct {
	ssh.Channel
	once    sync.Once
	drained chan struct{}
}

func (t *stockTTY) Start() error        { return nil }
func (t *stockTTY) Stop() error         { return nil }
func (t *stockTTY) NotifyResize(func()) {}
func (t *stockTTY) Drain() error        { t.once.Do(func() { close(t.drained) }); return nil }
func (t *stockTTY) WindowSize() (tcell.WindowSize, error) {
	return tcell.WindowSize{Width: 120, Height: 40}, nil
}

func (t *stockTTY) Read(p []byte) (int, error) {
	n, err := t.Channel.Read(p)
	if err == io.EOF {
		<-t.drained
	}
	return n, err
}
