package cli

import (
	"context"
	"io"
	"os"
	"slices"

	"warroom/model"
	"warroom/model/backend"
)

// rawInput is an input of alerts that can be read a second time, for the masked copy.
type rawInput struct {
	io.Reader
	a       *app
	blobs   model.Blobs                                      // nil: nothing is kept in a room
	lobby   model.RawFiles                                   // nil: nothing is kept in the lobby
	enter   func(context.Context) (model.RoomSession, error) // nil: session is there
	session model.RoomSession                                // nil: nothing of the input is stored yet
	name    string
	command string
	spool   *spool // of an input that can be read only once
}

// rawOf returns an input for the room of a session, or for the lobby.
func (a intake) rawOf(h backend.Hub, s model.RoomSession, name string, r io.Reader) *rawInput {
	raw := a.rawInput(name, r)
	raw.session = s
	switch {
	case a.CopyAlerts == nil:
	case s.Latest().Room.Lobby:
		raw.lobby = h
	default:
		raw.blobs = h
	}
	return raw
}

// rawOfLobby is an input of the lobby, which is entered when there is something to store.
func (a intake) rawOfLobby(h backend.Hub, enter func(context.Context) (model.RoomSession, error), name string,
	r io.Reader) *rawInput {
	raw := a.rawInput(name, r)
	raw.enter = enter
	if a.CopyAlerts != nil {
		raw.lobby = h
	}
	return raw
}

func (a intake) rawInput(name string, r io.Reader) *rawInput {
	raw := &rawInput{Reader: r, a: a.app, name: name}
	if a.CopyAlerts == nil {
		return raw
	}
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

// saveCopy adds the masked copy of the input to evidence, unless the room has it. It
// stores no copy of an input without findings.
func (raw *rawInput) saveCopy(ctx context.Context, t *takenIn) (*model.EvidenceItem, error) {
	if t.Findings == 0 {
		return nil, nil
	}
	if raw.lobby != nil {
		raw.storeInLobby(ctx, t)
		return nil, nil
	}
	p, err := raw.collect(ctx, t.Sum, "")
	if err != nil {
		return nil, model.Refuse(model.CodeOf(err),
			"the alerts are stored, but the file they were read from is not kept as evidence: %s", model.Sentence(err))
	}
	return p, nil
}

// unread returns the error for an input that was not read. It stores a copy of an input
// in an unknown format.
func (raw *rawInput) unread(ctx context.Context, t takenIn, err error) error {
	if !model.IsUnknownForm(err) {
		return err
	}
	if raw.session == nil || raw.session.Latest().Room.Lobby {
		return model.Refuse(model.Invalid,
			"%s; with --room ROOM a copy is kept there as evidence, with what looks like a secret masked",
			model.Sentence(err))
	}
	p, kerr := raw.collect(ctx, t.Sum, "of an unknown format: only what looks like a secret was masked")
	switch {
	case kerr != nil:
		return model.Refuse(model.Invalid, "%s; it is not kept as evidence either: %s", model.Sentence(err),
			model.Sentence(kerr))
	case p == nil:
		return err
	}
	return model.Refuse(model.Invalid,
		"%s; a copy is kept as E%d, with what looks like a secret masked: read it and note what is in it",
		model.Sentence(err), p.N)
}

// collect adds the copy of the input with a SHA-256 to evidence.
func (raw *rawInput) collect(ctx context.Context, sum, note string) (*model.EvidenceItem, error) {
	room := raw.session.Latest()
	if raw.blobs == nil {
		return nil, nil
	}
	if p := room.Room.RawOf(sum); p != nil {
		return p, nil
	}
	var p model.EvidenceItem
	err := raw.copied(ctx, sum, note, func(c model.Collection, r io.Reader) (err error) {
		p, err = raw.blobs.Collect(ctx, room.Short, c, r, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// storeInLobby stores the copy for the alerts of the lobby that came from the input, if
// this user added them. If that fails, it adds a note.
func (raw *rawInput) storeInLobby(ctx context.Context, t *takenIn) {
	me, room := raw.session.Who().Handle, raw.session.Latest().Room
	isOurs := func(a model.RoomAlert) bool { return a.Sum == t.Sum && a.By == me }
	if !slices.ContainsFunc(room.Alerts, isOurs) {
		return
	}
	err := error(model.Refuse(model.Invalid,
		"it is larger than %d MB; keep it with ingest FILE --room ROOM",
		model.MaxRawFile>>20))
	if t.Bytes <= model.MaxRawFile {
		err = raw.copied(ctx, t.Sum, "", func(c model.Collection, r io.Reader) error {
			return raw.lobby.StoreRaw(ctx, c, r)
		})
	}
	if err != nil {
		t.Notes = append(t.Notes,
			model.Safef("the alerts are stored, but the file they were read from is not kept: "+
				"%s", model.Sentence(err)))
	}
}

// copied calls store with the masked copy of the input with a SHA-256.
func (raw *rawInput) copied(
	ctx context.Context, sum, note string, store func(model.Collection, io.Reader) error,
) error {
	in, done, err := raw.reopen()
	if err != nil {
		return err
	}
	defer done()
	about := model.EvidenceAbout{Class: "other", Of: sum, Command: raw.command, Note: note}
	c := model.Collection{EvidenceAbout: about}
	evidence{raw.a}.describe(&c, raw.name)
	evidence{raw.a}.hide(raw.session.Latest().Room, &c)
	copier, err := raw.a.CopyAlerts(raw.a.cfg.Data)
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	over := make(chan struct{})
	go func() {
		defer close(over)
		now, err := copier(ctx, in, w)
		if err == nil && now != sum {
			err = model.Refuse(model.Conflict, "it changed while it was read")
		}
		_ = w.CloseWithError(err) // it always returns nil
	}()
	err = store(c, r)
	_ = r.Close() // also ends the writer
	<-over
	return err
}

// reopen returns the input from its beginning.
func (raw *rawInput) reopen() (io.ReadSeeker, func(), error) {
	switch {
	case raw.spool != nil:
		return raw.spool, func() {}, raw.spool.rewind()
	case raw.name == "-":
		return nil, nil, model.Refuse(model.Internal, "there is no space for it in %s", raw.a.cfg.Data)
	}
	f, err := os.Open(raw.name)
	if err != nil {
		return nil, nil, model.Refuse(model.Invalid, "it cannot be read again: %s", model.FileReason(err))
	}
	return f, func() { _ = f.Close() }, nil
}
