package feed

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// A redaction is an event of the log, and it counts when the fold takes it. What
// follows is for whoever may delete: the redaction is put on the lane of what is
// gone, as it is, so that a reader who meets the hole finds it; then the message
// is deleted, and its bytes are overwritten. Each step can be done twice, and is
// done by whoever opens the room where a crash left it undone.

// mayBury says whether this process deletes what was redacted: where the hub is
// on this machine, as the steward of a server, and with a login of one's own there,
// until the server denies it.
func (h *house) mayBury() bool { return !h.w.byHub.Load() && !h.noBurial.Load() }

// How long it takes until a sexton looks again whether something is gone.
const (
	buryAgain = 250 * time.Millisecond
	burySlow  = 30 * time.Second
)

// sexton deletes what was redacted, until ctx ends, or waits until somebody else
// has.
func (f *follower) sexton(ctx context.Context) {
	defer f.wg.Done()
	rest := buryAgain
	for {
		var again <-chan time.Time
		left, err := f.buryAll(ctx)
		f.complain(ctx, err)
		if left || err != nil {
			again = time.After(rest)
			rest = min(2*rest, burySlow)
		}
		select {
		case <-ctx.Done():
			return
		case <-f.grave.bell:
			rest = buryAgain
		case <-again:
		}
	}
}

// complain tells once why something is not deleted.
func (f *follower) complain(ctx context.Context, err error) {
	said := ""
	if err != nil {
		said = model.Sentence(err).String()
	}
	f.mu.Lock()
	was := f.grave.told
	f.grave.told = said
	f.mu.Unlock()
	if said != "" && said != was && ctx.Err() == nil && f.h.Link().State != model.Offline {
		f.h.o.Logf(model.Safef("what was redacted in %s is not deleted from its log: %s", f.short, err))
	}
}

// buryAll deletes what is not deleted yet; left says that something is there still.
func (f *follower) buryAll(ctx context.Context) (left bool, err error) {
	todo := f.unburied(f.view().room)
	if len(todo) == 0 || !f.view().held.IsEmpty() {
		return false, nil
	}
	var there map[uint64]seal.Stone
	if f.h.mayBury() {
		if there, err = f.h.w.stones(ctx, f.short); err != nil {
			return true, err
		}
	}
	var errs []error
	for _, s := range todo {
		_, said := there[s.Seq]
		gone, err := f.h.buryOne(ctx, f.short, s, said)
		if gone {
			f.buried(s.Seq)
		}
		left = left || !gone
		errs = append(errs, err)
	}
	return left, errors.Join(errs...)
}

// buryOne deletes one message, after what stands for it lies where readers find it.
func (h *house) buryOne(ctx context.Context, short string, s seal.Stone, said bool) (gone bool, err error) {
	if h.mayBury() && !said {
		err = h.mourn(ctx, short, s.Place)
	}
	if err == nil {
		gone, err = h.w.bury(ctx, short, s, h.mayBury())
	}
	if isDenied(err) {
		h.noBurial.Store(true) // it is for somebody else to do
		err = nil
	}
	return gone, err
}

// unburied are the redactions of a room whose messages may still be there.
func (f *follower) unburied(r *model.Room) (out []seal.Stone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.log.standFor(r)
	for _, d := range r.Redactions {
		if s, ok := all[d.Seq]; ok && !f.grave.done[d.Seq] {
			out = append(out, s)
		}
	}
	return out
}

// buried notes that a message is gone, and tells who waits.
func (f *follower) buried(seq uint64) {
	f.mu.Lock()
	f.grave.done[seq] = true
	f.mu.Unlock()
	f.bell()
}

// mourn puts a redaction on the lane of what is gone: the very message, once more.
func (h *house) mourn(ctx context.Context, short string, place uint64) error {
	w := h.w
	r, err := w.probe(ctx, short, query{Seq: place})
	if err != nil {
		return err
	}
	who, k := h.pen.handle, h.pen.hold()
	if hub, err := h.sealKey(); err == nil && hub != nil {
		who, k = hubHandle, hub
	}
	subject := lane(short, laneGone, who, k.text)
	last, err := w.probe(ctx, short, query{LastFor: subject})
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	m := nats.NewMsg(subject)
	m.Data = r.data
	m.Header[seal.Header] = []string{r.sig}
	m.Header[jetstream.ExpectedStreamHeader] = []string{streamOf(short)}
	m.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(last.seq, 10)}
	_, _, err = w.publish(ctx, m)
	var no *apiError
	if errors.As(err, &no) && (no.ErrCode == codeWrongLast || no.ErrCode == codeWrongInFlight) {
		return nil // somebody else did it this moment
	}
	return err
}

// codeNoMessage is how the server says that there is no such message.
const codeNoMessage = 10037

