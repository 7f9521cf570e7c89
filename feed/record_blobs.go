package feed

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
	sealed "warroom/model/record"
)

// ExportBare writes the record of a room without the bytes of its evidence.
func (f *Feed) ExportBare(ctx context.Context, short, agent string, w io.Writer) error {
	return f.exportWith(ctx, short, agent, w, func(x *sealed.Export, v *sealed.Verdict) ([]string, error) {
		for i := range v.Room.Evidence {
			x.Bare = x.Bare || v.Room.Evidence[i].Whole()
		}
		return nil, nil
	})
}

// exportBlobs gathers the evidence for an export. Each piece is read once here and
// checked, so that no part of a damaged one comes into the bag; lost names those
// that are left out for that.
func (f *Feed) exportBlobs(ctx context.Context, short string, r *model.Room) (out []sealed.Blob, lost []string, err error) {
	seen := map[string]bool{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if !p.Whole() || seen[p.SHA256] {
			continue
		}
		seen[p.SHA256] = true
		crc := crc32.NewIEEE()
		b, err := f.find(ctx, short, r, p)
		if err == nil {
			err = b.copyTo(ctx, p, crc, nil)
		}
		if err = f.missing(p, err); errors.As(err, new(sealed.Tampered)) {
			lost = append(lost, err.Error())
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		out = append(out, sealed.Blob{Sum: p.SHA256, Size: p.Size, CRC32: crc.Sum32(), Copy: func(w io.Writer) error {
			b, err := f.find(ctx, short, r, p)
			if err == nil {
				err = b.copyTo(ctx, p, w, nil)
			}
			return f.missing(p, err)
		}})
	}
	return out, lost, nil
}

// exportWith writes a record, with what more adds to it.
func (f *Feed) exportWith(ctx context.Context, short, agent string, w io.Writer, more func(*sealed.Export, *sealed.Verdict) (lost []string, err error)) error {
	x, v, err := f.export(ctx, short, agent)
	if err != nil {
		return err
	}
	lost, err := more(x, v)
	if err == nil {
		err = x.Write(w)
		if errors.As(err, new(sealed.Tampered)) { // it changed since it was looked at
			err = model.Refuse(model.Internal, "the export broke off: %s", err)
		}
	}
	switch {
	case err != nil:
		return err
	case !v.Sound():
		return sealed.Tampered{Safe: model.Safef("the log of %s does not check, and was written as it is: %s; see: warroom verify %s", short, v.Bad[0], short)}
	case len(lost) > 0:
		return sealed.Tampered{Safe: model.Safef("the record of %s was written without the bytes of evidence that the hub does not have as they were collected: %s", short, strings.Join(lost, "; "))}
	}
	return nil
}

// takeBlobs puts the bytes of evidence that a record has into the store of its new
// room. Of pieces that are the same it keeps one.
func (h *house) takeBlobs(ctx context.Context, short string, r *model.Room, b *sealed.Bag) error {
	f, made, seen := &Feed{h: h, pen: h.pen}, false, map[string]bool{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		src := b.Blob(p.SHA256)
		if !p.Whole() || src == nil || seen[p.SHA256] {
			continue
		}
		seen[p.SHA256] = true
		if !made {
			if err := h.dropBlobs(ctx, short); err != nil { // of an import that was killed
				return err
			}
			if err := h.makeBlobs(ctx, short); err != nil {
				return err
			}
			made = true
		}
		to := f.blob(short, p.By, p.Blob)
		if err := to.begin(ctx, h.o.Evidence); err != nil {
			return err
		}
		if err := to.fill(ctx, src.Copy); err != nil {
			return err
		}
		back := f.blob(short, p.By, p.Blob)
		err := back.open(ctx, h.o.Evidence)
		if err == nil {
			err = back.copyTo(ctx, p, io.Discard, nil)
		}
		if err = f.missing(p, err); err != nil {
			return err
		}
	}
	return nil
}

// fill stores what copy writes.
func (b *blob) fill(ctx context.Context, copy func(io.Writer) error) error {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(copy(w)) }() // it has no errors
	defer r.Close()
	buf := make([]byte, b.chunk)
	for {
		p, err := full(r, buf)
		if len(p) > 0 {
			if err := b.add(ctx, p); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// dropBlobs takes the store of a room's evidence away.
func (h *house) dropBlobs(ctx context.Context, short string) error {
	err := h.w.js.DeleteStream(ctx, streamOf(short)+blobEnd)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	return said(err)
}
