package alerts

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"warroom/model"
)

// ReceiverOptions configure a receiver.
type ReceiverOptions struct {
	Read model.AlertSource
	// Enter opens a session where alerts are stored: in a room, or in the lobby for "". The
	// receiver keeps it until it is closed.
	Enter   func(ctx context.Context, room string) (model.RoomSession, error)
	Limiter *ReadLimiter // limits concurrent readings; if nil, no limit
	// Copy writes the masked copy of an input, and Store stores it: as evidence of a room,
	// or with the alerts of the lobby for "". If one of them is nil, no copy is stored.
	Copy  model.AlertCopier
	Store func(ctx context.Context, room string, c model.Collection, r io.Reader) error
	// Journal stores what a storm holds, so that it outlives the process; if nil, it does not.
	Journal *Journal
	Now     func() time.Time
	Window  time.Duration    // duration in which a storm is folded into one event; if 0, 10 s
	Logf    func(model.Safe) // logs what cannot be reported to a sender; if nil, not logged
}

// Receiver receives alerts from machines: over HTTP and NATS. Single alerts are stored at
// once. A storm is folded: beyond a few events of one form in a window, further alerts are
// held in memory and in the journal, and are stored as one event when the window ends.
type Receiver struct {
	o    ReceiverOptions
	ctx  context.Context // ends when it is closed
	stop context.CancelFunc
	wg   sync.WaitGroup

	stored rawLimits

	mu sync.Mutex
	at map[string]*roomQueue // by room
}

// The limits of a receiver.
const (
	formReads  = 4  // readings of one form in a window that are stored at once
	formEvents = 12 // their events
	allEvents  = 30 // of all forms
	maxQueues  = 64 // rooms that are written to
	knownKeys  = 50_000
	knownFor   = 10 * time.Minute
	storeFor   = 15 * time.Second
)

// Taken is the result of one reading.
type Taken struct {
	model.Intake
	New     int // findings that are new, and stored
	Seen    int // findings that were known
	Updated int // known alerts that changed
	Held    int // findings that are stored when the window of a storm ends

	file *heldFile // the journal file that has these until then
	upto int64
}

// Answer returns the JSON value that the sender receives.
func (t Taken) Answer() any {
	return struct {
		Format   string       `json:"format"`
		Findings int          `json:"findings"`
		Groups   int          `json:"groups"`
		Skipped  int          `json:"skipped"`
		New      int          `json:"new"`
		Seen     int          `json:"seen"`
		Updated  int          `json:"updated,omitempty"`  // known alerts that changed
		LeftOut  int          `json:"left_out,omitempty"` // passed, suppressed, unchanged or absent
		Passed   int          `json:"passed,omitempty"`   // checks among these that passed
		Held     int          `json:"held,omitempty"`     // stored when the storm's window ends
		Notes    []model.Safe `json:"notes"`
	}{Format: t.Format, Findings: t.Findings, Groups: t.Groups, Skipped: t.Skipped, New: t.New, Seen: t.Seen,
		Updated: t.Updated, LeftOut: t.Suppressed, Passed: t.Passed, Held: t.Held,
		Notes: append([]model.Safe{}, t.Notes...)}
}

