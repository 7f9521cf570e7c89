package roomindex_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"warroom/feed/hubapi"
	"warroom/feed/roomindex"
	"warroom/model"
)

func row(n int, status model.Status) roomindex.Row {
	at := time.Date(2026, 11, 20, 14, 0, n, 123, time.UTC)
	r := &model.Room{Fold: model.FoldVersion, ID: fmt.Sprint("id", n), Seq: uint64(n), Title: fmt.Sprint("Room ", n),
		Severity: "SEV-2", Status: status, DeclaredAt: at, DeclaredBy: "ana", RecordedAt: at.Add(time.Hour),
		Plan: &model.Plan{Title: fmt.Sprint("plan ", n%2)}, PlanSum: fmt.Sprint("sum ", n%2)}
	return roomindex.Row{Short: fmt.Sprint("inc-", n), Tip: uint64(n), At: at, Room: r}
}

// TestSeenBy: the log and the stream of a room both keep people out.
func TestSeenBy(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*roomindex.Row)
		want   bool
	}{
		{"nobody is kept out", func(*roomindex.Row) {}, true},
		{"named by the log", func(r *roomindex.Row) { r.Room.Restricted = []string{"ana", "bo"} }, true},
		{"not named by the log", func(r *roomindex.Row) { r.Room.Restricted = []string{"ana"} }, false},
		{"revoked in the log",
			func(r *roomindex.Row) { r.Room.Rulings = map[string]model.Ruling{"bo": {Revoked: true}} }, false},
		{"not named by the stream", func(r *roomindex.Row) { r.Access = hubapi.NewAccess([]string{"ana"}, nil) },
			false},
		{"revoked by the stream", func(r *roomindex.Row) { r.Access = hubapi.NewAccess(nil, []string{"bo"}) }, false},
	} {
		r := row(1, model.Open)
		c.change(&r)
		x := roomindex.New()
		x.Put(r)
		block, _ := x.Block(x.All(), 1<<20)
		read, err := roomindex.Read(block)
		if err != nil || len(read) != 1 {
			t.Fatalf("%s: read what was written: got %d rows, %v, want 1", c.name, len(read), err)
		}
		if got := read[0].SeenBy("bo"); got != c.want {
			t.Errorf("%s: bo sees the room: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestRecent: rooms that are not closed are all there, whatever their age, and of the
// others the newest.
func TestRecent(t *testing.T) {
	x := roomindex.New()
	for n := 1; n <= 300; n++ {
		status := model.Closed
		if n%100 == 7 {
			status = model.Open
		}
		x.Put(row(n, status))
	}
	for _, c := range []struct{ closed, rows, more int }{{-1, 300, 0}, {0, 3, 297}, {10, 13, 287}, {1000, 300, 0}} {
		rows, more := x.Recent(c.closed, nil)
		other, left := roomindex.Recent(x.All(), c.closed, func(*roomindex.Row) bool { return true })
		if !slices.Equal(rows, other) || more != left {
			t.Errorf("with %d closed rooms: got %d rows and %d more, want %d and %d as for one who may see all",
				c.closed, len(rows), more, len(other), left)
		}
		if len(rows) != c.rows || more != c.more {
			t.Errorf("with %d closed rooms: got %d rows and %d more, want %d and %d", c.closed, len(rows), more, c.rows,
				c.more)
		}
		if !slices.IsSortedFunc(rows, func(a, b *roomindex.Row) int { return roomindex.Newest(a.Short, b.Short) }) {
			t.Errorf("with %d closed rooms: got another order than the newest first", c.closed)
		}
	}
}

// TestBlocks: an index that is read in parts is the one that was written, and rooms with
// one plan share it.
func TestBlocks(t *testing.T) {
	x := roomindex.New()
	for n := 1; n <= 50; n++ {
		x.Put(row(n, model.Open))
	}
	var got []*roomindex.Row
	for rest := x.All(); len(rest) > 0; {
		block, n := x.Block(rest, 300)
		rows, err := roomindex.Read(block)
		if err != nil || len(rows) != n || n == 0 {
			t.Fatalf("read a block of %d rows: got %d, %v", n, len(rows), err)
		}
		got, rest = append(got, rows...), rest[n:]
	}
	for i, want := range x.All() {
		g := got[i]
		if g.Short != want.Short || g.Tip != want.Tip || !g.At.Equal(want.At) ||
			g.Room.StateHash() != want.Room.StateHash() {
			t.Errorf("row %d: got %+v of %+v, want %+v of %+v", i, g, g.Room, want, want.Room)
		}
	}
	if a, b := x.Get("inc-1").Room.Plan, x.Get("inc-3").Room.Plan; a != b || a == x.Get("inc-2").Room.Plan {
		t.Errorf("plans of inc-1 and inc-3: got %p and %p, want one, and another one for inc-2", a, b)
	}
	whole, _ := x.Block(x.All(), 1<<30)
	y := roomindex.New()
	if err := y.Load(whole); err != nil {
		t.Fatalf("load: got %v, want no error", err)
	}
	y.Put(row(51, model.Closed)) // the numbers of plans continue
	again, _ := y.Block(y.All()[1:], 1<<30)
	if string(again) != string(whole) {
		t.Errorf("loaded and written again: got %d bytes, want the same %d", len(again), len(whole))
	}
}

// FuzzRead: no bytes make the reader panic, or take much more memory than they are.
func FuzzRead(f *testing.F) {
	x := roomindex.New()
	x.Put(row(1, model.Open))
	x.Put(row(2, model.Closed))
	block, _ := x.Block(x.All(), 1<<20)
	f.Add(block)
	f.Add(block[:len(block)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := roomindex.Read(b)
		for _, r := range rows {
			if err != nil || r.Room == nil {
				t.Errorf("got a row %+v beside the error %v, want one or the other", r, err)
			}
		}
	})
}
