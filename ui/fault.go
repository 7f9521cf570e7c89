package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"warroom/model"
)

// fault makes a sentence of a panic. Where the program was when it happened goes
// to a file in the directory of the state, for who mends it.
func (o *Options) fault(what any) error {
	say := model.Safef("a fault of the program: %s", fmt.Sprint(what))
	if o.State == "" {
		return model.Refuse(model.Internal, "%s", say)
	}
	path := filepath.Join(o.State, "fault-"+o.Clock.Now().UTC().Format("20060102-150405.000")+".txt")
	err := os.MkdirAll(o.State, 0o700)
	if err == nil {
		err = os.WriteFile(path, fmt.Appendf(nil, "%v\n\n%s", what, debug.Stack()), 0o600)
	}
	if err != nil {
		return model.Refuse(model.Internal, "%s (and nothing could be written to %s)", say, path)
	}
	return model.Refuse(model.Internal, "%s; where it happened is in %s", say, path)
}
