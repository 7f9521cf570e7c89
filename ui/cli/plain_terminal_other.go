//go:build !unix

package cli

import (
	"context"
	"errors"
)

// noEcho is not supported: the console edits lines itself.
func noEcho(context.Context, int, func()) (func(), error) { return nil, errors.ErrUnsupported }
