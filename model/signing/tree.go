package signing

import (
	"encoding/json"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree of RFC 6962 over the leaves of a log. It stores only what is
// needed to append: the roots of its complete subtrees, the largest first. The zero value
// is the empty tree.
type Tree struct {
	size  uint64
	peaks []tlog.Hash // one for each set bit of size, the highest first
}

// LeafHash returns the leaf hash of a stored message. [Leaf] returns it as text.
func LeafHash(sig string, payload []byte) tlog.Hash {
	b, _ := signature(sig)
	return tlog.RecordHash(append(b, payload...))
}

// Add appends a leaf.
func (t *Tree) Add(leaf tlog.Hash) {
	h := leaf
	for range bits.TrailingZeros64(^t.size) { // merge with every peak of the same height
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
			panic("seal: the empty tree has no root: " + err.Error()) // cannot happen: RFC 6962 defines it
		}
		return h
	}
	h := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.peaks[i], h)
	}
	return h
}

// Clone returns an independent copy.
func (t *Tree) Clone() *Tree {
	return &Tree{size: t.size, peaks: append([]tlog.Hash(nil), t.peaks...)}
}

// treeForm is the JSON form of a tree.
type treeForm struct {
	Size  uint64      `json:"size"`
	Peaks []tlog.Hash `json:"peaks"`
}

// MarshalJSON implements json.Marshaler.
func (t *Tree) MarshalJSON() ([]byte, error) {
	return json.Marshal(treeForm{Size: t.size, Peaks: t.peaks})
}

// UnmarshalJSON implements json.Unmarshaler. It returns an error if the number of
// peaks does not fit the size.
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
