package sshd

import (
	"context"
	"io"

	"warroom/model"
)

// records is what hands records on.
type records interface {
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error
}

// records is the record of a room that the guest may see. It goes without the bytes
// of evidence: getting these out is an access, which has to be in the log.
func (h *admitted) records(short string) (records, error) {
	k, ok := h.Hub.(records)
	switch {
	case !h.sees(short):
		return nil, hidden(short)
	case !ok:
		return nil, model.Refuse(model.Internal, "this hub hands out no records")
	}
	return k, nil
}

// ExportBare writes the record of a room without the bytes of its evidence.
func (h *admitted) ExportBare(ctx context.Context, short, agent string, w io.Writer) error {
	k, err := h.records(short)
	if err != nil {
		return err
	}
	return k.ExportBare(ctx, short, agent, w)
}

// ExportPart writes the part of a record that a profile shows.
func (h *admitted) ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	k, err := h.records(short)
	if err != nil {
		return err
	}
	return k.ExportPart(ctx, short, agent, p, w)
}

// ExportEntry writes the proof of one entry alone.
func (h *admitted) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	k, err := h.records(short)
	if err != nil {
		return err
	}
	return k.ExportEntry(ctx, short, agent, seq, w)
}
