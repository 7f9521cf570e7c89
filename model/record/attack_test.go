package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/record"
	"warroom/model/seal"
)

// attack changes a log at a place; false where it cannot there.
type attack func(l *log, at int) bool

// attacks are those of who may write over the store.
var attacks = map[string]attack{
	"delete": func(l *log, at int) bool {
		l.ms = slices.Delete(l.ms, at, at+1)
		return true
	},
	"author suffix": func(l *log, at int) bool {
		lane := l.ms[at].Lane
		n := len(l.ms)
		l.ms = slices.Concat(l.ms[:at], slices.DeleteFunc(slices.Clone(l.ms[at:]), func(m record.Message) bool { return m.Lane == lane }))
		return len(l.ms) < n
	},
	"swap": func(l *log, at int) bool {
		if at+1 >= len(l.ms) || len(events(l.ms[at:at+2])) < 2 { // where a tombstone lies says nothing
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
		was := []byte(`note`)
		if !bytes.Contains(m.Data, was) {
			return false
		}
		m.Data = bytes.Replace(m.Data, was, []byte(`vote`), 1)
		return true
	},
}

// forged is a message with somebody's name and a key of one's own.
func forged(l *log, w *writer, n uint64, prev string) record.Message {
	body, err := json.Marshal(model.NewEntry(model.KindEntryNoted, "it was bo"))
	if err != nil {
		l.t.Fatal(err)
	}
	raw, err := (&model.Event{V: 1, Room: l.room, ID: "forged", Key: w.key, N: n, Prev: prev, Kind: model.KindEntryNoted, At: epoch, By: w.handle, Via: "test", Body: body}).Encode()
	if err != nil {
		l.t.Fatal(err)
	}
	return record.Message{At: epoch, Lane: "log." + w.handle + "." + w.key, Sig: seal.Sign(w.priv, raw), Data: raw}
}

// renumber makes the sequences whole again, as whoever rewrites a store does: what
// was redacted leaves its number free.
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

// rewritten is the size and root of the log as it is now, with what was redacted.
func (l *log) rewritten() (uint64, tlog.Hash) {
	var tree seal.Tree
	for _, m := range events(l.ms) {
		if l.hole > 0 && tree.Size()+1 == l.hole {
			tree.Add(l.was)
		}
		tree.Add(seal.LeafHash(m.Sig, m.Data))
	}
	return tree.Size(), tree.Root()
}

// TestAttacks rewrites a record at every place: by somebody without a key of the
// room, who can only pack it anew with one of their own, and by an admin who has
// the hub's key, and signs checkpoints and bag again. Whoever kept one checkpoint,
// or has one cosignature of another person asked for, is never fooled. What
// nobody finds otherwise is what docs/record.md says.
func TestAttacks(t *testing.T) {
	const notes = 9
	attacked(t, notes, func() *log { return sample(t, ulid, notes) })
}

// TestAttacksOnARedactedLog: a hole in it helps nobody.
func TestAttacksOnARedactedLog(t *testing.T) {
	const notes = 9
	attacked(t, notes, func() *log {
		l := sample(t, ulid, notes)
		l.hole, l.was = 6, seal.LeafHash(l.ms[5].Sig, l.ms[5].Data)
		l.redact(l.ana, 5)
		l.say(l.bo, model.NewEntry(model.KindEntryNoted, "note: bo goes on"))
		return l
	})
}

func attacked(t *testing.T, notes int, build func() *log) {
	whole := build()
	pin := []byte(whole.point().Text())
	// What an admin can do so that nobody finds it who has no checkpoint: an author's
	// last message may be gone, and one that is damaged is then a stray.
	unseen := map[string]bool{"truncate": true, "author suffix": true, "swap": true, "delete": true, "bit flip": true, "edited body": true}
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
			t.Errorf("%s by an admin: found at %d places, want at every one that is not its author's last", name, found[name])
		}
	}
	if tried < 70 {
		t.Errorf("only %d attacks were tried", tried)
	}
	t.Logf("%d attacks; an admin with the hub's key and nobody to compare with was found out: %v", tried, found)
}

// noise is what anybody may store in a log who can reach the hub: it is named, has no
// effect, and takes nothing away.
var noise = map[string]bool{"forged key": true, "replay": true}

