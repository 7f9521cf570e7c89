package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"warroom/model"
)

var _ model.Blobs = (*Feed)(nil)

// startedAfter is how many bytes of a piece are stored before it is registered as
// begun. Below that it is one event, or none.
const startedAfter = 8 << 20

// gathering is one piece on its way into the store.
type gathering struct {
	f     *Feed
	s     *Seat
	c     model.Collection
	b     *blob
	r     io.Reader
	done  func(int64)
	sum   hash.Hash
	size  int64
	begun bool // registered as begun
}

// Collect takes what r has into the room's evidence.
func (f *Feed) Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (model.Piece, error) {
	if done == nil {
		done = func(int64) {}
	}
	s, err := f.enter(ctx, short)
	if err != nil {
		return model.Piece{}, err
	}
	defer s.Close()
	g := &gathering{f: f, s: s, c: c, r: r, done: done, sum: sha256.New()}
	if err := g.prepare(ctx); err != nil {
		return model.Piece{}, err
	}
	first, err := full(r, make([]byte, chunkSize))
	if len(first) == 0 {
		if errors.Is(err, io.EOF) {
			return model.Piece{}, model.Refuse(model.Invalid, "%s is empty: there is nothing to keep; note it instead", g.name())
		}
		return model.Piece{}, g.unread(err)
	}
	if err := g.locate(ctx, first); err != nil {
		return model.Piece{}, err
	}
	if err := g.run(ctx, first); err != nil {
		return model.Piece{}, g.cut(ctx, err)
	}
	return g.finish(ctx)
}

func (g *gathering) name() model.Safe { return model.CleanLine(g.c.Name) }

// prepare refuses before anything is sent what will not be taken.
func (g *gathering) prepare(ctx context.Context) error {
	d := g.s.d
	wait, cancel := context.WithTimeout(ctx, enterWait)
	defer cancel()
	if err := d.f.settled(wait); err != nil {
		return err
	}
	if l := g.f.Link(); l.State == model.Offline {
		return model.Refuse(model.Unreachable, "evidence needs the hub, which is away (%s); nothing was kept", l.Trouble)
	}
	if g.f.h.full() {
		return model.Refuse(model.Internal, "the hub's disk is full: free it first; nothing was kept")
	}
	if err := atDoor(d.admitted(wait)); err != nil {
		return err
	}
	v := g.s.Latest()
	g.c.Offset = v.Offset.Milliseconds()
	if g.c.Class == "" {
		g.c.Class = "other"
	}
	probe := &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}
	id, err := newID(g.f.h.o.Now())
	if err != nil {
		return err
	}
	g.c.Blob, probe.Blob = id, id
	return model.Decide(v.Room, g.s.Who(), model.Act{Body: probe}, g.f.h.hubNow(d.f))
}

// blob is a piece of somebody's in a room.
func (f *Feed) blob(short, handle, name string) *blob {
	return &blob{w: f.h.w, short: short, subject: subjectOf(short, handle, name), name: name}
}

// locate finds the piece to go on with, or begins a new one.
func (g *gathering) locate(ctx context.Context, first []byte) error {
	short, me := g.s.d.f.short, g.s.Who().Handle
	room := g.s.Latest().Room
	if g.c.Resume > 0 {
		p := room.Piece(g.c.Resume)
		switch {
		case p == nil:
			return model.NoPiece(room, g.c.Resume)
		case p.Whole():
			return model.Refuse(model.Conflict, "E%d is collected as a whole; leave --resume out to add another piece", p.N)
		case p.Released:
			return model.Refuse(model.Conflict, "E%d was given up; leave --resume out to add another piece", p.N)
		case p.By != me:
			return model.Refuse(model.Forbidden, "E%d was begun by %s; only they can go on with it", p.N, p.By)
		}
		same, err := g.resume(ctx, p, first)
		if err == nil && !same {
			err = model.Refuse(model.Conflict, "E%d begins with other bytes than this; leave --resume out to add another piece", p.N)
		}
		return err
	}
	for i := range room.Evidence {
		p := &room.Evidence[i]
		if p.Whole() || p.Released || p.By != me || p.Name != g.c.Name || p.Class != g.c.Class || p.Host != g.c.Host {
			continue
		}
		if same, err := g.resume(ctx, p, first); same || err != nil {
			return err
		}
	}
	if err := g.f.h.makeBlobs(ctx, short); err != nil {
		return g.f.h.unreachable(err)
	}
	g.b = g.f.blob(short, me, g.c.Blob)
	return g.b.begin(ctx, g.f.h.o.Evidence)
}

// errDiffers ends a comparison.
var errDiffers = errors.New("other bytes")

