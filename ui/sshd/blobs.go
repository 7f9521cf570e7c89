package sshd

import (
	"context"
	"io"

	"warroom/model"
)

var _ model.Blobs = (*admitted)(nil)

// blobs is the evidence of a room that the guest may see.
func (h *admitted) blobs(short string) (model.Blobs, error) {
	b, ok := h.Hub.(model.Blobs)
	switch {
	case !h.sees(short):
		return nil, hidden(short)
	case !ok:
		return nil, model.Refuse(model.Internal, "this hub keeps no evidence")
	}
	return b, nil
}

// Collect takes what r has into a room's evidence.
func (h *admitted) Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (model.Piece, error) {
	b, err := h.blobs(short)
	if err != nil {
		return model.Piece{}, err
	}
	return b.Collect(ctx, short, c, r, done)
}

// Fetch gets a piece of a room's evidence out.
func (h *admitted) Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (model.Piece, error) {
	b, err := h.blobs(short)
	if err != nil {
		return model.Piece{}, err
	}
	return b.Fetch(ctx, short, n, why, w, done)
}
