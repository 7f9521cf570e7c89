package record_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/record"
	"warroom/model/seal"
)

// redaction is what somebody says who takes a message's text out.
func (l *log) redaction(i int) *model.EntryRedacted {
	l.t.Helper()
	m := l.ms[i]
	rest, err := model.WithoutText(m.Data)
	if err != nil {
		l.t.Fatal(err)
	}
	e, err := model.DecodeEvent(m.Data)
	if err != nil {
		l.t.Fatal(err)
	}
	return &model.EntryRedacted{Entry: e.ID, Seq: m.Seq, Reason: "a password", Leaf: seal.Leaf(m.Sig, m.Data), Recorded: m.At.UnixNano(), Event: rest}
}

// redact has somebody take message i out, as a hub does it: the redaction, the same
// on the lane of what is gone, and the message deleted.
func (l *log) redact(w *writer, i int, change ...func(*model.EntryRedacted)) {
	l.t.Helper()
	b := l.redaction(i)
	for _, c := range change {
		c(b)
	}
	l.say(w, b)
	last := l.ms[len(l.ms)-1]
	last.Seq++
	last.Lane = strings.Replace(last.Lane, "log.", "gone.", 1)
	l.ms = append(l.ms, last)
	l.ms = slices.Delete(slices.Clone(l.ms), i, i+1)
	l.gone++
}

// TestRedactedRecord: it verifies, says what was taken out, and its text is not in
// it; one entry of it can be proven alone.
func TestRedactedRecord(t *testing.T) {
	l := sample(t, ulid, 6)
	pin := []byte(l.point().Text())
	l.redact(l.ana, 4)
	l.say(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
	l.checkpoint()
	bag := l.pack(l.hub)
	if bytes.Contains(bag, []byte("note 1:")) {
		t.Error("the text is in it")
	}
	v := verify(t, bag, record.Wish{Pin: pin})
	if !v.Sound() || v.Less || v.Size != 11 {
		t.Fatalf("%d entries, bad %v, open %v", v.Size, v.Bad, v.Open)
	}
	said := false
	for _, s := range v.Open {
		said = said || strings.Contains(s.String(), "entry 5 of bo was redacted by ana (entry 10): a password")
	}
	if !said || v.Room.Redaction(5) == nil || v.Room.Line(5).Text.String() != model.Blank {
		t.Errorf("open %v", v.Open)
	}
	var one bytes.Buffer
	x := record.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: "hub", Key: l.hub.priv}
	if err := x.WriteEntry(&one, 6); err != nil {
		t.Fatal(err)
	}
	if v := open(t, one.Bytes()).Verify(record.Wish{Key: l.hub.key}); !v.Sound() || v.Less {
		t.Errorf("one entry: bad %v, open %v", v.Bad, v.Open)
	}
	if err := x.WriteEntry(&one, 5); model.CodeOf(err) != model.NotFound {
		t.Errorf("the redacted one: %v", err)
	}
}

