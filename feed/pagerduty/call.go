package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
	"warroom/model"
)

// errNoToken is the error of a duty that needs the REST API without a token.
var errNoToken = errors.New("no token for PagerDuty's REST API is configured")

// call is one attempt at a duty.
type call struct {
	ctx context.Context
	bridge.Job
	task
}

// Deliver implements [bridge.Bridge].
func (b *Bridge) Deliver(ctx context.Context, j bridge.Job) (bridge.Result, error) {
	t, ok := j.Content.(task)
	if !ok {
		return bridge.Result{}, bridge.Never(errors.New("this bridge has no such duty"))
	}
	return t.do(b, &call{ctx: ctx, Job: j, task: t})
}

// callREST calls the REST API with a client of the library. If the token is refused, it is
// read again, and the call is repeated if it has changed.
func (b *Bridge) callREST(ctx context.Context, fn func(context.Context, *pagerduty.Client) error) error {
	if b.c.Token == nil {
		return bridge.Never(errNoToken)
	}
	return b.with(ctx, b.c.Token, func(ctx context.Context, token string) error {
		c := pagerduty.NewClient(token, pagerduty.WithAPIEndpoint(b.c.API),
			pagerduty.WithV2EventsAPIEndpoint(b.c.Events))
		c.HTTPClient = b.http
		return fn(ctx, c)
	})
}

// with calls fn with a secret. If the secret is refused and has changed since, with calls
// fn once more.
func (b *Bridge) with(ctx context.Context, from *bridge.Source, fn func(context.Context, string) error) error {
	token, err := from.Get(ctx)
	if err != nil {
		return bridge.Refused(from, token, err)
	}
	for try := 0; ; try++ {
		a := new(answer)
		err := fn(context.WithValue(ctx, answerKey{}, a), string(token.Reveal()))
		if err == nil {
			return nil
		}
		if a.refused() && try == 0 {
			now, other, rerr := from.Renew(ctx, token)
			if rerr == nil && other {
				token = now
				continue
			}
		}
		err = a.fault(ctx, err)
		switch isKey := from != b.c.Token; {
		case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || isKey && a.refused():
			return bridge.Refused(from, token, err)
		case a.final() && !isKey: // what is sent with a key is well-formed: only another key helps
			return bridge.Never(err)
		}
		return err
	}
}

// refused reports whether the secret may have been refused. The Events API answers an
// unknown integration key with 400.
func (a *answer) refused() bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusBadRequest
}

// final reports whether the REST API refused the content of a request. A refusal without its
// text is not from PagerDuty, but from a proxy or a login page of the network.
func (a *answer) final() bool {
	return a.status >= 400 && a.status < 500 && a.stated && !slices.Contains([]int{http.StatusUnauthorized,
		http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests}, a.status)
}

// fault converts an error for the runner, which determines when a retry makes sense.
func (a *answer) fault(ctx context.Context, err error) error {
	switch {
	case a.status == 0 && a.err != nil && !isEnded(a.err): // of the try before, where ctx ended in a pause
		return fmt.Errorf("PagerDuty cannot be reached: %s", bare(a.err))
	case a.status == 0 && ctx.Err() != nil:
		return fmt.Errorf("PagerDuty did not answer in time (%w)", ctx.Err())
	case a.status == 0 && a.err != nil:
		return fmt.Errorf("PagerDuty cannot be reached: %s", bare(a.err))
	case a.status == 0:
		return err
	case a.status < 300 && a.empty:
		return errors.New("PagerDuty sent an empty answer, so the result is unknown")
	case a.status < 300:
		return fmt.Errorf("PagerDuty's answer cannot be read: %s", model.CleanLine(err.Error()))
	}
	f := &Fault{Status: a.status, Message: a.message}
	if a.status == http.StatusTooManyRequests {
		return bridge.After(a.reset, f)
	}
	return f
}

// unconfirmed is the error of an answer that reports success and does not contain what PagerDuty
// returns then, so the result is unknown.
type unconfirmed struct{ what string }

// Error implements error.
func (u unconfirmed) Error() string { return "it names no " + u.what }

// isEnded reports whether an error is that a context ended.
func isEnded(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// bare returns the reason of a network error, without the URL and the secrets in it.
func bare(err error) model.Safe {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return model.CleanLine(err.Error())
		}
		err = next
	}
}

// Fault is a refusal by the service.
type Fault struct {
	Status  int
	Message string
}

// Error returns what the service refused, and its reason.
func (f *Fault) Error() string {
	what := map[int]string{401: "rejects the token", 402: "does not offer that on the account's plan",
		403: "does not allow that with this token", 404: "has no such thing",
		429: "limits the rate"}[f.Status]
	if what == "" {
		what = "refuses"
	}
	if f.Message == "" {
		return fmt.Sprintf("PagerDuty %s (%d)", what, f.Status)
	}
	return fmt.Sprintf("PagerDuty %s (%d): %s", what, f.Status, f.Message)
}

// status returns the HTTP status of a refusal, or 0 if err is not one.
func status(err error) int {
	var f *Fault
	if errors.As(err, &f) {
		return f.Status
	}
	return 0
}
