package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"warroom/model"
	sealed "warroom/model/record"
)

// Fetch gets a piece of evidence out.
func (f *Feed) Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (model.Piece, error) {
	s, err := f.enter(ctx, short)
	if err != nil {
		return model.Piece{}, err
	}
	defer s.Close()
	wait, cancel := context.WithTimeout(ctx, enterWait)
	defer cancel()
	if err := s.d.f.settled(wait); err != nil {
		return model.Piece{}, err
	}
	if tip, _, err := f.h.w.tip(wait, short); err == nil {
		if err := s.d.f.reached(wait, tip); err != nil {
			return model.Piece{}, err
		}
	}
	room := s.Latest().Room
	p := room.Piece(n)
	switch {
	case p == nil:
		return model.Piece{}, model.NoPiece(room, n)
	case !p.Whole():
		return *p, model.Refuse(model.Conflict, "E%d is %s: what it has cannot be got out", n, p.State())
	}
	b, err := f.find(ctx, short, room, p)
	if err != nil {
		return *p, f.missing(p, err)
	}
	act := model.Act{Body: &model.EvidenceCustody{Piece: p.ID, Act: model.CustodyAccessed, Reason: why}}
	if _, err := s.Append(wait, act); err != nil {
		if model.CodeOf(err) == model.Kept {
			return *p, model.Refuse(model.Unreachable, "the access to E%d is not in the log yet, so nothing was got out; try again when the hub is back", n)
		}
		return *p, err
	}
	return *p, f.missing(p, b.copyTo(ctx, p, w, done))
}

// find opens the bytes of a piece: its own, or where an import has kept them once,
// those of another piece that is the same.
func (f *Feed) find(ctx context.Context, short string, r *model.Room, p *model.Piece) (*blob, error) {
	b := f.blob(short, p.By, p.Blob)
	err := b.open(ctx, f.h.o.Evidence)
	for i := range r.Evidence {
		o := &r.Evidence[i]
		if !errors.Is(err, errNothing) {
			break
		}
		if o.SHA256 == p.SHA256 && o.N != p.N {
			b = f.blob(short, o.By, o.Blob)
			err = b.open(ctx, f.h.o.Evidence)
		}
	}
	return b, err
}

// missing words why a piece did not come out whole.
func (f *Feed) missing(p *model.Piece, err error) error {
	var d *damage
	switch {
	case err == nil:
		return nil
	case errors.As(err, &d):
		return sealed.Tampered{Safe: model.Safef("E%d (%s) is not what was collected: %s", p.N, p.Name, d.why)}
	case errors.Is(err, errNothing), errors.Is(err, errStrange):
		return sealed.Tampered{Safe: model.Safef("E%d (%s) is in the register and its bytes are not in the hub's store; an export may have them: warroom verify FILE", p.N, p.Name)}
	case errors.Is(err, errSilence), errors.Is(err, errBroken), errors.Is(err, errUnled):
		return f.h.unreachable(err)
	}
	return err
}

// copyTo writes a piece to w, and compares it with what was collected.
func (b *blob) copyTo(ctx context.Context, p *model.Piece, w io.Writer, done func(int64)) error {
	sum, size := sha256.New(), int64(0)
	err := b.each(ctx, func(c []byte) error {
		if size+int64(len(c)) > p.Size {
			return &damage{model.Safef("it has more than the %d bytes that were collected", p.Size)}
		}
		sum.Write(c)
		if _, err := w.Write(c); err != nil {
			return err
		}
		size += int64(len(c))
		if done != nil {
			done(size)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case size < p.Size:
		return &damage{model.Safef("%d of its %d bytes are there", size, p.Size)}
	case hex.EncodeToString(sum.Sum(nil)) != p.SHA256:
		return &damage{model.Safef("its SHA-256 is %s, and %s was collected", hex.EncodeToString(sum.Sum(nil)), p.SHA256)}
	}
	return nil
}
