package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"warroom/feed/jetlog"
	"warroom/feed/writer"
	"warroom/model"
)

// startedAfter is the number of bytes that are stored before an item is registered as
// begun. A smaller item takes one event.
const startedAfter = 8 << 20

// gathering is one item that is being collected.
type gathering struct {
	f     *Store
	s     Session
	c     model.Collection
	b     *blob
	r     io.Reader
	done  func(int64)
	sum   hash.Hash
	size  int64
	begun bool // registered as begun
}

// Collect stores what it reads from r as evidence of a room, and registers it. done,
// which may be nil, is called with the number of bytes stored so far. With c.Resume it
// continues an incomplete item. An interrupted item stays registered as incomplete.
func (f *Store) Collect(ctx context.Context, short string, c model.Collection, r io.Reader,
	done func(int64)) (model.EvidenceItem, error) {
	if done == nil {
		done = func(int64) {}
	}
	s, err := f.deps.Enter(ctx, short)
	if err != nil {
		return model.EvidenceItem{}, err
	}
	defer s.Close()
	g := &gathering{f: f, s: s, c: c, r: r, done: done, sum: sha256.New()}
	if err := g.prepare(ctx); err != nil {
		return model.EvidenceItem{}, err
	}
	first, err := full(r, make([]byte, chunkSize))
	if len(first) == 0 {
		if errors.Is(err, io.EOF) {
			return model.EvidenceItem{},
				model.Refuse(model.Invalid, "%s is empty, so there is nothing to store; write a note "+
					"instead", g.name())
		}
		return model.EvidenceItem{}, g.unread(err)
	}
	if err := g.locate(ctx, first); err != nil {
		return model.EvidenceItem{}, err
	}
	if err := g.run(ctx, first); err != nil {
		return model.EvidenceItem{}, g.cut(ctx, err)
	}
	return g.finish(ctx)
}

func (g *gathering) name() model.Safe { return model.CleanLine(g.c.Name) }

// prepare returns an error before anything is sent if the item cannot be registered.
func (g *gathering) prepare(ctx context.Context) error {
	d := g.s.Writer
	wait, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	if err := d.Follower.AwaitSettled(wait); err != nil {
		return err
	}
	if l := g.f.deps.Link(); l.State == model.Offline {
		return model.Refuse(model.Unreachable, "evidence needs the hub, which cannot be reached (%s); nothing "+
			"was stored",
			l.Problem)
	}
	if g.f.deps.Full() {
		return model.Refuse(model.Internal, "the hub's disk is full: free space first; nothing was stored")
	}
	if err := writer.AsForbidden(d.Admission.Await(wait)); err != nil {
		return err
	}
	v := g.s.Latest()
	g.c.Offset = v.Offset.Milliseconds()
	if g.c.Class == "" {
		g.c.Class = "other"
	}
	probe := &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}
	id, err := writer.NewID(g.f.deps.Now())
	if err != nil {
		return err
	}
	g.c.Blob, probe.Blob = id, id
	return model.Decide(v.Room, g.s.Who(), model.Act{Body: probe}, d.Follower.HubNow())
}

// blob returns an item of a handle in a room.
func (f *Store) blob(short, handle, name string) *blob {
	return &blob{conn: f.deps.Conn, short: short, subject: subjectOf(short, handle, name), name: name}
}

