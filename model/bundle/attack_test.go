package bundle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// attack changes a log at an index. It reports false if it cannot be done there.
type attack func(l *log, at int) bool

// attacks are changes that somebody with write access to the store can make.
var attacks = map[string]attack{
	"delete": func(l *log, at int) bool {
		l.ms = slices.Delete(l.ms, at, at+1)
		return true
	},
	"author suffix": func(l *log, at int) bool {
		subject := l.ms[at].Subject
		n := len(l.ms)
		l.ms = slices.Concat(l.ms[:at],
			slices.DeleteFunc(slices.Clone(l.ms[at:]), func(m bundle.Message) bool { return m.Subject == subject }))
		return len(l.ms) < n
	},
	"swap": func(l *log, at int) bool {
		if at+1 >= len(l.ms) || len(events(l.ms[at:at+2])) < 2 { // the order of a tombstone copy does not matter
			return false
		}
		l.ms[at], l.ms[at+1] = l.ms[at+1], l.ms[at]
		return true
	},
	"truncate": func(l *log, at int) bool {
		l.ms = l.ms[:at]
		return true
	},
	"bit flip": func(l *log, at int) bool {
		m := &l.ms[at]
		m.Data = bytes.Clone(m.Data)
		m.Data[len(m.Data)/2] ^= 1
		return true
	},
	"replay": func(l *log, at int) bool {
		l.ms = append(l.ms, l.ms[at])
		return true
	},
	"forged key": func(l *log, at int) bool {
		mallory := newWriter("bo", 66)
		l.ms = slices.Insert(l.ms, at, forged(l, mallory, 1, ""))
		return true
	},
	"edited body": func(l *log, at int) bool {
		m := &l.ms[at]
		prev := []byte(`note`)
		if !bytes.Contains(m.Data, prev) {
			return false
		}
		m.Data = bytes.Replace(m.Data, prev, []byte(`vote`), 1)
		return true
	},
}

// forged returns a message with somebody's handle and the attacker's own key.
func forged(l *log, w *writer, n uint64, prev string) bundle.Message {
	body, err := json.Marshal(model.NewEntry(model.KindEntryNoted, "it was bo"))
	if err != nil {
		l.t.Fatalf("encode JSON: %v", err)
	}
	raw, err := (&model.Event{V: 1, Room: l.room, ID: "forged", Key: w.key, N: n, Prev: prev,
		Kind: model.KindEntryNoted, At: epoch, By: w.handle, Via: "test", Body: body}).Encode()
	if err != nil {
		l.t.Fatalf("encode: %v", err)
	}
	return bundle.Message{At: epoch, Subject: "log." + w.handle + "." + w.key, Sig: signing.Sign(w.priv, raw),
		Data: raw}
}

// renumber makes the sequences contiguous again, as somebody who rewrites a store does. The
// sequence of a redacted message stays free.
func (l *log) renumber() {
	l.ms = slices.Clone(l.ms)
	next := uint64(0)
	for i := range l.ms {
		if next++; next == l.hole {
			next++
		}
		l.ms[i].Seq = next
	}
}

// rewritten returns the size and the root of the current log, including redacted messages.
func (l *log) rewritten() (uint64, tlog.Hash) {
	var tree signing.Tree
	for _, m := range events(l.ms) {
		if l.hole > 0 && tree.Size()+1 == l.hole {
			tree.Add(l.holeLeaf)
		}
		tree.Add(signing.LeafHash(m.Sig, m.Data))
	}
	return tree.Size(), tree.Root()
}

// TestAttacks rewrites a record at every index: as an outsider, who can only pack it again
// with a key of their own, and as an admin, who has the hub's key and signs checkpoints and
// bag again. A reader who kept a checkpoint, or requires the cosignature of another person,
// always detects it. docs/record.md lists what is detected in no other way.
func TestAttacks(t *testing.T) {
	const notes = 9
	attacked(t, notes, func() *log { return sample(t, ulid, notes) })
}

// TestAttacksOnARedactedLog: a hole in the log does not help an attacker.
func TestAttacksOnARedactedLog(t *testing.T) {
	const notes = 9
	attacked(t, notes, func() *log {
		l := sample(t, ulid, notes)
		l.hole, l.holeLeaf = 6, signing.LeafHash(l.ms[5].Sig, l.ms[5].Data)
		l.redact(l.ana, 5)
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "note: bo goes on"))
		return l
	})
}

func attacked(t *testing.T, notes int, build func() *log) {
	whole := build()
	pin := []byte(whole.point().Text())
	// What an admin can do undetected by a reader without a checkpoint: an author's last
	// message may be missing, and a damaged last message counts as a stray.
	unseen := map[string]bool{"truncate": true, "author suffix": true, "swap": true, "delete": true, "bit flip": true,
		"edited body": true}
	tried, found := 0, map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		for at := 1; at < notes+3; at++ {
			l := build()
			l.checkpoint()
			l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch))
			if l.ms = slices.Clone(l.ms); !attacks[name](l, at) {
				continue
			}
			l.renumber()
			tried++
			l.outsider(name, at)
			if l.admin(name, at, pin) {
				found[name]++
			} else if !unseen[name] && !noise[name] {
				t.Errorf("%s at %d by an admin is not found without a checkpoint", name, at)
			}
		}
	}
	for _, name := range []string{"bit flip", "edited body"} {
		if found[name] < notes-4 {
			t.Errorf("%s by an admin: found at %d places, want at every one that is not its author's last", name,
				found[name])
		}
	}
	if tried < 70 {
		t.Errorf("only %d attacks were tried", tried)
	}
	t.Logf("%d attacks; an admin with the hub's key and nobody to compare with was found out: %v", tried, found)
}

