package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/atomicfile"
	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/replica"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// inspectFor is how long a starting hub may check its rooms before it accepts
// connections.
const inspectFor = 20 * time.Second

// inspectNow is the number of entries up to which a log is read as a whole before the hub
// accepts connections, in about 0.2 seconds. Of a longer log only the end is checked
// first, and the rest in the background. Entries written meanwhile follow the damaged
// ones and overwrite nothing.
const inspectNow = 20_000

// Inspector compares the logs of a hub that has just started with what this machine has
// stored of them.
type Inspector struct {
	Store *roomstore.Store
	Ctx   context.Context // ends with the process
	Wait  *sync.WaitGroup // for its background goroutines
}

// Inspect compares the rooms of a server that has just started with what is stored of
// them, before anybody can write.
func (c *Inspector) Inspect(srv *server.Server) {
	all := c.Store.AllKnown()
	ctx, cancel := context.WithTimeout(c.Ctx, inspectFor)
	defer cancel()
	var long []*roomstore.Known
	err := inside(srv, func(conn *jetlog.Conn) error {
		for _, k := range all {
			if k.Where != "" {
				continue
			}
			deep, err := c.inspectRoom(ctx, conn, k, k.Size <= inspectNow)
			switch {
			case err != nil:
				c.Store.Logf(model.Safef("the log of %s could not be compared with its checkpoint: %s", k.Short, err))
			case !deep:
				long = append(long, k)
			}
		}
		return nil
	})
	if err != nil {
		c.Store.Logf(model.Safef("no log could be compared with its checkpoint: %s", err))
	}
	if len(long) > 0 {
		c.Wait.Go(func() { c.inspectInBackground(srv, long) })
	}
}

// inspectInBackground reads the long logs as a whole.
func (c *Inspector) inspectInBackground(srv *server.Server, long []*roomstore.Known) {
	for _, k := range long {
		err := inside(srv, func(conn *jetlog.Conn) error {
			_, err := c.inspectRoom(c.Ctx, conn, k, true)
			return err
		})
		if err != nil && c.Ctx.Err() == nil {
			c.Store.Logf(model.Safef("the log of %s could not be compared with its checkpoint: %s", k.Short, err))
		}
	}
}

// inside calls fn with a connection to a server in this process.
func inside(srv *server.Server, fn func(*jetlog.Conn) error) error {
	conn, err := jetlog.ConnectInProcess(srv)
	if err != nil {
		return err
	}
	defer conn.NC.Close()
	return fn(conn)
}

// inspectRoom compares one room. It holds the room if the log differs, and releases it if
// not. deep reports whether the whole log was read.
func (c *Inspector) inspectRoom(ctx context.Context, conn *jetlog.Conn, k *roomstore.Known, whole bool) (deep bool,
	err error) {
	found, err := differs(ctx, conn, k, roomstore.Dir(c.Store.Data, k.Room), whole)
	if err != nil {
		return false, err
	}
	if found.IsEmpty() {
		if whole && !conn.State(k.Short).Held.IsEmpty() {
			c.Store.Logf(model.Safef("%s is whole again", k.Short))
			return true, conn.Release(ctx, k.Short)
		}
		return whole, nil
	}
	if aside, err := clearBroken(ctx, conn, c.Store, k.Short); err != nil {
		return true, err
	} else if aside != "" {
		found = model.Safef("%s (the previous content was moved to %s)", found, aside)
	}
	why := replica.HeldText(k.Short, found, k.Words())
	c.Store.Logf(why)
	return true, conn.Hold(ctx, k.Short, why)
}

// differs describes how the hub's log of a room differs from what is stored of it. It
// returns an empty text if it does not.
func differs(ctx context.Context, c *jetlog.Conn, k *roomstore.Known, dir string, whole bool) (found model.Safe,
	err error) {
	s, err := c.JS.Stream(ctx, subjects.Stream(k.Short))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return model.Lit("the hub's store does not have the room at all"), nil
	case err != nil:
		return found, jetlog.RequestError(err)
	}
	st := s.CachedInfo().State
	c.Learn(k.Short, s.CachedInfo().Config.Metadata)
	switch {
	case st.LastSeq < k.LastSeq:
		return model.Safef("the hub's store has %d entries and ends at number %d", st.Msgs, st.LastSeq), nil
	case st.FirstSeq > 1:
		return model.Safef("the hub's store begins at entry %d", st.FirstSeq), nil
	}
	if !whole {
		return endDiffers(ctx, c, k)
	}
	return wholeDiffers(ctx, c, k, dir, st.LastSeq)
}

