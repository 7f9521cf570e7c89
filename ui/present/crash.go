package present

import (
	"fmt"

	"warroom/model"
)

// Panicked describes why the program ended: what is the value of the panic.
func Panicked(what any) model.Safe { return model.Safef("internal error: %s", fmt.Sprint(what)) }

// PanickedAt describes the same, and where the report about it is, or that it could not be
// written.
func PanickedAt(message model.Safe, path string, written error) model.Safe {
	if written != nil {
		return model.Safef("%s (and nothing could be written to %s)", message, path)
	}
	return model.Safef("%s; where it happened is in %s", message, path)
}
