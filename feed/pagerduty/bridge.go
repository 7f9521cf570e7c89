package pagerduty

import (
	"net/http"
	"sync"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// Name is the name of the bridge and of its channel.
const Name = "pagerduty"

// The URLs of the service.
const (
	API    = "https://api.pagerduty.com"
	Events = "https://events.pagerduty.com"
)

// Config configures the bridge: the configuration, with the secrets that it names. Pages,
// Dir and Now are required.
type Config struct {
	config.PagerDuty
	Token *bridge.Source // of the REST API; if nil, nothing is polled, mirrored or resolved there
	Hook  *bridge.Source // secret of the webhook signatures; if nil, webhooks are refused
	Pages []Target
	Poll  time.Duration // interval of polling for answers; if 0, never
	Dir   string        // directory of the cache
	Box   model.Sealer  // encrypts the cache; if nil, it is plain
	Now   func() time.Time
	Send  http.RoundTripper // nil: the default transport
}

// Target is the target of a purpose, with its key. One of Key, Service, Policy and User is
// set, or Service and Policy.
type Target struct {
	config.PagerDutyPage
	Key *bridge.Source // an integration key of the Events API v2
}

// joins reports whether a target is asked to join an existing incident instead of being
// paged with its own.
func (t Target) joins() bool { return t.Key == nil && t.Service == "" }

// Bridge connects rooms with PagerDuty. Its methods are safe for concurrent use.
type Bridge struct {
	c    Config
	http *sender

	received received // of webhooks

	mu   sync.Mutex
	me   string // id of the user that requests are made for
	mail string
}

var _ bridge.Bridge = (*Bridge)(nil)

// New returns a bridge.
func New(c Config) *Bridge {
	if c.API == "" {
		c.API = API
	}
	if c.Events == "" {
		c.Events = Events
	}
	return &Bridge{c: c, http: newSender(c.Send), mail: c.From}
}

// Name implements [bridge.Bridge].
func (*Bridge) Name() string { return Name }

// Pace implements [bridge.Bridge]. It stays below the limit of an integration key, 120 calls
// per minute.
func (*Bridge) Pace() (every time.Duration, burst, together int) { return time.Second, 20, 3 }

// target returns the target of a purpose.
func (b *Bridge) target(purpose string) (Target, bool) {
	for _, t := range b.c.Pages {
		if t.Purpose == purpose {
			return t, true
		}
	}
	return Target{}, false
}

// key returns the deduplication key of a page, which is the same however often it is sent.
func key(r *model.Room, duty string) string { return "warroom/" + r.ID + "/" + duty }
