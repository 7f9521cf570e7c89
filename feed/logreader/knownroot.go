package logreader

import (
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// KnownRoot compares a log that is read from its beginning with a root that this terminal
// has stored. It detects a changed entry even if the later entries are unchanged.
type KnownRoot struct {
	tree signing.Tree
	next uint64 // next sequence; after any other the log is not read as a whole
	size uint64
	root string
}

// compare adds the next record. It reports whether the log differs from the stored root,
// and whether it needs more records.
func (k *KnownRoot) compare(c jetlog.Record, e *model.Event) (differs, more bool) {
	if c.Seq != k.next || e != nil && e.Kind == model.KindLogResumed {
		return false, false // a repaired log is compared with the local replica
	}
	k.next++
	if _, _, event := subjects.Author(c.Subject); event {
		k.tree.Add(jetlog.Leaf(c))
	}
	if k.tree.Size() < k.size {
		return false, true
	}
	return k.tree.Root().String() != k.root, false
}

// NewKnownRoot returns a KnownRoot for the root over the first size entries of a log.
func NewKnownRoot(size uint64, root string) *KnownRoot {
	return &KnownRoot{next: 1, size: size, root: root}
}

// Found returns the number of entries that were compared, the root of the log and the
// stored root.
func (k *KnownRoot) Found() (size uint64, has, want string) {
	return k.size, k.tree.Root().String(), k.root
}
