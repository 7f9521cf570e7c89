package record

import (
	"context"
	"io"

	"warroom/model"
)

// Keeper is a hub that hands records out and takes them in.
type Keeper interface {
	// Record returns the log of a room as it is stored.
	Record(ctx context.Context, short string) (Evidence, error)
	// Export writes the record of a room as a bag. Agent names the program.
	Export(ctx context.Context, short, agent string, w io.Writer) error
	// ExportBare is Export without the bytes of evidence.
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	// ExportPart writes the part of it that a profile shows.
	ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	// ExportEntry writes the proof of one entry alone.
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error
	// Import makes a room of a record and returns its short id. The error is
	// [Tampered] where the record does not check.
	Import(ctx context.Context, b *Bag) (string, error)
}
