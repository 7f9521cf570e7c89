package feed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// inspectFor is how long a hub that starts may look at its rooms before others
// are let in.
const inspectFor = 20 * time.Second

// inspectNow is how long a log may be to be read as a whole before others are
// let in: a fifth of a second. Of a longer one the end is looked at first, and
// the rest behind; what is written meanwhile stands behind what is damaged, and
// overwrites nothing.
const inspectNow = 20_000

// heldText says why a room is held, in one sentence: what to do, what is in the
// store, and what was known of it. A narrow screen may cut its end.
func heldText(short string, found, known model.Safe) model.Safe {
	return model.Safef("%s is held, and nothing is written over it; run: warroom doctor --repair %s; %s, but %s", short, short, found, known)
}

// inspect compares every room of a server that has just started with what is
// known of it, before anybody else may write.
func (h *house) inspect(srv *server.Server) {
	all := h.allKnown()
	ctx, cancel := context.WithTimeout(h.ctx, inspectFor)
	defer cancel()
	var long []*known
	for _, k := range all {
		if k.Where != "" {
			continue
		}
		err := h.inside(srv, func(w *wire) error {
			deep, err := h.inspectRoom(ctx, w, k, k.size <= inspectNow)
			if !deep && err == nil {
				long = append(long, k)
			}
			return err
		})
		if err != nil {
			h.o.Logf(model.Safef("the log of %s could not be compared with its checkpoint: %s", k.Short, err))
		}
	}
	if len(long) > 0 {
		h.wg.Go(func() { h.inspectBehind(srv, long) })
	}
}

// inspectBehind reads the long logs as a whole.
func (h *house) inspectBehind(srv *server.Server, long []*known) {
	for _, k := range long {
		err := h.inside(srv, func(w *wire) error {
			_, err := h.inspectRoom(h.ctx, w, k, true)
			return err
		})
		if err != nil && h.ctx.Err() == nil {
			h.o.Logf(model.Safef("the log of %s could not be compared with its checkpoint: %s", k.Short, err))
		}
	}
}

// inside runs fn over a connection to a server in this process.
func (h *house) inside(srv *server.Server, fn func(*wire) error) error {
	w := &wire{changed: make(chan struct{}, 1), where: model.Lit("embedded hub")}
	w.life.Store(newLife())
	nc, err := nats.Connect(hub.URL, nats.InProcessServer(srv), nats.CustomInboxPrefix("_INBOX_"+hubHandle), nats.NoReconnect(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { w.lost(err) }), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	w.nc, w.js = nc, js
	return fn(w)
}

// inspectRoom compares one room, and holds it where it is not the one that was
// known, or lets it go again where it is. Deep says whether all was read.
func (h *house) inspectRoom(ctx context.Context, w *wire, k *known, whole bool) (deep bool, err error) {
	found, err := w.differs(ctx, k, recordDir(h.o.Data, k.Room), whole)
	if err != nil {
		return false, err
	}
	if found.IsEmpty() {
		if whole && !w.standing(k.Short).held.IsEmpty() {
			h.o.Logf(model.Safef("%s is whole again", k.Short))
			return true, w.release(ctx, k.Short)
		}
		return whole, nil
	}
	if aside, err := h.clearBroken(ctx, w, k.Short); err != nil {
		return true, err
	} else if aside != "" {
		found = model.Safef("%s (what lay there was put into %s)", found, aside)
	}
	why := heldText(k.Short, found, k.words())
	h.o.Logf(why)
	return true, w.hold(ctx, k.Short, why)
}

// differs says how the hub's log of a room differs from what was known of it;
// empty where it does not.
func (w *wire) differs(ctx context.Context, k *known, dir string, whole bool) (found model.Safe, err error) {
	s, err := w.js.Stream(ctx, streamOf(k.Short))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return model.Lit("the hub's store does not have the room at all"), nil
	case err != nil:
		return found, said(err)
	}
	st := s.CachedInfo().State
	w.learn(k.Short, s.CachedInfo().Config.Metadata)
	switch {
	case st.LastSeq < k.seq:
		return model.Safef("the hub's store has %d entries and ends at number %d", st.Msgs, st.LastSeq), nil
	case st.FirstSeq > 1:
		return model.Safef("the hub's store begins at entry %d", st.FirstSeq), nil
	}
	if !whole {
		return w.endDiffers(ctx, k)
	}
	return w.wholeDiffers(ctx, k, dir, st.LastSeq)
}

