package backup

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"warroom/model"
)

// rooms is a hub whose exports are arbitrary bytes.
type rooms struct {
	empty
	seq    map[string]uint64
	fail   string             // the room that cannot be read
	export func(short string) // called before a room is exported
}

func (h rooms) Shorts(context.Context) (out []string, err error) {
	for short := range h.seq {
		out = append(out, short)
	}
	return out, nil
}

func (h rooms) StateOf(_ context.Context, short string) (State, error) {
	if short == h.fail {
		return State{}, model.Refuse(model.Conflict, "%s is held", short)
	}
	return State{Room: "id of " + short, Seq: h.seq[short]}, nil
}

func (h rooms) ExportBare(ctx context.Context, short, _ string, w io.Writer) error {
	if h.export != nil {
		h.export(short)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := io.WriteString(w, short+" up to "+string(rune('0'+h.seq[short])))
	return err
}

func options(t *testing.T, dir string, h Hub) Options {
	return Options{Dir: dir, Hub: h, Data: t.TempDir(), Now: time.Now, Logf: func(model.Safe) {}}
}

// whole opens a backup and verifies it.
func whole(t *testing.T, dir string) *Backup {
	t.Helper()
	b, err := Open(dir, model.Secret{})
	if err == nil {
		err = b.Check(t.Context())
	}
	if err != nil {
		t.Fatalf("read the backup: got %v, want no error", err)
	}
	return b
}

// TestOneRoomFails: a room that cannot be read is reported, its previous files stay, and
// the other rooms are written. Unused files of earlier runs are deleted.
func TestOneRoomFails(t *testing.T) {
	dir := t.TempDir()
	h := rooms{seq: map[string]uint64{"inc-1": 1, "inc-2": 1}}
	if _, err := Write(t.Context(), options(t, dir, h)); err != nil {
		t.Fatalf("first run: got %v, want no error", err)
	}
	h.seq, h.fail = map[string]uint64{"inc-1": 2, "inc-2": 2, "inc-3": 1}, "inc-2"
	r, err := Write(t.Context(), options(t, dir, h))
	if err != nil || r.Rooms != 3 || r.Written != 2 || len(r.Failed) != 1 || r.Failed[0].Short != "inc-2" {
		t.Errorf("second run: got %+v (%v), want 3 rooms, 2 written, inc-2 failed", r, err)
	}
	b := whole(t, dir)
	for short, seq := range map[string]uint64{"inc-1": 2, "inc-2": 1, "inc-3": 1} {
		if got := b.m.room(short); got == nil || got.Seq != seq || got.Outdated != (short == "inc-2") {
			t.Errorf("%s in the backup: got %+v, want it up to %d, outdated only if it failed", short, got, seq)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "rooms", "*")); len(files) != 3 {
		t.Errorf("files of rooms: got %v, want one for each room", files)
	}
}

// TestInterruptedRun: an interrupted run leaves the previous backup intact, and an
// interrupted first run leaves none.
func TestInterruptedRun(t *testing.T) {
	dir := t.TempDir()
	h := rooms{seq: map[string]uint64{"inc-1": 1, "inc-2": 1}}
	interrupted := func() {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h.export = func(short string) {
			if short == "inc-2" {
				cancel()
			}
		}
		if _, err := Write(ctx, options(t, dir, h)); err != context.Canceled {
			t.Errorf("run that is interrupted: got %v, want %v", err, context.Canceled)
		}
		h.export = nil
	}
	interrupted()
	if _, err := Open(dir, model.Secret{}); model.CodeOf(err) != model.Conflict {
		t.Errorf("backup whose first run was interrupted: got %v, want that it was never finished", err)
	}
	if _, err := Write(t.Context(), options(t, dir, h)); err != nil {
		t.Fatalf("run after that: got %v, want no error", err)
	}
	h.seq = map[string]uint64{"inc-1": 2, "inc-2": 2}
	interrupted()
	if b := whole(t, dir); b.m.room("inc-1").Seq != 1 || b.m.room("inc-2").Seq != 1 {
		t.Errorf("backup after an interrupted run: got %+v, want that of the run before", b.m.Rooms)
	}
	if _, err := Write(t.Context(), options(t, dir, h)); err != nil {
		t.Fatalf("run after that: got %v, want no error", err)
	}
	if b := whole(t, dir); b.m.room("inc-1").Seq != 2 || b.m.room("inc-2").Seq != 2 {
		t.Errorf("backup after a whole run: got %+v, want both rooms up to 2", b.m.Rooms)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "rooms", ".*"))
	if len(slices.DeleteFunc(names,
		func(s string) bool { return filepath.Base(s) == "." || filepath.Base(s) == ".." })) > 0 {
		t.Errorf("files that were not finished: got %v, want none", names)
	}
}