// locate finds the item to continue, or begins a new one.
func (g *gathering) locate(ctx context.Context, first []byte) error {
	short, me := g.s.Writer.Follower.Short, g.s.Who().Handle
	room := g.s.Latest().Room
	if g.c.Resume > 0 {
		p := room.EvidenceItem(g.c.Resume)
		switch {
		case p == nil:
			return model.EvidenceNotFound(room, g.c.Resume)
		case p.Whole():
			return model.Refuse(model.Conflict, "E%d is complete; leave out --resume to add another file",
				p.N)
		case p.Released:
			return model.Refuse(model.Conflict, "E%d was given up; leave out --resume to add another file", p.N)
		case p.By != me:
			return model.Refuse(model.Forbidden, "E%d was begun by %s; only they can continue it", p.N, p.By)
		}
		same, err := g.resume(ctx, p, first)
		if err == nil && !same {
			err = model.Refuse(model.Conflict,
				"E%d begins with different bytes; leave out --resume to add another file", p.N)
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
	if err := MakeStream(ctx, g.f, short); err != nil {
		return g.f.deps.Unreachable(err)
	}
	g.b = g.f.blob(short, me, g.c.Blob)
	return g.b.begin(ctx, g.f.deps.Secret)
}

// errDiffers ends a comparison.
var errDiffers = errors.New("other bytes")

// resume reports whether an incomplete item begins with the same chunk as the input, and
// continues it in that case.
func (g *gathering) resume(ctx context.Context, p *model.EvidenceItem, first []byte) (bool, error) {
	b := g.f.blob(g.s.Writer.Follower.Short, p.By, p.Blob)
	if err := b.open(ctx, g.f.deps.Secret); errors.Is(err, jetlog.ErrNothing) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if b.chunk != chunkSize {
		return false, nil // written by a version with another chunk size
	}
	at := b.last
	err := b.each(ctx, func(c []byte) error {
		if !bytes.Equal(c, first) {
			return errDiffers
		}
		return io.EOF // the first chunk is enough
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

// run sends the input. It compares and skips the part that is stored already.
func (g *gathering) run(ctx context.Context, first []byte) error {
	next := first
	if g.begun {
		err := g.b.each(ctx, func(c []byte) (err error) {
			if !bytes.Equal(c, next) {
				return model.Refuse(model.Conflict,
					"the input has changed: it is different from byte %d on", g.size)
			}
			g.took(next)
			next, err = full(g.r, next[:cap(next)])
			if errors.Is(err, io.EOF) {
				err = nil // this may be the end of the input
			}
			return err
		})
		if err != nil {
			return g.unread(err)
		}
	}
	return g.send(ctx, next)
}

// took records that bytes are stored.
func (g *gathering) took(p []byte) {
	g.sum.Write(p)
	g.size += int64(len(p))
	g.done(g.size)
}

// inputChunk is one chunk of the input.
type inputChunk struct {
	p   []byte
	err error
}

// send stores the given chunk and the rest of the input. It reads the next chunk while it
// sends one.
func (g *gathering) send(ctx context.Context, next []byte) error {
	free, read := make(chan []byte, 2), make(chan inputChunk, 1)
	free <- make([]byte, chunkSize)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case buf := <-free:
				p, err := full(g.r, buf[:cap(buf)])
				select {
				case read <- inputChunk{p: p, err: err}:
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
		if g.f.deps.Full() {
			return model.Refuse(model.Internal, "the hub's disk is full: free some space")
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

// register registers the item as begun, once enough of it is stored.
func (g *gathering) register(ctx context.Context) error {
	if g.begun || g.size < startedAfter {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, awayFor)
	defer cancel()
	_, err := g.s.Append(wait, model.Act{Body: &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}})
	if err == nil || model.CodeOf(err) == model.Queued {
		g.begun = true
		return nil
	}
	return err
}

// unread returns the error for an input that cannot be read to its end.
func (g *gathering) unread(err error) error {
	var refusal *model.Error
	if errors.As(err, &refusal) || errors.As(err, new(*damage)) {
		return err
	}
	return model.Refuse(model.Invalid, "%s could not be read to its end (%s)", g.name(), err)
}

// cutWait is the time limit for registering an interrupted item.
const cutWait = 5 * time.Second

// cut registers what is stored of an interrupted item, and returns an error that
// describes it. If it cannot be registered, the stored part is ignored.
func (g *gathering) cut(ctx context.Context, why error) error {
	code := model.CodeOf(why)
	if !g.begun && g.size > 0 && g.f.deps.Link().State == model.Live && !g.f.deps.Full() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutWait)
		defer cancel()
		if _, err := g.s.Append(wait,
			model.Act{Body: &model.EvidenceStarted{EvidenceAbout: g.c.EvidenceAbout}}); err == nil {
			g.begun = true
		}
	}
	if ctx.Err() != nil {
		why = model.Refuse(model.Internal, "it was stopped")
	}
	if code == model.Queued { // evidence is not queued
		code = model.Unreachable
	}
	if !g.begun {
		return &model.Error{Code: code,
			Message: model.Safef("%s was not collected: %s; nothing was registered", g.name(), model.Sentence(why))}
	}
	which := g.name()
	if p := g.s.Latest().Room.EvidenceItemOf(g.s.Who().Handle, g.c.Blob); p != nil {
		which = model.Safef("E%d (%s)", p.N, p.Name)
	}
	return &model.Error{Code: code,
		Message: model.Safef("%s is incomplete: %s; %s are stored, and the same command with the same input "+
			"continues after them", which, model.Sentence(why), model.Bytes(g.size))}
}

// finish registers the item.
func (g *gathering) finish(ctx context.Context) (model.EvidenceItem, error) {
	body := &model.EvidenceCollected{EvidenceAbout: g.c.EvidenceAbout, SHA256: hex.EncodeToString(g.sum.Sum(nil)),
		Size: g.size}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), awayFor)
	defer cancel()
	_, err := g.s.Append(wait, model.Act{Body: body})
	if err != nil {
		return model.EvidenceItem{EvidenceAbout: body.EvidenceAbout, SHA256: body.SHA256, Size: body.Size}, err
	}
	if p := g.s.Latest().Room.EvidenceItemOf(g.s.Who().Handle, g.c.Blob); p != nil {
		return *p, nil
	}
	return model.EvidenceItem{},
		model.Refuse(model.Internal, "%s is stored but is not in the register; the timeline shows why",
			g.name())
}
