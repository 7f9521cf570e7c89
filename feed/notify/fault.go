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

// Fault is why a delivery failed.
type Fault struct {
	Message string        // one sentence: what is wrong, and what to do
	After   time.Duration // delay before a retry; if 0, not specified
	Final   bool          // retrying does not help
	Token   bool          // the token was refused: a newer one may work
}

// Error implements error.
func (f *Fault) Error() string { return f.Message }

// temporary returns a fault that may pass.
func temporary(after time.Duration, format string, args ...any) error {
	return &Fault{Message: fmt.Sprintf(format, args...), After: after}
}

// never returns a fault that lasts until somebody changes something.
func never(format string, args ...any) error {
	return &Fault{Message: fmt.Sprintf(format, args...), Final: true}
}

// refused returns a fault of the token.
func refused(format string, args ...any) error {
	return &Fault{Message: fmt.Sprintf(format, args...), After: permissionWait, Token: true}
}

// permissionWait is the delay before a retry when a person has to fix a token or a
// permission.
const permissionWait = 5 * time.Minute

// The limits for delays that a service demands.
const (
	minWait = time.Second
	maxWait = time.Hour
)

// retryAfter returns the delay of a Retry-After header: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 0 {
		return bounded(time.Duration(min(n, maxWait.Seconds()) * float64(time.Second)))
	}
	if t, err := http.ParseTime(s); err == nil {
		return bounded(t.Sub(now))
	}
	return 0
}

func bounded(d time.Duration) time.Duration { return max(minWait, min(d, maxWait)) }

// cannotReach returns the fault for a failed connection. It omits the URL, which may be a
// secret.
func cannotReach(who string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.Canceled) {
		return temporary(0, "this process ended before %s answered", who)
	}
	var n net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout() {
		return temporary(0, "%s does not answer in time", who)
	}
	return temporary(0, "%s cannot be reached: %s", who, err)
}
