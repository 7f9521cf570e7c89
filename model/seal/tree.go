package seal

import (
	"encoding/json"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree of RFC 6962 over the leaves of a log, as much of it
// as it takes to go on: the roots of its complete subtrees, the largest first.
// The zero value is the empty tree.
type Tree struct {
	size  uint64
	peaks []tlog.Hash // one for every bit of size, the highest first
}

// LeafHash returns the leaf hash of a stored message, see [Leaf] for its text.
func LeafHash(sig string, payload []byte) tlog.Hash {
	b, _ := signature(sig)
	return tlog.RecordHash(append(b, payload...))
}

// Add puts a leaf behind the others.
func (t *Tree) Add(leaf tlog.Hash) {
	h := leaf
	for range bits.TrailingZeros64(^t.size) { // a carry for every peak of the same height
		last := len(t.peaks) - 1
		h = tlog.NodeHash(t.peaks[last], h)
		t.peaks = t.peaks[:last]
	}
	t.peaks = append(t.peaks, h)
	t.size++
}

// Size returns the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Root returns the root hash.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		h, err := tlog.TreeHash(0, nil)
		if err != nil {
			panic("seal: the empty tree has no root: " + err.Error()) // it has one by definition
		}
		return h
	}
	h := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.peaks[i], h)
	}
	return h
}

// Clone returns a copy that goes its own way.
func (t *Tree) Clone() *Tree {
	return &Tree{size: t.size, peaks: append([]tlog.Hash(nil), t.peaks...)}
}

// treeForm is a tree in a file.
type treeForm struct {
	Size  uint64      `json:"size"`
	Peaks []tlog.Hash `json:"peaks"`
}

// MarshalJSON writes what it takes to go on.
func (t *Tree) MarshalJSON() ([]byte, error) {
	return json.Marshal(treeForm{Size: t.size, Peaks: t.peaks})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Tree) UnmarshalJSON(b []byte) error {
	var f treeForm
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if len(f.Peaks) != bits.OnesCount64(f.Size) {
		return fmt.Errorf("a tree of %d leaves does not have %d peaks", f.Size, len(f.Peaks))
	}
	t.size, t.peaks = f.Size, f.Peaks
	return nil
}
