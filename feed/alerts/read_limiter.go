package alerts

import (
	"context"
	"io"
	"sync/atomic"

	"warroom/model"
)

// The number of concurrent readings.
const (
	defaultReadings = 4
	maxReadings     = 64
)

// ReadLimiter limits how many inputs are read concurrently, on all ports together: each may
// take 64 MiB of memory.
type ReadLimiter struct{ slots atomic.Pointer[chan struct{}] }

// NewReadLimiter returns a limiter for 4 concurrent readings.
func NewReadLimiter() *ReadLimiter {
	g := new(ReadLimiter)
	g.Set(defaultReadings)
	return g
}

// Set sets the number of concurrent readings, 1 to 64; 0 leaves it unchanged. Readings that
// are running are not counted.
func (g *ReadLimiter) Set(n int) {
	if n > 0 {
		slots := make(chan struct{}, min(n, maxReadings))
		g.slots.Store(&slots)
	}
}

// enter waits for a slot. The caller must call leave after its reading. A nil limiter has
// no limit.
func (g *ReadLimiter) enter(ctx context.Context) (leave func(), err error) {
	if g == nil {
		return func() {}, nil
	}
	slots := *g.slots.Load()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, model.Refuse(model.Unreachable, "too many inputs are being read now; try again in a moment")
	}
}

// Source returns a source whose readings are limited.
func (g *ReadLimiter) Source(read model.AlertSource) model.AlertSource {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		leave, err := g.enter(ctx)
		if err != nil {
			return model.Intake{}, err
		}
		defer leave()
		return read(ctx, r, source, emit)
	}
}

// Copier returns a copier whose copies are limited.
func (g *ReadLimiter) Copier(write model.AlertCopier) model.AlertCopier {
	return func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
		leave, err := g.enter(ctx)
		if err != nil {
			return "", err
		}
		defer leave()
		return write(ctx, in, out)
	}
}

// Later returns a source that is created on first use.
func Later(make func() (model.AlertSource, error)) model.AlertSource {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		read, err := make()
		if err != nil {
			return model.Intake{}, err
		}
		return read(ctx, r, source, emit)
	}
}
