package bridge

import (
	"bytes"
	"context"
	"sync"

	"warroom/model"
)

// Source is a secret and where it comes from. It is read when it is needed
// first, kept, and read again when the service refuses it: a file or a command
// may have another by then.
type Source struct {
	get func(context.Context) (model.Secret, error)

	mu  sync.Mutex
	cur model.Secret
}

// NewSource returns the source of a secret. Get may take as long as its context.
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

// Renew reads the secret again, and says whether it is another than the one that
// was refused.
func (s *Source) Renew(ctx context.Context, refused model.Secret) (now model.Secret, other bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Equal(s.cur.Reveal(), refused.Reveal()) { // else somebody was faster
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
