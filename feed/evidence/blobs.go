// Package evidence stores the contents of evidence in a stream of the room, in chunks
// that can be encrypted before they leave this process, and registers them in the log. It
// also stores the masked copies of the files that alerts of the lobby were read from.
package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"warroom/feed/backoff"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/atrest"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// settleWait is the time limit for reading a room to its end.
const settleWait = 10 * time.Second

// Deps are the dependencies of a Store.
type Deps struct {
	*writer.Env
	Secret model.Secret       // encrypts evidence; if empty, not encrypted
	Actor  func() model.Actor // returns the collector
	Enter  func(ctx context.Context, short string) (Session, error)
	Own    func() *Store // returns the store of the hub itself

	AskStore func(ctx context.Context, short string) error // makes the hub create the evidence stream of a room
}

// Session is a session in a room, with its writer.
type Session struct {
	model.RoomSession
	Writer *writer.Writer
}

// Store is the evidence of rooms for one identity.
type Store struct{ deps Deps }

var (
	_ model.Blobs    = (*Store)(nil)
	_ model.RawFiles = (*Store)(nil)
)

// New returns a Store.
func New(deps Deps) *Store { return &Store{deps} }

// chunkSize is the size of a chunk in bytes before encryption; the last one may be
// smaller. An encrypted chunk stays below the default message limit of a NATS server.
const chunkSize = 512 << 10

// chunksAtOnce is the number of chunks per request.
const chunksAtOnce = 16

// blobHead is the first message of an item in the stream. Its chunks follow in order:
// each is sent after the previous one is stored.
type blobHead struct {
	V     int             `json:"v"`
	Chunk int             `json:"chunk"`
	Vault json.RawMessage `json:"vault,omitempty"` // vault that encrypts the chunks; absent: not encrypted
}

// blob is an item in the stream, as far as it has been read or written.
type blob struct {
	conn    *jetlog.Conn
	short   string
	subject string
	name    string
	box     *atrest.Box // nil: not encrypted
	chunk   int
	last    uint64 // sequence of the newest message
	n       uint64 // number of chunks
	posts   uint64 // number of messages, including the head
}

// blobStream returns the configuration of the stream for the evidence of a room, or for
// the raw files of the lobby.
func blobStream(short string, replicas int) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name: subjects.Stream(short) + subjects.BlobEnd, Description: "warroom " + short + ", evidence",
		Subjects: []string{subjects.All(short, subjects.Blob)},
		Storage:  jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		Replicas: replicas, AllowDirect: true, DenyPurge: true, MaxMsgSize: chunkSize + 4096,
	}
	if short == model.LobbyShort { // raw files of alerts: drop the oldest
		c.MaxAge, c.MaxBytes, c.Discard = rawAge, rawBytes, jetstream.DiscardOld
	}
	return c
}

// MakeStream creates the evidence stream of a room, if it does not exist.
func MakeStream(ctx context.Context, f *Store, short string) error {
	if f.deps.Conn.ByHub.Load() {
		return f.deps.AskStore(ctx, short)
	}
	replicas := 1
	if s, err := f.deps.Conn.JS.Stream(ctx, subjects.Stream(short)); err == nil {
		replicas = s.CachedInfo().Config.Replicas
	}
	cfg := blobStream(short, replicas)
	ctx, cancel := f.deps.Conn.Asking(ctx, 10*time.Second, "$JS.API.STREAM.CREATE."+cfg.Name)
	defer cancel()
	_, err := f.deps.Conn.JS.CreateStream(ctx, cfg)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // made by another version
		return nil
	}
	return jetlog.AnswerError(ctx, err)
}

// subjectOf returns the subject of an item.
func subjectOf(short, handle, name string) string {
	return subjects.Of(short, subjects.Blob, handle, name)
}

