package sshd

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
)

// keyEvery is a channel on which a key comes at each interval.
type keyEvery struct {
	ssh.Channel
	interval time.Duration
}

func (k keyEvery) Read(p []byte) (int, error) {
	<-time.After(k.interval)
	return copy(p, "a"), nil
}

// TestIdleCountsFromTheLastKey: a session is not idle while somebody types slowly, and ends
// the idle time after the last key.
func TestIdleCountsFromTheLastKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle, keys = 5 * time.Minute, 12
		w := &terminalChannel{Channel: keyEvery{interval: idle - time.Second}}
		ctx, end := context.WithCancelCause(t.Context())
		defer w.watch(idle, end)()
		for i := range keys {
			if _, err := w.Read(make([]byte, 1)); err != nil || ctx.Err() != nil {
				t.Fatalf("key %d: got %v and the session ended by %v, want neither", i, err, context.Cause(ctx))
			}
		}
		last := time.Now()
		<-ctx.Done()
		if got := time.Since(last); got != idle || model.CodeOf(context.Cause(ctx)) != model.Conflict {
			t.Errorf("ended %s after the last key by %v, want after %s by being idle", got, context.Cause(ctx), idle)
		}
	})
}
