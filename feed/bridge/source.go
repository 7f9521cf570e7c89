package bridge

import (
	"bytes"
	"context"
	"sync"

	"warroom/model"
	"warroom/model/config"
)

// Source is a secret with its origin. It is read when it is first needed, cached, and read
// again if the service refuses it, because a file or a command may provide another one by
// then.
type Source struct {
	get  func(context.Context) (model.Secret, error)
	slow bool // it is a program, which may ask a person

	mu  sync.Mutex
	cur model.Secret
}

// NewSource returns the source of a secret. Get may block until its context ends.
func NewSource(get func(context.Context) (model.Secret, error)) *Source { return &Source{get: get} }

// Get returns the secret.
func (s *Source) Get(ctx context.Context) (model.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.cur.IsEmpty() {
		return s.cur, nil
	}
	return s.read(ctx)
}

// Renew reads the secret again, and reports whether it differs from the one that was
// refused.
func (s *Source) Renew(ctx context.Context, refused model.Secret) (now model.Secret, other bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Equal(s.cur.Reveal(), refused.Reveal()) { // otherwise another goroutine was faster
		if _, err = s.read(ctx); err != nil {
			return s.cur, false, err
		}
	}
	return s.cur, !bytes.Equal(s.cur.Reveal(), refused.Reveal()), nil
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
