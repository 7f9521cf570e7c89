package replica

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/logreader"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// Follower follows the log of one room for all sessions of the process.
type Follower struct {
	env       *Env
	Short     string
	Room      string // ULID
	offline   bool   // the server could not be reached when the room was opened: start with the replica
	stop      context.CancelFunc
	wg        sync.WaitGroup
	Ready     chan struct{} // closed when there is a view
	Begun     chan struct{} // closed when the end of the log was reached once
	live      chan *nats.Msg
	Poke      chan struct{} // receives a value to ask for the last sequence
	check     chan refold   // receives the result of a recheck or refold
	Presence  Roster        // people in the room, and join requests
	Deletions Redactor      // deletes redacted messages
	subs      jetlog.Subscriptions

	Copy      *Mirror
	Refolding atomic.Bool       // a refold is in progress
	Log       *logreader.Reader // used only by run, except for Link
	at        fold              // used only by run

	Shown atomic.Pointer[Shown] // the last view for sessions

	state     atomic.Pointer[View]
	whole     atomic.Pointer[jetlog.Epoch] // connection on which the end of the log was reached
	cleared   atomic.Pointer[jetlog.Epoch] // connection on which the log was compared with the replica
	mu        sync.Mutex                   // guards the fields below, and writes of state
	watchers  map[chan struct{}]bool
	writers   map[string]Writer // by key
	waits     []wait
	admitting map[string]bool // keys that are being admitted
	clock     offset
}

// Writer is what the follower needs of the writers of its room.
type Writer interface {
	// Folded is called for each event of one of its keys, before the room with it is
	// shown.
	Folded(e *model.Event)
	// Resync makes it look up the position of its key again, after the log was restored.
	Resync()
	// LoadReplay loads the messages that one of its keys has to publish again.
	LoadReplay(key string)
	// Presence returns its identity, whether the person is in the room, and whether they
	// are typing.
	Presence() (who *keyring.Identity, here, typing bool)
	// Start submits an act. await waits for its outcome.
	Start(ctx context.Context, a model.Act) (await func(context.Context), err error)
}

// fold is the room and how far it is folded.
type fold struct {
	room          *model.Room
	shared        *model.Room // the newest room that others have: it is not changed
	tip           uint64      // last sequence that is known to exist
	seq           uint64      // sequence of the newest event
	leaf          string      // its leaf hash
	sinceSnapshot uint64      // events folded since the last snapshot
	drawn         time.Time   // when a view was last made
	quick         bool        // from a snapshot that is still being checked
	back          bool        // after a refold, the view may go back
}

// add folds an event of the log.
func (f *fold) add(seq uint64, e *model.Event) {
	if f.room == f.shared {
		f.room = model.Apply(f.room, e)
	} else {
		f.room = model.ApplyNext(f.room, e)
	}
	f.leaf, f.seq = e.Leaf, seq
	f.sinceSnapshot++
}

// View is what all sessions of a room show. It is replaced, never changed.
type View struct {
	Room         *model.Room
	Proof        model.Proof
	two          model.Safe // evidence of a second log; it stays
	Split        model.Safe // the replica and the hub's log are different logs: nothing is published
	Held         model.Safe // why the hub holds the room; empty once it is released
	Lag          uint64
	Next         uint64
	Here         []model.Presence
	Left         []model.Presence
	JoinRequests []model.JoinRequest
	Offset       time.Duration
}

// Shown is what sessions without waiting lines show of a state while a link is as it is.
type Shown struct {
	State *View
	Link  *model.Link
	View  *model.View
}

// drawEvery is the minimum time between views while many events arrive.
const drawEvery = 10 * time.Millisecond

// PollEvery is the average time between requests for the last sequence without an
// occasion. The presence of others usually shows a gap sooner.
const PollEvery = 30 * time.Second

// View returns the present view.
func (f *Follower) View() *View { return f.state.Load() }

// change replaces the view and notifies the watchers.
func (f *Follower) change(fn func(s *View)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := *f.state.Load()
	fn(&s)
	s.Proof.Alarm, s.Proof.Held = s.two, false
	if s.two.IsEmpty() {
		s.Proof.Alarm, s.Proof.Held = s.Held, !s.Held.IsEmpty()
	}
	s.Here, s.Left = f.Presence.People()
	s.JoinRequests = f.Presence.JoinRequests(s.Room)
	f.state.Store(&s)
	for len(f.waits) > 0 && f.waits[0].seq < s.Next {
		close(f.waits[0].done)
		f.waits = f.waits[1:]
	}
	for b := range f.watchers {
		wake.Notify(b)
	}
}

