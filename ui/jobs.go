package ui

import (
	"context"
	"sync"
)

// jobs runs what takes time beside the loop, and what it found inside it.
type jobs struct {
	ctx  context.Context
	wake func()
	wg   sync.WaitGroup
	mu   sync.Mutex
	done []func()
	fail func(error) // shows what went wrong, in the loop

	fault func(any) error // makes a sentence of a panic
}

// start runs f in a goroutine. What f returns, unless nil, the loop runs.
func (j *jobs) start(f func(ctx context.Context) func()) {
	j.wg.Add(1)
	go func() {
		defer j.wg.Done()
		j.post(j.guard(f))
	}()
}

// guard runs f; a panic in it becomes a sentence for the person, not the end of
// the server.
func (j *jobs) guard(f func(ctx context.Context) func()) (then func()) {
	defer func() {
		if p := recover(); p != nil {
			err := j.fault(p)
			then = func() { j.fail(err) }
		}
	}()
	return f(j.ctx)
}

// post has the loop run f.
func (j *jobs) post(f func()) {
	if f == nil {
		return
	}
	j.mu.Lock()
	j.done = append(j.done, f)
	j.mu.Unlock()
	j.wake()
}

// run runs what was found, in the loop.
func (j *jobs) run() {
	j.mu.Lock()
	done := j.done
	j.done = nil
	j.mu.Unlock()
	for _, f := range done {
		f()
	}
}

func (j *jobs) wait() { j.wg.Wait() }
