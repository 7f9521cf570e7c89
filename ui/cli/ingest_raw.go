package cli

import (
	"context"
	"io"
	"os"

	"warroom/model"
)

// rawInput is what alerts are read from, and can be read a second time for the copy
// of it that is kept as evidence.
type rawInput struct {
	io.Reader
	a       *app
	blobs   model.Blobs // nil: nothing is kept
	seat    model.Seat
	name    string
	command string
	spool   *spool // of what can be read once alone
}

// rawOf is an input of the room of a seat. In the lobby nothing is kept but alerts.
func (a *app) rawOf(h Hub, s model.Seat, name string, r io.Reader) *rawInput {
	raw := &rawInput{Reader: r, a: a, seat: s, name: name}
	b, ok := h.(model.Blobs)
	if !ok || a.CopyAlerts == nil || s.Latest().Room.Lobby {
		return raw
	}
	raw.blobs = b
	if name != "-" {
		if fi, err := os.Stat(name); err == nil && fi.Mode().IsRegular() {
			return raw
		}
	}
	if raw.spool = newSpool(a.cfg.Data); raw.spool != nil {
		raw.Reader = io.TeeReader(r, raw.spool)
	}
	return raw
}

func (raw *rawInput) close() {
	if raw.spool != nil {
		raw.spool.Close()
	}
}

// keep takes the copy of what was read into evidence, where the room does not have
// it yet. What had no findings is not kept.
func (raw *rawInput) keep(ctx context.Context, t takenIn) (*model.Piece, error) {
	if t.Findings == 0 {
		return nil, nil
	}
	p, err := raw.collect(ctx, t.Sum, "")
	if err != nil {
		return nil, model.Refuse(model.CodeOf(err), "the alerts are taken, and the file they were read from is not kept as evidence: %s", model.Sentence(err))
	}
	return p, nil
}

// unread keeps what is of no known form, and words why an input was not read.
func (raw *rawInput) unread(ctx context.Context, t takenIn, err error) error {
	if !model.IsUnknownForm(err) {
		return err
	}
	room := raw.seat.Latest()
	if room.Room.Lobby {
		return model.Refuse(model.Invalid, "%s; with --room ROOM a copy, with what looks like a secret masked, is kept there as evidence", model.Sentence(err))
	}
	p, kerr := raw.collect(ctx, t.Sum, "of no known form: only what looks like a secret was masked")
	switch {
	case kerr != nil:
		return model.Refuse(model.Invalid, "%s; it is not kept as evidence either: %s", model.Sentence(err), model.Sentence(kerr))
	case p == nil:
		return err
	}
	return model.Refuse(model.Invalid, "%s; a copy, with what looks like a secret masked, is kept as E%d: look at it and note what it says", model.Sentence(err), p.N)
}

// collect takes the copy of what has this SHA-256 into evidence.
func (raw *rawInput) collect(ctx context.Context, sum, note string) (*model.Piece, error) {
	room := raw.seat.Latest()
	if raw.blobs == nil {
		return nil, nil
	}
	if p := room.Room.RawOf(sum); p != nil {
		return p, nil
	}
	in, done, err := raw.again()
	if err != nil {
		return nil, err
	}
	defer done()
	c := model.Collection{EvidenceAbout: model.EvidenceAbout{Class: "other", Of: sum, Command: raw.command, Note: note}}
	raw.a.describe(&c, raw.name)
	raw.a.hide(room.Room, &c)
	copier, err := raw.a.CopyAlerts(raw.a.cfg.Data)
	if err != nil {
		return nil, err
	}
	r, w := io.Pipe()
	over := make(chan struct{})
	go func() {
		defer close(over)
		now, err := copier(ctx, in, w)
		if err == nil && now != sum {
			err = model.Refuse(model.Conflict, "it changed while it was read")
		}
		_ = w.CloseWithError(err) // it never fails
	}()
	p, err := raw.blobs.Collect(ctx, room.Short, c, r, nil)
	_ = r.Close() // then whoever writes ends too
	<-over
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// again is the input from its beginning.
func (raw *rawInput) again() (io.ReadSeeker, func(), error) {
	switch {
	case raw.spool != nil:
		return raw.spool, func() {}, raw.spool.rewind()
	case raw.name == "-":
		return nil, nil, model.Refuse(model.Internal, "there is no room for it in %s", raw.a.cfg.Data)
	}
	f, err := os.Open(raw.name)
	if err != nil {
		return nil, nil, model.Refuse(model.Invalid, "it cannot be read again: %s", reason(err))
	}
	return f, func() { _ = f.Close() }, nil
}
