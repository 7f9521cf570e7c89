package bundle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// crowd is a room with many keys, strays, redactions and cosignatures.
func crowd(t testing.TB) *log {
	l := sample(t, ulid, 6)
	for i := range 12 {
		w := newWriter("ana", byte(120+i))
		if i%3 > 0 {
			w = newWriter(fmt.Sprintf("p%d", i), byte(120+i))
		}
		l.add(l.hub, &model.KeyAdmitted{Key: w.key, Handle: w.handle, Right: model.Command, Origin: "socket"})
		l.add(w, model.NewEntry(model.KindEntryNoted, "from another key"))
		l.notes = append(l.notes, l.point().Cosign(w.handle, w.priv, epoch.Add(time.Hour)))
		sig, raw := l.crafted(newWriter("mal", byte(200+i)), newWriter("mal", byte(200+i)), asIs)
		l.stray("mal", newWriter("mal", byte(200+i)).key, sig, raw)
	}
	l.redact(l.ana, 4)
	l.redact(l.ana, 5)
	l.add(l.ana, model.NewEntry(model.KindEntryNoted, "and on"))
	l.checkpoint()
	return l
}

// allOf returns all sentences of a verdict.
func allOf(v *bundle.Verdict) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.Head)
	for _, list := range [][]model.Safe{v.Bad, v.Good, v.Open, v.Lacks} {
		for _, s := range list {
			fmt.Fprintln(&b, s)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// TestVerdictIsTheSameEveryTime: the verdict is the same word for word, for a log and for
// every kind of bag, good and forged.
func TestVerdictIsTheSameEveryTime(t *testing.T) {
	l := crowd(t)
	all, _ := bags(t)
	checks := map[string]func() string{
		"a log": func() string {
			return allOf(bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes},
				bundle.VerifyOptions{Witness: 2}))
		},
		"a bag": func() string { return allOf(open(t, l.pack(l.bo)).Verify(bundle.VerifyOptions{})) },
		"a log with faults": func() string {
			return allOf(bundle.Verify(bundle.Evidence{Messages: append(l.ms[:3:3], l.ms[5:]...), Notes: l.notes},
				bundle.VerifyOptions{}))
		},
	}
	for kind, f := range all {
		f.derived()
		signers["member"](f)
		bag := f.pack()
		checks[kind] = func() string { return allOf(open(t, bag).Verify(bundle.VerifyOptions{})) }
	}
	f := all["whole"].clone()
	for i := range f.files {
		if strings.HasPrefix(f.files[i].name, "data/report.") || f.files[i].name == "data/plan.json" {
			f.files[i].name = "data/x" + f.files[i].name[5:]
		}
	}
	bag := f.pack()
	checks["files are missing"] = func() string { _, why := codeOf(bag, bundle.VerifyOptions{}); return why }
	for name, check := range checks {
		want := check()
		for i := range 50 {
			if got := check(); got != want {
				t.Fatalf("%s, time %d: got\n%s\nwant\n%s", name, i, got, want)
			}
		}
	}
}

// TestDeclarersKey: it is the key that signed entry 1, however many keys the room has with
// that handle.
func TestDeclarersKey(t *testing.T) {
	l := crowd(t)
	v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{})
	if want := "ana declared the room with the key " + l.ana.key[:8]; !has(v.Open, want) {
		t.Errorf("got %v, want %q", v.Open, want)
	}
}

// future stores bytes that a newer program signed.
func (l *log) future(w *writer, payload string) {
	l.stray(w.handle, w.key, signing.Sign(w.priv, []byte(payload)), []byte(payload))
}

// newer has logs in which a newer program wrote.
var newer = map[string]struct {
	do   func(l *log)
	want string
}{
	"a kind": {func(l *log) { l.store(l.bo, "weather.changed", []byte(`{"to":"rain"}`)) },
		"entry 10 by bo is of a kind that this program does not support, weather.changed: a newer warroom is needed"},
	"a form of its kind": {func(l *log) { l.form(l.bo, 2, model.KindEntryNoted, `{"text":["a"]}`) },
		"entry 10 by bo has format 2"},
	"a form that changed": {func(l *log) { l.future(l.bo, `{"v":3,"who":"bo","what":{"said":"x"},"at":17}`) },
		"entry 10 by bo has format 3"},
	"newer rules": {func(l *log) { *l = *sampleOf(l.t, ulid, 6, 7) }, "the room follows version 7 of the rules"},
}

