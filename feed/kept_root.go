package feed

import (
	"warroom/model"
	"warroom/model/seal"
)

// keptRoot compares a log that is read from its beginning with the root that this
// terminal knows: a change behind which the log ends as before shows in nothing else.
type keptRoot struct {
	tree seal.Tree
	next uint64 // sequence that comes now; another one: the log is not read as a whole
	size uint64
	root string
}

// keptRoot returns what this terminal knows of a room on this hub, nil where that is
// nothing.
func (f *follower) keptRoot() *keptRoot {
	k, err := f.h.knowledge(f.room)
	if err != nil || k == nil || k.Short != f.short || k.Where != f.h.o.Server || k.size == 0 {
		return nil // one that cannot be read was told where it is written
	}
	return &keptRoot{next: 1, size: k.size, root: k.root}
}

// pass takes the next record. It says whether the log is another one than was known,
// and whether more records are wanted.
func (k *keptRoot) pass(c record, e *model.Event) (differs, more bool) {
	if c.seq != k.next || e != nil && e.Kind == model.KindLogResumed {
		return false, false // a repaired log is compared with the copy
	}
	k.next++
	if _, _, event := author(c.subject); event {
		k.tree.Add(messageLeaf(c))
	}
	if k.tree.Size() < k.size {
		return false, true
	}
	return k.tree.Root().String() != k.root, false
}

// other is told that the hub's log has another root than this terminal knows.
func (f *follower) other(k *keptRoot) {
	f.alarm(model.Safef("the first %d entries of the hub's log are not those that this terminal knows (root %.8s instead of %.8s): there are two records; export both and compare",
		k.size, k.tree.Root().String(), k.root))
}
