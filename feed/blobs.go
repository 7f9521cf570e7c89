package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/vault"
	"warroom/model"
)

// blobEnd is what the name of the stream of evidence has behind that of the room's.
// Its bytes go over warroom.<room>.blob.<handle>.<blob>, and are no leaves.
const blobEnd = "_BLOB"

// chunkSize is how many plain bytes one message of the store has, the last one of
// a piece fewer. With what encryption adds it fits into what every server takes.
const chunkSize = 512 << 10

// chunksAtOnce bounds one answer of the store.
const chunksAtOnce = 16

// blobHead is the first message of a piece in the store. Those behind it are its
// chunks, in order: each is sent when the one before it is stored.
type blobHead struct {
	V     int             `json:"v"`
	Chunk int             `json:"chunk"`
	Vault json.RawMessage `json:"vault,omitempty"` // by which the chunks are encrypted; none: they are plain
}

// blob is a piece in the store, as far as it is known here.
type blob struct {
	w       *wire
	short   string
	subject string
	name    string
	box     *vault.Box // nil: plain
	chunk   int
	last    uint64 // sequence of the newest message
	n       uint64 // chunks that are there
	posts   uint64 // messages: the head too
}

// blobStream is the stream for the evidence of a room.
func blobStream(short string, replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: streamOf(short) + blobEnd, Description: "warroom " + short + ", evidence", Subjects: []string{lanes(short, laneBlob)},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		Replicas: replicas, AllowDirect: true, DenyPurge: true, MaxMsgSize: chunkSize + 4096,
	}
}

// makeBlobs makes the store for a room's evidence, or finds it.
func (h *house) makeBlobs(ctx context.Context, short string) error {
	if h.w.byHub.Load() {
		return h.askBlobs(ctx, short)
	}
	replicas := 1
	if s, err := h.w.js.Stream(ctx, streamOf(short)); err == nil {
		replicas = s.CachedInfo().Config.Replicas
	}
	c := blobStream(short, replicas)
	ctx, cancel := h.w.asking(ctx, 10*time.Second, "$JS.API.STREAM.CREATE."+c.Name)
	defer cancel()
	_, err := h.w.js.CreateStream(ctx, c)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // of another version
		return nil
	}
	return answer(ctx, err)
}

// subjectOf is where somebody's piece lies.
func subjectOf(short, handle, name string) string { return lane(short, laneBlob, handle, name) }

