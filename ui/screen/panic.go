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

// PanicStack is where the goroutine was.
func (p *Panic) PanicStack() []byte { return p.stack }

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// newPanic makes an error of what recover returned. It is called by the deferred function,
// so that the stack is that of the panic.
func newPanic(value any) *Panic { return &Panic{Value: value, stack: debug.Stack()} }
