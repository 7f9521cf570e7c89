package signing_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model/signing"
)

// TestTreeIsThatOfTlog: at every size the root is the one that package tlog computes, also
// after the tree was stored and loaded.
func TestTreeIsThatOfTlog(t *testing.T) {
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, a := range at {
			out[i] = hashes[a]
		}
		return out, nil
	})
	tree := new(signing.Tree)
	for i := range int64(200) {
		want, err := tlog.TreeHash(i, read)
		if err != nil {
			t.Fatalf("hash the tree: %v", err)
		}
		if got := tree.Root(); got != want || tree.Size() != uint64(i) {
			t.Fatalf("%d leaves: got root %s of %d, want %s", i, got, tree.Size(), want)
		}
		leaf := signing.LeafHash("", fmt.Appendf(nil, "message %d", i))
		stored, err := tlog.StoredHashesForRecordHash(i, leaf, read)
		if err != nil {
			t.Fatalf("find the stored hashes: %v", err)
		}
		hashes = append(hashes, stored...)
		old := tree.Clone()
		tree.Add(leaf)
		if old.Size() != uint64(i) || old.Root() != want {
			t.Fatal("a copy changed with its original")
		}
		raw, err := json.Marshal(tree)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		tree = new(signing.Tree)
		if err := json.Unmarshal(raw, tree); err != nil {
			t.Fatalf("decode JSON: %v", err)
		}
	}
	if json.Unmarshal([]byte(`{"size":3,"peaks":[]}`), tree) == nil {
		t.Error("a tree without its peaks was accepted")
	}
}

func TestCheckpoint(t *testing.T) {
	seed := make([]byte, ed25519.SeedSize)
	priv := ed25519.NewKeyFromSeed(seed)
	key := signing.KeyText(priv.Public().(ed25519.PublicKey))
	tree := new(signing.Tree)
	tree.Add(signing.LeafHash("", []byte("x")))
	c := signing.Checkpoint{Room: "01ROOM", Size: 1, Root: tree.Root()}
	msg, err := c.Sign(priv)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	lines := strings.Split(string(msg), "\n")
	if lines[0] != "warroom/01ROOM" || lines[1] != "1" || lines[2] != tree.Root().String() || lines[3] != "" ||
		!strings.HasPrefix(lines[4], "— warroom/01ROOM ") {
		t.Errorf("not the public form:\n%s", msg)
	}
	if got, err := signing.OpenCheckpoint(msg, "01ROOM", key); err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := signing.OpenCheckpoint(msg, "01OTHER", key); err == nil {
		t.Error("accepted for another room")
	}
	seed[0] = 1
	other := signing.KeyText(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if _, err := signing.OpenCheckpoint(msg, "01ROOM", other); err == nil {
		t.Error("accepted from another key")
	}
	for i := range msg {
		bad := append([]byte(nil), msg...)
		bad[i] ^= 1
		// the last character of base64 has bits that are not used
		if got, err := signing.OpenCheckpoint(bad, "01ROOM", key); err == nil && got != c {
			t.Errorf("changing byte %d is not detected: %+v", i, got)
		}
	}
}

func TestTimeHeader(t *testing.T) {
	priv := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key := signing.KeyText(priv.Public().(ed25519.PublicKey))
	leaf, other := signing.LeafHash("", []byte("a")), signing.LeafHash("", []byte("b"))
	v := signing.SignTime(priv, leaf, 42)
	if n, ok := signing.ReadTime(key, v, leaf); !ok || n != 42 {
		t.Errorf("got %d, %v", n, ok)
	}
	for name, bad := range map[string]bool{
		"other leaf": func() bool { _, ok := signing.ReadTime(key, v, other); return ok }(),
		"other time": func() bool {
			_,
				ok := signing.ReadTime(key, strings.Replace(v, "42", "43", 1), leaf)
			return ok
		}(),
		"no key":  func() bool { _, ok := signing.ReadTime("", v, leaf); return ok }(),
		"nothing": func() bool { _, ok := signing.ReadTime(key, "", leaf); return ok }(),
	} {
		if bad {
			t.Errorf("%s: accepted", name)
		}
	}
}
