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

	"warroom/feed/atomicfile"
	"warroom/model"
)

// seal encrypts the store. The server can do that in place, but if the process died then, a
// block could be left neither plain nor encrypted. Therefore seal encrypts a copy, compares
// it message by message, and replaces the plain store with it.
func (o Options) seal(l *logger) error {
	store := filepath.Join(o.Dir, server.JetStreamStoreDir)
	if missing(store) {
		return o.sealed()
	}
	used := dirSize(store)
	if free, ok := o.Free(o.Dir); ok && free < used+used/8 {
		return model.Refuse(model.Internal,
			"the hub's store in %s cannot be encrypted, because that needs another %d MiB for a while; free some "+
				"space, or remove at_rest from the configuration for now", o.Dir, (used+used/8)>>20)
	}
	o.log(model.Safef("the hub's store in %s is being encrypted; it is done once", o.Dir))
	sealing := filepath.Join(o.Dir, sealingDir)
	if err := copyTree(store, filepath.Join(sealing, server.JetStreamStoreDir)); err != nil {
		return refuseDisk(err, "copy the store into", sealing)
	}
	before, err := o.contents(o.Dir, model.Secret{}, l)
	if err != nil {
		return err
	}
	for range 2 { // the first start encrypts, the second one reads from disk
		is, err := o.contents(sealing, o.Key, l)
		if err != nil {
			return err
		}
		if !maps.Equal(before, is) {
			return model.Refuse(model.Internal,
				"the hub's store in %s could not be encrypted: the result differs from the original; the store is "+
					"unchanged, so remove at_rest from the configuration and run warroom doctor", o.Dir)
		}
	}
	return o.swap(store, sealing)
}

func (o Options) log(s model.Safe) {
	if o.Logf != nil {
		o.Logf(s)
	}
}

// swap replaces the plain store with the encrypted one. The plain store is removed, not
// wiped.
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
	o.log(model.Safef("the hub's store in %s is encrypted, and the plain files are removed; the disk may keep their "+
		"bytes for a while; only a new disk never had them", o.Dir))
	return nil
}

// contents starts a server on a store and returns a hash of the messages of every stream,
// by name.
func (o Options) contents(dir string, key model.Secret, l *logger) (map[string]string, error) {
	srv, err := startServer(dir, key, 0, l, nil)
	if err != nil {
		return nil, err
	}
	defer func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	}()
	nc, err := nats.Connect(URL, nats.InProcessServer(srv), nats.NoReconnect(),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
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
		return nil, model.Refuse(model.Conflict,
			"the hub's store in %s has %d logs and %d of them can be read: remove at_rest from the configuration, "+
				"run warroom doctor --repair, and then encrypt it", o.Dir, len(dirs), len(out))
	}
	return out, nil
}

// digestWait is the max time to read one message.
const digestWait = 30 * time.Second

// digest returns a hash of a stream's configuration and all its messages.
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

// eachMessage writes all messages of a stream.
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
			_, _ = to.Write(m.Data()) // a hash never returns an error
			if at.NumPending == 0 {
				return nil
			}
		}
		if many == 0 {
			return fmt.Errorf("the server stopped in the middle: %w", batch.Error())
		}
	}
}

// indexFile is where the server keeps the state of a stream for a quick start. It can be
// rebuilt from the messages. The server cannot read a plain one with a key, and would log
// an error for each stream.
const indexFile = "index.db"

// copyTree copies a store without its indexes, and syncs it to disk.
func copyTree(from, to string) error {
	return atomicfile.CopyTree(from, to, func(path, target string) error {
		if filepath.Base(path) == indexFile {
			return nil
		}
		return atomicfile.Copy(path, target)
	})
}
