package bundle_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// redaction returns the body with which a person redacts message i.
func (l *log) redaction(i int) *model.EntryRedacted {
	l.t.Helper()
	m := l.ms[i]
	remaining, err := model.WithoutText(m.Data)
	if err != nil {
		l.t.Fatalf("redact: %v", err)
	}
	e, err := model.DecodeEvent(m.Data)
	if err != nil {
		l.t.Fatalf("decode an event: %v", err)
	}
	return &model.EntryRedacted{Entry: e.ID, Seq: m.Seq, Reason: "a password", Leaf: signing.Leaf(m.Sig, m.Data),
		Recorded: m.At.UnixNano(), Event: remaining}
}

// redact redacts message i as a hub does: it stores the redaction and its copy on the
// subject of deleted messages, and deletes the message.
func (l *log) redact(w *writer, i int, change ...func(*model.EntryRedacted)) {
	l.t.Helper()
	b := l.redaction(i)
	for _, c := range change {
		c(b)
	}
	l.add(w, b)
	last := l.ms[len(l.ms)-1]
	last.Seq++
	last.Subject = strings.Replace(last.Subject, "log.", "gone.", 1)
	l.ms = append(l.ms, last)
	l.ms = slices.Delete(slices.Clone(l.ms), i, i+1)
	l.gone++
}

// TestRedactedRecord: it verifies, lists what was redacted, and does not have the text. A
// single entry of it can still be proven.
func TestRedactedRecord(t *testing.T) {
	l := sample(t, ulid, 6)
	pin := []byte(l.point().Text())
	l.redact(l.ana, 4)
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
	l.checkpoint()
	bag := l.pack(l.hub)
	if bytes.Contains(bag, []byte("note 1:")) {
		t.Error("the text is in it")
	}
	v := verify(t, bag, bundle.VerifyOptions{Pin: pin})
	if !v.Sound() || v.Less || v.Size != 11 {
		t.Fatalf("%d entries, bad %v, open %v", v.Size, v.Bad, v.Open)
	}
	found := false
	for _, s := range v.Open {
		found = found || strings.Contains(s.String(), "entry 5 by bo was redacted by ana (entry 10): a password")
	}
	if !found || v.Room.Redaction(5) == nil || v.Room.Line(5).Text.String() != model.Blank {
		t.Errorf("open %v", v.Open)
	}
	var one bytes.Buffer
	x := bundle.Export{Short: "inc-1", Made: epoch, Agent: "test", Messages: l.ms, Notes: l.notes, Principal: "hub",
		Key: l.hub.priv}
	if err := x.WriteEntry(&one, 6); err != nil {
		t.Fatalf("write entry: %v", err)
	}
	if v := open(t, one.Bytes()).Verify(bundle.VerifyOptions{Key: l.hub.key}); !v.Sound() || v.Less {
		t.Errorf("one entry: bad %v, open %v", v.Bad, v.Open)
	}
	if err := x.WriteEntry(&one, 5); model.CodeOf(err) != model.NotFound {
		t.Errorf("the redacted one: %v", err)
	}
}

// TestEscapedRedaction: a redaction whose kind is written with an escape counts, as in the fold.
func TestEscapedRedaction(t *testing.T) {
	l := sample(t, ulid, 6)
	l.escaped = true
	l.redact(l.ana, 4)
	l.escaped = false
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
	l.checkpoint()
	v := verify(t, l.pack(l.hub), bundle.VerifyOptions{})
	if !v.Sound() || v.Less || v.Room.Redaction(5) == nil {
		t.Errorf("got bad %v and not proven %v, want neither, and entry 5 redacted", v.Bad, v.Lacks)
	}
}

