package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/shell"
)

// fault converts a panic to an error. It writes the stack to a file in the state
// directory, for a bug report.
func (o *Options) fault(what any) error {
	message := present.Panicked(what)
	if o.State == "" {
		return model.Refuse(model.Internal, "%s", message)
	}
	path := filepath.Join(o.State, "fault-"+o.Clock.Now().UTC().Format("20060102-150405.000")+".txt")
	stack := debug.Stack()
	if p, ok := what.(shell.Stacked); ok {
		stack = p.PanicStack()
	}
	err := os.MkdirAll(o.State, 0o700)
	if err == nil {
		err = os.WriteFile(path, fmt.Appendf(nil, "%v\n\n%s", what, stack), 0o600)
	}
	return model.Refuse(model.Internal, "%s", present.PanickedAt(message, path, err))
}
