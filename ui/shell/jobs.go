package shell

import (
	"context"
	"sync"
)

// Jobs runs functions outside the loop, and their results inside it.
type Jobs struct {
	ctx  context.Context
	wake func()
	wg   sync.WaitGroup
	mu   sync.Mutex
	done []func()
	fail func(error) // shows an error, in the loop

	fault func(any) error // converts a panic to an error
}

// Start runs f in a goroutine, and then the function that f returns, unless nil, in the
// loop.
func (j *Jobs) Start(f func(ctx context.Context) func()) {
	j.wg.Add(1)
	go func() {
		defer j.wg.Done()
		j.Post(j.guard(f))
	}()
}

// guard calls f. It converts a panic to an error that is shown, so that the process
// survives.
func (j *Jobs) guard(f func(ctx context.Context) func()) (then func()) {
	defer func() {
		if p := recover(); p != nil {
			err := j.fault(p)
			then = func() { j.fail(err) }
		}
	}()
	return f(j.ctx)
}

// Post makes the loop run f. It may be called from any goroutine.
func (j *Jobs) Post(f func()) {
	if f == nil {
		return
	}
	j.mu.Lock()
	j.done = append(j.done, f)
	j.mu.Unlock()
	j.wake()
}

// run runs the posted functions in the loop.
func (j *Jobs) run() {
	j.mu.Lock()
	done := j.done
	j.done = nil
	j.mu.Unlock()
	for _, f := range done {
		f()
	}
}

// Wait waits for the running jobs.
func (j *Jobs) Wait() { j.wg.Wait() }