// TestRedactionAttacks: who uses redactions to take out or change what they may
// not, with the hub's key at hand, is found by everybody.
func TestRedactionAttacks(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(l *log)
		want string
	}{
		"without the right": {func(l *log) { l.redact(l.bo, 3) }, "does not count: bo may not do that"},
		"another leaf":      {func(l *log) { l.redact(l.ana, 4, func(b *model.EntryRedacted) { b.Leaf = seal.Leaf("", []byte("x")) }) }, "does not follow its author's message before it"},
		"another author": {func(l *log) {
			l.redact(l.ana, 4, func(b *model.EntryRedacted) {
				b.Event = bytes.ReplaceAll(bytes.Replace(b.Event, []byte(`"by":"bo"`), []byte(`"by":"ana"`), 1), []byte(l.bo.key), []byte(l.ana.key))
			})
		}, "entry 5, as ana's, does not check"},
		"another number": {func(l *log) {
			l.redact(l.ana, 4, func(b *model.EntryRedacted) { b.Event = bytes.Replace(b.Event, []byte(`"n":1`), []byte(`"n":2`), 1) })
		}, "entry 5, as bo's, does not check"},
		"text left in it": {func(l *log) {
			l.redact(l.ana, 4, func(b *model.EntryRedacted) {
				b.Event = bytes.Replace(b.Event, []byte(model.Blank), []byte("it was bo"), 1)
			})
		}, "does not count"},
		"a hole": {func(l *log) { l.ms = slices.Delete(slices.Clone(l.ms), 4, 5) }, "entry 5 is missing"},
		"a tombstone alone": {func(l *log) {
			l.redact(l.ana, 4)
			l.ms = slices.DeleteFunc(l.ms, func(m record.Message) bool { return m.Seq == 10 })
		}, "entry 5 is missing"},
		"a changed tombstone": {func(l *log) {
			l.redact(l.ana, 4)
			i := len(l.ms) - 2
			l.ms[i].Data = bytes.Replace(l.ms[i].Data, []byte("a password"), []byte("a bad word"), 1)
		}, "entry 5 is missing"},
		"of what is there": {func(l *log) {
			b := l.redaction(4)
			b.Leaf = seal.Leaf("", []byte("x"))
			l.say(l.ana, b)
		}, "says of that entry what it is not"},
	} {
		l := sample(t, ulid, 6)
		c.do(l)
		size, root := rootOf(events(l.ms))
		if len(l.ms) > 0 {
			n, err := seal.Checkpoint{Room: l.room, Size: size, Root: root}.Sign(l.hub.priv)
			if err != nil {
				t.Fatal(err)
			}
			l.notes = [][]byte{n}
		}
		v := verify(t, l.pack(l.hub), record.Wish{})
		found := false
		for _, s := range v.Bad {
			found = found || strings.Contains(s.String(), c.want)
		}
		if !found {
			t.Errorf("%s: bad %v, want %q", name, v.Bad, c.want)
		}
	}
}

// events are the messages that are leaves.
func events(ms []record.Message) (out []record.Message) {
	for _, m := range ms {
		if strings.HasPrefix(m.Lane, "log.") {
			out = append(out, m)
		}
	}
	return out
}

// TestRedactedAndRewritten: a redaction helps nobody against a checkpoint that was
// kept: the leaf of what is gone is in its tree.
func TestRedactedAndRewritten(t *testing.T) {
	l := sample(t, ulid, 6)
	pin := []byte(l.point().Text())
	// bo never writes again, so no chain of theirs goes on from the last one.
	l.redact(l.ana, 8, func(b *model.EntryRedacted) { b.Leaf = seal.Leaf("", []byte("x")) })
	if v := verify(t, l.pack(l.ana), record.Wish{}); !v.Sound() {
		t.Logf("found without a checkpoint too: %v", v.Bad)
	}
	if v := verify(t, l.pack(l.ana), record.Wish{Pin: pin}); v.Sound() {
		t.Error("another leaf is taken against a checkpoint that was kept")
	}
}

// TestStrayOnTheLaneOfWhatIsGone: what says that something was redacted, and is no
// redaction of the log, is noise.
func TestStrayOnTheLaneOfWhatIsGone(t *testing.T) {
	l := sample(t, ulid, 6)
	l.checkpoint()
	l.ms = append(l.ms, record.Message{Seq: 10, At: epoch.Add(time.Hour), Lane: "gone.bo." + l.bo.key, Sig: l.ms[4].Sig, Data: l.ms[4].Data})
	if v := verify(t, l.pack(l.hub), record.Wish{}); !v.Sound() || v.Less || !has(v.Open, "message 10, as bo's, is a stray: it claims that something was redacted, and no entry of the log does") {
		t.Errorf("bad %v, open %v; want a stray", v.Bad, v.Open)
	}
}
