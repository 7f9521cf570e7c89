package roomstore

import (
	"os"
	"path/filepath"
	"slices"

	"warroom/feed/atomicfile"
	"warroom/feed/atrest"
	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model"
)

// Dir returns the directory for the replica of a room's log and its newest checkpoint. It
// is apart from the hub's store.
func Dir(data, room string) string { return filepath.Join(data, "record", atomicfile.Name(room)) }

// Known is what this data directory has stored of a room's log.
type Known struct {
	SavedCheckpoint
	Tip     mirror.Tip // end of the replica, if that is longer than the checkpoint
	Root    string     // root of the longer of the two; Size and LastSeq belong to it
	Size    uint64
	LastSeq uint64
	Box     *atrest.Box // encrypts the replica
}

// Words describes the stored state in an error message.
func (k *Known) Words() model.Safe {
	what := model.Lit("this terminal's copy has")
	if k.Size == k.Point.Size {
		what = model.Safef("the checkpoint of %s UTC covers", k.At.UTC().Format("2 Jan 15:04:05"))
	}
	return model.Safef("%s %d entries (root %.8s)", what, k.Size, k.Root)
}

// Known returns what is stored of a room, or nil.
func (s *Store) Known(room string) (*Known, error) {
	checkpoint, err := ReadCheckpoint(s.Data, room, s.Now())
	if checkpoint == nil || err != nil {
		return nil, err
	}
	k := &Known{SavedCheckpoint: *checkpoint, Root: checkpoint.Point.Root.String(), Size: checkpoint.Point.Size,
		LastSeq: checkpoint.Seq, Box: s.CopyBox()}
	if t, err := mirror.Look(Dir(s.Data, room), room, k.Box); err == nil {
		k.Tip = t
		if t.Seq > k.LastSeq {
			k.Root, k.Size, k.LastSeq = t.Root.String(), t.Size, t.Seq
		}
	}
	return k, nil
}

// AllKnown returns what is stored of all rooms. It logs errors.
func (s *Store) AllKnown() []*Known {
	dirs, err := os.ReadDir(filepath.Join(s.Data, "record"))
	if err != nil {
		return nil // there are none yet
	}
	var out []*Known
	for _, d := range dirs {
		k, err := s.Known(d.Name())
		if err != nil {
			s.Logf(model.Sentence(err))
		}
		if k != nil {
			out = append(out, k)
		}
	}
	return out
}

// CopiesHere returns what is stored of the rooms of this server, the newest first.
func (s *Store) CopiesHere() []*Known {
	var out []*Known
	for _, k := range s.AllKnown() {
		if k.Where == s.Server && subjects.CheckShort(k.Short) == nil {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b *Known) int { return b.At.Compare(a.At) })
	return out
}

// CopyOf returns what is stored of a room of this server, or nil.
func (s *Store) CopyOf(short string) *Known {
	for _, k := range s.CopiesHere() {
		if k.Short == short {
			return k
		}
	}
	return nil
}

// KnownAs returns what is stored of the rooms with a short id or room id, those of this
// hub first. It returns [model.NotFound] if there are none.
func (s *Store) KnownAs(name string) (all []*Known, err error) {
	for _, k := range s.AllKnown() {
		if k.Short != name && k.Room != name {
			continue
		}
		if k.Where == "" {
			all = append([]*Known{k}, all...)
		} else {
			all = append(all, k)
		}
	}
	if all == nil {
		err = model.Refuse(model.NotFound,
			"there is no copy of a room %s in %s; run the repair on a machine where somebody had it open", name,
			filepath.Join(s.Data, "record"))
	}
	return all, err
}
