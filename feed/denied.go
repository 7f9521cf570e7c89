package feed

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// denied says that the server does not let this login use a subject. A server
// never answers what it denies: it complains on the connection, and whoever waits
// for the answer would take it for an outage.
type denied struct{ subject string }

// Error says so.
func (e *denied) Error() string { return "the server does not let this login use " + e.subject }

// isDenied says whether an error is one of the server's denials.
func isDenied(err error) bool {
	var e *denied
	return errors.As(err, &e)
}

// denials brings the complaints of the server to who waits.
type denials struct {
	mu    sync.Mutex
	waits map[string]map[int]context.CancelCauseFunc // by subject
	known map[string]bool                            // denied on this connection
	n     int
}

// heard takes in an asynchronous error of the connection.
func (d *denials) heard(err error) {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return
	}
	_, rest, ok := strings.Cut(err.Error(), `"`)
	subject, _, more := strings.Cut(rest, `"`)
	if !ok || !more {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = map[string]bool{}
	}
	if len(d.known) < 1000 { // no server makes us keep more
		d.known[subject] = true
	}
	for _, cancel := range d.waits[subject] {
		cancel(&denied{subject})
	}
}

// forget forgets what was denied: another connection may be another right.
func (d *denials) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = nil
}

// was says whether a subject was denied on this connection.
func (d *denials) was(subject string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[subject]
}

// wait has a context ended by the denial of a subject.
func (d *denials) wait(subject string, cancel context.CancelCauseFunc) (done func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waits == nil {
		d.waits = map[string]map[int]context.CancelCauseFunc{}
	}
	if d.waits[subject] == nil {
		d.waits[subject] = map[int]context.CancelCauseFunc{}
	}
	d.n++
	n := d.n
	d.waits[subject][n] = cancel
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if delete(d.waits[subject], n); len(d.waits[subject]) == 0 {
			delete(d.waits, subject)
		}
	}
}

// asking is alive for a question over a subject: it ends with its denial, too.
func (w *wire) asking(ctx context.Context, d time.Duration, subject string) (context.Context, context.CancelFunc) {
	ctx, cancel := w.alive(ctx, d)
	ctx, done := w.deniable(ctx, subject)
	return ctx, func() {
		done()
		cancel()
	}
}

// deniable returns a context that ends with the denial of a subject, too.
func (w *wire) deniable(ctx context.Context, subject string) (context.Context, context.CancelFunc) {
	ctx, deny := context.WithCancelCause(ctx)
	done := w.denials.wait(subject, deny)
	return ctx, func() {
		done()
		deny(nil)
	}
}

// answer words an error of a question that asking gave the context for.
func answer(ctx context.Context, err error) error {
	if why := context.Cause(ctx); isDenied(why) {
		return why
	}
	return said(err)
}

// hidden is the answer for a room that the server keeps from this login: the
// words for one that is not there.
func hidden(short string) error {
	return &model.Error{Code: model.Forbidden, Message: model.Sentence(notThere(short))}
}

// hiddenOr is hidden where a context ended by a denial, else why it ended.
func hiddenOr(ctx context.Context, short string) error {
	if isDenied(context.Cause(ctx)) {
		return hidden(short)
	}
	return ctx.Err()
}
