package repair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/access"
	"warroom/feed/atomicfile"
	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/mirror"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// repairRoot is the subject prefix for publishing the messages of a log that is rebuilt.
// The stream stores them under their own subjects. Others may not publish there.
const repairRoot = "mend."

// The largest batch, in messages and bytes.
const (
	batchMany = 200
	batchSize = 4 << 20
)

// build creates the stream of a room again from the replica and the messages that only
// the broken store had, with their original times, and opens it when it is complete.
func (m *repairJob) build(ctx context.Context, hub *keyring.Key) error {
	b := &Restore{Client: m.client, Short: m.done.Short, Hub: hub, Tree: m.tree, Each: m.each,
		Why: model.Safef("%s is being repaired; wait a moment", m.done.Short)}
	if err := b.Run(ctx); err != nil {
		return model.Refuse(model.Internal, "%s; the previous store is in %s; run the repair "+
			"again", model.Sentence(err),
			m.done.Aside)
	}
	return nil
}

// each calls fn for the messages of the replica, and then for those of the store.
func (m *repairJob) each(fn func(*mirror.Message) error) error {
	give := fn
	fn = func(c *mirror.Message) error {
		for i := range m.tombstones {
			if s := &m.tombstones[i]; s.Seq == c.Seq && !c.Gone && c.IsLeaf() && s.Is(c.Sig, c.Data) {
				in := mirror.Instead(s, c.Subject)
				return give(&in)
			}
		}
		return give(c)
	}
	err := mirror.Read(m.dir, m.k.Room, m.k.Box, 1, func(c *mirror.Message) error {
		if c.Seq > m.last {
			return replica.ErrFound // written since
		}
		return fn(c)
	})
	if err != nil && !errors.Is(err, replica.ErrFound) && !errors.Is(err, mirror.ErrDamaged) {
		return err
	}
	for i := range m.extra {
		if err := fn(&m.extra[i]); err != nil {
			return err
		}
	}
	return nil
}

// Restore creates the stream of a room from messages that are stored elsewhere.
type Restore struct {
	Client *Repairer
	Short  string
	Hub    *keyring.Key
	Why    model.Safe    // reason shown while the room is held
	Tree   *signing.Tree // over the leaves that the stream must have
	Each   func(fn func(*mirror.Message) error) error

	Before func(context.Context) error // called before the room is opened; may be nil

	gone []mirror.Message // redacted messages, which leave gaps
	// redactions without a tombstone copy, by the redacted sequence
	redactions map[uint64]mirror.Message
}

// Run creates the stream, held, stores all messages, verifies them and opens the room.
// After an error the stream stays held.
func (m *Restore) Run(ctx context.Context) error {
	c := jetlog.RoomStream(m.Short)
	c.Subjects = []string{repairRoot + m.Short + ".>"}
	c.SubjectTransform = &jetstream.SubjectTransformConfig{Source: repairRoot + m.Short + ".>",
		Destination: subjects.Root + m.Short + ".>"}
	c.RePublish, c.AllowAtomicPublish = nil, true
	c.Metadata = map[string]string{hubapi.MetaHeld: m.Why.String(), hubapi.MetaTimes: m.Hub.Text}
	if err := m.create(ctx, c); err != nil {
		return fmt.Errorf("the hub cannot create a new store for %s: %w", m.Short, jetlog.RequestError(err))
	}
	if err := m.fill(ctx); err != nil {
		return fmt.Errorf("the new store of %s is not complete (%w)", m.Short, err)
	}
	if err := m.clear(ctx); err != nil {
		return fmt.Errorf("the redacted messages of %s cannot be left out: %w", m.Short, err)
	}
	if err := m.check(ctx); err != nil {
		return err
	}
	if m.Before != nil {
		if err := m.Before(ctx); err != nil {
			return err
		}
	}
	o := jetlog.RoomStream(m.Short)
	o.Metadata = map[string]string{hubapi.MetaTimes: m.Hub.Text}
	hubapi.Access{Restricted: true}.Set(&o, m.Short, subjects.Log) // hidden until its access is read from the log
	if _, err := m.Client.Conn.JS.UpdateStream(ctx, o); err != nil {
		return fmt.Errorf("the new store of %s cannot be opened: %w", m.Short, jetlog.RequestError(err))
	}
	r, err := m.Client.FoldToTip(ctx, m.Short)
	if err == nil {
		err = m.Client.Access.SetAccess(ctx, m.Short, access.Of(r), false)
	}
	if err != nil {
		return fmt.Errorf("access to %s is not known: %w", m.Short, err)
	}
	access.Of(r).Set(&o, m.Short, subjects.Log)
	m.Client.Conn.Announce(m.Short, o.Metadata)
	return nil
}

