//go:build !unix

package cli

import (
	"context"
	"io"
)

// whileRead cannot detect a closed pipe on this system; the next write does.
func whileRead(ctx context.Context, _ io.Writer) (context.Context, func()) {
	return context.WithCancel(ctx)
}