// endDiffers checks only the last message that is stored here.
func endDiffers(ctx context.Context, c *jetlog.Conn, k *roomstore.Known) (found model.Safe, err error) {
	r, err := jetlog.ReadOrTombstone(ctx, c, k.Short, k.LastSeq)
	switch {
	case errors.Is(err, jetlog.ErrNothing):
		return model.Safef("entry %d is missing in the hub's store", k.LastSeq), nil
	case err != nil:
		return found, err
	case k.Tip.Seq == k.LastSeq && jetlog.Leaf(r) != k.Tip.Leaf:
		return model.Safef("entry %d in the hub's store is a different one", k.LastSeq), nil
	}
	return found, nil
}

// wholeDiffers reads the whole log.
func wholeDiffers(ctx context.Context, c *jetlog.Conn, k *roomstore.Known, dir string, last uint64) (found model.Safe,
	err error) {
	tree, next, root := new(signing.Tree), uint64(1), ""
	take := func(r jetlog.Record) error {
		for next < r.Seq {
			one, err := jetlog.ReadOrTombstone(ctx, c, k.Short, next)
			if errors.Is(err, jetlog.ErrNothing) {
				found = model.Safef("entry %d is missing in the hub's store, which has numbers up to %d", next, last)
				return replica.ErrFound
			}
			if err != nil {
				return err
			}
			next = one.Seq + 1
			root = leafOf(tree, one, k, root)
		}
		next = r.Seq + 1
		root = leafOf(tree, r, k, root)
		return ctx.Err()
	}
	err = c.Pages(ctx, k.Short, "", 1, take)
	switch {
	case errors.Is(err, replica.ErrFound):
		return found, nil
	case err != nil:
		return found, err
	case next <= last:
		return model.Safef("entry %d is missing in the hub's store, which has numbers up to %d", next, last), nil
	case root != k.Root:
		return model.Safef("the hub's store has a different log%s: %d entries up to number %d (root %.8s)",
			firstOther(ctx, c, k, dir), tree.Size(), next-1, root), nil
	}
	return found, nil
}

// leafOf adds a record to the tree. After the last stored sequence it returns the root,
// otherwise root.
func leafOf(tree *signing.Tree, r jetlog.Record, k *roomstore.Known, root string) string {
	if _, _, event := subjects.Author(r.Subject); event {
		tree.Add(jetlog.Leaf(r))
	}
	if r.Seq == k.LastSeq {
		return tree.Root().String()
	}
	return root
}

// firstOther names the first entry that differs from the replica.
func firstOther(ctx context.Context, c *jetlog.Conn, k *roomstore.Known, dir string) string {
	at := uint64(0)
	var page map[uint64]jetlog.Record
	err := mirror.Read(dir, k.Room, k.Box, 1, func(m *mirror.Message) error {
		if page == nil || page[m.Seq].Seq == 0 {
			page = map[uint64]jetlog.Record{}
			_, err := c.Read(ctx, k.Short, "", m.Seq, jetlog.PageSize,
				func(r jetlog.Record) error { page[r.Seq] = r; return nil })
			if err != nil {
				return err
			}
		}
		if there := page[m.Seq]; jetlog.Leaf(there) != m.Leaf() && !(m.Gone && there.Seq == 0) {
			at = m.Seq
			return replica.ErrFound
		}
		return nil
	})
	if errors.Is(err, replica.ErrFound) {
		return fmt.Sprintf(" from entry %d on", at)
	}
	return ""
}

// clearBroken renames the files of a stream that no longer belong to a stream of the server,
// so that a new stream does not overwrite them. It returns the new path, or "" if there were
// no files.
func clearBroken(ctx context.Context, conn *jetlog.Conn, store *roomstore.Store, short string) (aside string,
	err error) {
	_, err = conn.JS.Stream(ctx, subjects.Stream(short))
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return "", jetlog.RequestError(err)
	}
	dir := streamDir(store.Data, short)
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	aside = asideName(store, short)
	if err := atomicfile.MakePrivateDir(filepath.Dir(aside)); err != nil {
		return "", err
	}
	if err := os.Rename(dir, aside); err != nil {
		return "", fmt.Errorf("put the broken store of %s away: %w", short, err)
	}
	return aside, nil
}

// streamDir returns the directory of a room's stream in the embedded server.
func streamDir(data, short string) string {
	return filepath.Join(data, "hub", server.JetStreamStoreDir, "$G", "streams", subjects.Stream(short))
}

// asideName returns the path to which the store of a room is renamed.
func asideName(store *roomstore.Store, short string) string {
	return filepath.Join(store.Data, "hub", "aside", short+"-"+store.Now().UTC().Format("20060102T150405.000"))
}