// begin stores the head of a new item.
func (b *blob) begin(ctx context.Context, secret model.Secret) error {
	h := blobHead{V: 1, Chunk: chunkSize}
	b.chunk = chunkSize
	if !secret.IsEmpty() {
		v, raw, err := atrest.Loose(secret)
		if err != nil {
			return err
		}
		b.box, h.Vault = v.Box(vaultBlob), raw
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return b.post(ctx, raw)
}

// vaultBlob is the purpose of the keys that encrypt evidence.
const vaultBlob = "evidence"

// errBlobFormat is returned for an item that this program did not write.
var errBlobFormat = errors.New("the object in the store is not evidence of this program")

// open reads the head of a stored item. It returns jetlog.ErrNothing if there is none.
func (b *blob) open(ctx context.Context, secret model.Secret) error {
	var raw []byte
	got, err := b.conn.Read(ctx, b.short+subjects.BlobEnd, b.subject, 1, 1, func(r jetlog.Record) error {
		raw, b.last = bytes.Clone(r.Data), r.Seq
		return nil
	})
	switch {
	case errors.Is(err, nats.ErrNoResponders): // there is no stream
		return jetlog.ErrNothing
	case model.CodeOf(err) == model.Forbidden: // the room itself is open to this login
		return model.Refuse(model.Forbidden, "this login may not read the bytes of evidence, which requires the "+
			`right "write"; an export can leave them out: warroom export %s --without-evidence -o FILE`, b.short)
	case err != nil:
		return err
	case got == 0 || raw == nil:
		return jetlog.ErrNothing
	}
	var h blobHead
	if json.Unmarshal(raw, &h) != nil || h.V != 1 || h.Chunk <= 0 || h.Chunk > 8<<20 {
		return errBlobFormat
	}
	b.chunk, b.box, b.posts = h.Chunk, nil, 1
	if h.Vault == nil {
		return nil
	}
	if secret.IsEmpty() {
		return model.Refuse(model.Forbidden,
			"the evidence is encrypted; set the passphrase or key that it was collected with, as evidence_key in "+
				"the configuration")
	}
	v, err := atrest.Unlock(h.Vault, secret)
	if errors.Is(err, atrest.ErrSealed) {
		return model.Refuse(model.Forbidden,
			"the evidence is encrypted with a passphrase or key other than the evidence_key of this configuration")
	}
	if err != nil {
		return errBlobFormat
	}
	b.box = v.Box(vaultBlob)
	return nil
}

// each calls fn for each further chunk, in order. fn must not keep the bytes.
func (b *blob) each(ctx context.Context, fn func([]byte) error) error {
	for {
		prev := b.last
		_, err := b.conn.DirectGet(ctx, b.short+subjects.BlobEnd,
			jetlog.Query{Seq: b.last + 1, NextFor: b.subject, Batch: chunksAtOnce, MaxBytes: jetlog.BatchBytes},
			func(r jetlog.Record) error {
				plain, err := b.plain(r.Data)
				if err != nil {
					return err
				}
				b.last, b.n, b.posts = r.Seq, b.n+1, b.posts+1
				return fn(plain)
			})
		switch {
		case errors.Is(err, jetlog.ErrNothing):
			return nil
		case err != nil:
			return err
		case b.last == prev:
			return errBlobFormat
		}
	}
}

// plain decrypts the next chunk.
func (b *blob) plain(data []byte) ([]byte, error) {
	if b.box == nil {
		return data, nil
	}
	p, err := b.box.Open(data, b.chunkID())
	if err != nil {
		return nil, damagedChunk(b.n)
	}
	return p, nil
}

func damagedChunk(n uint64) error {
	return &damage{model.Safef("part %d was changed in the store, or is missing", n+1)}
}

// damage describes how the stored bytes differ from those that were collected.
type damage struct{ why model.Safe }

// Error implements error.
func (d *damage) Error() string { return d.why.String() }

// chunkID returns the associated data of the next chunk: its item and its number.
func (b *blob) chunkID() []byte { return []byte(b.name + "/" + strconv.FormatUint(b.n, 10)) }

// add stores the next chunk. The chunk is stored when add returns nil.
func (b *blob) add(ctx context.Context, plain []byte) error {
	data := plain
	if b.box != nil {
		data = b.box.Seal(plain, b.chunkID())
	}
	if err := b.post(ctx, data); err != nil {
		return err
	}
	b.n++
	return nil
}

// awayFor is how long a chunk waits for a hub that cannot be reached. Another process may
// be taking over.
const awayFor = 20 * time.Second

// post stores a message after the newest one. It is stored once, however often it is
// sent: its message id is its position in the item. Expecting the last sequence of the
// subject instead would make the server read its file for each message, and keep the last
// 10 seconds of messages in memory.
func (b *blob) post(ctx context.Context, data []byte) error {
	m := nats.NewMsg(b.subject)
	m.Data = data
	m.Header.Set(jetstream.MsgIDHeader, b.name+"/"+strconv.FormatUint(b.posts, 10))
	late, cancel := context.WithTimeout(ctx, awayFor)
	defer cancel()
	retried := false
	for pause := backoff.New(20*time.Millisecond, wake.MaxBackoff); ; pause.Grow() {
		seq, dup, err := b.conn.Publish(late, m)
		var no *jetlog.APIError
		switch is := errors.As(err, &no); {
		case err == nil && dup && !retried:
			return errTwo
		case err == nil && dup && !b.landed(late, data, seq):
			err = errTwo
		case err == nil:
			b.last = seq
			b.posts++
			return nil
		case jetlog.IsDenied(err):
			return model.Refuse(model.Forbidden,
				"the server does not let this login store evidence in %s; ask the person who invited you, or "+
					"who runs the server",
				b.short)
		case is && slices.Contains(jetlog.CodesNoSpace, no.ErrCode):
			return model.Refuse(model.Internal, "the hub has no space to store more (%s); free some on its disk",
				no.Description)
		}
		retried = true
		select {
		case <-late.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, errTwo) {
				return errTwo
			}
			return model.Refuse(model.Unreachable, "the hub could no longer be reached, and was not back after %s",
				awayFor)
		case <-pause.After():
		}
	}
}

// errTwo is returned if another process stores the same item at the same time.
var errTwo = model.Refuse(model.Conflict, "another process is storing the same file")

// landed reports whether the message at a sequence is this one.
func (b *blob) landed(ctx context.Context, data []byte, seq uint64) bool {
	r, err := b.conn.ReadRaw(ctx, b.short+subjects.BlobEnd, jetlog.Query{Seq: seq})
	return err == nil && bytes.Equal(r.Data, data)
}

// full fills buf from r. It returns io.EOF if r is at its end.
func full(r io.Reader, buf []byte) ([]byte, error) {
	n, err := io.ReadFull(r, buf)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the next read returns io.EOF
	}
	return buf[:n], err
}