// endDiffers looks at the last message that was known alone.
func (w *wire) endDiffers(ctx context.Context, k *known) (found model.Safe, err error) {
	r, err := w.fewer(ctx, k.Short, k.seq)
	switch {
	case errors.Is(err, errNothing):
		return model.Safef("entry %d is missing in the hub's store", k.seq), nil
	case err != nil:
		return found, err
	case k.tip.Seq == k.seq && messageLeaf(r) != k.tip.Leaf:
		return model.Safef("entry %d in the hub's store is another one", k.seq), nil
	}
	return found, nil
}

// errFound ends reading where the answer is clear.
var errFound = errors.New("found")

// wholeDiffers reads the whole log.
func (w *wire) wholeDiffers(ctx context.Context, k *known, dir string, last uint64) (found model.Safe, err error) {
	tree, next, root := new(seal.Tree), uint64(1), ""
	take := func(r record) error {
		for next < r.seq {
			one, err := w.fewer(ctx, k.Short, next)
			if errors.Is(err, errNothing) {
				found = model.Safef("entry %d is missing in the hub's store, which has numbers up to %d", next, last)
				return errFound
			}
			if err != nil {
				return err
			}
			next = one.seq + 1
			root = leafOf(tree, one, k, root)
		}
		next = r.seq + 1
		root = leafOf(tree, r, k, root)
		return ctx.Err()
	}
	err = w.pages(ctx, k.Short, "", 1, take)
	switch {
	case errors.Is(err, errFound):
		return found, nil
	case err != nil:
		return found, err
	case next <= last:
		return model.Safef("entry %d is missing in the hub's store, which has numbers up to %d", next, last), nil
	case root != k.root:
		return model.Safef("the hub's store has another log%s: %d entries up to number %d (root %.8s)", w.firstOther(ctx, k, dir), tree.Size(), next-1, root), nil
	}
	return found, nil
}

// leafOf adds a record and returns the root at the size that was known.
func leafOf(tree *seal.Tree, r record, k *known, root string) string {
	if _, _, event := author(r.subject); event {
		tree.Add(messageLeaf(r))
	}
	if r.seq == k.seq {
		return tree.Root().String()
	}
	return root
}

// firstOther names the first entry that is not the copy's.
func (w *wire) firstOther(ctx context.Context, k *known, dir string) string {
	at := uint64(0)
	var page map[uint64]record
	err := logcopy.Read(dir, k.Room, k.box, 1, func(m *logcopy.Message) error {
		if page == nil || page[m.Seq].seq == 0 {
			page = map[uint64]record{}
			_, err := w.read(ctx, k.Short, "", m.Seq, pageSize, func(r record) error { page[r.seq] = r; return nil })
			if err != nil {
				return err
			}
		}
		if there := page[m.Seq]; messageLeaf(there) != m.Leaf() && !(m.Gone && there.seq == 0) {
			at = m.Seq
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return fmt.Sprintf(" from entry %d on", at)
	}
	return ""
}

// clearBroken puts away the files of a stream that the server does not know any
// more, so that the empty one in its place writes over nothing.
func (h *house) clearBroken(ctx context.Context, w *wire, short string) (aside string, err error) {
	_, err = w.js.Stream(ctx, streamOf(short))
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return "", said(err)
	}
	dir := streamDir(h.o.Data, short)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	aside = h.asideName(short)
	if err := privateDir(filepath.Dir(aside)); err != nil {
		return "", err
	}
	if err := os.Rename(dir, aside); err != nil {
		return "", fmt.Errorf("put the broken store of %s away: %w", short, err)
	}
	return aside, nil
}

// streamDir is where the embedded server keeps the stream of a room.
func streamDir(data, short string) string {
	return filepath.Join(data, "hub", server.JetStreamStoreDir, "$G", "streams", streamOf(short))
}

// asideName is under what name the store of a room is put away.
func (h *house) asideName(short string) string {
	return filepath.Join(h.o.Data, "hub", "aside", short+"-"+h.o.Now().UTC().Format("20060102T150405.000"))
}
