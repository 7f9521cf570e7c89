package evidence

import (
	"context"
	"errors"
	"hash/crc32"
	"io"

	sealed "warroom/model/bundle"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
)

// Export returns the evidence for an export. It reads and verifies each item first, so
// that the bag has no part of a damaged one. lost describes the items that are left out.
func Export(ctx context.Context, f *Store, short string, r *model.Room) (out []sealed.Blob, lost []string,
	err error) {
	seen := map[string]bool{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if !p.Readable() || seen[p.SHA256] {
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

// Import stores the evidence of a record in the evidence stream of its new room. Of
// identical items it stores one.
func Import(ctx context.Context, f *Store, short string, r *model.Room, b *sealed.Bag) error {
	made, seen := false, map[string]bool{}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		src := b.Blob(p.SHA256)
		if !p.Readable() || src == nil || seen[p.SHA256] {
			continue
		}
		seen[p.SHA256] = true
		if !made {
			if err := DropStream(ctx, f, short); err != nil { // left by an interrupted import
				return err
			}
			if err := MakeStream(ctx, f, short); err != nil {
				return err
			}
			made = true
		}
		to := f.blob(short, p.By, p.Blob)
		if err := to.begin(ctx, f.deps.Secret); err != nil {
			return err
		}
		if err := to.fill(ctx, src.Copy); err != nil {
			return err
		}
		back := f.blob(short, p.By, p.Blob)
		err := back.open(ctx, f.deps.Secret)
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
	go func() { _ = w.CloseWithError(copy(w)) }() // it always returns nil
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

// DropStream deletes the evidence stream of a room.
func DropStream(ctx context.Context, f *Store, short string) error {
	err := f.deps.Conn.JS.DeleteStream(ctx, subjects.Stream(short)+subjects.BlobEnd)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	return jetlog.RequestError(err)
}

// Erase deletes the stored bytes of an item, and overwrites them. If there are none, it returns
// nil. It needs access to JetStream.
func Erase(ctx context.Context, f *Store, short string, p *model.EvidenceItem) error {
	b := f.blob(short, p.By, p.Blob)
	st, err := f.deps.Conn.JS.Stream(ctx, subjects.Stream(short)+subjects.BlobEnd)
	for err == nil {
		var m *jetstream.RawStreamMsg
		if m, err = st.GetLastMsgForSubject(ctx, b.subject); err == nil {
			err = st.SecureDeleteMsg(ctx, m.Sequence)
		}
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	return jetlog.AnswerError(ctx, err)
}
