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
	slowPeer   = 5 * time.Second // a peer that does not read is cut off then
)

// serverOptions are those of a server without any port: the socket's door is
// the only way in, and who passes it is the owner of all that lies here.
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

// startServer returns a server that is ready; with n it is listened to over the
// network too.
func startServer(dir string, key model.Secret, limit int64, l *logger, n *network) (*server.Server, error) {
	o := serverOptions(dir, limit)
	encrypt(o, key)
	if n != nil {
		n.apply(o)
		n.gate.forget()
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("make the embedded server: %w", err)
	}
	l.failed() // forget what an earlier server said
	srv.SetLoggerV2(l, false, false, false)
	srv.Start()
	why := l.failed()
	if why == "" && srv.ReadyForConnections(patience) && srv.JetStreamEnabled() {
		return srv, nil
	}
	srv.Shutdown()
	srv.WaitForShutdown()
	return nil, model.Refuse(model.Internal,
		"the hub's store in %s cannot be opened (%s); see that the disk is there, writable and not full, and try again", dir, why)
}

// storeLimit is how large the store may grow: below what the disk has, since
// a stream that met a full disk stays frozen and one that meets its limit
// says so at once.
func (o Options) storeLimit(used int64) int64 {
	free, ok := o.Free(o.Dir)
	if !ok {
		return max(used*2, 16<<30)
	}
	return max(used+free/10*9, 1)
}

// dirSize is the bytes of all files below dir.
func dirSize(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what is not there has no size
		}
		if fi, err := d.Info(); err == nil {
			sum += fi.Size()
		}
		return nil
	})
	return sum
}

// logger passes the server's warnings on, each kind once in a while.
type logger struct {
	logf func(model.Safe)
	now  func() time.Time

	mu    sync.Mutex
	last  map[string]time.Time // by format
	more  map[string]int       // by format: those that were not passed on since
	fatal string
}

var _ server.Logger = (*logger)(nil)

// logAgain is after how long a warning of the same kind is passed on again, with the
// number of those in between.
const logAgain = time.Minute

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

// Fatalf implements server.Logger. The server expects it to end the process;
// here the start fails instead.
func (l *logger) Fatalf(format string, v ...any) {
	l.mu.Lock()
	l.fatal = fmt.Sprintf(format, v...)
	l.mu.Unlock()
	l.pass(format, v)
}

// usual is how the server words what is no fault: after a kill it reads a
// stream from its messages instead of from the index that it writes when it ends.
var usual = []string{"Recovering stream state from index errored", "Stream state outdated", "Error reading PROXY protocol header"}

func (l *logger) pass(format string, v []any) {
	if l.logf == nil || slices.ContainsFunc(usual, func(s string) bool { return strings.Contains(format, s) }) {
		return
	}
	kind := kindOf(format)
	l.mu.Lock()
	now := l.now()
	at, told := l.last[kind]
	if told && now.Sub(at) < logAgain {
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
	s := model.Safef("hub: %s", fmt.Sprintf(format, v...))
	if more > 0 {
		s = model.Safef("%s; and %d like it before", s, more)
	}
	l.logf(s)
}

// maxKinds bounds how many kinds of warnings are remembered.
const maxKinds = 1000

// connKinds are the kinds of warnings about a connection. The server writes the
// connection, and text of its client, into the format itself.
var connKinds = []string{"Publish Violation", "Subscription Violation", "authentication", "TLS handshake error", "Slow Consumer"}

// kindOf is what the warnings of one kind have in common, whatever a client sent.
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

// failed returns the reason of a failed start, and forgets it.
func (l *logger) failed() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	why := l.fatal
	l.fatal = ""
	return why
}