// resume says whether a piece that was begun begins as the input does, and goes
// on with it then.
func (g *gathering) resume(ctx context.Context, p *model.Piece, first []byte) (bool, error) {
	b := g.f.blob(g.s.d.f.short, p.By, p.Blob)
	if err := b.open(ctx, g.f.h.o.Evidence); errors.Is(err, errNothing) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if b.chunk != chunkSize {
		return false, nil // of a version with another size
	}
	at := b.last
	err := b.each(ctx, func(c []byte) error {
		if !bytes.Equal(c, first) {
			return errDiffers
		}
		return io.EOF // the first is enough
	})
	if errors.Is(err, errDiffers) {
		return false, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	b.last, b.n, b.posts = at, 0, 1
	g.b, g.begun, g.c.EvidenceAbout = b, true, p.EvidenceAbout
	return true, nil
}

// run sends the input. What is in the store already is compared and passed over.
func (g *gathering) run(ctx context.Context, first []byte) error {
	next := first
	if g.begun {
		err := g.b.each(ctx, func(c []byte) (err error) {
			if !bytes.Equal(c, next) {
				return model.Refuse(model.Conflict, "the input is not the one from before: from byte %d on it is another one", g.size)
			}
			g.took(next)
			next, err = full(g.r, next[:cap(next)])
			if errors.Is(err, io.EOF) {
				err = nil // it may have come to the end before
			}
			return err
		})
		if err != nil {
			return g.unread(err)
		}
	}
	return g.send(ctx, next)
}

// took notes that bytes are in the store.
func (g *gathering) took(p []byte) {
	g.sum.Write(p)
	g.size += int64(len(p))
	g.done(g.size)
}

// part is one chunk of the input.
type part struct {
	p   []byte
	err error
}

// send stores the chunk that was read, and all that comes behind it; the next one
// is read while one is on its way.
func (g *gathering) send(ctx context.Context, next []byte) error {
	free, read := make(chan []byte, 2), make(chan part, 1)
	free <- make([]byte, chunkSize)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case buf := <-free:
				p, err := full(g.r, buf[:cap(buf)])
				select {
				case read <- part{p, err}:
				case <-stop:
					return
				}
				if err != nil {
					return
				}
			case <-stop:
				return
			}
		}
	}()
	for len(next) > 0 {
		if g.f.h.full() {
			return model.Refuse(model.Internal, "the hub's disk is full: free it")
		}
		if err := g.b.add(ctx, next); err != nil {
			return err
		}
		g.took(next)
		if err := g.register(ctx); err != nil {
			return err
		}
		free <- next
		select {
		case in := <-read:
			if in.err != nil && !errors.Is(in.err, io.EOF) {
				return g.unread(in.err)
			}
			next = in.p
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// register says in the log that the piece has begun, once enough of it is stored.
func (g *gathering) register(ctx context.Context) error {
	if g.begun || g.size < startedAfter {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, awayFor)
	defer cancel()
	_, err := g.s.Append(wait, model.Act{Body: &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}})
	if err == nil || model.CodeOf(err) == model.Kept {
		g.begun = true
		return nil
	}
	return err
}

// unread words that the input broke off.
func (g *gathering) unread(err error) error {
	var said *model.Error
	if errors.As(err, &said) || errors.As(err, new(*damage)) {
		return err
	}
	return model.Refuse(model.Invalid, "%s could not be read to its end (%s)", g.name(), err)
}

// cutWait is how long it may take to register what was cut.
const cutWait = 5 * time.Second

// cut says what is left of a piece that did not come whole. Where nothing of it
// can be registered, nothing of it counts.
func (g *gathering) cut(ctx context.Context, why error) error {
	code := model.CodeOf(why)
	if !g.begun && g.size > 0 && g.f.Link().State == model.Live && !g.f.h.full() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutWait)
		defer cancel()
		if _, err := g.s.Append(wait, model.Act{Body: &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}}); err == nil {
			g.begun = true
		}
	}
	if ctx.Err() != nil {
		why = model.Refuse(model.Internal, "it was stopped")
	}
	if code == model.Kept { // nothing waits here for the hub to come back
		code = model.Unreachable
	}
	if !g.begun {
		return &model.Error{Code: code, Message: model.Safef("%s was not collected: %s; nothing was registered", g.name(), model.Sentence(why))}
	}
	which := g.name()
	if p := g.s.Latest().Room.PieceOf(g.s.Who().Handle, g.c.Blob); p != nil {
		which = model.Safef("E%d (%s)", p.N, p.Name)
	}
	return &model.Error{Code: code, Message: model.Safef("%s is incomplete: %s; %s are stored, and the same command with the same input goes on behind them", which, model.Sentence(why), model.Bytes(g.size))}
}

// finish registers the piece.
func (g *gathering) finish(ctx context.Context) (model.Piece, error) {
	body := &model.EvidenceCollected{EvidenceAbout: g.c.EvidenceAbout, SHA256: hex.EncodeToString(g.sum.Sum(nil)), Size: g.size}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), awayFor)
	defer cancel()
	_, err := g.s.Append(wait, model.Act{Body: body})
	if err != nil {
		return model.Piece{EvidenceAbout: body.EvidenceAbout, SHA256: body.SHA256, Size: body.Size}, err
	}
	if p := g.s.Latest().Room.PieceOf(g.s.Who().Handle, g.c.Blob); p != nil {
		return *p, nil
	}
	return model.Piece{}, model.Refuse(model.Internal, "%s is stored and cannot be found in the register; see the timeline for why", g.name())
}
