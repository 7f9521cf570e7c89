package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"
	"time"

	"warroom/model"
)

// DoorOptions say what a door needs.
type DoorOptions struct {
	Read model.AlertSource
	// Enter takes a seat where what comes in is stored: in a room, or in the lobby
	// for "". The door keeps it until it is closed.
	Enter func(ctx context.Context, room string) (model.Seat, error)
	Gate  *Gate // bounds how many are read at the same time; nil: nothing does
	// Journal keeps what a storm holds, so that it outlives the process; nil: it does
	// not.
	Journal *Journal
	Now     func() time.Time
	Window  time.Duration    // how long a storm is folded into one event; 0: 10 s
	Logf    func(model.Safe) // what no sender can be told; nil: nowhere
}

// Door is where alerts come in that no person brings: over HTTP, over NATS. What
// comes one by one is stored at once. A storm is folded: beyond a few events of
// one form in a window, what more comes is held in memory, and in the journal, and
// is one event when the window ends.
type Door struct {
	o    DoorOptions
	ctx  context.Context // ends when it is closed
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu sync.Mutex
	at map[string]*lane // by room
}

// The bounds of a door.
const (
	formReads  = 4  // readings of one form in a window, stored at once
	formEvents = 12 // and their events
	allEvents  = 30 // of all forms
	mostLanes  = 64 // rooms that are written to
	knownKeys  = 50_000
	knownFor   = 10 * time.Minute
	storeFor   = 15 * time.Second
)

// Taken is what became of one reading at a door.
type Taken struct {
	model.Intake
	New     int // findings that were not there, and are stored
	Seen    int // those that were
	Updated int // alerts that are known and changed
	Held    int // those that are stored when the window of a storm ends

	file *heldFile // in which these are until then
	upto int64
}

// Answer is what a sender is told of it, as it is encoded.
func (t Taken) Answer() any {
	return struct {
		Format   string       `json:"format"`
		Findings int          `json:"findings"`
		Groups   int          `json:"groups"`
		Skipped  int          `json:"skipped"`
		New      int          `json:"new"`
		Seen     int          `json:"seen"`
		Updated  int          `json:"updated,omitempty"`  // alerts that are known and changed
		LeftOut  int          `json:"left_out,omitempty"` // passed, suppressed, unchanged or gone
		Passed   int          `json:"passed,omitempty"`   // of those, checks that passed
		Held     int          `json:"held,omitempty"`     // stored when the storm's window ends
		Notes    []model.Safe `json:"notes"`
	}{t.Format, t.Findings, t.Groups, t.Skipped, t.New, t.Seen, t.Updated, t.Suppressed, t.Passed, t.Held, append([]model.Safe{}, t.Notes...)}
}

// Later is a source that is made when it is needed first.
func Later(make func() (model.AlertSource, error)) model.AlertSource {
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		read, err := make()
		if err != nil {
			return model.Intake{}, err
		}
		return read(ctx, r, source, emit)
	}
}

