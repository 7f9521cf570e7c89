package feed

import (
	"net"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/model"
)

// Options configure a [Feed]. Data, Handle and Now are required.
type Options struct {
	Data    string // data directory: keys, outboxes, cache and the embedded hub
	Runtime string // directory of the hub's socket; if "", chosen by the hub
	Server  string // URL of an external server, nats:// or tls://; if "", the embedded hub
	// NATS credentials file for an external server, or an invitation, which also names
	// the server and the hub's key
	Creds string
	// Dialer opens the connections to Server, for instance through a tunnel; if nil, TCP
	Dialer nats.CustomDialer
	CA     string // PEM file with the CA of the server's certificate
	// public key of an external server's hub service, from an invitation; if "", the key
	// that the hub service answers with
	HubKey     string
	Handle     string           // handle that this process writes as: [a-z0-9_-]{1,32}
	Via        string           // origin of the entries: tui, cli, ssh, demo; if "", tui
	Now        func() time.Time // the clock
	NeverHost  bool             // join the hub of another process, never host it
	Listen     string           // TCP address for other machines while this process hosts; if "", none
	HubService bool             // run the hub service on an external server, with its own key
	Named      bool             // Handle was given by the user: an invitation for another handle is refused
	// passphrase or key that encrypts the data directory; if empty, not encrypted
	AtRest model.Secret
	// passphrase or key that encrypts evidence before it leaves this process; if empty, not
	// encrypted
	Evidence model.Secret
	Logf     func(model.Safe)            // logs errors that have no caller; if nil, discarded
	Plan     func() (*model.Plan, error) // plan of a lobby that this process opens for others; if nil, it opens none

	// Forget removes redacted texts from the other files of this data directory, which
	// box encrypts. If nil, there are no such files.
	Forget func(texts []string, box model.Sealer) error

	// FreeSpace returns the free bytes on the disk of a directory; if nil, asks the system.
	FreeSpace func(dir string) (int64, bool)
	// CheckEvery is how often the hub checks its health and its disk; if 0, every 3 s.
	CheckEvery time.Duration
	// SnapshotAfter is how many new events a snapshot is written for; if 0, [replica.ManyEvents].
	SnapshotAfter uint64

	login *hub.Invitation // the invitation in Creds, if it is one
}

// check reads the credentials, sets the defaults and returns an error for an invalid
// option.
func (o *Options) check() error {
	if err := o.invited(); err != nil {
		return err
	}
	if err := subjects.CheckHandle(o.Handle); err != nil {
		return err
	}
	if o.Data == "" || o.Now == nil {
		return model.Refuse(model.Internal, "feed.Options needs Data and Now")
	}
	o.Server = addresses(o.Server)
	if o.Dialer == nil {
		o.Dialer = &net.Dialer{Timeout: jetlog.DialTimeout}
	}
	if o.Via == "" {
		o.Via = "tui"
	}
	if o.SnapshotAfter == 0 {
		o.SnapshotAfter = replica.ManyEvents
	}
	if o.Logf == nil {
		o.Logf = func(model.Safe) {}
	}
	return nil
}
