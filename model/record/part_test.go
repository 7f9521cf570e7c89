package record_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/model"
	"warroom/model/record"
	"warroom/model/seal"
)

// told is a room in which somebody was told something, and much was not.
func told(t testing.TB) *log {
	l := sample(t, ulid, 6)
	l.say(l.ana, &model.UpdateSent{Audience: "customers", Conditions: "your data is safe"})
	l.say(l.ana, &model.UpdateSent{Audience: "legal", Conditions: "we may be sued"})
	l.say(l.bo, model.NewEntry(model.KindDecisionMade, "rotate now"))
	l.redact(l.ana, 4)
	l.checkpoint()
	return l
}

// part packs what a profile shows.
func (l *log) part(name string, by *writer) []byte {
	l.t.Helper()
	p, err := model.ProfileOf(name)
	if err != nil {
		l.t.Fatal(err)
	}
	var b bytes.Buffer
	x := record.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: by.handle, Key: by.priv}
	if err := x.WritePart(&b, p); err != nil {
		l.t.Fatal(err)
	}
	return b.Bytes()
}

// TestProfiles: each shows what its table says and nothing else, and proves that it
// is a true part, also against a checkpoint of earlier.
func TestProfiles(t *testing.T) {
	l := told(t)
	early := sample(t, ulid, 6)
	pin := []byte(early.point().Text())
	for name, c := range map[string]struct {
		shows int
		has   []string
		not   []string
	}{
		"regulator": {7, []string{"your data is safe", "we may be sued", "rotate now", "Deploy key", "a password"}, []string{"note 0", "note 3"}},
		"customer":  {1, []string{"your data is safe"}, []string{"we may be sued", "rotate now", "Deploy key", "note 0", "a password"}},
		"public":    {0, nil, []string{"your data is safe", "rotate now", "Deploy key", "note 0"}},
	} {
		bag := l.part(name, l.hub)
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
		for _, w := range []record.Wish{{}, {Pin: pin}, {Pin: []byte(l.point().Text())}, {Key: l.hub.key}, {Pin: l.notes[len(l.notes)-1]}} {
			// Where entry 1 is not shown, nothing says that the signer's key is the hub's.
			less := name != "regulator" && w.Key == "" && !bytes.Equal(w.Pin, l.notes[len(l.notes)-1])
			if v := b.Verify(w); !v.Sound() || v.Less != less || v.Size != l.tree.Size() || v.Root != l.tree.Root() {
				t.Errorf("%s: %d entries, bad %v, open %v", name, v.Size, v.Bad, v.Open)
			}
		}
		other := sample(t, ulid, 7)
		if v := b.Verify(record.Wish{Pin: []byte(other.point().Text())}); v.Sound() {
			t.Errorf("%s: a checkpoint of another log is taken", name)
		}
	}
	if got := l.part("internal", l.hub); !bytes.Equal(got, l.pack(l.hub)) {
		t.Error("the profile internal is not the whole record")
	}
}

// TestPartAttacks: a message that was changed, put in, or moved in a part is found,
// though the bag is signed anew; so is a hash.
func TestPartAttacks(t *testing.T) {
	l := told(t)
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
		dir := unpack(t, l.part("customer", l.hub))
		path := filepath.Join(dir, "data", "part.jsonl")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := change(strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n"))
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(strings.Join(lines, ""), "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		signAgain(t, dir, l.hub)
		b, err := record.OpenDir(os.DirFS(dir))
		if err == nil && b.Verify(record.Wish{}).Sound() {
			t.Errorf("%s: it is taken", name)
		}
	}
	mallory := newWriter("hub", 77)
	l.notes = nil
	n, err := seal.Checkpoint{Room: l.room, Size: l.tree.Size(), Root: l.tree.Root()}.Sign(mallory.priv)
	if err != nil {
		t.Fatal(err)
	}
	l.notes = [][]byte{n}
	p, _ := model.ProfileOf("customer")
	x := record.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: "hub", Key: mallory.priv}
	if err := x.WritePart(new(bytes.Buffer), p); err == nil {
		t.Error("a part is made under a checkpoint of nobody in the room")
	}
}

func edit(lines []string, a, b string) []string {
	for i := range lines {
		lines[i] = strings.Replace(lines[i], a, b, 1)
	}
	return lines
}

// signAgain writes the sums of an unpacked bag anew, and signs them.
func signAgain(t *testing.T, dir string, w *writer) {
	t.Helper()
	sums := func(name string, files ...string) []byte {
		var out bytes.Buffer
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel(dir, f)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(b), filepath.ToSlash(rel))
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
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
		t.Fatal(err)
	}
	sums("manifest-sha256.txt", data...)
	var tags []string
	for _, f := range []string{"allowed_signers", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"} {
		tags = append(tags, filepath.Join(dir, f))
	}
	all := sums("tagmanifest-sha256.txt", tags...)
	if err := os.WriteFile(filepath.Join(dir, "tagmanifest-sha256.txt.sig"), seal.SignSSH(w.priv, all), 0o600); err != nil {
		t.Fatal(err)
	}
}
