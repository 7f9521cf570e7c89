package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// mendRoot is where the messages of a log that is rebuilt come in: nobody else
// writes there, and the server stores them under their own subjects.
const mendRoot = "mend."

// The largest batch that is stored at once.
const (
	batchMany = 200
	batchSize = 4 << 20
)

// build makes the stream of a room anew, with every message as it was and the
// time at which it was recorded first, and opens it when all of it is there.
func (m *mending) build(ctx context.Context, hub *key) error {
	b := &restoring{h: m.h, short: m.done.Short, hub: hub, tree: m.tree, each: m.each,
		why: model.Safef("%s is being repaired; wait a moment", m.done.Short)}
	if err := b.run(ctx); err != nil {
		return model.Refuse(model.Internal, "%s; what was there is in %s, run the repair again", model.Sentence(err), m.done.Aside)
	}
	return nil
}

// each calls fn for the copy's messages, and then those of the store.
func (m *mending) each(fn func(*logcopy.Message) error) error {
	give := fn
	fn = func(c *logcopy.Message) error {
		for i := range m.stones {
			if s := &m.stones[i]; s.Seq == c.Seq && !c.Gone && c.IsLeaf() && s.Is(c.Sig, c.Data) {
				in := logcopy.Instead(s, c.Subject)
				return give(&in)
			}
		}
		return give(c)
	}
	err := logcopy.Read(m.dir, m.k.Room, m.k.box, 1, func(c *logcopy.Message) error {
		if c.Seq > m.last {
			return errFound // written since
		}
		return fn(c)
	})
	if err != nil && !errors.Is(err, errFound) && !errors.Is(err, logcopy.ErrDamaged) {
		return err
	}
	for i := range m.extra {
		if err := fn(&m.extra[i]); err != nil {
			return err
		}
	}
	return nil
}

// restoring makes the stream of a room from messages that were kept elsewhere.
type restoring struct {
	h     *house
	short string
	hub   *key
	why   model.Safe // why nobody may write meanwhile
	tree  *seal.Tree // over what has to be there
	each  func(fn func(*logcopy.Message) error) error

	before func(context.Context) error // what has to be there before it is opened; nil: nothing

	gone []logcopy.Message          // what was redacted, and leaves a hole
	said map[uint64]logcopy.Message // the redactions, by the sequence of what they are about, that lie on no lane of what is gone
}

// run makes the stream, held, stores everything, reads it back, and opens it.
func (m *restoring) run(ctx context.Context) error {
	c := roomStream(m.short)
	c.Subjects = []string{mendRoot + m.short + ".>"}
	c.SubjectTransform = &jetstream.SubjectTransformConfig{Source: mendRoot + m.short + ".>", Destination: root + m.short + ".>"}
	c.RePublish, c.AllowAtomicPublish = nil, true
	c.Metadata = map[string]string{metaHeld: m.why.String(), metaTimes: m.hub.text}
	if err := m.create(ctx, c); err != nil {
		return fmt.Errorf("the hub does not make a new store for %s: %w", m.short, said(err))
	}
	if err := m.fill(ctx); err != nil {
		return fmt.Errorf("the new store of %s is not complete (%w)", m.short, err)
	}
	if err := m.clear(ctx); err != nil {
		return fmt.Errorf("what was redacted in %s cannot be left out: %w", m.short, err)
	}
	if err := m.check(ctx); err != nil {
		return err
	}
	if m.before != nil {
		if err := m.before(ctx); err != nil {
			return err
		}
	}
	o := roomStream(m.short)
	o.Metadata = map[string]string{metaTimes: m.hub.text}
	hubapi.Access{Restricted: true}.Set(&o, m.short, laneLog) // nobody's, until it was read whose it is
	if _, err := m.h.w.js.UpdateStream(ctx, o); err != nil {
		return fmt.Errorf("the new store of %s cannot be opened: %w", m.short, said(err))
	}
	r, err := m.h.foldToTip(ctx, m.short)
	if err == nil {
		err = m.h.setAccess(ctx, m.short, accessIn(r), false)
	}
	if err != nil {
		return fmt.Errorf("who may see %s is not known: %w", m.short, err)
	}
	accessIn(r).Set(&o, m.short, laneLog)
	m.h.w.announce(m.short, o.Metadata)
	return nil
}

