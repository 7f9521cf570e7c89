package hub

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
)

// seal encrypts the store. The server can do that in place, but a death while it
// does would leave a block that is neither plain nor encrypted: so a copy is
// encrypted, compared message by message, and put in the place of the plain one.
func (o Options) seal(l *logger) error {
	store := filepath.Join(o.Dir, server.JetStreamStoreDir)
	if missing(store) {
		return o.sealed()
	}
	used := dirSize(store)
	if free, ok := o.Free(o.Dir); ok && free < used+used/8 {
		return model.Refuse(model.Internal, "the hub's store in %s is to be encrypted, and there is no room for that: it takes %d MiB more for a while; free some space, or leave at_rest out of the configuration for now", o.Dir, (used+used/8)>>20)
	}
	o.log(model.Safef("the hub's store in %s is being encrypted; it is done once", o.Dir))
	sealing := filepath.Join(o.Dir, sealingDir)
	if err := copyTree(store, filepath.Join(sealing, server.JetStreamStoreDir)); err != nil {
		return refuseDisk(err, "copy the store into", sealing)
	}
	was, err := o.contents(o.Dir, model.Secret{}, l)
	if err != nil {
		return err
	}
	for range 2 { // the first one encrypts, the second reads what is on disk
		is, err := o.contents(sealing, o.Key, l)
		if err != nil {
			return err
		}
		if !maps.Equal(was, is) {
			return model.Refuse(model.Internal, "the hub's store in %s could not be encrypted: what came out is not what went in; the store is as it was, so leave at_rest out of the configuration and run warroom doctor", o.Dir)
		}
	}
	return o.swap(store, sealing)
}

func (o Options) log(s model.Safe) {
	if o.Logf != nil {
		o.Logf(s)
	}
}

// swap puts the encrypted store in the place of the plain one, which is removed,
// not wiped.
func (o Options) swap(store, sealing string) error {
	plain := filepath.Join(o.Dir, plainDir)
	if err := os.Rename(store, plain); err != nil {
		return refuseDisk(err, "put aside", store)
	}
	if err := os.Rename(filepath.Join(sealing, server.JetStreamStoreDir), store); err != nil {
		return refuseDisk(err, "put the encrypted store into", store)
	}
	if err := o.sealed(); err != nil {
		return err
	}
	if err := o.tidy(formSealed); err != nil {
		return refuseDisk(err, "remove", plain)
	}
	o.log(model.Safef("the hub's store in %s is encrypted; what was plain there is removed, which a disk may not do at once: only a new disk never had it", o.Dir))
	return nil
}

// contents starts a server over a store and returns a hash of every stream's
// messages, by name.
func (o Options) contents(dir string, key model.Secret, l *logger) (map[string]string, error) {
	srv, err := startServer(dir, key, 0, l, nil)
	if err != nil {
		return nil, err
	}
	defer func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	}()
	nc, err := nats.Connect(URL, nats.InProcessServer(srv), nats.NoReconnect(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		return nil, model.Refuse(model.Internal, "the store in %s cannot be read: %s", dir, err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, model.Refuse(model.Internal, "the store in %s cannot be read: %s", dir, err)
	}
	out := map[string]string{}
	ctx := context.Background()
	names := js.StreamNames(ctx)
	for name := range names.Name() {
		if out[name], err = digest(ctx, js, name); err != nil {
			return nil, model.Refuse(model.Internal, "the store in %s cannot be read: %s: %s", dir, name, err)
		}
	}
	if err := names.Err(); err != nil {
		return nil, model.Refuse(model.Internal, "the store in %s cannot be read: %s", dir, err)
	}
	dirs, _ := filepath.Glob(filepath.Join(dir, server.JetStreamStoreDir, "*", "streams", "*"))
	if len(dirs) != len(out) {
		return nil, model.Refuse(model.Conflict, "the hub's store in %s has %d logs and %d of them can be read: leave at_rest out of the configuration, run warroom doctor --repair, and then encrypt it", o.Dir, len(dirs), len(out))
	}
	return out, nil
}

// digestWait is how long one message may take to be read.
const digestWait = 30 * time.Second

// digest is a hash of a stream's settings and of all of its messages.
func digest(ctx context.Context, js jetstream.JetStream, name string) (string, error) {
	s, err := js.Stream(ctx, name)
	if err != nil {
		return "", err
	}
	info, h := s.CachedInfo(), sha256.New()
	settings, err := json.Marshal(info.Config)
	if err != nil {
		return "", err
	}
	st := info.State
	fmt.Fprintln(h, string(settings), st.Msgs, st.Bytes, st.FirstSeq, st.LastSeq, st.NumDeleted)
	if st.Msgs > 0 {
		err = eachMessage(ctx, s, h)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// eachMessage writes all of a stream's messages.
func eachMessage(ctx context.Context, s jetstream.Stream, to io.Writer) error {
	c, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return err
	}
	for {
		batch, err := c.Fetch(256, jetstream.FetchMaxWait(digestWait))
		if err != nil {
			return err
		}
		many := 0
		for m := range batch.Messages() {
			at, err := m.Metadata()
			if err != nil {
				return err
			}
			many++
			head, err := json.Marshal(m.Headers())
			if err != nil {
				return err
			}
			fmt.Fprintln(to, at.Sequence.Stream, at.Timestamp.UnixNano(), m.Subject(), string(head), len(m.Data()))
			_, _ = to.Write(m.Data()) // a hash takes everything
			if at.NumPending == 0 {
				return nil
			}
		}
		if many == 0 {
			return fmt.Errorf("the server stopped in the middle: %w", batch.Error())
		}
	}
}

// indexFile is where the server keeps the state of a stream for a quick start. It
// makes it again from the messages; a plain one it cannot read with a key, and logs
// an error for each stream.
const indexFile = "index.db"

// copyTree copies a store down to the disk, without its index.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
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
		if d.Name() == indexFile {
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
	if err == nil {
		err = out.Sync()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}