// bury deletes a message that was redacted, and says whether it is gone. One that
// the redaction lies about stays.
func (w *wire) bury(ctx context.Context, short string, s seal.Stone, may bool) (gone bool, err error) {
	r, err := w.probe(ctx, short, query{Seq: s.Seq})
	switch {
	case errors.Is(err, errNothing):
		return true, nil
	case err != nil || !may:
		return false, err
	case !s.Is(r.sig, r.data) || !w.recorded(short, r).Equal(s.At):
		return false, model.Refuse(model.Conflict, "entry %d, by which %s redacted entry %d, says of it what it is not; it stays", s.Place, s.By, s.Seq)
	}
	ctx, cancel := w.asking(ctx, 5*patience, "$JS.API.STREAM.MSG.DELETE."+streamOf(short))
	defer cancel()
	st, err := w.js.Stream(ctx, streamOf(short))
	if err == nil {
		err = st.SecureDeleteMsg(ctx, s.Seq)
	}
	var no *jetstream.APIError
	switch {
	case err == nil, errors.Is(err, jetstream.ErrMsgNotFound), errors.As(err, &no) && no.ErrorCode == codeNoMessage:
		return true, nil
	}
	// Where another process deletes it in this moment, the server only says that it
	// could not.
	if _, now := w.probe(ctx, short, query{Seq: s.Seq}); errors.Is(now, errNothing) {
		return true, nil
	}
	return false, answer(ctx, err)
}

// graveFor is how long a redaction waits until what it is about is deleted.
const graveFor = 10 * time.Second

// underground waits until a message that was redacted is deleted, and gone from this
// machine's own copy.
func (f *follower) underground(ctx context.Context, seq uint64) error {
	late, cancel := context.WithTimeout(ctx, graveFor)
	defer cancel()
	for {
		f.mu.Lock()
		done, wiped, why := f.grave.done[seq], f.grave.wiped[seq], f.grave.told
		boxes := f.grave.boxes
		f.mu.Unlock()
		r := f.view().room
		if done && boxes == len(r.Redactions) && (wiped || f.wipedElsewhere(seq)) && !r.Stale() {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
			continue
		case <-late.Done():
		}
		switch {
		case done:
			return model.Refuse(model.Kept, "entry %d is redacted and gone from the hub's log; this machine's own copy is still being written anew", seq)
		case why != "":
			return model.Refuse(model.Kept, "entry %d is redacted, and its text is not deleted from the hub's log yet: %s", seq, why)
		}
		return model.Refuse(model.Kept, "entry %d is redacted; the hub has not deleted its text yet, and does so as soon as a process that may has the room open", seq)
	}
}

// wipedElsewhere says whether the copy, which another process holds, has no text of
// a message any more.
func (f *follower) wipedElsewhere(seq uint64) bool {
	gone := true
	err := logcopy.Read(recordDir(f.h.o.Data, f.room), f.room, f.h.copyBox(), seq, func(m *logcopy.Message) error {
		gone = m.Gone || m.Seq != seq
		return errFound
	})
	return gone && (err == nil || errors.Is(err, errFound) || errors.Is(err, os.ErrNotExist))
}

// graveDays is how long ago a room may have moved to be read as a whole for what a
// crash left between a redaction and its being said. Older ones are finished when
// somebody opens them.
const graveDays = 48 * time.Hour

// finishGraves opens every room once in which something was redacted and is there
// still: a process died before it was deleted. The room's sexton does the rest.
func (h *house) finishGraves() {
	names, err := h.shorts(h.ctx)
	if err != nil {
		return // the next host does
	}
	for _, short := range names {
		if h.ctx.Err() != nil || !h.unfinishedGrave(short) {
			continue
		}
		if f, err := h.follow(h.ctx, short); err == nil {
			ctx, cancel := context.WithTimeout(h.ctx, graveFor)
			_ = f.known(ctx)
			_ = f.until(ctx, func() bool { return len(f.unburied(f.view().room)) == 0 }) // it tells itself
			cancel()
			h.putBack(short)
		}
	}
}

// unfinishedGrave says whether something that was redacted in a room is there
// still. What cannot be asked is for the next time.
func (h *house) unfinishedGrave(short string) bool {
	there := func(seq uint64) bool {
		_, err := h.w.probe(h.ctx, short, query{Seq: seq})
		return err == nil
	}
	said, err := h.w.stones(h.ctx, short)
	if err != nil {
		return false
	}
	for seq := range said {
		if there(seq) {
			return true
		}
	}
	last, err := h.w.probe(h.ctx, short, query{LastFor: lanes(short, laneLog)})
	if err != nil || h.o.Now().Sub(last.at) > graveDays {
		return false
	}
	r, err := h.glance(h.ctx, short)
	return err == nil && slices.ContainsFunc(r.Redactions, func(d model.Redaction) bool {
		_, known := said[d.Seq]
		return !known && there(d.Seq)
	})
}
