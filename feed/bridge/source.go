package bridge

import (
	"bytes"
	"context"
	"errors"
	"time"

	"warroom/model"
	"warroom/model/config"
)

// Source is a secret with its origin. It is read when it is first needed, cached, and read
// again if the service refuses it, because a file or a command may provide another one by
// then.
type Source struct {
	get  func(context.Context) (model.Secret, error)
	slow bool // it is a program, which may ask a person

	turn    chan struct{} // holds a value while somebody uses the fields below
	cur     model.Secret
	checked time.Time // when it was last read again for [Source.Check]
}

// NewSource returns the source of a secret. Get may block until its context ends.
func NewSource(get func(context.Context) (model.Secret, error)) *Source {
	return &Source{get: get, turn: make(chan struct{}, 1)}
}

// lock waits until nobody else reads the secret, or until ctx ends: reading may take minutes.
func (s *Source) lock(ctx context.Context) (unlock func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Get returns the secret.
func (s *Source) Get(ctx context.Context) (model.Secret, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return model.Secret{}, err
	}
	defer unlock()
	if !s.cur.IsEmpty() {
		return s.cur, nil
	}
	return s.read(ctx)
}

// Renew reads the secret again, and reports whether it differs from the one that was
// refused.
func (s *Source) Renew(ctx context.Context, refused model.Secret) (now model.Secret, other bool, err error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return model.Secret{}, false, err
	}
	defer unlock()
	if bytes.Equal(s.cur.Reveal(), refused.Reveal()) { // otherwise another goroutine was faster
		if _, err = s.read(ctx); err != nil {
			return s.cur, false, err
		}
	}
	return s.cur, !bytes.Equal(s.cur.Reveal(), refused.Reveal()), nil
}

// Await waits until the source has another secret than the one that was refused, and reports
// whether it has. It gives up after a time, or when ctx ends.
func (s *Source) Await(ctx context.Context, refused model.Secret, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	t := time.NewTicker(s.look(lookEvery))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
		}
		if _, other, err := s.Renew(ctx, refused); err == nil && other {
			return true
		}
	}
}

// look returns the interval of reading the source again. That of a file is given.
func (s *Source) look(file time.Duration) time.Duration {
	if s.slow {
		return lookSlowEvery
	}
	return file
}

// errUnread means that a secret cannot be read.
var errUnread = errors.New("the secret cannot be read here")

// IsUnread reports whether [Source.Check] failed because the secret cannot be read.
func IsUnread(err error) bool { return errors.Is(err, errUnread) }

// checkEvery is the min interval in which something that does not fit a secret causes it to be
// read again: anybody can send that, and reading may run a program.
const checkEvery = time.Minute

// Check calls fits with the secret, to check what a service sent. If that fails, the secret is
// read again, because it may have been replaced.
func (s *Source) Check(ctx context.Context, now time.Time, fits func(model.Secret) error) error {
	secret, err := s.Get(ctx)
	if err != nil {
		return errUnread
	}
	check := func(s model.Secret) error {
		if s.IsEmpty() {
			return errUnread
		}
		return fits(s)
	}
	if err = check(secret); err == nil {
		return nil
	}
	other, is := s.renewFor(ctx, now, secret)
	if !is {
		return err
	}
	return check(other)
}

// renewFor returns the secret if it is another one than what does not fit. It reads it again,
// unless that was done within checkEvery.
func (s *Source) renewFor(ctx context.Context, now time.Time, unfit model.Secret) (other model.Secret, is bool) {
	unlock, err := s.lock(ctx) // waits while somebody else reads it
	if err != nil {
		return model.Secret{}, false
	}
	defer unlock()
	if bytes.Equal(s.cur.Reveal(), unfit.Reveal()) && now.Sub(s.checked).Abs() >= checkEvery {
		s.checked = now
		if _, err := s.read(ctx); err != nil {
			return model.Secret{}, false
		}
	}
	return s.cur, !bytes.Equal(s.cur.Reveal(), unfit.Reveal())
}

func (s *Source) read(ctx context.Context) (model.Secret, error) {
	c, err := s.get(ctx)
	if err != nil {
		return model.Secret{}, err
	}
	s.cur = c
	return c, nil
}

// SourceFrom returns the source of a configured secret, or nil if none is named. Key is its
// key in the configuration, for people.
func SourceFrom(c config.Bridges, key string, from config.SecretFrom) *Source {
	if from.IsEmpty() {
		return nil
	}
	s := NewSource(c.Secret(key, from))
	s.slow = len(from.Command) > 0
	return s
}
