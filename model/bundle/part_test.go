package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// sampleWithUpdates returns a room with updates and notices for audiences, and with
// much that profiles leave out.
func sampleWithUpdates(t testing.TB) *log {
	l := sample(t, ulid, 6)
	l.add(l.ana, &model.UpdateSent{Audience: "customers", Conditions: "your data is safe"})
	l.add(l.ana, &model.UpdateSent{Audience: "legal", Conditions: "we may be sued"})
	l.add(l.bo, model.NewEntry(model.KindDecisionMade, "rotate now"))
	l.redact(l.ana, 4)
	l.checkpoint()
	return l
}

// packSubset exports what a profile shows.
func (l *log) packSubset(name string, by *writer) []byte {
	l.t.Helper()
	p, err := model.ProfileOf(name)
	if err != nil {
		l.t.Fatalf("find the profile: %v", err)
	}
	var b bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: by.handle,
		Key: by.priv}
	if err := x.WriteSubset(&b, p); err != nil {
		l.t.Fatalf("write part: %v", err)
	}
	return b.Bytes()
}

// TestProfiles: each profile shows exactly what its table lists, and proves that it is a
// part of the log, also against an older checkpoint.
func TestProfiles(t *testing.T) {
	l := sampleWithUpdates(t)
	early := sample(t, ulid, 6)
	pin := []byte(early.point().Text())
	for name, c := range map[string]struct {
		shows int
		has   []string
		not   []string
	}{
		"regulator": {shows: 7,
			has: []string{"your data is safe", "we may be sued", "rotate now", "Deploy key", "a password"},
			not: []string{"note 0", "note 3"}},
		"customer": {shows: 1, has: []string{"your data is safe"},
			not: []string{"we may be sued", "rotate now", "Deploy key", "note 0", "a password"}},
		"public": {0, nil, []string{"your data is safe", "rotate now", "Deploy key", "note 0"}},
	} {
		bag := l.packSubset(name, l.hub)
		for _, s := range c.has {
			if !bytes.Contains(bag, []byte(s)) {
				t.Errorf("%s does not have %q", name, s)
			}
		}
		for _, s := range c.not {
			if bytes.Contains(bag, []byte(s)) {
				t.Errorf("%s has %q", name, s)
			}
		}
		b := open(t, bag)
		if len(b.Messages) != c.shows {
			t.Errorf("%s shows %d messages, want %d", name, len(b.Messages), c.shows)
		}
		for _, w := range []bundle.VerifyOptions{{}, {Pin: pin}, {Pin: []byte(l.point().Text())}, {Key: l.hub.key},
			{Pin: l.notes[len(l.notes)-1]}} {
			// Without entry 1, nothing shows that the signer's key is the hub's.
			less := name != "regulator" && w.Key == "" && !bytes.Equal(w.Pin, l.notes[len(l.notes)-1])
			if v := b.Verify(w); !v.Sound() || v.Less != less || v.Size != l.tree.Size() || v.Root != l.tree.Root() {
				t.Errorf("%s: %d entries, bad %v, open %v", name, v.Size, v.Bad, v.Open)
			}
		}
		other := sample(t, ulid, 7)
		if v := b.Verify(bundle.VerifyOptions{Pin: []byte(other.point().Text())}); v.Sound() {
			t.Errorf("%s: a checkpoint of another log is accepted", name)
		}
	}
	if got := l.packSubset("internal", l.hub); !bytes.Equal(got, l.pack(l.hub)) {
		t.Error("the profile internal is not the whole record")
	}
}

// TestSubsetAttacks: a message that was changed, inserted, or moved is detected, and so is
// a changed hash, even if the bag is signed again.
func TestSubsetAttacks(t *testing.T) {
	l := sampleWithUpdates(t)
	for name, change := range map[string]func(lines []string) []string{
		"edited": func(s []string) []string { return edit(s, "your data is safe", "your data is gone") },
		"a hash": func(s []string) []string {
			s[3] = strings.Replace(s[3], `"leaf":"`, `"leaf":"AAAA`, 1)[:len(s[3])]
			return s
		},
		"deleted": func(s []string) []string { return append(s[:4:4], s[5:]...) },
		"hidden":  func(s []string) []string { return s[:len(s)-1] },
		"swapped": func(s []string) []string { s[4], s[5] = s[5], s[4]; return s },
		"twice":   func(s []string) []string { return append(s, s[len(s)-1]) },
	} {
		dir := unpack(t, l.packSubset("customer", l.hub))
		path := filepath.Join(dir, "data", "part.jsonl")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read a file: %v", err)
		}
		lines := change(strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n"))
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(strings.Join(lines, ""), "\n")+"\n"),
			0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		resignBag(t, dir, l.hub)
		b, err := bundle.OpenDir(os.DirFS(dir))
		if err == nil && b.Verify(bundle.VerifyOptions{}).Sound() {
			t.Errorf("%s: it is accepted", name)
		}
	}
	mallory := newWriter("hub", 77)
	l.notes = nil
	n, err := signing.Checkpoint{Room: l.room, Size: l.tree.Size(), Root: l.tree.Root()}.Sign(mallory.priv)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	l.notes = [][]byte{n}
	p, _ := model.ProfileOf("customer")
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: "hub",
		Key: mallory.priv}
	if err := x.WriteSubset(new(bytes.Buffer), p); err == nil {
		t.Error("a part is made under a checkpoint of nobody in the room")
	}
}

func edit(lines []string, a, b string) []string {
	for i := range lines {
		lines[i] = strings.Replace(lines[i], a, b, 1)
	}
	return lines
}

// resignBag rewrites the sums of an unpacked bag and signs them.
func resignBag(t *testing.T, dir string, w *writer) {
	t.Helper()
	sums := func(name string, files ...string) []byte {
		var out bytes.Buffer
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatalf("read a file: %v", err)
			}
			rel, err := filepath.Rel(dir, f)
			if err != nil {
				t.Fatalf("find a relative path: %v", err)
			}
			fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(b), filepath.ToSlash(rel))
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		return out.Bytes()
	}
	var data []string
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data = append(data, path)
		}
		return err
	})
	if err != nil {
		t.Fatalf("walk a directory: %v", err)
	}
	sums("manifest-sha256.txt", data...)
	var tags []string
	for _, f := range []string{"allowed_signers", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"} {
		tags = append(tags, filepath.Join(dir, f))
	}
	all := sums("tagmanifest-sha256.txt", tags...)
	if err := os.WriteFile(filepath.Join(dir, "tagmanifest-sha256.txt.sig"), signing.SignSSH(w.priv, all),
		0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
}
