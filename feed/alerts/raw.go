package alerts

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"warroom/model"
)

// The limits of the copies of inputs.
const (
	maxHeldInput  = 1 << 20   // of one input in a storm, decompressed
	maxHeldCopy   = 256 << 10 // of its copy, compressed, so that it fits into a line of the journal
	senderHour    = 256 << 20 // bytes of inputs that are copied per sender and hour
	maxRawSenders = 1024
	maxRoomRaw    = 500 // evidence items of one room
)

// Delivery is one input of a sender.
type Delivery struct {
	Body   io.Reader // if it is an io.ReadSeeker, a masked copy is stored
	Sender string    // the authenticated sender, for limits and for the record; if "", unknown
	Source string    // source of the alerts according to the sender; if "", according to the input
	Room   string    // short id; if "", the lobby
	// Credential identifies the machine that sends: only it closes what it sent. It is "" for a
	// person.
	Credential string
}

// isLobby reports whether the alerts of the queue wait in the lobby.
func (l *roomQueue) isLobby() bool { return l.room == "" || l.room == model.LobbyShort }

// collectRaw stores the masked copy of an input. If it is not stored, the reason is added
// as a note.
func (l *roomQueue) collectRaw(ctx context.Context, in *model.Intake, dl *Delivery) {
	body, ok := dl.Body.(io.ReadSeeker)
	if !ok || l.d.o.Copy == nil || l.d.o.Store == nil || l.session.Latest().Room.RawOf(in.Sum) != nil {
		return
	}
	var err error
	switch {
	case l.rawItems() >= maxRoomRaw:
		err = model.Refuse(model.Conflict, "the room already has %d such files", maxRoomRaw)
	case in.Bytes > model.MaxRawFile:
		err = model.Refuse(model.Invalid, "it is larger than %d MB; warroom ingest FILE --room ROOM keeps it",
			model.MaxRawFile>>20)
	case !l.d.stored.allow(dl.Sender, in.Bytes, l.d.o.Now()):
		err = model.Refuse(model.Invalid, "more than %d MB came from this sender within an hour", senderHour>>20)
	default:
		err = l.storeRaw(ctx, collectionOf(in.Format, in.Sum, dl), func(w io.Writer) error {
			sum, err := l.copyOf(ctx, body, w)
			if err == nil && sum != in.Sum {
				err = model.Refuse(model.Conflict, "it changed while it was read")
			}
			return err
		})
	}
	if err != nil {
		in.Notes = append(in.Notes,
			model.Safef("the alerts are stored, but the input they were read from is not kept: "+
				"%s", model.Sentence(err)))
	}
}

// rawItems returns the number of evidence items of the room that are copies of inputs.
func (l *roomQueue) rawItems() (n int) {
	for _, p := range l.session.Latest().Room.Evidence {
		if p.Of != "" {
			n++
		}
	}
	return n
}

// copyOf writes the masked copy of an input and returns the SHA-256 of the input.
func (l *roomQueue) copyOf(ctx context.Context, body io.ReadSeeker, w io.Writer) (string, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return l.d.o.Copy(ctx, body, w)
}

// storeRaw stores what write writes.
func (l *roomQueue) storeRaw(ctx context.Context, c model.Collection, write func(io.Writer) error) error {
	r, w := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.CloseWithError(write(w)) // never returns an error
	}()
	err := l.d.o.Store(ctx, l.room, c, r)
	_ = r.Close() // never returns an error
	<-ended
	return err
}

// collectionOf describes the copy of an input.
func collectionOf(format, sum string, dl *Delivery) model.Collection {
	c := model.Collection{EvidenceAbout: model.EvidenceAbout{Class: "other", Of: sum, Name: "alerts-" + format}}
	if dl.Source != "" {
		c.Name += "-" + model.CleanLine(dl.Source).String()
	}
	c.Name = c.Name[:min(len(c.Name), 100)]
	if dl.Sender != "" {
		c.Note = "received from " + model.CleanLine(dl.Sender).String()
	}
	return c
}

// errNoRoom means that a copy is larger than the journal accepts.
var errNoRoom = errors.New("larger than a storm's input may be")

// packRaw returns the masked copy of an input in a storm, compressed with gzip, or nil if
// none is stored. If it is not stored, the reason is added as a note.
func (l *roomQueue) packRaw(ctx context.Context, in *model.Intake, dl *Delivery) []byte {
	body, ok := dl.Body.(io.ReadSeeker)
	if !ok || l.d.o.Copy == nil || l.d.o.Store == nil {
		return nil
	}
	err := errNoRoom
	var out bytes.Buffer
	if in.Bytes <= maxHeldInput && l.d.stored.allow(dl.Sender, in.Bytes, l.d.o.Now()) {
		z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // the level is valid
		if _, err = l.copyOf(ctx, body, z); err == nil {
			err = z.Close()
		}
		if err == nil && out.Len() > maxHeldCopy {
			err = errNoRoom
		}
	}
	if err != nil {
		in.Notes = append(in.Notes,
			model.Lit("the alerts are stored, but the input they were read from is not kept: too much is arriving"))
		return nil
	}
	return out.Bytes()
}

// storeHeldRaw stores the copies of the inputs that were held in a storm by a queue,
// concatenated. If that fails, the alerts are stored without them.
func (l *roomQueue) storeHeldRaw(ctx context.Context, from origin, sum string, copies *roomQueue) {
	if l.d.o.Store == nil || len(copies.files) == 0 || l.session.Latest().Room.RawOf(sum) != nil {
		return
	}
	errFound := errors.New("there is a copy")
	if err := copies.heldRaw(from, func([]byte) error { return errFound }); !errors.Is(err, errFound) {
		return
	}
	c := collectionOf(from.format, sum, &Delivery{})
	c.Note = "received in a storm of alerts: the inputs, one after another"
	err := l.storeRaw(ctx, c, func(w io.Writer) error {
		left := int64(model.MaxRawFile)
		return copies.heldRaw(from, func(packed []byte) error {
			z, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil || left <= 0 {
				return err
			}
			n, err := io.Copy(w, io.LimitReader(z, left))
			end := "\n"
			if left -= n; left <= 0 {
				end = "\n<the rest is not kept>\n"
			}
			if err == nil {
				_, err = io.WriteString(w, end)
			}
			return err
		})
	})
	if err != nil {
		l.d.o.Logf(model.Safef("the inputs of a storm are not kept: %s", model.Sentence(err)))
	}
}

// heldRaw calls fn with the compressed copies of an origin in the journal.
func (l *roomQueue) heldRaw(from origin, fn func([]byte) error) error {
	for _, f := range l.files {
		err := f.lines(func(line heldLine) error {
			if line.origin() != from || len(line.Raw) == 0 {
				return nil
			}
			return fn(line.Raw)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rawLimits limit how much of each sender's inputs is copied.
type rawLimits struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// allow counts an input of a sender, and reports whether it is copied.
func (r *rawLimits) allow(sender string, n int64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]*rate.Limiter{}
	}
	x := r.all[sender]
	if x == nil {
		if len(r.all) >= maxRawSenders {
			for k, old := range r.all {
				if old.TokensAt(now) >= senderHour {
					delete(r.all, k)
				}
			}
		}
		if len(r.all) >= maxRawSenders {
			return false
		}
		x = rate.NewLimiter(senderHour/3600, senderHour)
		r.all[sender] = x
	}
	return x.AllowN(now, int(n))
}
