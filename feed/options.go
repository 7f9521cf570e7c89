package feed

import (
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hub"
	"warroom/model"
)

// Options say where the log is and who writes. Data, Handle and Now have to be
// set.
type Options struct {
	Data      string                      // data directory: keys, outboxes, cache and the embedded hub
	Runtime   string                      // directory of the hub's socket; "": the hub's own choice
	Server    string                      // nats:// or tls:// address of an external server; "": the embedded hub
	Creds     string                      // NATS credentials file for an external server, or an invitation, which says the rest
	CA        string                      // PEM file with the authority of the server's certificate
	HubKey    string                      // public key of an external server's steward, from an invitation; "": who answers there is believed
	Handle    string                      // who writes: [a-z0-9_-]{1,32}
	Via       string                      // the door: tui, cli, ssh, demo
	Now       func() time.Time            // the clock
	NeverHost bool                        // join the hub of another process, never become it
	Listen    string                      // TCP address for others while this process hosts; "": none
	Steward   bool                        // let people in on an external server, with a key of the hub's own
	Named     bool                        // Handle was asked for: an invitation for somebody else is refused
	AtRest    model.Secret                // passphrase or key with which the data directory is encrypted; empty: it is plain
	Evidence  model.Secret                // passphrase or key with which evidence is encrypted before it leaves this process; empty: it is not
	Logf      func(model.Safe)            // what no caller can be told; nil: nowhere
	Plan      func() (*model.Plan, error) // of the lobby that this process opens for others; nil: it opens none

	// Forget takes what was redacted out of what terminals keep on this machine,
	// sealed with box; nil: nobody does.
	Forget func(texts []string, box model.Sealer) error

	free  func(dir string) (int64, bool) // for tests: what is free on the disk,
	look  time.Duration                  // and how often the hub looks
	login *hub.Invitation                // what Creds is, where it is one

	many uint64            // for tests: how many events are worth a snapshot
	way  nats.CustomDialer // for tests: the way to Server
}

// check fills what may be left out and refuses what cannot be worked with.
func (o *Options) check() error {
	if err := o.invited(); err != nil {
		return err
	}
	if err := checkHandle(o.Handle); err != nil {
		return err
	}
	if o.Data == "" || o.Now == nil {
		return model.Refuse(model.Internal, "feed.Options needs Data and Now")
	}
	o.Server = addresses(o.Server)
	if o.Via == "" {
		o.Via = "tui"
	}
	if o.many == 0 {
		o.many = manyEvents
	}
	if o.Logf == nil {
		o.Logf = func(model.Safe) {}
	}
	return nil
}

// checkHandle refuses a handle that cannot stand in a subject.
func checkHandle(s string) error {
	if s == hubHandle {
		return model.Refuse(model.Invalid, "hub is the name of the hub itself; take another handle with --as")
	}
	if model.ValidHandle(s) {
		return nil
	}
	return model.Refuse(model.Invalid, "%q cannot be a handle: use 1 to 32 of a-z, 0-9, _ and -, for example --as ana", s)
}
