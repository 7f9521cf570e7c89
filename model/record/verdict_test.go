package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/record"
	"warroom/model/seal"
)

// crowd is a room with many keys, strays, redactions and cosignatures.
func crowd(t testing.TB) *log {
	l := sample(t, ulid, 6)
	for i := range 12 {
		w := newWriter("ana", byte(120+i))
		if i%3 > 0 {
			w = newWriter(fmt.Sprintf("p%d", i), byte(120+i))
		}
		l.say(l.hub, &model.KeyAdmitted{Key: w.key, Handle: w.handle, Right: model.Command, Door: "socket"})
		l.say(w, model.NewEntry(model.KindEntryNoted, "from another key"))
		l.notes = append(l.notes, l.point().Cosign(w.handle, w.priv, epoch.Add(time.Hour)))
		sig, raw := l.crafted(newWriter("mal", byte(200+i)), newWriter("mal", byte(200+i)), asIs)
		l.stray("mal", newWriter("mal", byte(200+i)).key, sig, raw)
	}
	l.redact(l.ana, 4)
	l.redact(l.ana, 5)
	l.say(l.ana, model.NewEntry(model.KindEntryNoted, "and on"))
	l.checkpoint()
	return l
}

// allOf is everything that a verdict says.
func allOf(v *record.Verdict) string {
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

// TestVerdictIsTheSameEveryTime, word by word, for a log and for every kind of bag,
// good and forged.
func TestVerdictIsTheSameEveryTime(t *testing.T) {
	l := crowd(t)
	all, _ := bags(t)
	checks := map[string]func() string{
		"a log": func() string {
			return allOf(record.Verify(record.Evidence{Messages: l.ms, Notes: l.notes}, record.Wish{Witness: 2}))
		},
		"a bag": func() string { return allOf(open(t, l.pack(l.bo)).Verify(record.Wish{})) },
		"a log with faults": func() string {
			return allOf(record.Verify(record.Evidence{Messages: append(l.ms[:3:3], l.ms[5:]...), Notes: l.notes}, record.Wish{}))
		},
	}
	for kind, f := range all {
		f.derived()
		signers["member"](f)
		bag := f.pack()
		checks[kind] = func() string { return allOf(open(t, bag).Verify(record.Wish{})) }
	}
	f := all["whole"].clone()
	for i := range f.files {
		if strings.HasPrefix(f.files[i].name, "data/report.") || f.files[i].name == "data/plan.json" {
			f.files[i].name = "data/x" + f.files[i].name[5:]
		}
	}
	bag := f.pack()
	checks["files are missing"] = func() string { _, why := codeOf(bag, record.Wish{}); return why }
	for name, check := range checks {
		want := check()
		for i := range 50 {
			if got := check(); got != want {
				t.Fatalf("%s, time %d: got\n%s\nwant\n%s", name, i, got, want)
			}
		}
	}
}

// TestDeclarersKey: it is the one that signed entry 1, however many keys of that name
// the room has.
func TestDeclarersKey(t *testing.T) {
	l := crowd(t)
	v := record.Verify(record.Evidence{Messages: l.ms, Notes: l.notes}, record.Wish{})
	if want := "ana declared the room with the key " + l.ana.key[:8]; !has(v.Open, want) {
		t.Errorf("got %v, want %q", v.Open, want)
	}
}

// TestNewerIsNoTampering: what a program of the future writes is named as that, with an
// exit code of its own.
func TestNewerIsNoTampering(t *testing.T) {
	future := func(l *log, w *writer, payload string) {
		l.stray(w.handle, w.key, seal.Sign(w.priv, []byte(payload)), []byte(payload))
	}
	for name, c := range map[string]struct {
		do   func(l *log)
		want string
	}{
		"a kind":              {func(l *log) { l.store(l.bo, "weather.changed", []byte(`{"to":"rain"}`)) }, "entry 10 of bo is of a kind that this program does not support, weather.changed: a newer warroom is needed"},
		"a form of its kind":  {func(l *log) { l.form(l.bo, 2, model.KindEntryNoted, `{"text":["a"]}`) }, "entry 10 of bo is of form 2"},
		"a form that changed": {func(l *log) { future(l, l.bo, `{"v":3,"who":"bo","what":{"said":"x"},"at":17}`) }, "entry 10 of bo is of form 3"},
		"newer rules":         {func(l *log) { *l = *sampleOf(t, ulid, 6, 7) }, "the room follows the rules 7"},
	} {
		l := sample(t, ulid, 6)
		c.do(l)
		l.say(l.ana, model.NewEntry(model.KindEntryNoted, "ana goes on"))
		l.checkpoint()
		v := record.Verify(record.Evidence{Messages: l.ms, Notes: l.notes}, record.Wish{})
		if !v.Sound() || !v.Less || !has(v.Lacks, c.want) || v.Room.Bad != 0 || v.Room.Strays != 0 {
			t.Errorf("%s: bad %v, lacks %v, the room counts %d bad; want %q", name, v.Bad, v.Lacks, v.Room.Bad, c.want)
		}
		if code, why := codeOf(l.pack(l.hub), record.Wish{}); code != 6 {
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
	w.prev = seal.Leaf(sig, raw)
}

// TestWhoWroteInANewerFormGoesOn: messages that this program cannot read leave no gap
// behind them.
func TestWhoWroteInANewerFormGoesOn(t *testing.T) {
	l := sample(t, ulid, 6)
	raw := []byte(`{"v":3,"n":"fourth"}`)
	sig := seal.Sign(l.bo.priv, raw)
	l.stray("bo", l.bo.key, sig, raw)
	l.bo.n++
	l.bo.prev = seal.Leaf(sig, raw)
	l.say(l.bo, model.NewEntry(model.KindEntryNoted, "of today again"))
	l.say(l.bo, model.NewEntry(model.KindEntryNoted, "and again"))
	v := record.Verify(record.Evidence{Messages: l.ms}, record.Wish{})
	if !v.Sound() || !v.Less || v.Room.Entries != 8 {
		t.Errorf("bad %v, %d entries; want none bad and 8", v.Bad, v.Room.Entries)
	}
}

// TestTakenOutByANewerProgram: a hole that a newer program made and signed is not said
// to be tampering; one that nobody signed is.
func TestTakenOutByANewerProgram(t *testing.T) {
	for name, c := range map[string]struct {
		by   *writer
		text string
		sign bool
		code int
	}{
		"a newer form":              {newWriter("ana", 2), `{"v":2,"key":"KEY","kind":"entry.redacted","what":5}`, true, 6},
		"a newer kind":              {newWriter("ana", 2), `{"v":1,"key":"KEY","kind":"entry.erased","what":5}`, true, 6},
		"by the hub":                {newWriter("hub", 1), `{"v":2,"key":"KEY","kind":"entry.erased"}`, true, 6},
		"by a stranger":             {newWriter("mal", 99), `{"v":2,"key":"KEY","kind":"entry.erased"}`, true, 4},
		"not signed":                {newWriter("ana", 2), `{"v":2,"key":"KEY","kind":"entry.erased"}`, false, 4},
		"of a kind that is no such": {newWriter("ana", 2), `{"v":1,"key":"KEY","kind":"entry.noted"}`, true, 4},
	} {
		l := sample(t, ulid, 6)
		raw, sig := []byte(strings.ReplaceAll(c.text, "KEY", c.by.key)), ""
		if c.sign {
			sig = seal.Sign(c.by.priv, raw)
		}
		l.ms = append(l.ms, record.Message{Seq: 10, At: epoch.Add(time.Minute), Lane: "gone.hub." + l.hub.key, Sig: sig, Data: raw})
		l.ms = append(l.ms[:4:4], l.ms[5:]...)
		l.checkpoint()
		code, why := codeOf(l.pack(l.hub), record.Wish{})
		if code != c.code || code == 6 && !strings.Contains(why, "a newer warroom is needed") {
			t.Errorf("%s: got exit code %d (%s), want %d", name, code, why, c.code)
		}
	}
}

// twiceIn stores a message of bo's that has a key twice.
func (l *log) twiceIn() {
	l.t.Helper()
	_, raw := l.crafted(l.bo, l.bo, asIs)
	raw = bytes.Replace(raw, []byte(`"body":{`), []byte(`"body":{"Text":"for others",`), 1)
	sig := seal.Sign(l.bo.priv, raw)
	l.stray("bo", l.bo.key, sig, raw)
	l.bo.n++
	l.bo.prev = seal.Leaf(sig, raw)
}

// TestDuplicateKeysInTheLog: they are named in every room, and have no effect in one of
// newer rules; what follows checks as before.
func TestDuplicateKeysInTheLog(t *testing.T) {
	for _, rules := range []int{0, 1, 2} {
		l := sampleOf(t, ulid, 4, rules)
		l.twiceIn()
		l.say(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
		l.checkpoint()
		v := record.Verify(record.Evidence{Messages: l.ms, Notes: l.notes}, record.Wish{})
		if !v.Sound() || !v.Less || !has(v.Lacks, `entry 8 of bo has the key "text" twice`) {
			t.Errorf("rules %d: bad %v, lacks %v; want the message named", rules, v.Bad, v.Lacks)
		}
		void := 0
		if rules >= 2 {
			void = 1
		}
		if v.Room.Void != void || v.Room.Entries != 6-void || v.Room.Bad+v.Room.Strays != 0 {
			t.Errorf("rules %d: got %d without effect, %d entries, %d bad; want %d, %d, 0", rules, v.Room.Void, v.Room.Entries, v.Room.Bad, void, 6-void)
		}
	}
}

// TestTimesAndWitnesses: nothing that somebody cosigned was recorded after that.
func TestTimesAndWitnesses(t *testing.T) {
	for rules, code := range map[int]int{0: 6, 2: 4} {
		l := sampleOf(t, ulid, 4, rules)
		l.checkpoint()
		l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch.Add(-2*time.Hour)))
		if got, why := codeOf(l.pack(l.hub), record.Wish{}); got != code {
			t.Errorf("rules %d, cosigned before it was recorded: got exit code %d (%s), want %d", rules, got, why, code)
		}
		l.notes[1] = l.point().Cosign("bo", l.bo.priv, epoch.Add(-30*time.Minute))
		if got, why := codeOf(l.pack(l.hub), record.Wish{}); got != 0 {
			t.Errorf("rules %d, clocks are apart a little: got exit code %d (%s), want 0", rules, got, why)
		}
	}
}

// TestTimesOfAMembersExport: the hub's checkpoint says when messages were recorded,
// whoever hands the record on; without it, that is the member's word.
func TestTimesOfAMembersExport(t *testing.T) {
	l := sample(t, ulid, 4)
	bare, err := l.point().Sign(l.hub.priv)
	if err != nil {
		t.Fatal(err)
	}
	l.notes = [][]byte{bare}
	if got, why := codeOf(l.pack(l.bo), record.Wish{}); got != 6 || !strings.Contains(why, "were recorded is signed by the exporter alone") {
		t.Errorf("without times: got exit code %d (%s), want 6", got, why)
	}
	l.notes = nil
	l.checkpoint()
	if got, why := codeOf(l.pack(l.bo), record.Wish{}); got != 0 {
		t.Errorf("with times: got exit code %d (%s), want 0", got, why)
	}
	if got, why := codeOf(l.pack(newWriter("mal", 99)), record.Wish{}); got != 6 {
		t.Errorf("by a stranger: got exit code %d (%s), want 6", got, why)
	}
	for i := range l.ms {
		m := l.ms[i]
		l.ms[i].At = m.At.Add(-1)
		for _, by := range []*writer{l.bo, l.hub, newWriter("mal", 99)} {
			if got, why := codeOf(l.pack(by), record.Wish{}); got != 4 {
				t.Errorf("entry %d recorded a nanosecond earlier, signed by %s: got exit code %d (%s), want 4", m.Seq, by.handle, got, why)
			}
		}
		l.ms[i] = m
	}
	pin := l.notes[0]
	l.notes = [][]byte{bare}
	l.ms[2].At = l.ms[2].At.Add(-1)
	if got, why := codeOf(l.pack(l.hub), record.Wish{Pin: pin}); got != 4 {
		t.Errorf("against the hub's checkpoint that was kept: got exit code %d (%s), want 4", got, why)
	}
}