// TestNewerIsNoTampering: messages of a newer program are reported as such, with their own
// exit code.
func TestNewerIsNoTampering(t *testing.T) {
	for name, c := range newer {
		l := sample(t, ulid, 6)
		c.do(l)
		l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana goes on"))
		l.checkpoint()
		v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{})
		if !v.Sound() || !v.Less || !has(v.Lacks, c.want) || v.Room.Bad != 0 || v.Room.Strays != 0 {
			t.Errorf("%s: bad %v, lacks %v, the room counts %d bad; want %q", name, v.Bad, v.Lacks, v.Room.Bad, c.want)
		}
		if code, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{}); code != 6 {
			t.Errorf("%s: an export: got exit code %d (%s), want 6", name, code, why)
		}
	}
}

// form stores a message of a version.
func (l *log) form(w *writer, v int, kind model.Kind, body string) {
	l.t.Helper()
	sig, raw := l.crafted(w, w, func(e *model.Event) { e.V, e.Kind, e.Body = v, kind, json.RawMessage(body) })
	l.stray(w.handle, w.key, sig, raw)
	w.n++
	w.prev = signing.Leaf(sig, raw)
}

// TestWhoWroteInANewerFormGoesOn: messages that this program cannot read leave no gap in
// their author's chain.
func TestWhoWroteInANewerFormGoesOn(t *testing.T) {
	l := sample(t, ulid, 6)
	raw := []byte(`{"v":3,"n":"fourth"}`)
	sig := signing.Sign(l.bo.priv, raw)
	l.stray("bo", l.bo.key, sig, raw)
	l.bo.n++
	l.bo.prev = signing.Leaf(sig, raw)
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "of today again"))
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "and again"))
	v := bundle.Verify(bundle.Evidence{Messages: l.ms}, bundle.VerifyOptions{})
	if !v.Sound() || !v.Less || v.Room.Entries != 8 {
		t.Errorf("bad %v, %d entries; want none bad and 8", v.Bad, v.Room.Entries)
	}
}

// takenOutBy is a message which states that a message was redacted, with its author.
type takenOutBy struct {
	by   *writer
	text string
	sign bool
	code int
}

// takenOut has messages beside a hole, by the expected exit code.
var takenOut = map[string]takenOutBy{
	"a newer form": {by: newWriter("ana", 2),
		text: `{"v":2,"key":"KEY","kind":"entry.redacted","what":5}`, sign: true, code: 6},
	"a newer kind": {by: newWriter("ana", 2),
		text: `{"v":1,"key":"KEY","kind":"entry.erased","what":5}`, sign: true, code: 6},
	"by the hub":                {newWriter("hub", 1), `{"v":2,"key":"KEY","kind":"entry.erased"}`, true, 6},
	"by a stranger":             {newWriter("mal", 99), `{"v":2,"key":"KEY","kind":"entry.erased"}`, true, 4},
	"not signed":                {newWriter("ana", 2), `{"v":2,"key":"KEY","kind":"entry.erased"}`, false, 4},
	"of a kind that is no such": {newWriter("ana", 2), `{"v":1,"key":"KEY","kind":"entry.noted"}`, true, 4},
}

// bag returns an export with a hole and that message.
func (c takenOutBy) bag(t testing.TB) []byte {
	l := sample(t, ulid, 6)
	raw, sig := []byte(strings.ReplaceAll(c.text, "KEY", c.by.key)), ""
	if c.sign {
		sig = signing.Sign(c.by.priv, raw)
	}
	l.ms = append(l.ms,
		bundle.Message{Seq: 10, At: epoch.Add(time.Minute), Subject: "gone.hub." + l.hub.key, Sig: sig, Data: raw})
	l.ms = append(l.ms[:4:4], l.ms[5:]...)
	l.checkpoint()
	return l.pack(l.hub)
}

// TestTakenOutByANewerProgram: a hole that a newer program made and signed is not reported
// as tampering; a hole that nobody signed is.
func TestTakenOutByANewerProgram(t *testing.T) {
	for name, c := range takenOut {
		code, why := codeOf(c.bag(t), bundle.VerifyOptions{})
		if code != c.code || code == 6 && !strings.Contains(why, "a newer warroom is needed") {
			t.Errorf("%s: got exit code %d (%s), want %d", name, code, why, c.code)
		}
	}
}