// redactionAttacks misuse redactions to remove or change messages, with the hub's key at
// hand.
var redactionAttacks = map[string]struct {
	do   func(l *log)
	want string
}{
	"without the right": {func(l *log) { l.redact(l.bo, 3) }, "has no effect: bo may not do that"},
	"another leaf": {func(l *log) {
		l.redact(l.ana, 4,
			func(b *model.EntryRedacted) { b.Leaf = signing.Leaf("", []byte("x")) })
	}, "does not follow its author's previous message"},
	"another author": {func(l *log) {
		l.redact(l.ana, 4, func(b *model.EntryRedacted) {
			b.Event = bytes.ReplaceAll(bytes.Replace(b.Event, []byte(`"by":"bo"`), []byte(`"by":"ana"`), 1),
				[]byte(l.bo.key), []byte(l.ana.key))
		})
	}, "entry 5, under the name of ana, does not verify"},
	"another number": {func(l *log) {
		l.redact(l.ana, 4,
			func(b *model.EntryRedacted) { b.Event = bytes.Replace(b.Event, []byte(`"n":1`), []byte(`"n":2`), 1) })
	}, "entry 5, under the name of bo, does not verify"},
	"text left in it": {func(l *log) {
		l.redact(l.ana, 4, func(b *model.EntryRedacted) {
			b.Event = bytes.Replace(b.Event, []byte(model.Blank), []byte("it was bo"), 1)
		})
	}, "has no effect"},
	"a hole": {func(l *log) { l.ms = slices.Delete(slices.Clone(l.ms), 4, 5) }, "entry 5 is missing"},
	"a tombstone alone": {func(l *log) {
		l.redact(l.ana, 4)
		l.ms = slices.DeleteFunc(l.ms, func(m bundle.Message) bool { return m.Seq == 10 })
	}, "entry 5 is missing"},
	"a changed tombstone": {func(l *log) {
		l.redact(l.ana, 4)
		i := len(l.ms) - 2
		l.ms[i].Data = bytes.Replace(l.ms[i].Data, []byte("a password"), []byte("a bad word"), 1)
	}, "entry 5 is missing"},
	"of what is there": {func(l *log) {
		b := l.redaction(4)
		b.Leaf = signing.Leaf("", []byte("x"))
		l.add(l.ana, b)
	}, "does not match that entry"},
}

// TestRedactionAttacks: every verifier detects each of them.
func TestRedactionAttacks(t *testing.T) {
	for name, c := range redactionAttacks {
		l := sample(t, ulid, 6)
		c.do(l)
		size, root := rootOf(events(l.ms))
		if len(l.ms) > 0 {
			n, err := signing.Checkpoint{Room: l.room, Size: size, Root: root}.Sign(l.hub.priv)
			if err != nil {
				t.Fatalf("sign: %v", err)
			}
			l.notes = [][]byte{n}
		}
		v := verify(t, l.pack(l.hub), bundle.VerifyOptions{})
		found := false
		for _, s := range v.Bad {
			found = found || strings.Contains(s.String(), c.want)
		}
		if !found {
			t.Errorf("%s: bad %v, want %q", name, v.Bad, c.want)
		}
	}
}

// events returns the messages that are leaves.
func events(ms []bundle.Message) (out []bundle.Message) {
	for _, m := range ms {
		if strings.HasPrefix(m.Subject, "log.") {
			out = append(out, m)
		}
	}
	return out
}

// TestRedactedAndRewritten: a redaction does not help against a kept checkpoint, because
// the leaf of the deleted message is in its tree.
func TestRedactedAndRewritten(t *testing.T) {
	l := sample(t, ulid, 6)
	pin := []byte(l.point().Text())
	// bo writes nothing more, so no chain continues from the last message
	l.redact(l.ana, 8, func(b *model.EntryRedacted) { b.Leaf = signing.Leaf("", []byte("x")) })
	if v := verify(t, l.pack(l.ana), bundle.VerifyOptions{}); !v.Sound() {
		t.Logf("found without a checkpoint too: %v", v.Bad)
	}
	if v := verify(t, l.pack(l.ana), bundle.VerifyOptions{Pin: pin}); v.Sound() {
		t.Error("another leaf is accepted against a checkpoint that was kept")
	}
}

// TestStrayOnTombstoneSubject: a message on that subject that is not a redaction of the log
// is noise.
func TestStrayOnTombstoneSubject(t *testing.T) {
	l := sample(t, ulid, 6)
	l.checkpoint()
	l.ms = append(l.ms,
		bundle.Message{Seq: 10, At: epoch.Add(time.Hour), Subject: "gone.bo." + l.bo.key, Sig: l.ms[4].Sig,
			Data: l.ms[4].Data})
	if v := verify(t, l.pack(l.hub), bundle.VerifyOptions{}); !v.Sound() || v.Less ||
		!has(v.Open,
			"message 10, under the name of bo, is a stray: it repeats a redaction that is not in the log") {
		t.Errorf("bad %v, open %v; want a stray", v.Bad, v.Open)
	}
}