// noise is what anybody who can reach the hub may store: it is reported, has no effect, and
// hides nothing.
var noise = map[string]bool{"forged key": true, "replay": true}

// outsider hands on the changed record, with and without its checkpoints.
func (l *log) outsider(name string, at int) {
	l.t.Helper()
	mallory := newWriter("hub", 77)
	if v := verify(l.t, l.pack(mallory), bundle.VerifyOptions{}); v.Sound() {
		l.t.Errorf("%s at %d by an outsider is accepted", name, at)
	}
	notes := l.notes
	l.notes = nil
	if v := verify(l.t, l.pack(mallory), bundle.VerifyOptions{}); v.Sound() {
		l.t.Errorf("%s at %d by an outsider who took the checkpoints away is accepted", name, at)
	}
	l.notes = notes
}

// admin signs everything again, and reports whether the change was detected without
// anything to compare with. With a pin it must be detected.
func (l *log) admin(name string, at int, pin []byte) bool {
	l.t.Helper()
	size, root := l.rewritten()
	n, err := signing.Checkpoint{Room: l.room, Size: size, Root: root}.Sign(l.hub.priv)
	if err != nil {
		l.t.Fatalf("sign: %v", err)
	}
	witnessed := l.notes
	l.notes = [][]byte{n}
	bag := l.pack(l.hub)
	if v := verify(l.t, bag, bundle.VerifyOptions{}); noise[name] && (!v.Sound() || !has(v.Open, "is a stray")) {
		l.t.Errorf("%s at %d: bad %v, open %v; want a stray that is named, and nothing bad", name, at, v.Bad, v.Open)
	}
	if name == "replay" { // after the end of the log, which simply continues
		return true
	}
	if v := verify(l.t, bag, bundle.VerifyOptions{Pin: pin}); v.Sound() && !v.Less {
		l.t.Errorf("%s at %d by an admin is accepted against a pinned checkpoint", name, at)
	}
	if v := verify(l.t, bag, bundle.VerifyOptions{Witness: 1}); v.Sound() && !v.Less {
		l.t.Errorf("%s at %d by an admin is accepted although a witness is required", name, at)
	}
	l.notes = append(witnessed, n)
	if v := verify(l.t, l.pack(l.hub), bundle.VerifyOptions{}); v.Sound() {
		l.t.Errorf("%s at %d by an admin is accepted beside a cosignature of what was there", name, at)
	}
	return !verify(l.t, bag, bundle.VerifyOptions{}).Sound()
}

// TestForeign: events of another room, and a key that admits itself, are strays: they are
// reported and have no effect.
func TestForeign(t *testing.T) {
	other := sample(t, "01JDHUB0000000000000000001", 3)
	l := sample(t, ulid, 3)
	l.ms = append(l.ms, other.ms[2])
	l.renumber()
	if v := verify(t, l.pack(l.hub), bundle.VerifyOptions{}); !v.Sound() ||
		!has(v.Open, "entry 7, under the name of hub, is a stray and has no effect: it belongs to another room") {
		t.Errorf("an event of another room: bad %v, open %v; want a stray", v.Bad, v.Open)
	}
	l = sample(t, ulid, 1)
	mallory := newWriter("mallory", 9)
	l.add(mallory, &model.KeyAdmitted{Key: mallory.key, Handle: "mallory", Right: model.Command, Origin: "socket"})
	l.checkpoint()
	v := verify(t, l.pack(l.hub), bundle.VerifyOptions{})
	if _, in := v.Room.Member(mallory.key); in || !v.Sound() || v.Less ||
		!has(v.Open, "entry 5, under the name of mallory, is a stray and has no effect: its key was not admitted to "+
			"the room") {
		t.Errorf("a key that admitted itself: in %v, bad %v, open %v; want a stray", in, v.Bad, v.Open)
	}
}

// TestPins: a checkpoint of another record is refused.
func TestPins(t *testing.T) {
	l := sample(t, ulid, 5)
	short := l.point()
	l.add(l.ana, model.NewEntry(model.KindEntryNoted, "later"))
	l.checkpoint()
	bag := l.pack(l.hub)
	other := short
	other.Room = "01JDHUB0000000000000000001"
	for name, c := range map[string]struct {
		pin  string
		good bool
	}{
		"before": {short.Text(), true},
		"signed": {string(l.notes[0]), true},
		"windows": {"warroom/" + ulid + "\r\n" + fmt.Sprint(short.Size) + "\r\n" + short.Root.String() + "\r\n",
			true},
		"room":      {other.Text(), false},
		"longer":    {signing.Checkpoint{Room: ulid, Size: 99, Root: short.Root}.Text(), false},
		"root":      {signing.Checkpoint{Room: ulid, Size: short.Size + 1, Root: short.Root}.Text(), false},
		"empty":     {"", false},
		"no number": {"warroom/" + ulid + "\nx\ny\n", false},
	} {
		if v := verify(t, bag, bundle.VerifyOptions{Pin: []byte(c.pin)}); v.Sound() != c.good {
			t.Errorf("%s: bad %v", name, v.Bad)
		}
	}
}
