package hub

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

const (
	maxPayload = 1 << 20
	maxMemory  = 256 << 20       // of consumers and streams in memory
	slowPeer   = 5 * time.Second // then a peer that does not read is disconnected
)

// serverOptions returns the options of a server without ports: it is reachable only through
// the socket, whose peers have all permissions.
func serverOptions(dir string, limit int64) *server.Options {
	return &server.Options{
		ServerName:             "warroom",
		DontListen:             true,
		NoSigs:                 true,
		NoLog:                  true,
		MaxPayload:             maxPayload,
		WriteDeadline:          slowPeer,
		JetStream:              true,
		StoreDir:               dir, // the server appends "jetstream"
		SyncAlways:             syncAlways,
		JetStreamMaxMemory:     maxMemory,
		JetStreamMaxStore:      limit,
		DisableJetStreamBanner: true,
	}
}

// startServer returns a server that is ready. If n is not nil, it also listens for the
// network.
func startServer(dir string, key model.Secret, limit int64, l *logger, n *network) (*server.Server, error) {
	o := serverOptions(dir, limit)
	encrypt(o, key)
	if n != nil {
		n.apply(o)
		n.authenticator.forget()
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("make the embedded server: %w", err)
	}
	l.failed() // discard messages of an earlier start
	srv.SetLoggerV2(l, false, false, false)
	srv.Start()
	why := l.failed()
	if why == "" && srv.ReadyForConnections(defaultTimeout) && srv.JetStreamEnabled() {
		return srv, nil
	}
	srv.Shutdown()
	srv.WaitForShutdown()
	return nil, model.Refuse(model.Internal,
		"the hub's store in %s cannot be opened (%s); check that the disk is mounted, writable and not full, "+
			"and try again",
		dir, why)
}

// storeLimit returns the max size of the store. It is less than the free space, because a
// stream that meets a full disk stays blocked, while one that meets its limit returns an
// error at once.
func (o Options) storeLimit(used int64) int64 {
	free, ok := o.Free(o.Dir)
	if !ok {
		return max(used*2, 16<<30)
	}
	return max(used+free/10*9, 1)
}

// dirSize returns the total size of the files below dir, in bytes.
func dirSize(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // a missing file has no size
		}
		if fi, err := d.Info(); err == nil {
			sum += fi.Size()
		}
		return nil
	})
	return sum
}

// logger logs the server's warnings, each kind at most once per interval.
type logger struct {
	logf  func(model.Safe)
	now   func() time.Time
	named func(string) string // replaces aliases by addresses; if nil, there are none

	mu    sync.Mutex
	last  map[string]time.Time // by format
	more  map[string]int       // by format: number not logged since
	fatal string
}

var _ server.Logger = (*logger)(nil)

// warningInterval is the min time between two logged warnings of the same kind. The second
// one has the number of those in between.
const warningInterval = time.Minute

func newLogger(o Options) *logger {
	return &logger{logf: o.Logf, now: o.Now, last: map[string]time.Time{}, more: map[string]int{}}
}

// Noticef implements server.Logger.
func (l *logger) Noticef(string, ...any) {}

// Debugf implements server.Logger.
func (l *logger) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (l *logger) Tracef(string, ...any) {}

// Warnf implements server.Logger.
func (l *logger) Warnf(format string, v ...any) { l.pass(format, v) }

// Errorf implements server.Logger.
func (l *logger) Errorf(format string, v ...any) { l.pass(format, v) }

// Fatalf implements server.Logger. The server expects it to end the process; here the start
// fails instead.
func (l *logger) Fatalf(format string, v ...any) {
	l.mu.Lock()
	l.fatal = fmt.Sprintf(format, v...)
	l.mu.Unlock()
	l.pass(format, v)
}

// usual are warnings that do not indicate a fault: after a kill, the server reads a stream
// from its messages instead of from the index that it writes on shutdown.
var usual = []string{"Recovering stream state from index errored", "Stream state outdated",
	"Error reading PROXY protocol header"}

func (l *logger) pass(format string, v []any) {
	if l.logf == nil || slices.ContainsFunc(usual, func(s string) bool { return strings.Contains(format, s) }) {
		return
	}
	kind := kindOf(format)
	l.mu.Lock()
	now := l.now()
	at, logged := l.last[kind]
	if logged && now.Sub(at) < warningInterval {
		l.more[kind]++
		l.mu.Unlock()
		return
	}
	if len(l.last) >= maxKinds {
		clear(l.last)
	}
	more := l.more[kind]
	l.last[kind] = now
	delete(l.more, kind)
	l.mu.Unlock()
	text := fmt.Sprintf(format, v...)
	if l.named != nil {
		text = l.named(text)
	}
	s := model.Safef("hub: %s", text)
	if more > 0 {
		s = model.Safef("%s; and %d like it before", s, more)
	}
	l.logf(s)
}

// maxKinds limits how many kinds of warnings are remembered.
const maxKinds = 1000

// connKinds are kinds of warnings about a connection. The server writes the connection, and
// text from its client, into the format itself.
var connKinds = []string{"Publish Violation", "Subscription Violation", "authentication", "TLS handshake error",
	"Slow Consumer"}

// kindOf returns what warnings of one kind have in common, whatever a client sent.
func kindOf(format string) string {
	if !strings.Contains(format, " - cid:") {
		return format
	}
	for _, k := range connKinds {
		if strings.Contains(format, k) {
			return k
		}
	}
	return "connection"
}

// failed returns the reason of a failed start, and resets it.
func (l *logger) failed() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	why := l.fatal
	l.fatal = ""
	return why
}
