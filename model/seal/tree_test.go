package seal_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model/seal"
)

// TestTreeIsThatOfTlog: the root at every size is the one of package tlog, also
// after the tree was written down and read again.
func TestTreeIsThatOfTlog(t *testing.T) {
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, a := range at {
			out[i] = hashes[a]
		}
		return out, nil
	})
	tree := new(seal.Tree)
	for i := range int64(200) {
		want, err := tlog.TreeHash(i, read)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root(); got != want || tree.Size() != uint64(i) {
			t.Fatalf("%d leaves: got root %s of %d, want %s", i, got, tree.Size(), want)
		}
		leaf := seal.LeafHash("", fmt.Appendf(nil, "message %d", i))
		stored, err := tlog.StoredHashesForRecordHash(i, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, stored...)
		old := tree.Clone()
		tree.Add(leaf)
		if old.Size() != uint64(i) || old.Root() != want {
			t.Fatal("a copy moved with its original")
		}
		raw, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		tree = new(seal.Tree)
		if err := json.Unmarshal(raw, tree); err != nil {
			t.Fatal(err)
		}
	}
	if json.Unmarshal([]byte(`{"size":3,"peaks":[]}`), tree) == nil {
		t.Error("a tree without its peaks was taken")
	}
}

func TestCheckpoint(t *testing.T) {
	seed := make([]byte, ed25519.SeedSize)
	priv := ed25519.NewKeyFromSeed(seed)
	key := seal.KeyText(priv.Public().(ed25519.PublicKey))
	tree := new(seal.Tree)
	tree.Add(seal.LeafHash("", []byte("x")))
	c := seal.Checkpoint{Room: "01ROOM", Size: 1, Root: tree.Root()}
	msg, err := c.Sign(priv)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(msg), "\n")
	if lines[0] != "warroom/01ROOM" || lines[1] != "1" || lines[2] != tree.Root().String() || lines[3] != "" || !strings.HasPrefix(lines[4], "— warroom/01ROOM ") {
		t.Errorf("not the public form:\n%s", msg)
	}
	if got, err := seal.OpenCheckpoint(msg, "01ROOM", key); err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := seal.OpenCheckpoint(msg, "01OTHER", key); err == nil {
		t.Error("taken for another room")
	}
	seed[0] = 1
	other := seal.KeyText(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if _, err := seal.OpenCheckpoint(msg, "01ROOM", other); err == nil {
		t.Error("taken from another key")
	}
	for i := range msg {
		bad := append([]byte(nil), msg...)
		bad[i] ^= 1
		if got, err := seal.OpenCheckpoint(bad, "01ROOM", key); err == nil && got != c { // base64 has bits that say nothing
			t.Errorf("byte %d may be changed: %+v", i, got)
		}
	}
}

func TestTimeHeader(t *testing.T) {
	priv := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key := seal.KeyText(priv.Public().(ed25519.PublicKey))
	leaf, other := seal.LeafHash("", []byte("a")), seal.LeafHash("", []byte("b"))
	v := seal.SignTime(priv, leaf, 42)
	if n, ok := seal.ReadTime(key, v, leaf); !ok || n != 42 {
		t.Errorf("got %d, %v", n, ok)
	}
	for name, bad := range map[string]bool{
		"other leaf": func() bool { _, ok := seal.ReadTime(key, v, other); return ok }(),
		"other time": func() bool { _, ok := seal.ReadTime(key, strings.Replace(v, "42", "43", 1), leaf); return ok }(),
		"no key":     func() bool { _, ok := seal.ReadTime("", v, leaf); return ok }(),
		"nothing":    func() bool { _, ok := seal.ReadTime(key, "", leaf); return ok }(),
	} {
		if bad {
			t.Errorf("%s: taken", name)
		}
	}
}
