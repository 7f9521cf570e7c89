package backup

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"warroom/feed/atrest"
	"warroom/model"
	"warroom/model/bundle"
)

// Options describe the source and target of a backup.
type Options struct {
	Dir     string
	Hub     Hub
	Data    string       // data directory of the hub
	AtRest  model.Secret // encrypts the data directory; if empty, not encrypted
	Program string
	Now     func() time.Time
	Logf    func(model.Safe)
}

// Report is the result of a run.
type Report struct {
	Rooms   int // in the backup
	Lobby   bool
	Written int // of them in this run
	Bytes   int64
	Failed  []Failure
}

// Failure is a room that could not be written.
type Failure struct {
	Short string
	Err   error
}

// writing is one run.
type writing struct {
	Options
	box    *atrest.Box
	old    *manifest // of the previous run
	next   *manifest
	report Report
}

// Write updates a backup. It writes the rooms that have grown since the last run, and
// damaged files of the backup again. Report.Failed has the rooms that could not be
// written. The error is a [model.Error].
func Write(ctx context.Context, o Options) (Report, error) {
	w := &writing{Options: o}
	hub, err := o.Hub.HubKey()
	if err != nil {
		return w.report, err
	}
	done, err := w.open(hub)
	if err != nil {
		return w.report, err
	}
	defer done()
	if err := w.hubFiles(); err != nil {
		return w.report, err
	}
	w.report.Bytes = 0 // count only the rooms
	names, err := o.Hub.Shorts(ctx)
	if err != nil {
		return w.report, err
	}
	slices.Sort(names)
	for _, short := range names {
		err := w.room(ctx, short)
		switch {
		case ctx.Err() != nil:
			return w.report, ctx.Err()
		case errors.As(err, new(*fatal)):
			return w.report, err.(*fatal).error
		case err != nil:
			w.fail(short, err)
		}
	}
	w.retainOthers(names)
	w.report.Rooms, w.report.Lobby = len(w.next.Rooms), w.next.room(model.LobbyShort) != nil
	if err := w.next.save(o.Dir, w.box); err != nil {
		return w.report, err
	}
	w.clear()
	return w.report, nil
}

// fatal is an error after which no other room can be written either.
type fatal struct{ error }

// open creates the backup directory, or opens the backup in it, and locks it.
func (w *writing) open(hub string) (done func(), err error) {
	if err := w.prepare(); err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(w.Dir, lockFile), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); err != nil || !ok {
		return nil, model.Refuse(model.Conflict, "another backup into %s is running; wait until it has "+
			"finished", w.Dir)
	}
	done = func() { _ = l.Close() } // the lock also ends with the process
	if err := w.load(hub); err != nil {
		done()
		return nil, err
	}
	w.next = &manifest{Form: form, Made: w.Now().UTC().Truncate(time.Second), Program: w.Program, Hub: hub,
		Vault: w.old.Vault, Complete: true}
	return done, nil
}

// prepare creates the directory. It returns [model.Conflict] if the directory has other
// files.
func (w *writing) prepare() error {
	err := os.MkdirAll(w.Dir, 0o700)
	var names []fs.DirEntry
	if err == nil {
		names, err = os.ReadDir(w.Dir)
	}
	if err != nil {
		return model.Refuse(model.Invalid, "%s cannot be used for a backup: %s", w.Dir, model.FileReason(err))
	}
	if _, err := os.Stat(filepath.Join(w.Dir, manifestFile)); errors.Is(err, fs.ErrNotExist) {
		for _, n := range names {
			if n.Name() != lockFile && !strings.HasPrefix(n.Name(), ".writing-") {
				return model.Refuse(model.Conflict,
					"%s is not empty and is not a backup; give an empty directory, or the one of an earlier backup",
					w.Dir)
			}
		}
	}
	return nil
}

// load reads the existing backup, or begins a new one.
func (w *writing) load(hub string) error {
	head, err := vaultHead(w.Data)
	if err != nil {
		return err
	}
	w.old, w.box, err = load(w.Dir, w.AtRest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.begin(hub, head)
	case err != nil:
		return err
	case w.old.Hub != hub:
		return model.Refuse(model.Conflict, "%s is the backup of another hub; give another directory", w.Dir)
	case string(w.old.Vault) != string(head):
		return model.Refuse(model.Conflict,
			"the backup in %s was not encrypted as %s is now; give an empty directory", w.Dir, w.Data)
	}
	return w.subdirs()
}

// begin writes the list of an empty backup, which identifies the directory to the next
// run.
func (w *writing) begin(hub string, head json.RawMessage) (err error) {
	if w.box, err = unlock(w.Data, head, w.AtRest); err != nil {
		return err
	}
	w.old = &manifest{Form: form, Made: w.Now().UTC(), Program: w.Program, Hub: hub, Vault: head}
	if err := w.old.save(w.Dir, w.box); err != nil {
		return err
	}
	return w.subdirs()
}

