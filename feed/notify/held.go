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

// held caches the client that was created with a secret.
type held[C any] struct {
	src  *bridge.Source // nil: there is no secret
	make func(ctx context.Context, secret model.Secret) (C, error)

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
			return h.cur, bridge.Refused(h.src, s, &Fault{Message: err.Error(), After: permissionWait})
		}
		secret = s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.made && bytes.Equal(h.of.Reveal(), secret.Reveal()) {
		return h.cur, nil
	}
	c, err := h.make(ctx, secret)
	if err == nil {
		h.cur, h.of, h.made = c, secret, true
	}
	return c, err
}

// use calls the service. If the service refuses the secret and there is a newer one, use
// calls it once more.
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
	refused, e := h.src.Get(ctx)
	if e != nil {
		return err
	}
	now, other, e := h.src.Renew(ctx, refused)
	if e != nil || !other {
		return bridge.Refused(h.src, refused, err)
	}
	if c, e = h.get(ctx); e != nil {
		return err
	}
	if err = f(c); errors.As(err, &fault) && fault.Token {
		return bridge.Refused(h.src, now, err)
	}
	return err
}

// asBridgeError converts a fault to an error for the runner.
func asBridgeError(err error) error {
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

// usable is how long an update is worth sending.
const usable = 24 * time.Hour
