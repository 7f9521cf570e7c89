package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"warroom/feed/jetlog"
	"warroom/model"
	sealed "warroom/model/bundle"
)

// Fetch writes an item of evidence to w, after it has registered the access with the
// reason why. done, which may be nil, is called with the number of bytes written so far.
// It returns [sealed.Tampered] if the bytes are missing or differ from those that were
// collected.
func (f *Store) Fetch(ctx context.Context, short string, n int, why string, w io.Writer,
	done func(int64)) (model.EvidenceItem,
	error) {
	s, err := f.deps.Enter(ctx, short)
	if err != nil {
		return model.EvidenceItem{}, err
	}
	defer s.Close()
	wait, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	if err := s.Writer.Follower.AwaitSettled(wait); err != nil {
		return model.EvidenceItem{}, err
	}
	if tip, _, err := f.deps.Conn.Tip(wait, short); err == nil {
		if err := s.Writer.Follower.AwaitEntry(wait, tip); err != nil {
			return model.EvidenceItem{}, err
		}
	}
	room := s.Latest().Room
	p := room.EvidenceItem(n)
	switch {
	case p == nil:
		return model.EvidenceItem{}, model.EvidenceNotFound(room, n)
	case p.Withheld:
		return *p, model.Refuse(model.Conflict, "E%d is the report from before text was redacted, so its bytes are "+
			"withheld; warroom report %s writes it without that text", n, short)
	case !p.Whole():
		return *p, model.Refuse(model.Conflict, "E%d is %s: its bytes cannot be read", n, p.State())
	}
	b, err := f.find(ctx, short, room, p)
	if err != nil {
		return *p, f.missing(p, err)
	}
	act := model.Act{Body: &model.EvidenceCustody{EvidenceID: p.ID, Act: model.CustodyAccessed, Reason: why}}
	if _, err := s.Append(wait, act); err != nil {
		if model.CodeOf(err) == model.Queued {
			return *p,
				model.Refuse(model.Unreachable,
					"the access to E%d is not in the log yet, so nothing was read; try again when the hub is back",
					n)
		}
		return *p, err
	}
	return *p, f.missing(p, b.copyTo(ctx, p, w, done))
}

// find opens the contents of an item: its own or, after an import, those of an identical
// item.
func (f *Store) find(ctx context.Context, short string, r *model.Room, p *model.EvidenceItem) (*blob, error) {
	b := f.blob(short, p.By, p.Blob)
	err := b.open(ctx, f.deps.Secret)
	for i := range r.Evidence {
		o := &r.Evidence[i]
		if !errors.Is(err, jetlog.ErrNothing) {
			break
		}
		if o.SHA256 == p.SHA256 && o.N != p.N {
			b = f.blob(short, o.By, o.Blob)
			err = b.open(ctx, f.deps.Secret)
		}
	}
	return b, err
}

// missing converts the error of an item that could not be read.
func (f *Store) missing(p *model.EvidenceItem, err error) error {
	var d *damage
	switch {
	case err == nil:
		return nil
	case errors.As(err, &d):
		return sealed.Tampered{Safe: model.Safef("E%d (%s) is not what was collected: %s", p.N, p.Name, d.why)}
	case errors.Is(err, jetlog.ErrNothing), errors.Is(err, errBlobFormat):
		return sealed.Tampered{Safe: model.Safef("E%d (%s) is registered, but its bytes are not in the hub's "+
			"store; an export may have them: warroom verify FILE", p.N, p.Name)}
	case errors.Is(err, jetlog.ErrSilence), errors.Is(err, jetlog.ErrBroken), errors.Is(err, jetlog.ErrNoLeader):
		return f.deps.Unreachable(err)
	}
	return err
}

// copyTo writes an item to w and verifies its size and hash.
func (b *blob) copyTo(ctx context.Context, p *model.EvidenceItem, w io.Writer, done func(int64)) error {
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
		return &damage{model.Safef("only %d of its %d bytes are there", size, p.Size)}
	case hex.EncodeToString(sum.Sum(nil)) != p.SHA256:
		return &damage{model.Safef("its SHA-256 is %s, but what was collected has %s", hex.EncodeToString(sum.Sum(nil)),
			p.SHA256)}
	}
	return nil
}