func (w *writing) subdirs() error {
	for _, d := range []string{roomsDir, hubDir} {
		if err := os.Mkdir(filepath.Join(w.Dir, d), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return unwritable(filepath.Join(w.Dir, d), err)
		}
	}
	return nil
}

// vaultHead returns the vault of a data directory, or nil if it is not encrypted.
func vaultHead(data string) (json.RawMessage, error) {
	path := filepath.Join(data, atrest.File)
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, unreadable(path, err)
	}
	var head json.RawMessage
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, model.Refuse(model.Invalid, "%s is not a vault that this program can read", path)
	}
	return head, nil
}

// room writes one room, if it has grown since the last run.
func (w *writing) room(ctx context.Context, short string) error {
	state, err := w.Hub.StateOf(ctx, short)
	if err != nil {
		return err
	}
	r, old := Room{Short: short, State: state}, w.old.room(short)
	if old != nil && old.Room != state.Room {
		return model.Refuse(model.Conflict, "the backup has another room of this name; give an empty directory")
	}
	fresh := false
	if old != nil && old.Seq == state.Seq && old.Leaf == state.Leaf && w.whole(old.Log) {
		r.Log, r.Unsound = old.Log, old.Unsound
	} else if r.Log, r.Unsound, err = w.log(ctx, short, state); err != nil {
		return err
	} else {
		fresh = true
	}
	switch {
	case state.Messages == 0:
	case old != nil && old.Stored != nil && old.Evidence == state.Evidence && old.Messages == state.Messages &&
		w.whole(*old.Stored):
		r.Stored = old.Stored
	default:
		fresh = true
		f, err := w.evidence(ctx, short)
		if err != nil {
			return err
		}
		r.Stored = &f
	}
	if fresh {
		w.report.Written++
	}
	w.next.Rooms = append(w.next.Rooms, r)
	return nil
}

// log writes the export of a room, even if its log does not verify.
func (w *writing) log(ctx context.Context, short string, s State) (f File, unsound bool, err error) {
	f, err = w.put("log "+short, roomsDir, short, ".zip", func(out io.Writer) error {
		err := w.Hub.ExportBare(ctx, short, w.Program, out)
		var bad bundle.Tampered
		if errors.As(err, &bad) && s.Seq > 0 {
			unsound = true
			w.Logf(bad.Safe)
			return nil
		}
		return err
	})
	if err == nil && f.Size == 0 {
		return f, false, model.Refuse(model.Internal, "the log of %s cannot be exported; see: warroom verify %s", short,
			short)
	}
	return f, unsound, err
}

// evidence writes the evidence stream of a room. Each message is preceded by the lengths
// of its subject and data.
func (w *writing) evidence(ctx context.Context, short string) (File, error) {
	return w.put("evidence "+short, roomsDir, short, ".evidence", func(out io.Writer) error {
		return w.Hub.StoredEvidence(ctx, short, func(c Chunk) error {
			head := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(c.Subject))), uint64(len(c.Data)))
			for _, b := range [][]byte{head, []byte(c.Subject), c.Data} {
				if _, err := out.Write(b); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// fail records that a room could not be written, and keeps its previous files.
func (w *writing) fail(short string, err error) {
	w.report.Failed = append(w.report.Failed, Failure{Short: short, Err: err})
	if old := w.old.room(short); old != nil {
		r := *old
		r.Outdated = true
		w.next.Rooms = append(w.next.Rooms, r)
	}
}

// retainOthers keeps the rooms that the hub no longer has.
func (w *writing) retainOthers(names []string) {
	for _, r := range w.old.Rooms {
		if !slices.Contains(names, r.Short) {
			r.Outdated = true
			w.next.Rooms = append(w.next.Rooms, r)
			w.Logf(model.Safef("%s is no longer on the hub; the backup keeps what it has", r.Short))
		}
	}
}

// whole reports whether a file of the previous run is unchanged.
func (w *writing) whole(f File) bool {
	sum, err := hashOf(filepath.Join(w.Dir, f.Name), f.Size)
	if err != nil || sum != f.SHA256 {
		w.Logf(model.Safef("%s of the backup (%s) was changed or is damaged; it is written again", f.Name, f.Of))
		return false
	}
	return true
}

// clear deletes the files that no list names any more. Files that cannot be deleted do no
// harm.
func (w *writing) clear() {
	named := map[string]bool{}
	for _, f := range w.next.all() {
		named[f.Name] = true
	}
	for _, dir := range []string{roomsDir, hubDir} {
		names, err := os.ReadDir(filepath.Join(w.Dir, dir))
		if err != nil {
			continue
		}
		for _, n := range names {
			name := dir + "/" + n.Name()
			ours := validName.MatchString(name) || strings.HasPrefix(n.Name(), ".")
			if ours && !named[name] && n.Type().IsRegular() {
				_ = os.Remove(filepath.Join(w.Dir, name))
			}
		}
	}
}
