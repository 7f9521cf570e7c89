//go:build !unix

package cli

import (
	"context"
	"io"
)

// whileRead cannot see here that nobody reads a pipe any more: the next line
// finds it out.
func whileRead(ctx context.Context, _ io.Writer) (context.Context, func()) {
	return context.WithCancel(ctx)
}
