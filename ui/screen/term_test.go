package screen_test

import (
	"errors"
	"io"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/gdamore/tcell/v2/terminfo"

	"warroom/ui/screen"
)

// pipe is a client in memory: sink has what it receives.
type pipe struct {
	mu     sync.Mutex
	sink   io.Writer
	bytes  int
	writes int
	size   atomic.Pointer[[2]int]
	in     chan []byte
	unread []byte
	gone   chan struct{}
	once   sync.Once
	stuck  bool // does not read until it is closed
}

func newPipe(w, h int) *pipe {
	p := &pipe{in: make(chan []byte, 8), gone: make(chan struct{})}
	p.resize(w, h)
	return p
}

func (p *pipe) Read(b []byte) (int, error) {
	if len(p.unread) == 0 {
		select {
		case p.unread = <-p.in:
		case <-p.gone:
			return 0, io.EOF
		}
	}
	n := copy(b, p.unread)
	p.unread = p.unread[n:]
	return n, nil
}

func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stuck {
		p.mu.Unlock()
		<-p.gone
		p.mu.Lock()
	}
	select {
	case <-p.gone:
		return 0, errors.New("closed pipe")
	default:
	}
	p.bytes += len(b)
	p.writes++
	if p.sink != nil {
		_, _ = p.sink.Write(b)
	}
	return len(b), nil
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.gone) })
	return nil
}

func (p *pipe) Size() (int, int) {
	size := p.size.Load()
	return size[0], size[1]
}

func (*pipe) Notify(func()) {}

func (*pipe) Modes() screen.Moder { return nil }

func (p *pipe) resize(w, h int) { p.size.Store(&[2]int{w, h}) }

func (p *pipe) sent() (bytes, writes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes, p.writes
}

// tty is a tcell.Tty on a pipe, for the stock screen and for Moder.
type tty struct {
	*pipe
	mu       sync.Mutex
	drained  chan struct{}
	starts   int
	stops    int
	notify   func()
	startErr error
}

func newTty(p *pipe) *tty { return &tty{pipe: p} }

func (t *tty) Start() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.starts++
	t.drained = make(chan struct{})
	return t.startErr
}

func (t *tty) Stop() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stops++
	return nil
}

func (t *tty) Drain() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.drained)
	return nil
}

func (t *tty) NotifyResize(f func()) {
	t.mu.Lock()
	t.notify = f
	t.mu.Unlock()
}

func (t *tty) WindowSize() (tcell.WindowSize, error) {
	w, h := t.pipe.Size()
	return tcell.WindowSize{Width: w, Height: h}, nil
}

func (t *tty) Read(b []byte) (int, error) {
	t.mu.Lock()
	drained := t.drained
	t.mu.Unlock()
	select {
	case c := <-t.in:
		return copy(b, c), nil
	case <-drained:
		return 0, io.EOF
	case <-t.gone:
		return 0, io.EOF
	}
}

// mustTcell starts tcell's own screen on p.
func mustTcell(t testing.TB, p *pipe, term string, colors int) tcell.Screen {
	t.Helper()
	found, err := terminfo.LookupTerminfo(term)
	if err != nil {
		t.Fatalf("look up the terminfo: %v", err)
	}
	ti := *found
	ti.Colors = min(ti.Colors, colors)
	ti.AltChars = ""
	pad := regexp.MustCompile(`\$<[^>]*>`) // stock sleeps for these
	for _, f := range []*string{&ti.Clear, &ti.AttrOff, &ti.Bold, &ti.Underline, &ti.Blink, &ti.Reverse,
		&ti.SetCursor} {
		*f = pad.ReplaceAllString(*f, "")
	}
	if colors > 256 {
		ti.SetFgRGB, ti.SetBgRGB = "\x1b[38;2;%p1%d;%p2%d;%p3%dm", "\x1b[48;2;%p1%d;%p2%d;%p3%dm"
	} else {
		ti.SetFgRGB, ti.SetBgRGB, ti.SetFgBgRGB = "", "", ""
	}
	s, err := tcell.NewTerminfoScreenFromTtyTerminfo(newTty(p), &ti)
	if err != nil {
		t.Fatalf("make a screen: %v", err)
	}
	if err := s.Init(); err != nil {
		t.Fatalf("start the screen: %v", err)
	}
	t.Cleanup(s.Fini)
	return s
}

// mustScreen starts a screen of this package on a terminal.
func mustScreen(t testing.TB, term screen.Terminal, o screen.Options) *screen.Screen {
	t.Helper()
	if o.Term == "" {
		o.Term = "xterm-256color"
	}
	s, err := screen.New(term, o)
	if err != nil {
		t.Fatalf("make screen: %v", err)
	}
	if err := s.Init(); err != nil {
		t.Fatalf("start the screen: %v", err)
	}
	t.Cleanup(func() {
		s.Fini()
		_ = term.Close()
		until(t, "the goroutines end", func() bool {
			select {
			case <-s.Done():
				return true
			default:
				return false
			}
		})
	})
	return s
}

// until polls with a deadline.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	for n := 0; !ok(); n++ {
		if n < 200 {
			runtime.Gosched()
			continue
		}
		if time.Now().After(end) {
			t.Fatalf("still waiting: %s", what)
		}
		<-time.NewTimer(50 * time.Microsecond).C // poll
	}
}

// cleanEnv unsets the environment variables that stock tcell reads.
func cleanEnv(t testing.TB, charset string) {
	t.Helper()
	for _, name := range []string{"NO_COLOR", "COLORTERM", "LINES", "COLUMNS", "TCELL_TRUECOLOR", "TCELL_ALTSCREEN",
		"LC_CTYPE", "LANG"} {
		t.Setenv(name, "")
	}
	t.Setenv("LC_ALL", charset)
}