// NewReceiver returns a receiver.
func NewReceiver(o ReceiverOptions) *Receiver {
	if o.Window <= 0 {
		o.Window = 10 * time.Second
	}
	if o.Logf == nil {
		o.Logf = func(model.Safe) {}
	}
	d := &Receiver{o: o, at: map[string]*roomQueue{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// roomQueue has the alerts for one room.
type roomQueue struct {
	d    *Receiver
	room string

	mu      sync.Mutex
	session model.RoomSession
	begun   time.Time // of the window
	all     int       // events in the window
	forms   map[string]count
	held    map[origin]*held
	timer   *time.Timer
	closed  bool
	files   []*heldFile // of the journal, with what is held; the first one is written to

	known map[string]string // findings that are stored, with their state
	since time.Time
	moved int // alerts of the lobby that were in rooms then
}

// count counts what was stored of one form in a window.
type count struct{ reads, events int }

// Take reads alerts and stores them, or holds them during a storm. If it returns an error,
// nothing is stored.
func (d *Receiver) Take(ctx context.Context, dl Delivery) (Taken, error) {
	if !isSource(dl.Source) {
		return Taken{}, model.Refuse(model.Invalid,
			"the name of the source cannot be used: it is longer than %d bytes, has control or invisible characters, "+
				"or is a path with dots; use a name like ci or prod.eu-1", maxShort)
	}
	leave, err := d.o.Limiter.enter(ctx)
	if err != nil {
		return Taken{}, err
	}
	defer leave()
	g := model.AlertGroups{Sender: dl.Credential}
	source := ""
	in, err := d.o.Read(ctx, dl.Body, dl.Source, func(a *model.Alert) error {
		if source == "" {
			source = a.Source
		}
		g.Add(a)
		return nil
	})
	if err == nil { // the signature is checked at the end of a body
		_, err = io.Copy(io.Discard, dl.Body)
	}
	if err != nil {
		return Taken{Intake: in}, err
	}
	if g.IsEmpty() {
		return Taken{Intake: in}, d.Check(ctx, dl.Room)
	}
	from := origin{format: in.Format, source: source, sender: dl.Credential}
	t, err := d.takeAt(ctx, &g, in, &dl, from)
	if errors.Is(err, errRoomClosed) {
		t, err = d.takeInstead(ctx, &g, in, dl, from)
	}
	if err == nil && t.file != nil {
		if serr := t.file.commit(t.upto); serr != nil {
			return t, journalError(serr)
		}
	}
	return t, err
}

// takeAt takes a reading in the room that the delivery names.
func (d *Receiver) takeAt(ctx context.Context, g *model.AlertGroups, in model.Intake, dl *Delivery,
	from origin) (Taken, error) {
	l, err := d.queueFor(dl.Room)
	if err != nil {
		return Taken{Intake: in}, err
	}
	return l.take(ctx, g, in, dl, from)
}

func (d *Receiver) queueFor(room string) (*roomQueue, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.at[room]
	if l == nil {
		if len(d.at) >= maxQueues {
			return nil, model.Refuse(model.Conflict,
				"alerts for %d rooms arrive here, which is the maximum; leave the room out, and they wait in "+
					"the lobby",
				maxQueues)
		}
		l = &roomQueue{d: d, room: room}
		d.at[room] = l
	}
	return l, nil
}

func (l *roomQueue) take(ctx context.Context, g *model.AlertGroups, in model.Intake, dl *Delivery,
	from origin) (Taken, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out, now := Taken{Intake: in}, l.d.o.Now()
	err := l.enter(ctx)
	if err != nil {
		return out, err
	}
	l.turn(now)
	if l.has(g, now) {
		out.Seen = in.Findings
		return out, nil
	}
	if l.isOver() && l.needsWork(g) {
		return out, errRoomClosed
	}
	n := l.forms[in.Format]
	from = l.merged(from)
	if l.held[from] != nil || n.reads >= formReads || n.events >= formEvents || l.all >= allEvents {
		if out.file, out.upto, err = l.journal(ctx, g, &out.Intake, dl, from); err != nil {
			return out, err
		}
		l.hold(g, from, in.Sum, in.Findings, now)
		out.Held = in.Findings
		return out, nil
	}
	updates := g.Updates(l.session.Latest().Room, in.Format, in.Sum)
	if slices.ContainsFunc(updates, isFound) { // its room may be closed until it is found once more
		l.known = nil
	} else {
		l.note(g, now)
	}
	bodies, seen := g.Bodies(l.session.Latest().Room, in.Format, in.Sum)
	out.Seen = seen
	if len(bodies) > 0 || len(updates) > 0 && !l.isLobby() {
		l.collectRaw(ctx, &out.Intake, dl)
	}
	for _, u := range updates {
		done, err := l.store(ctx, u)
		if err != nil {
			l.known = nil // the content of the room is unknown
			return out, err
		}
		if !done && u.Found { // its room is open, or dismissed it
			continue
		}
		out.Updated++
		n.events++
		l.all++
	}
	for _, b := range bodies {
		if _, err := l.store(ctx, b); err != nil {
			l.known = nil // the content of the room is unknown
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

// open opens the room, once.
func (l *roomQueue) open(ctx context.Context) error {
	if l.session != nil {
		if l.session.Latest().Over.IsEmpty() {
			return nil
		}
		l.session.Close()
		l.session = nil
	}
	s, err := l.d.o.Enter(ctx, l.room)
	if err != nil {
		l.d.mu.Lock()
		delete(l.d.at, l.room) // a name that is not a room is not kept
		l.d.mu.Unlock()
		return err
	}
	l.session = s
	return nil
}

// turn begins a new window if the last one is over.
func (l *roomQueue) turn(now time.Time) {
	if l.forms == nil || now.Sub(l.begun) >= l.d.o.Window {
		l.begun, l.all, l.forms = now, 0, map[string]count{}
	}
}

// has reports whether this receiver recently stored all findings of a reading.
func (l *roomQueue) has(g *model.AlertGroups, now time.Time) bool {
	moved := movedAlerts(l.session.Latest().Room)
	if l.known == nil || now.Sub(l.since) > knownFor || l.moved != moved || l.isOver() {
		l.known, l.moved = nil, moved
		return false
	}
	all := true
	g.Keys(func(k []byte) {
		state, ok := l.known[knownKey(g, k)]
		all = all && ok && state == string(k[8:])
	})
	return all
}

// note records that the findings of a reading are stored.
func (l *roomQueue) note(g *model.AlertGroups, now time.Time) {
	if l.known == nil || len(l.known) > knownKeys || now.Sub(l.since) > knownFor {
		l.known, l.since = map[string]string{}, now
	}
	g.Keys(func(k []byte) { l.known[knownKey(g, k)] = string(k[8:]) })
}

// knownKey returns the key of a finding of a sender among those that are known.
func knownKey(g *model.AlertGroups, k []byte) string { return string(k[:8]) + g.Sender }

// movedAlerts returns the number of alerts of the lobby that are in rooms.
func movedAlerts(lobby *model.Room) (n int) {
	for i := range lobby.Alerts {
		if lobby.Alerts[i].Moved != "" {
			n++
		}
	}
	return n
}

// isFound reports whether an update is about an alert in a room. If that room is closed,
// the alert returns to the lobby.
func isFound(u *model.AlertUpdated) bool { return u.Found }

// store stores one event, and reports whether it was not stored before. An event that is in
// the outbox, or that another process stored at the same time, is a success.
func (l *roomQueue) store(ctx context.Context, b model.Body) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeFor)
	defer cancel()
	_, err = l.session.Append(ctx, model.Act{Body: b})
	switch model.CodeOf(err) {
	case model.Queued:
		return true, nil
	case model.Conflict:
		if got, ok := b.(*model.AlertReceived); !ok || l.session.Latest().Room.HasAlert(got) {
			return false, nil
		}
	}
	return err == nil, err
}

// Close stores what is held, and leaves the rooms.
func (d *Receiver) Close() {
	d.stop()
	d.wg.Wait()
	for d.closeQueues() { // the alerts of a room that was closed may need another one, of the lobby
	}
}

// closeQueues closes the queues, and reports whether there were any.
func (d *Receiver) closeQueues() bool {
	d.mu.Lock()
	queues := d.at
	d.at = map[string]*roomQueue{}
	d.mu.Unlock()
	for _, l := range queues {
		l.mu.Lock()
		l.closed = true
		session := l.session
		l.mu.Unlock()
		if session != nil {
			l.flush()
			l.mu.Lock()
			l.leave()
			l.mu.Unlock()
			session.Close()
		}
	}
	return len(queues) > 0
}