// begin puts the head of a new piece into the store.
func (b *blob) begin(ctx context.Context, secret model.Secret) error {
	h := blobHead{V: 1, Chunk: chunkSize}
	b.chunk = chunkSize
	if !secret.IsEmpty() {
		v, raw, err := vault.Loose(secret)
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

// errStrange means that a piece in the store is not as this program writes it.
var errStrange = errors.New("what lies in the store is not a piece of evidence of this program")

// open reads the head of a piece that is there. The error is errNothing where
// there is none.
func (b *blob) open(ctx context.Context, secret model.Secret) error {
	var raw []byte
	got, err := b.w.read(ctx, b.short+blobEnd, b.subject, 1, 1, func(r record) error {
		raw, b.last = bytes.Clone(r.data), r.seq
		return nil
	})
	switch {
	case errors.Is(err, nats.ErrNoResponders): // no store
		return errNothing
	case err != nil:
		return err
	case got == 0 || raw == nil:
		return errNothing
	}
	var h blobHead
	if json.Unmarshal(raw, &h) != nil || h.V != 1 || h.Chunk <= 0 || h.Chunk > 8<<20 {
		return errStrange
	}
	b.chunk, b.box, b.posts = h.Chunk, nil, 1
	if h.Vault == nil {
		return nil
	}
	if secret.IsEmpty() {
		return model.Refuse(model.Forbidden, "the evidence is encrypted; set the passphrase or key that it was collected with, as evidence_key in the configuration")
	}
	v, err := vault.Unlock(h.Vault, secret)
	if errors.Is(err, vault.ErrSealed) {
		return model.Refuse(model.Forbidden, "the evidence is encrypted with another passphrase or key than the evidence_key of this configuration")
	}
	if err != nil {
		return errStrange
	}
	b.box = v.Box(vaultBlob)
	return nil
}

// each calls fn for every chunk behind those that are known, in order, until
// there is none. The bytes belong to fn until it returns.
func (b *blob) each(ctx context.Context, fn func([]byte) error) error {
	for {
		was := b.last
		_, err := b.w.directGet(ctx, b.short+blobEnd, query{Seq: b.last + 1, NextFor: b.subject, Batch: chunksAtOnce, MaxBytes: batchBytes}, func(r record) error {
			plain, err := b.plain(r.data)
			if err != nil {
				return err
			}
			b.last, b.n, b.posts = r.seq, b.n+1, b.posts+1
			return fn(plain)
		})
		switch {
		case errors.Is(err, errNothing):
			return nil
		case err != nil:
			return err
		case b.last == was:
			return errStrange
		}
	}
}

// plain decrypts the next chunk.
func (b *blob) plain(data []byte) ([]byte, error) {
	if b.box == nil {
		return data, nil
	}
	p, err := b.box.Open(data, b.place())
	if err != nil {
		return nil, damagedChunk(b.n)
	}
	return p, nil
}

func damagedChunk(n uint64) error {
	return &damage{model.Safef("part %d of it was changed in the store, or is missing", n+1)}
}

// damage is why the bytes in the store are not those that were collected.
type damage struct{ why model.Safe }

func (d *damage) Error() string { return d.why.String() }

// place is what the next chunk is bound to: its piece, and its number in it.
func (b *blob) place() []byte { return []byte(b.name + "/" + strconv.FormatUint(b.n, 10)) }

// add puts the next chunk into the store. It is there when add returns nil.
func (b *blob) add(ctx context.Context, plain []byte) error {
	data := plain
	if b.box != nil {
		data = b.box.Seal(plain, b.place())
	}
	if err := b.post(ctx, data); err != nil {
		return err
	}
	b.n++
	return nil
}

// awayFor is how long a chunk waits for a hub that went away: it may be moving to
// another process.
const awayFor = 20 * time.Second

// post stores a message behind the newest one, once, however often it has to be
// sent: the server knows each by its place in the piece. To have it compare the
// last sequence of the subject would cost it a look into its file for each, and
// have it hold in memory all that was written for ten seconds.
func (b *blob) post(ctx context.Context, data []byte) error {
	m := nats.NewMsg(b.subject)
	m.Data = data
	m.Header.Set(jetstream.MsgIDHeader, b.name+"/"+strconv.FormatUint(b.posts, 10))
	late, cancel := context.WithTimeout(ctx, awayFor)
	defer cancel()
	again := false
	for rest := 20 * time.Millisecond; ; rest = min(2*rest, slowest) {
		seq, dup, err := b.w.publish(late, m)
		var no *apiError
		switch is := errors.As(err, &no); {
		case err == nil && dup && !again:
			return errTwo
		case err == nil && dup && !b.landed(late, data, seq):
			err = errTwo
		case err == nil:
			b.last = seq
			b.posts++
			return nil
		case isDenied(err):
			return model.Refuse(model.Forbidden, "the server does not let this login store evidence in %s; ask who invited you, or who runs the server", b.short)
		case is && slices.Contains(codesNoSpace, no.ErrCode):
			return model.Refuse(model.Internal, "the hub has no room to store more (%s); free its disk", no.Description)
		}
		again = true
		select {
		case <-late.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, errTwo) {
				return errTwo
			}
			return model.Refuse(model.Unreachable, "the hub went away, and was not back in %s", awayFor)
		case <-time.After(rest):
		}
	}
}

// errTwo means that somebody else sends the same piece at the same time.
var errTwo = model.Refuse(model.Conflict, "another process is putting the same piece into the store")

// landed says whether what the store has at a sequence is this message.
func (b *blob) landed(ctx context.Context, data []byte, seq uint64) bool {
	r, err := b.w.probe(ctx, b.short+blobEnd, query{Seq: seq})
	return err == nil && bytes.Equal(r.data, data)
}

// full fills buf from r. It returns io.EOF where r had nothing more.
func full(r io.Reader, buf []byte) ([]byte, error) {
	n, err := io.ReadFull(r, buf)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the next read says it again
	}
	return buf[:n], err
}
