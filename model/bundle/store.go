package bundle

import (
	"context"
	"io"

	"warroom/model"
)

// Store is a hub that exports and imports records.
type Store interface {
	// Record returns the log of a room as stored.
	Record(ctx context.Context, short string) (Evidence, error)
	// Export writes the record of a room as a bag. agent is the name and version of
	// the program.
	Export(ctx context.Context, short, agent string, w io.Writer) error
	// ExportBare is like Export, without the bytes of evidence.
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	// ExportSubset writes the part of the record that a profile shows.
	ExportSubset(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	// ExportEntry writes the proof of a single entry.
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error
	// RecordExport lets the hub record an export by a person who may not write in the
	// room. entry is the only entry that is exported, or 0.
	RecordExport(ctx context.Context, short string, b *model.ExportMade, entry uint64) error
	// Import creates a room from a record and returns its short id. The error is [Tampered]
	// if the record does not verify.
	Import(ctx context.Context, b *Bag) (string, error)
}
