package feed

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"warroom/model"
	"warroom/model/seal"
)

// manyEvents is how many events are worth a snapshot: fewer are read and checked
// before a person has looked up.
const manyEvents = 2000

// snapTail is how many lines of the timeline a snapshot has.
const snapTail = 500

// snapForm is the version of the file.
const snapForm = 1

// snapshot is a room as this terminal has folded it, so that it can be shown
// before its log was read again. Nobody else's is ever used.
type snapshot struct {
	Form  int             `json:"form"`
	Room  string          `json:"room"`
	Seq   uint64          `json:"seq"`  // everything up to here is folded
	Last  uint64          `json:"last"` // sequence of the newest event
	Leaf  string          `json:"leaf"` // and its leaf hash
	Chain *seal.Chain     `json:"chain"`
	State json.RawMessage `json:"state"`

	room *model.Room
}

func snapshotPath(data, room string) string { return filepath.Join(data, "cache", room, "snapshot") }

// cacheKey returns the secret that authenticates the snapshots of this data
// directory, and makes it where there is none.
func cacheKey(data string) ([]byte, error) {
	path := filepath.Join(data, "cache", "key")
	if fi, err := os.Lstat(path); err == nil {
		if err := private(path, fi); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	tmp := fmt.Sprintf("%s.%x", path, b[:4])
	if err := writeSynced(tmp, b); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	err := os.Link(tmp, path) // whoever is first, wins
	if err := errors.Join(ifNot(err, os.ErrExist), os.Remove(tmp)); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	return os.ReadFile(path)
}

// ifNot returns err unless it is one that does not matter.
func ifNot(err, except error) error {
	if errors.Is(err, except) {
		return nil
	}
	return err
}

// loadSnapshot reads the snapshot of a room; nil where there is none that this
// terminal made with this version.
func (h *house) loadSnapshot(room string) *snapshot {
	data := h.o.Data
	raw, err := os.ReadFile(snapshotPath(data, room))
	if box := h.safe.Box(snapshotPurpose); err == nil && box != nil {
		raw, err = box.Open(raw, []byte(room))
	}
	if err != nil || len(raw) < sha256.Size {
		return nil
	}
	secret, err := cacheKey(data)
	if err != nil {
		return nil
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw[sha256.Size:])
	if !hmac.Equal(mac.Sum(nil), raw[:sha256.Size]) {
		return nil
	}
	s := new(snapshot)
	if json.Unmarshal(raw[sha256.Size:], s) != nil || s.Form != snapForm || s.Room != room || s.Chain == nil {
		return nil
	}
	if s.room, err = model.Restore(s.State); err != nil {
		return nil
	}
	return s
}

// writeSnapshot puts a snapshot on disk, authenticated.
func (h *house) writeSnapshot(s *snapshot) error {
	data := h.o.Data
	secret, err := cacheKey(data)
	if err != nil {
		return err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	path := snapshotPath(data, s.Room)
	if err := privateDir(filepath.Dir(path)); err != nil {
		return err
	}
	body = append(mac.Sum(nil), body...)
	if box := h.safe.Box(snapshotPurpose); box != nil {
		body = box.Seal(body, []byte(s.Room))
	}
	if err := replace(path, body); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// snap takes a snapshot of what was read.
func (f *follower) snap() (*snapshot, error) {
	state, err := f.at.room.Snapshot(snapTail)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return &snapshot{Form: snapForm, Room: f.room, Seq: f.log.next - 1, Last: f.at.seq, Leaf: f.at.leaf,
		Chain: f.log.chain.Clone(), State: state}, nil
}

// save keeps a snapshot where at least so many events were folded since the
// last one. A room under alarm is not kept: the next time it is read anew.
func (f *follower) save(fresh uint64) error {
	if f.at.fresh < fresh || fresh == 0 || f.at.room.Stale() || !f.view().proof.Alarm.IsEmpty() || !f.view().proof.Newer.IsEmpty() {
		return nil
	}
	s, err := f.snap()
	if err != nil {
		return err
	}
	f.at.fresh = 0
	return f.h.writeSnapshot(s)
}

// begin learns which room it is, and starts from a snapshot where it spares
// reading as many events. It returns the snapshot that was used.
func (f *follower) begin(ctx context.Context, worth uint64) (*snapshot, error) {
	tip, first, err := f.h.first(ctx, f.short)
	if err != nil {
		return nil, err
	}
	f.room = first.Room
	if tip <= worth {
		return nil, nil
	}
	s := f.h.loadSnapshot(f.room)
	if s == nil || s.Seq <= worth {
		return nil, nil
	}
	if late, err := f.h.w.buriedAfter(ctx, f.short, s.Seq); err != nil {
		return nil, f.h.unreachable(err)
	} else if late { // it has text that was redacted since
		return nil, ifNot(os.Remove(snapshotPath(f.h.o.Data, f.room)), os.ErrNotExist)
	}
	f.takeSnapshot(s, tip)
	return s, nil
}

// takeSnapshot shows what the snapshot has.
func (f *follower) takeSnapshot(s *snapshot, tip uint64) {
	f.log.chain, f.log.next = *s.Chain.Clone(), s.Seq+1
	f.at.room, f.at.seq, f.at.leaf, f.at.tip = s.room, s.Last, s.Leaf, tip
	f.at.quick = true
	f.state.Store(&shared{room: s.room, next: s.Seq + 1, behind: max(tip, s.Seq) - s.Seq,
		proof: model.Proof{Pending: true, Total: tip, Bad: uint64(s.room.Bad)}})
	close(f.ready)
}

// first returns the tip of a room and its first message.
func (h *house) first(ctx context.Context, short string) (uint64, *model.Event, error) {
	tip, _, err := h.w.tip(ctx, short)
	if err != nil {
		return 0, nil, h.unreachable(err)
	}
	var e *model.Event
	_, err = h.w.read(ctx, short, "", 1, 1, func(r record) error {
		if e, err = model.DecodeEvent(r.data); err != nil || r.seq != 1 {
			return model.Refuse(model.Internal, "the first message of %s cannot be read, so nobody knows which room it is", short)
		}
		return nil
	})
	if held := h.w.standing(short).held; errors.Is(err, errNothing) && !held.IsEmpty() {
		return 0, nil, &model.Error{Code: model.Conflict, Message: held}
	}
	if errors.Is(err, errNothing) {
		return 0, nil, model.Refuse(model.NotFound, "the room %s is not declared yet; try again in a moment", short)
	}
	if err != nil || e == nil {
		return 0, nil, h.unreachable(err)
	}
	return tip, e, nil
}

// unreachable makes an error for people of one of the wire.
func (h *house) unreachable(err error) error {
	var said *model.Error
	if errors.As(err, &said) {
		return err
	}
	if l := h.link.Load(); l != nil && l.State == model.Offline && !l.Trouble.IsEmpty() {
		return &model.Error{Code: model.Unreachable, Message: l.Trouble}
	}
	return model.Refuse(model.Unreachable, "the hub (%s) does not answer: %s; `warroom doctor` says more", h.w.where, err)
}