// create creates the stream. It retries for 2 seconds, because the server may still be
// deleting the previous one.
func (m *Restore) create(ctx context.Context, c jetstream.StreamConfig) error {
	for range 40 {
		_, err := m.Client.Conn.JS.CreateStream(ctx, c)
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
	_, err := m.Client.Conn.JS.CreateStream(ctx, c)
	return err
}

// fill publishes all messages.
func (m *Restore) fill(ctx context.Context) error {
	var b []*nats.Msg
	size, stored := 0, uint64(0)
	flush := func() error {
		if len(b) == 0 {
			return nil
		}
		id, err := writer.NewID(m.Client.Now())
		if err != nil {
			return err
		}
		if err := storeAll(ctx, m.Client.Conn, id, b, stored); err != nil {
			return err
		}
		stored += uint64(len(b))
		b, size = b[:0], 0
		return nil
	}
	err := m.Each(func(c *mirror.Message) error {
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
	for i := range m.gone { // tombstone copies after the end of the replica
		if c, ok := m.redactions[m.gone[i].Seq]; ok {
			c.Subject = strings.Replace(c.Subject, "."+subjects.Log+".", "."+subjects.Tombstones+".", 1)
			b = append(b, m.message(&c))
		}
	}
	return flush()
}

// note records the redactions that have no tombstone copy.
func (m *Restore) note(c *mirror.Message) {
	handle, key, event := subjects.Author(c.Subject)
	s, ok := signing.ReadRedaction(c.Seq, handle, key, c.Sig, c.Data)
	if !event {
		s, ok = signing.ReadTombstone(c.Sig, c.Data)
	}
	if _, twice := m.redactions[s.Seq]; !ok || event && twice {
		return
	}
	if !event {
		delete(m.redactions, s.Seq)
		return
	}
	if m.redactions == nil {
		m.redactions = map[uint64]mirror.Message{}
	}
	m.redactions[s.Seq] = *c
}

// message returns a message in the form for publishing it again.
func (m *Restore) message(c *mirror.Message) *nats.Msg {
	// without the short id, which may have changed
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.Subject, subjects.Root), ".")
	msg := nats.NewMsg(repairRoot + m.Short + "." + rest)
	if c.Gone {
		m.gone = append(m.gone, *c)
		return msg // only a placeholder, see clear
	}
	msg.Data = c.Data
	if c.Sig != "" {
		msg.Header[signing.Header] = []string{c.Sig}
	}
	msg.Header[signing.TimeHeader] = []string{signing.SignTime(m.Hub.Private, c.Leaf(), c.At.UnixNano())}
	return msg
}

// clear deletes the placeholders of redacted messages.
func (m *Restore) clear(ctx context.Context) error {
	if len(m.gone) == 0 {
		return nil
	}
	s, err := m.Client.Conn.JS.Stream(ctx, subjects.Stream(m.Short))
	if err != nil {
		return jetlog.RequestError(err)
	}
	for i := range m.gone {
		if err := s.DeleteMsg(ctx, m.gone[i].Seq); err != nil {
			return jetlog.RequestError(err)
		}
	}
	return nil
}

// storeAll stores a batch of messages after a sequence, all or none, with one sync. id is
// the id of the batch.
func storeAll(ctx context.Context, c *jetlog.Conn, id string, ms []*nats.Msg, afterSeq uint64) error {
	ms[0].Header[jetstream.ExpectedLastSeqHeader] = []string{strconv.FormatUint(afterSeq, 10)}
	for i, msg := range ms {
		msg.Header["Nats-Batch-Id"] = []string{id}
		msg.Header["Nats-Batch-Sequence"] = []string{strconv.Itoa(i + 1)}
		if i < len(ms)-1 {
			if err := c.NC.PublishMsg(msg); err != nil {
				return err
			}
		}
	}
	end := ms[len(ms)-1]
	end.Header["Nats-Batch-Commit"] = []string{"1"}
	ctx, cancel := c.Alive(ctx, 5*jetlog.DefaultTimeout)
	defer cancel()
	r, err := c.NC.RequestMsgWithContext(ctx, end)
	if err != nil {
		return jetlog.RequestError(err)
	}
	var a struct {
		Error *jetlog.APIError `json:"error"`
		Seq   uint64           `json:"seq"`
	}
	switch err := json.Unmarshal(r.Data, &a); {
	case err != nil:
		return err
	case a.Error != nil:
		return a.Error
	case a.Seq != afterSeq+uint64(len(ms)):
		return fmt.Errorf("the hub stored up to %d instead of %d", a.Seq, afterSeq+uint64(len(ms)))
	}
	return nil
}

// check reads the new stream and compares its root, before anybody can write to it.
func (m *Restore) check(ctx context.Context) error {
	tree := new(signing.Tree)
	gone := m.gone
	err := m.Client.Conn.Pages(ctx, m.Short, "", 1, func(r jetlog.Record) error {
		for len(gone) > 0 && gone[0].Seq < r.Seq {
			tree.Add(gone[0].OriginalLeaf)
			gone = gone[1:]
		}
		if _, _, event := subjects.Author(r.Subject); event {
			tree.Add(jetlog.Leaf(r))
		}
		return ctx.Err()
	})
	if err != nil {
		return m.Client.Unreachable(err)
	}
	if tree.Size() != m.Tree.Size() || tree.Root() != m.Tree.Root() {
		return fmt.Errorf("the new store of %s has %d entries (root %.8s) instead of %d (root %.8s)", m.Short,
			tree.Size(), tree.Root(), m.Tree.Size(), m.Tree.Root())
	}
	return nil
}

// linkTree copies the files below a directory to another one, with hard links if the file
// system supports them.
func linkTree(from, to string) error {
	return atomicfile.CopyTree(from, to, func(path, target string) error {
		if os.Link(path, target) == nil {
			return nil
		}
		return atomicfile.Copy(path, target)
	})
}