// NewDoor returns a door.
func NewDoor(o DoorOptions) *Door {
	if o.Window <= 0 {
		o.Window = 10 * time.Second
	}
	if o.Logf == nil {
		o.Logf = func(model.Safe) {}
	}
	d := &Door{o: o, at: map[string]*lane{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// lane is what comes in for one room.
type lane struct {
	d    *Door
	room string

	mu     sync.Mutex
	seat   model.Seat
	begun  time.Time // of the window
	all    int       // events in it
	forms  map[string]count
	held   map[string]*held
	timer  *time.Timer
	closed bool
	files  []*heldFile // of the journal, with what is held; the first one is written to

	known map[string]string // findings that are stored, and how they stood
	since time.Time
}

// count is what was stored of one form in a window.
type count struct{ reads, events int }

// held is what waits for the end of a window, of one form.
type held struct {
	groups model.AlertGroups
	n      int
	sum    []byte
}

// Take reads alerts and stores them, or holds them while a storm goes on. Nothing
// of what is refused is stored.
func (d *Door) Take(ctx context.Context, r io.Reader, source, room string) (Taken, error) {
	leave, err := d.o.Gate.enter(ctx)
	if err != nil {
		return Taken{}, err
	}
	defer leave()
	var g model.AlertGroups
	in, err := d.o.Read(ctx, r, source, func(a *model.Alert) error {
		g.Add(a)
		return nil
	})
	if err == nil { // a body's signature is checked at its very end
		_, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return Taken{Intake: in}, err
	}
	if g.IsEmpty() {
		return Taken{Intake: in}, nil
	}
	l, err := d.lane(room)
	if err != nil {
		return Taken{Intake: in}, err
	}
	t, err := l.take(ctx, &g, in)
	if err == nil && t.file != nil {
		if serr := t.file.commit(t.upto); serr != nil {
			return t, notKept(serr)
		}
	}
	return t, err
}

func (d *Door) lane(room string) (*lane, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.at[room]
	if l == nil {
		if len(d.at) >= mostLanes {
			return nil, model.Refuse(model.Conflict, "alerts for %d rooms come in here, which is the most; leave the room out: they wait in the lobby then", mostLanes)
		}
		l = &lane{d: d, room: room}
		d.at[room] = l
	}
	return l, nil
}

func (l *lane) take(ctx context.Context, g *model.AlertGroups, in model.Intake) (Taken, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out, now := Taken{Intake: in}, l.d.o.Now()
	if l.closed {
		return out, model.Refuse(model.Unreachable, "this door is being closed; try again in a moment")
	}
	err := l.open(ctx)
	if err != nil {
		return out, err
	}
	if l.seat.Latest().Room.IsRestricted() { // since it was opened
		return out, model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", l.room)
	}
	l.turn(now)
	if l.has(g, now) {
		out.Seen = in.Findings
		return out, nil
	}
	n := l.forms[in.Format]
	if l.held[in.Format] != nil || n.reads >= formReads || n.events >= formEvents || l.all >= allEvents {
		if out.file, out.upto, err = l.journal(g, in); err != nil {
			return out, err
		}
		l.hold(g, in.Format, in.Sum, in.Findings, now)
		out.Held = in.Findings
		return out, nil
	}
	updates := g.Updates(l.seat.Latest().Room, in.Format, in.Sum)
	l.note(g, now)
	bodies, seen := g.Bodies(l.seat.Latest().Room, in.Format, in.Sum)
	out.Seen = seen
	for _, u := range updates {
		if err := l.store(ctx, u); err != nil {
			l.known = nil // it is not known what is there
			return out, err
		}
		out.Updated++
		n.events++
		l.all++
	}
	for _, b := range bodies {
		if err := l.store(ctx, b); err != nil {
			l.known = nil // it is not known what is there
			return out, err
		}
		out.New += b.Findings
		n.events++
		l.all++
	}
	n.reads++
	l.forms[in.Format] = n
	return out, nil
}

// open enters the room, once.
func (l *lane) open(ctx context.Context) error {
	if l.seat != nil {
		if l.seat.Latest().Over.IsEmpty() {
			return nil
		}
		l.seat.Close()
		l.seat = nil
	}
	s, err := l.d.o.Enter(ctx, l.room)
	if err != nil {
		l.d.mu.Lock()
		delete(l.d.at, l.room) // names that are no rooms take no place
		l.d.mu.Unlock()
		return err
	}
	l.seat = s
	return nil
}

// turn begins a new window where the last one is over.
func (l *lane) turn(now time.Time) {
	if l.forms == nil || now.Sub(l.begun) >= l.d.o.Window {
		l.begun, l.all, l.forms = now, 0, map[string]count{}
	}
}

// has says whether all findings of a reading were stored lately by this door.
func (l *lane) has(g *model.AlertGroups, now time.Time) bool {
	if l.known == nil || now.Sub(l.since) > knownFor {
		return false
	}
	all := true
	g.Keys(func(k []byte) {
		state, ok := l.known[string(k[:8])]
		all = all && ok && state == string(k[8:])
	})
	return all
}

// note notes that the findings of a reading are stored.
func (l *lane) note(g *model.AlertGroups, now time.Time) {
	if l.known == nil || len(l.known) > knownKeys || now.Sub(l.since) > knownFor {
		l.known, l.since = map[string]string{}, now
	}
	g.Keys(func(k []byte) { l.known[string(k[:8])] = string(k[8:]) })
}

// hold keeps a reading for the end of the window.
func (l *lane) hold(g *model.AlertGroups, format, of string, findings int, now time.Time) {
	if l.held == nil {
		l.held = map[string]*held{}
	}
	h := l.held[format]
	if h == nil {
		h = new(held)
		l.held[format] = h
	}
	sum := sha256.Sum256(append(h.sum, of...))
	h.sum = sum[:]
	h.n += findings
	h.groups.Merge(g)
	if l.timer == nil {
		l.timer = time.AfterFunc(max(0, l.begun.Add(l.d.o.Window).Sub(now)), l.flush)
	}
}

// flush stores what was held, one event for each form.
func (l *lane) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeFor)
	defer cancel()
	now := l.d.o.Now()
	for form, h := range l.held {
		var all model.AlertGroups // what is held stays as it is until it is stored
		all.Merge(&h.groups)
		l.note(&all, now)
		if err := l.storeHeld(ctx, &all, form, hex.EncodeToString(h.sum)); err != nil {
			l.known = nil
			l.d.o.Logf(model.Safef("%d findings of %s that came in a storm are not stored yet: %s", h.n, form, model.Sentence(err)))
			if code := model.CodeOf(err); code == model.Unreachable || code == model.Internal {
				continue // it may be stored later
			}
		}
		delete(l.held, form)
	}
	switch {
	case len(l.held) == 0:
		l.settle()
	case !l.closed:
		l.timer = time.AfterFunc(l.d.o.Window, l.flush)
	}
}

// storeHeld stores what a storm changed, and one event for what it brought.
func (l *lane) storeHeld(ctx context.Context, all *model.AlertGroups, form, sum string) error {
	for _, u := range all.Updates(l.seat.Latest().Room, form, sum) {
		if err := l.store(ctx, u); err != nil {
			return err
		}
	}
	b, _ := all.One(l.seat.Latest().Room, form, sum)
	if b == nil {
		return nil
	}
	return l.store(ctx, b)
}

// store stores one event. What the outbox has is not lost, and what somebody else
// stored in this moment is there.
func (l *lane) store(ctx context.Context, b model.Body) error {
	ctx, cancel := context.WithTimeout(ctx, storeFor)
	defer cancel()
	_, err := l.seat.Append(ctx, model.Act{Body: b})
	switch model.CodeOf(err) {
	case model.Kept:
		return nil
	case model.Conflict:
		if got, ok := b.(*model.AlertReceived); !ok || l.seat.Latest().Room.HasAlert(got) {
			return nil
		}
	}
	return err
}

// Close stores what is held, and leaves the rooms.
func (d *Door) Close() {
	d.stop()
	d.wg.Wait()
	d.mu.Lock()
	lanes := d.at
	d.at = map[string]*lane{}
	d.mu.Unlock()
	for _, l := range lanes {
		l.mu.Lock()
		l.closed = true
		seat := l.seat
		l.mu.Unlock()
		if seat != nil {
			l.flush()
			l.mu.Lock()
			l.leave()
			l.mu.Unlock()
			seat.Close()
		}
	}
}