// run follows the room until ctx ends.
func (f *Follower) run(ctx context.Context) {
	defer f.wg.Done()
	if f.offline {
		f.readCopy(ctx)
	}
	f.catchUp(ctx)
	t := time.NewTimer(jitter(PollEvery))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-f.live:
			f.handleLive(ctx, m)
			continue
		case r := <-f.check:
			f.adopt(ctx, r)
		case <-f.Deletions.redo:
			f.Deletions.afresh(ctx)
		case <-f.Poke:
			f.catchUp(ctx)
		case <-t.C:
			f.catchUp(ctx)
		}
		t.Reset(jitter(PollEvery))
	}
}

func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d) }

// handleLive processes the live messages that have arrived, then makes a view.
func (f *Follower) handleLive(ctx context.Context, m *nats.Msg) {
	for {
		if !f.direct(m) {
			f.catchUp(ctx)
			return
		}
		select {
		case m = <-f.live:
		default:
			f.draw(true)
			return
		}
	}
}

// direct folds a live message if it is the next one and verifies. Otherwise it reports
// false, and the log has to be read: anybody who may publish could have sent the message.
func (f *Follower) direct(m *nats.Msg) bool {
	r, ok := jetlog.RecordOf(m)
	if !ok || jetlog.LastHeader(m.Header, jetlog.StreamHeader) != subjects.Stream(f.Short) || r.Seq > f.Log.Next {
		return false
	}
	if r.Seq < f.Log.Next {
		return true // known already
	}
	e := f.Log.Check(r)
	if e == nil || e.Fault != "" {
		return false
	}
	f.Log.Next = r.Seq + 1
	f.Log.Accept(r)
	f.mu.Lock()
	f.clock.observeLive(r.At.Sub(f.env.Now()))
	f.mu.Unlock()
	return f.apply(r.Seq, e) == nil
}

// apply folds one event. e is nil for a message that is not an event. It always returns
// nil.
func (f *Follower) apply(seq uint64, e *model.Event) error {
	f.at.tip = max(f.at.tip, seq)
	if e == nil {
		return nil
	}
	prev := len(f.at.room.Redactions)
	f.at.add(seq, e)
	if e.Kind == model.KindKeyAdmitted {
		f.at.shared = f.at.room
		f.Presence.Show(f.at.room)
	}
	if len(f.at.room.Redactions) > prev {
		defer f.Deletions.redacted() // after the room was shown
	}
	f.mu.Lock()
	d := f.writers[e.Key]
	f.mu.Unlock()
	if d != nil {
		d.Folded(e)
	}
	f.draw(false)
	return nil
}

// draw makes a view: at once at the end of the log, otherwise at most once per drawEvery.
func (f *Follower) draw(atTip bool) {
	now := f.env.Now()
	if !atTip && now.Sub(f.at.drawn) < drawEvery || f.Log.Next < f.View().Next && !f.at.back {
		return // later; a view never goes back
	}
	f.at.back = false
	f.at.drawn, f.at.shared = now, f.at.room
	shown, newest := f.View(), *f.View()
	f.renew(&newest)
	if newest.Room != shown.Room || newest.Next != shown.Next || newest.Lag != shown.Lag ||
		newest.Offset != shown.Offset || newest.Proof != shown.Proof { // else the last event has been shown already
		f.change(f.renew)
	}
	f.Deletions.wakeRedactor(false)
	if atTip || f.Log.Next > f.env.MinEvents {
		wake.Close(f.Ready)
	}
	if f.at.sinceSnapshot >= f.env.MinEvents && atTip {
		if err := f.save(f.env.MinEvents); err != nil {
			f.at.sinceSnapshot = 0 // not again with the next event
			f.env.Logf(model.Safef("the room %s is not cached: %s", f.Short, err))
		}
	}
}

// renew sets what a view has of the folded log.
func (f *Follower) renew(s *View) {
	s.Room, s.Next = f.at.room, f.Log.Next
	s.Lag = max(f.at.tip+1, f.Log.Next) - f.Log.Next
	s.Offset = f.clock.best(f.env.Hosting())
	s.Proof.Total, s.Proof.Bad = f.at.tip, uint64(f.at.room.Bad)
	if n := f.at.room.Rules; n > model.RulesVersion {
		s.Proof.Newer = model.Safef("the room follows version %d of the rules, and this program supports up to "+
			"%d; a newer warroom is needed to show it as it is", n, model.RulesVersion)
	}
	if s.Proof.Pending = f.at.quick; !f.at.quick {
		s.Proof.Checked = f.Log.Next - 1
	}
}

// alarm records evidence of a second log. It stays in the view.
func (f *Follower) alarm(text model.Safe) {
	f.change(func(s *View) {
		if s.two.IsEmpty() {
			s.two = text
		}
	})
}

// HeldText returns the reason why a room is held: what to do, what the store has, and
// what is known. What to do comes first, because a narrow screen may cut the end.
func HeldText(short string, found, known model.Safe) model.Safe {
	return model.Safef("%s is held, and nothing is written over it; run: warroom doctor --repair %s; %s, but %s", short,
		short, found, known)
}
