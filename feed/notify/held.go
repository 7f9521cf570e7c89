package notify

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"warroom/feed/bridge"
	"warroom/model"
)

// held keeps the client that was made with a secret.
type held[C any] struct {
	src  *bridge.Source // nil: there is no secret
	make func(secret model.Secret) (C, error)

	mu   sync.Mutex
	of   model.Secret
	cur  C
	made bool
}

func (h *held[C]) get(ctx context.Context) (C, error) {
	var secret model.Secret
	if h.src != nil {
		s, err := h.src.Get(ctx)
		if err != nil {
			return h.cur, &Fault{Say: err.Error(), After: mendable}
		}
		secret = s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.made && bytes.Equal(h.of.Reveal(), secret.Reveal()) {
		return h.cur, nil
	}
	c, err := h.make(secret)
	if err == nil {
		h.cur, h.of, h.made = c, secret, true
	}
	return c, err
}

// use calls the service. Where it does not take the secret and there is a newer
// one by now, it is called once more.
func (h *held[C]) use(ctx context.Context, f func(C) error) error {
	c, err := h.get(ctx)
	if err != nil {
		return err
	}
	err = f(c)
	var fault *Fault
	if h.src == nil || !errors.As(err, &fault) || !fault.Token {
		return err
	}
	was, e := h.src.Get(ctx)
	if e != nil {
		return err
	}
	if _, other, e := h.src.Renew(ctx, was); e != nil || !other {
		return err
	}
	if c, e = h.get(ctx); e != nil {
		return err
	}
	return f(c)
}

// told makes of a fault what the runner understands.
func told(err error) error {
	var f *Fault
	switch {
	case err == nil || !errors.As(err, &f):
		return err
	case f.Final:
		return bridge.Never(err)
	case f.After > 0:
		return bridge.After(f.After, err)
	}
	return err
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// usable is how long after it was written an update is still worth sending.
const usable = 24 * time.Hour
