// Package roomindex is the index of a hub's rooms. It has a row for each room, with the
// fields that lists show and the people who may see it. The log of a room is the source of
// truth; a row is folded from the log and names the last message that it includes.
package roomindex

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/model"
)

// Row is one room. It must not be changed after it was put into an index.
type Row struct {
	Short  string
	Tip    uint64    // the last message that was folded
	At     time.Time // when that message was stored
	Access hubapi.Access
	Room   *model.Room // a summary

	plan    uint64 // its number in the index; if 0, none
	encoded string // encoded, with the number of its plan
}

// SeenBy reports whether a person may know of the room. Both its log and the metadata of
// its stream have to allow it.
func (r *Row) SeenBy(handle string) bool {
	return r.Access.Sees(handle) && r.Room.Names(handle) && !r.Room.IsRevoked(handle)
}

// Info returns the row in the form in which lists show it.
func (r *Row) Info() model.RoomInfo {
	return model.RoomInfo{Short: r.Short, Room: r.Room, LastAt: r.Room.RecordedAt, Restricted: r.Room.IsRestricted()}
}

// Recent returns all rooms that are not closed and the first closed ones, up to the given
// number, and how many it leaves out. A negative number leaves out none. It skips rooms for
// which sees returns false; nil sees all.
func Recent(all []*Row, closed int, sees func(*Row) bool) (rows []*Row, more int) {
	if closed < 0 && sees == nil {
		return all, 0
	}
	for _, r := range all {
		switch {
		case sees != nil && !sees(r):
			continue
		case r.Room.Status != model.Closed || closed < 0:
		case closed == 0:
			more++
			continue
		default:
			closed--
		}
		rows = append(rows, r)
	}
	return rows, more
}

// Index has the rows of a hub. Its methods may be called from any goroutine.
type Index struct {
	mu      sync.Mutex
	rows    map[string]*Row
	sorted  []*Row // newest first; if nil, has to be sorted again
	open    []*Row // the rows of sorted that are not closed
	closed  []*Row // and the closed ones
	plans   plans
	version uint64 // counts changes
}

// New returns an index without rows.
func New() *Index { return &Index{rows: map[string]*Row{}, plans: newPlans()} }

// Put stores a row in place of the previous one of its room. Rooms with the same plan share
// its memory.
func (x *Index) Put(r Row) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r.Room = r.Room.Summary()
	r.Room.Plan, r.plan = x.plans.intern(r.Room)
	r.encoded = encodeRow(&r)
	x.rows[r.Short], x.sorted = &r, nil
	x.version++
}

// Drop removes a room.
func (x *Index) Drop(short string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rows[short] == nil {
		return
	}
	delete(x.rows, short)
	x.sorted = nil
	x.version++
}

// Get returns the row of a room, or nil if the index has none.
func (x *Index) Get(short string) *Row {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.rows[short]
}

// Version returns a number that differs after each change.
func (x *Index) Version() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.version
}

// All returns the rows, the newest room first. They are shared and must not be modified.
func (x *Index) All() []*Row {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sort()
	return x.sorted
}

// sort sorts the rows if they have changed. The caller must hold mu.
func (x *Index) sort() {
	if x.sorted != nil {
		return
	}
	x.sorted, x.open, x.closed = make([]*Row, 0, len(x.rows)), nil, nil
	for _, r := range x.rows {
		x.sorted = append(x.sorted, r)
	}
	slices.SortFunc(x.sorted, byAge)
	for _, r := range x.sorted {
		if r.Room.Status == model.Closed {
			x.closed = append(x.closed, r)
		} else {
			x.open = append(x.open, r)
		}
	}
}

// Sort sorts rows, the newest room first.
func Sort(rows []*Row) { slices.SortFunc(rows, byAge) }

func byAge(a, b *Row) int { return Newest(a.Short, b.Short) }

// Recent returns rows like the function Recent. If sees is nil, it takes time in proportion
// to the length of its result.
func (x *Index) Recent(closed int, sees func(*Row) bool) (rows []*Row, more int) {
	x.mu.Lock()
	x.sort()
	all, open, old := x.sorted, x.open, x.closed
	x.mu.Unlock()
	if closed < 0 || sees != nil {
		return Recent(all, closed, sees)
	}
	n := min(closed, len(old))
	rows = append(slices.Clone(open), old[:n]...)
	slices.SortFunc(rows, byAge)
	return rows, len(old) - n
}

// Newest compares short ids: the newest room comes first, after those without a number.
func Newest(a, b string) int {
	number := func(short string) int { return cmp.Or(subjects.NumberOf(short), math.MaxInt) }
	return cmp.Or(cmp.Compare(number(b), number(a)), cmp.Compare(a, b))
}
