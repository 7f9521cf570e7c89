package pagerduty

import (
	"net/http"
	"sync"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
)

// Name is the name of the bridge and of its channel.
const Name = "pagerduty"

// The addresses of the service.
const (
	API    = "https://api.pagerduty.com"
	Events = "https://events.pagerduty.com"
)

// Config is what the bridge works with. Pages, Dir and Now have to be set.
type Config struct {
	Token   *bridge.Source // of the REST API; nil: none, then nothing is asked, mirrored or resolved there
	Hook    *bridge.Source // with which webhooks are signed; nil: none are taken
	From    string         // mail address of the user of PagerDuty as whom we write; "": the token's own
	API     string         // "": the service's
	Events  string
	Pages   []Target
	Overdue []string      // clocks that page when they run out with nobody in the room
	Updates []string      // audiences whose updates are mirrored
	Notes   bool          // decisions are mirrored as notes
	Poll    time.Duration // how often answers are asked for; 0: never
	Dir     string        // where the cache lies
	Box     model.Sealer  // what the cache is sealed with; nil: it is plain
	Now     func() time.Time
	Send    http.RoundTripper // nil: the usual
}

// Target is whom a purpose pages. One of Key, Service, Policy and User is set, or
// Service and Policy.
type Target struct {
	Purpose  string
	Key      *bridge.Source // an integration key of the Events API v2: the way for programs
	Service  string         // id of a service, on which an incident is opened
	Policy   string         // id of an escalation policy; alone: asked to join what was opened before
	User     string         // id of a user, asked to join
	Severity string         // paged by declaring at this severity or a worse one; "": only when asked for
}

// joins says whether a target is asked to join an incident, not paged with one of
// its own.
func (t Target) joins() bool { return t.Key == nil && t.Service == "" }

// Bridge is the way to PagerDuty. Its methods may be called from any goroutine.
type Bridge struct {
	c    Config
	http *sender

	mu      sync.Mutex
	me      string // id of the user as whom we write
	mail    string
	seen    seen      // webhooks that were taken
	renewed time.Time // when the secret of webhooks was read again
	kept    int       // events of incidents that no room knows
}

var (
	_ bridge.Bridge   = (*Bridge)(nil)
	_ bridge.Paced    = (*Bridge)(nil)
	_ bridge.Listener = (*Bridge)(nil)
	_ bridge.Hooked   = (*Bridge)(nil)
)

// New returns the bridge of a configuration.
func New(c Config) *Bridge {
	if c.API == "" {
		c.API = API
	}
	if c.Events == "" {
		c.Events = Events
	}
	return &Bridge{c: c, http: newSender(c.Send), mail: c.From}
}

// Name is the name of the bridge.
func (*Bridge) Name() string { return Name }

// Pace keeps below the 120 calls a minute of an integration key.
func (*Bridge) Pace() (every time.Duration, burst, together int) { return time.Second, 20, 3 }

// target is the target of a purpose.
func (b *Bridge) target(purpose string) (Target, bool) {
	for _, t := range b.c.Pages {
		if t.Purpose == purpose {
			return t, true
		}
	}
	return Target{}, false
}

// key is what makes a page one, however often it is sent.
func key(r *model.Room, duty string) string { return "warroom/" + r.ID + "/" + duty }
