package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Fault is why something did not get through.
type Fault struct {
	Say   string        // one sentence: what is wrong, and what to do
	After time.Duration // it is no use before; 0: nobody said
	Final bool          // trying again does not help
	Token bool          // the token was not taken: a newer one may be
}

// Error implements error.
func (f *Fault) Error() string { return f.Say }

// again is a fault that may pass.
func again(after time.Duration, format string, args ...any) error {
	return &Fault{Say: fmt.Sprintf(format, args...), After: after}
}

// never is a fault that stays until somebody changes something.
func never(format string, args ...any) error {
	return &Fault{Say: fmt.Sprintf(format, args...), Final: true}
}

// refused is a fault of the token.
func refused(format string, args ...any) error {
	return &Fault{Say: fmt.Sprintf(format, args...), After: mendable, Token: true}
}

// mendable is how long to wait for a person to mend a token or a right.
const mendable = 5 * time.Minute

// The bounds of what the other side may ask for.
const (
	leastWait = time.Second
	mostWait  = time.Hour
)

// retryAfter reads how long the other side wants to be left alone: seconds or a
// date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 {
		return bounded(time.Duration(min(n, mostWait.Seconds()) * float64(time.Second)))
	}
	if t, err := http.ParseTime(s); err == nil {
		return bounded(t.Sub(now))
	}
	return 0
}

func bounded(d time.Duration) time.Duration { return max(leastWait, min(d, mostWait)) }

// cannotReach words an error of the way there. The address is left out of it: it
// may be a secret itself.
func cannotReach(who string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	var n net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout() {
		return again(0, "%s does not answer in time", who)
	}
	return again(0, "%s cannot be reached: %s", who, err)
}
