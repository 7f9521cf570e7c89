package screen

import (
	"fmt"
	"runtime/debug"
)

// Panic is a panic of one of the screen's goroutines as an error: the screen then ends as
// if the client were gone. Err returns it, wrapped.
type Panic struct {
	Value any
	stack []byte
}

// PanicStack returns the stack of the goroutine.
func (p *Panic) PanicStack() []byte { return p.stack }

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// newPanic converts the result of recover to an error. The deferred function calls it, so
// that the stack is that of the panic.
func newPanic(value any) *Panic { return &Panic{Value: value, stack: debug.Stack()} }