// create makes the stream. The server may still be at clearing away the one that
// was there.
func (m *restoring) create(ctx context.Context, c jetstream.StreamConfig) error {
	for range 40 {
		_, err := m.h.w.js.CreateStream(ctx, c)
		var no *jetstream.APIError
		if err == nil || !errors.As(err, &no) || no.Code != 500 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
	_, err := m.h.w.js.CreateStream(ctx, c)
	return err
}

// fill publishes all messages.
func (m *restoring) fill(ctx context.Context) error {
	var b []*nats.Msg
	size, stored := 0, uint64(0)
	flush := func() error {
		if len(b) == 0 {
			return nil
		}
		id, err := newID(m.h.o.Now())
		if err != nil {
			return err
		}
		if err := m.h.w.storeAll(ctx, id, b, stored); err != nil {
			return err
		}
		stored += uint64(len(b))
		b, size = b[:0], 0
		return nil
	}
	err := m.each(func(c *logcopy.Message) error {
		m.note(c)
		b = append(b, m.message(c))
		if size += len(c.Data); len(b) < batchMany && size < batchSize {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	for i := range m.gone { // the copy may end before that
		if c, ok := m.said[m.gone[i].Seq]; ok {
			c.Subject = strings.Replace(c.Subject, "."+laneLog+".", "."+laneGone+".", 1)
			b = append(b, m.message(&c))
		}
	}
	return flush()
}

// note keeps which redactions lie in the log alone.
func (m *restoring) note(c *logcopy.Message) {
	handle, key, event := author(c.Subject)
	s, ok := seal.ReadStone(c.Seq, handle, key, c.Sig, c.Data)
	if !event {
		s, ok = seal.ReadTwin(c.Sig, c.Data)
	}
	if _, twice := m.said[s.Seq]; !ok || event && twice {
		return
	}
	if !event {
		delete(m.said, s.Seq)
		return
	}
	if m.said == nil {
		m.said = map[uint64]logcopy.Message{}
	}
	m.said[s.Seq] = *c
}

// message is a message as it is stored again.
func (m *restoring) message(c *logcopy.Message) *nats.Msg {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.Subject, root), ".") // behind the short id, which may be another one now
	msg := nats.NewMsg(mendRoot + m.short + "." + rest)
	if c.Gone {
		m.gone = append(m.gone, *c)
		return msg // it only takes its place, see clear
	}
	msg.Data = c.Data
	if c.Sig != "" {
		msg.Header[seal.Header] = []string{c.Sig}
	}
	msg.Header[seal.TimeHeader] = []string{seal.SignTime(m.hub.priv, c.Leaf(), c.At.UnixNano())}
	return msg
}

// clear makes the holes again that redactions left.
func (m *restoring) clear(ctx context.Context) error {
	if len(m.gone) == 0 {
		return nil
	}
	s, err := m.h.w.js.Stream(ctx, streamOf(m.short))
	if err != nil {
		return said(err)
	}
	for i := range m.gone {
		if err := s.DeleteMsg(ctx, m.gone[i].Seq); err != nil {
			return said(err)
		}
	}
	return nil
}

// storeAll stores messages behind the sequence, all or none, with one sync. The
// id names the batch.
func (w *wire) storeAll(ctx context.Context, id string, ms []*nats.Msg, behind uint64) error {
	ms[0].Header[jetstream.ExpectedLastSeqHeader] = []string{strconv.FormatUint(behind, 10)}
	for i, msg := range ms {
		msg.Header["Nats-Batch-Id"] = []string{id}
		msg.Header["Nats-Batch-Sequence"] = []string{strconv.Itoa(i + 1)}
		if i < len(ms)-1 {
			if err := w.nc.PublishMsg(msg); err != nil {
				return err
			}
		}
	}
	end := ms[len(ms)-1]
	end.Header["Nats-Batch-Commit"] = []string{"1"}
	ctx, cancel := w.alive(ctx, 5*patience)
	defer cancel()
	r, err := w.nc.RequestMsgWithContext(ctx, end)
	if err != nil {
		return said(err)
	}
	var a struct {
		Error *apiError `json:"error"`
		Seq   uint64    `json:"seq"`
	}
	switch err := json.Unmarshal(r.Data, &a); {
	case err != nil:
		return err
	case a.Error != nil:
		return a.Error
	case a.Seq != behind+uint64(len(ms)):
		return fmt.Errorf("the hub stored up to %d instead of %d", a.Seq, behind+uint64(len(ms)))
	}
	return nil
}

// check reads the new store back before anybody may write behind it.
func (m *restoring) check(ctx context.Context) error {
	tree := new(seal.Tree)
	gone := m.gone
	err := m.h.w.pages(ctx, m.short, "", 1, func(r record) error {
		for len(gone) > 0 && gone[0].Seq < r.seq {
			tree.Add(gone[0].Was)
			gone = gone[1:]
		}
		if _, _, event := author(r.subject); event {
			tree.Add(messageLeaf(r))
		}
		return ctx.Err()
	})
	if err != nil {
		return m.h.unreachable(err)
	}
	if tree.Size() != m.tree.Size() || tree.Root() != m.tree.Root() {
		return fmt.Errorf("the new store of %s has %d entries (root %.8s) instead of %d (root %.8s)", m.short, tree.Size(), tree.Root(), m.tree.Size(), m.tree.Root())
	}
	return nil
}

// linkTree keeps all files below a directory under another one: by links, which
// take no space, where the disk has them.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
