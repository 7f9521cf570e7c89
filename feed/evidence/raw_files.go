package evidence

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"warroom/feed/jetlog"
	"warroom/feed/writer"
	"warroom/model"
)

// The masked copies of the files that alerts of the lobby were read from are stored in
// the evidence stream of the lobby, compressed with gzip. The name of a copy is derived
// from the SHA-256 of the file, and its handle is that of the alerts' author, so an alert
// leads to its copy. No event names a copy, because JetStream drops the oldest ones (see
// blobStream).

// The limits of raw files.
const (
	rawAge      = 30 * 24 * time.Hour // maximum age of a copy
	rawBytes    = 2 << 30             // bytes of all stored copies
	rawAttempts = 4                   // attempts to store a file; an interrupted one leaves its name in use
	rawGiveWait = time.Minute         // time limit for copying a file to a room
	rawSlack    = 1 << 20             // bytes that the marks may add to a copy
)

// rawNames encodes names in the alphabet of ULIDs.
var rawNames = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// rawName returns the name of the copy of a file.
func rawName(sum string, attempt int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "raw file %s %d", sum, attempt))
	return rawNames.EncodeToString(h[:])[:26]
}

// StoreRaw implements [model.RawFiles].
func (f *Store) StoreRaw(ctx context.Context, c model.Collection, r io.Reader) error {
	if err := f.mayStoreRaw(ctx); err != nil {
		return err
	}
	handle := f.deps.Actor().Handle
	if err := MakeStream(ctx, f, model.LobbyShort); err != nil {
		return f.deps.Unreachable(err)
	}
	for attempt := range rawAttempts {
		b := f.blob(model.LobbyShort, handle, rawName(c.Of, attempt))
		switch err := b.open(ctx, f.deps.Secret); {
		case errors.Is(err, jetlog.ErrNothing):
			err := b.storeRaw(ctx, f.deps.Secret, c, r)
			if errors.Is(err, errTwo) { // another process stores the same file
				return nil
			}
			return err
		case err == nil && f.readRaw(ctx, b, discardRaw) == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
	return model.Refuse(model.Conflict,
		"storing the file was interrupted %d times: send it again in %d days, or with --room ROOM",
		rawAttempts, int(rawAge.Hours()/24))
}

// CollectRaw stores the masked copy of a file that reached a port of the hub, with the
// hub's own key: as evidence of a room or, if room is "", with the alerts of the lobby.
func (f *Store) CollectRaw(ctx context.Context, room string, c model.Collection, r io.Reader) error {
	own := f.deps.Own()
	if room == "" || room == model.LobbyShort {
		return own.StoreRaw(ctx, c, r)
	}
	_, err := own.Collect(ctx, room, c, r, nil)
	return err
}

// mayStoreRaw returns an error if this identity may not add alerts to the lobby.
func (f *Store) mayStoreRaw(ctx context.Context) error {
	s, err := f.deps.Enter(ctx, model.LobbyShort)
	if err != nil {
		return err
	}
	defer s.Close()
	switch l := f.deps.Link(); {
	case l.State == model.Offline:
		return model.Refuse(model.Unreachable, "the hub cannot be reached (%s)", l.Problem)
	case f.deps.Full():
		return model.Refuse(model.Internal, "the hub's disk is full: free some space first")
	}
	wait, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	if err := s.Writer.Follower.AwaitSettled(wait); err != nil {
		return err
	}
	if err := writer.AsForbidden(s.Writer.Admission.Await(wait)); err != nil {
		return err
	}
	if m, ok := s.Latest().Room.Member(s.Writer.Identity.Key().Text); !ok || m.Revoked || m.Right == model.Watch {
		return model.Refuse(model.Forbidden,
			"%s may not send alerts to the lobby; the person who runs the hub can change that", f.deps.Actor().Handle)
	}
	return nil
}

// storeRaw stores a copy under a free name.
func (b *blob) storeRaw(ctx context.Context, secret model.Secret, c model.Collection, r io.Reader) error {
	about, err := json.Marshal(c.EvidenceAbout)
	if err != nil {
		return err
	}
	if err := b.begin(ctx, secret); err != nil {
		return err
	}
	ended := make(chan struct{})
	defer func() { <-ended }()
	return b.fill(ctx, func(w io.Writer) error {
		defer close(ended)
		z := gzip.NewWriter(w)
		z.Extra = about
		n, err := io.Copy(z, io.LimitReader(r, model.MaxRawFile+rawSlack+1))
		switch {
		case err != nil:
			return err
		case n > model.MaxRawFile+rawSlack:
			return model.Refuse(model.Invalid,
				"it is larger than %d MB, the most that is kept of one file; ingest it with --room ROOM",
				model.MaxRawFile>>20)
		}
		return z.Close()
	})
}

// errNoRaw is returned if there is no complete copy of a file.
var errNoRaw = errors.New("no whole copy of the file is stored")

// discardRaw reads a copy to its end.
func discardRaw(_ model.EvidenceAbout, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// readRaw calls fn with the uncompressed content of a copy. It returns errNoRaw if the
// copy is not complete.
func (f *Store) readRaw(ctx context.Context, b *blob, fn func(model.EvidenceAbout, io.Reader) error) error {
	if err := b.open(ctx, f.deps.Secret); err != nil {
		return errors.Join(errNoRaw, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pr, pw := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = pw.CloseWithError(b.each(ctx, func(p []byte) error { // it always returns nil
			_, err := pw.Write(p)
			return err
		}))
	}()
	defer func() {
		_ = pr.Close() // it always returns nil
		<-ended
	}()
	z, err := gzip.NewReader(pr)
	if err != nil {
		return errors.Join(errNoRaw, err)
	}
	var about model.EvidenceAbout
	if err := json.NewDecoder(bytes.NewReader(z.Extra)).Decode(&about); err != nil {
		return errors.Join(errNoRaw, err)
	}
	return fn(about, io.LimitReader(z, model.MaxRawFile+2*rawSlack))
}

// GiveRaw copies the file that an alert of the lobby was read from to the evidence of the
// alert's room. It does nothing if the copy was not stored or was dropped.
func GiveRaw(ctx context.Context, f *Store, short string, room *model.Room, al *model.RoomAlert) {
	if al.Sum == "" || room.RawOf(al.Sum) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rawGiveWait)
	defer cancel()
	for attempt := range rawAttempts {
		b := f.blob(model.LobbyShort, al.By, rawName(al.Sum, attempt))
		if err := b.open(ctx, f.deps.Secret); errors.Is(err, jetlog.ErrNothing) {
			return
		}
		if f.readRaw(ctx, b, discardRaw) != nil { // it is incomplete
			continue
		}
		b = f.blob(model.LobbyShort, al.By, rawName(al.Sum, attempt))
		err := f.readRaw(ctx, b, func(about model.EvidenceAbout, r io.Reader) error {
			about.Blob, about.Class, about.Of = "", "other", al.Sum
			_, err := f.Collect(ctx, short, model.Collection{EvidenceAbout: about}, r, nil)
			return err
		})
		if err != nil {
			f.deps.Logf(model.Safef("the file of alert %d was not copied to %s: %s",
				al.N, short, model.Sentence(err)))
		}
		return
	}
}
