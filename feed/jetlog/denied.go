package jetlog

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// denied is the error for a subject that the server does not let this login use. A server
// sends no answer to a denied request. It reports the denial on the connection, so
// without this error the requester would time out and report an outage.
type denied struct{ subject string }

// Error implements error.
func (e *denied) Error() string { return "the server does not let this login use " + e.subject }

// IsDenied reports whether an error is a denial by the server.
func IsDenied(err error) bool {
	var e *denied
	return errors.As(err, &e)
}

// denials cancels the requests that the server denies.
type denials struct {
	mu    sync.Mutex
	waits map[string]map[int]context.CancelCauseFunc // pending requests by subject
	known map[string]bool                            // subjects denied on this connection
	n     int
}

// complaint is a denial as the server reports it on the connection.
type complaint struct {
	subject string
	err     error
}

// Error returns the text of the server.
func (e *complaint) Error() string { return e.err.Error() }

// Unwrap returns the error of the connection.
func (e *complaint) Unwrap() error { return e.err }

// typed returns an asynchronous error as a *complaint if the server denied a subject,
// otherwise unchanged. The protocol has the subject only in the text, and the client has
// no type for it. This is the only place that parses it.
func typed(err error) error {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return err
	}
	_, rest, ok := strings.Cut(err.Error(), `"`)
	subject, _, more := strings.Cut(rest, `"`)
	if !ok || !more {
		return err
	}
	return &complaint{subject: subject, err: err}
}

// ComplainsOf reports whether an error is the server's denial of a subject.
func ComplainsOf(err error, subject string) bool {
	var c *complaint
	return errors.As(err, &c) && c.subject == subject
}

// observe records a denial and cancels the requests that wait on its subject.
func (d *denials) observe(err error) {
	var c *complaint
	if !errors.As(err, &c) {
		return
	}
	subject := c.subject
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = map[string]bool{}
	}
	if len(d.known) < 1000 { // bounds the memory that a server can make us use
		d.known[subject] = true
	}
	for _, cancel := range d.waits[subject] {
		cancel(&denied{subject})
	}
}

// forget clears the denials: a new connection may have other permissions.
func (d *denials) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = nil
}

// isDenied reports whether a subject was denied on this connection.
func (d *denials) isDenied(subject string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[subject]
}

// Denies reports whether the server denied this login a subject on this connection.
func (c *Conn) Denies(subject string) bool { return c.denials.isDenied(subject) }

// wait registers cancel to be called if the subject is denied, until done is called.
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

// Asking is like Alive, and the context also ends if the server denies the subject.
func (c *Conn) Asking(ctx context.Context, d time.Duration, subject string) (context.Context, context.CancelFunc) {
	ctx, cancel := c.Alive(ctx, d)
	ctx, done := c.deniable(ctx, subject)
	return ctx, func() {
		done()
		cancel()
	}
}

// deniable returns a context that also ends if the server denies the subject.
func (c *Conn) deniable(ctx context.Context, subject string) (context.Context, context.CancelFunc) {
	ctx, deny := context.WithCancelCause(ctx)
	done := c.denials.wait(subject, deny)
	return ctx, func() {
		done()
		deny(nil)
	}
}

// AnswerError returns the error for a request whose context came from Asking: the denial
// if there was one, otherwise RequestError of err.
func AnswerError(ctx context.Context, err error) error {
	if why := context.Cause(ctx); IsDenied(why) {
		return why
	}
	return RequestError(err)
}

// Hidden returns the error for a room that the server hides from this login. Its text is
// the same as for a room that does not exist.
func Hidden(short string) error {
	return &model.Error{Code: model.Forbidden, Message: model.Sentence(NotThere(short))}
}

// hiddenOr returns Hidden if a context ended with a denial, otherwise the error of the
// context.
func hiddenOr(ctx context.Context, short string) error {
	if IsDenied(context.Cause(ctx)) {
		return Hidden(short)
	}
	return ctx.Err()
}