// outsider hands the changed record on, with and without what was said of it.
func (l *log) outsider(name string, at int) {
	l.t.Helper()
	mallory := newWriter("hub", 77)
	if v := verify(l.t, l.pack(mallory), record.Wish{}); v.Sound() {
		l.t.Errorf("%s at %d by an outsider is taken", name, at)
	}
	kept := l.notes
	l.notes = nil
	if v := verify(l.t, l.pack(mallory), record.Wish{}); v.Sound() {
		l.t.Errorf("%s at %d by an outsider who took the checkpoints away is taken", name, at)
	}
	l.notes = kept
}

// admin signs everything again, and says whether it was found out without
// anything to compare with. With something it has to be.
func (l *log) admin(name string, at int, pin []byte) bool {
	l.t.Helper()
	size, root := l.rewritten()
	n, err := seal.Checkpoint{Room: l.room, Size: size, Root: root}.Sign(l.hub.priv)
	if err != nil {
		l.t.Fatal(err)
	}
	witnessed := l.notes
	l.notes = [][]byte{n}
	bag := l.pack(l.hub)
	if v := verify(l.t, bag, record.Wish{}); noise[name] && (!v.Sound() || !has(v.Open, "is a stray")) {
		l.t.Errorf("%s at %d: bad %v, open %v; want a stray that is named, and nothing bad", name, at, v.Bad, v.Open)
	}
	if name == "replay" { // behind the log's end: it goes on from there
		return true
	}
	if v := verify(l.t, bag, record.Wish{Pin: pin}); v.Sound() && !v.Less {
		l.t.Errorf("%s at %d by an admin is taken against a pinned checkpoint", name, at)
	}
	if v := verify(l.t, bag, record.Wish{Witness: 1}); v.Sound() && !v.Less {
		l.t.Errorf("%s at %d by an admin is taken where a witness was asked for", name, at)
	}
	l.notes = append(witnessed, n)
	if v := verify(l.t, l.pack(l.hub), record.Wish{}); v.Sound() {
		l.t.Errorf("%s at %d by an admin is taken beside a cosignature of what was there", name, at)
	}
	return !verify(l.t, bag, record.Wish{}).Sound()
}

// TestForeign: events of another room, and a key that admits itself, are strays: they
// are named and have no effect.
func TestForeign(t *testing.T) {
	other := sample(t, "01JDHUB0000000000000000001", 3)
	l := sample(t, ulid, 3)
	l.ms = append(l.ms, other.ms[2])
	l.renumber()
	if v := verify(t, l.pack(l.hub), record.Wish{}); !v.Sound() || !has(v.Open, "entry 7, as hub's, is a stray and has no effect: it is of another room") {
		t.Errorf("an event of another room: bad %v, open %v; want a stray", v.Bad, v.Open)
	}
	l = sample(t, ulid, 1)
	mallory := newWriter("mallory", 9)
	l.say(mallory, &model.KeyAdmitted{Key: mallory.key, Handle: "mallory", Right: model.Command, Door: "socket"})
	l.checkpoint()
	v := verify(t, l.pack(l.hub), record.Wish{})
	if _, in := v.Room.Member(mallory.key); in || !v.Sound() || v.Less || !has(v.Open, "entry 5, as mallory's, is a stray and has no effect: its key was not admitted to the room") {
		t.Errorf("a key that let itself in: in %v, bad %v, open %v; want a stray", in, v.Bad, v.Open)
	}
}

// TestPins: what is compared with another record is refused.
func TestPins(t *testing.T) {
	l := sample(t, ulid, 5)
	short := l.point()
	l.say(l.ana, model.NewEntry(model.KindEntryNoted, "later"))
	l.checkpoint()
	bag := l.pack(l.hub)
	other := short
	other.Room = "01JDHUB0000000000000000001"
	for name, c := range map[string]struct {
		pin  string
		good bool
	}{
		"before":    {short.Text(), true},
		"signed":    {string(l.notes[0]), true},
		"windows":   {"warroom/" + ulid + "\r\n" + fmt.Sprint(short.Size) + "\r\n" + short.Root.String() + "\r\n", true},
		"room":      {other.Text(), false},
		"longer":    {seal.Checkpoint{Room: ulid, Size: 99, Root: short.Root}.Text(), false},
		"root":      {seal.Checkpoint{Room: ulid, Size: short.Size + 1, Root: short.Root}.Text(), false},
		"empty":     {"", false},
		"no number": {"warroom/" + ulid + "\nx\ny\n", false},
	} {
		if v := verify(t, bag, record.Wish{Pin: []byte(c.pin)}); v.Sound() != c.good {
			t.Errorf("%s: bad %v", name, v.Bad)
		}
	}
}