// twiceIn stores a message of bo that has a duplicate key.
func (l *log) twiceIn() {
	l.t.Helper()
	_, raw := l.crafted(l.bo, l.bo, asIs)
	raw = bytes.Replace(raw, []byte(`"body":{`), []byte(`"body":{"Text":"for others",`), 1)
	sig := signing.Sign(l.bo.priv, raw)
	l.stray("bo", l.bo.key, sig, raw)
	l.bo.n++
	l.bo.prev = signing.Leaf(sig, raw)
}

// TestDuplicateKeysInTheLog: they are reported in every room, and have no effect under
// newer rules. The messages after them verify as before.
func TestDuplicateKeysInTheLog(t *testing.T) {
	for _, rules := range []int{0, 1, 2} {
		l := sampleOf(t, ulid, 4, rules)
		l.twiceIn()
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
		l.checkpoint()
		v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{})
		if !v.Sound() || !v.Less || !has(v.Lacks, `entry 8 by bo has the JSON key "text" twice`) {
			t.Errorf("rules %d: bad %v, lacks %v; want the message named", rules, v.Bad, v.Lacks)
		}
		rejected := 0
		if rules >= 2 {
			rejected = 1
		}
		if v.Room.Rejected != rejected || v.Room.Entries != 6-rejected || v.Room.Bad+v.Room.Strays != 0 {
			t.Errorf("rules %d: got %d without effect, %d entries, %d bad; want %d, %d, 0", rules, v.Room.Rejected,
				v.Room.Entries, v.Room.Bad, rejected, 6-rejected)
		}
	}
}

// TestTimesAndWitnesses: nothing that somebody cosigned was recorded after the cosignature.
func TestTimesAndWitnesses(t *testing.T) {
	for rules, code := range map[int]int{0: 6, 2: 4} {
		l := sampleOf(t, ulid, 4, rules)
		l.checkpoint()
		l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch.Add(-2*time.Hour)))
		if got, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{}); got != code {
			t.Errorf("rules %d, cosigned before it was recorded: got exit code %d (%s), want %d", rules, got, why, code)
		}
		l.notes[1] = l.point().Cosign("bo", l.bo.priv, epoch.Add(-30*time.Minute))
		if got, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{}); got != 0 {
			t.Errorf("rules %d, clocks are apart a little: got exit code %d (%s), want 0", rules, got, why)
		}
	}
}

// TestTimesOfAMembersExport: the hub's checkpoint signs when messages were recorded,
// whoever exports the record. Without it, the times depend on the member.
func TestTimesOfAMembersExport(t *testing.T) {
	l := sample(t, ulid, 4)
	bare, err := l.point().Sign(l.hub.priv)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	l.notes = [][]byte{bare}
	if got, why := codeOf(l.pack(l.bo), bundle.VerifyOptions{Key: l.bo.key}); got != 6 ||
		!strings.Contains(why, "are signed by the exporter only") {
		t.Errorf("without times: got exit code %d (%s), want 6", got, why)
	}
	l.notes = nil
	l.checkpoint()
	if got, why := codeOf(l.pack(l.bo), bundle.VerifyOptions{Key: l.bo.key}); got != 0 {
		t.Errorf("with times: got exit code %d (%s), want 0", got, why)
	}
	if got, why := codeOf(l.pack(newWriter("mal", 99)), bundle.VerifyOptions{}); got != 6 {
		t.Errorf("by a stranger: got exit code %d (%s), want 6", got, why)
	}
	for i := range l.ms {
		m := l.ms[i]
		l.ms[i].At = m.At.Add(-1)
		for _, by := range []*writer{l.bo, l.hub, newWriter("mal", 99)} {
			if got, why := codeOf(l.pack(by), bundle.VerifyOptions{}); got != 4 {
				t.Errorf("entry %d recorded a nanosecond earlier, signed by %s: got exit code %d (%s), want 4", m.Seq,
					by.handle, got, why)
			}
		}
		l.ms[i] = m
	}
	pin := l.notes[0]
	l.notes = [][]byte{bare}
	l.ms[2].At = l.ms[2].At.Add(-1)
	if got, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{Pin: pin}); got != 4 {
		t.Errorf("against the hub's checkpoint that was kept: got exit code %d (%s), want 4", got, why)
	}
}
