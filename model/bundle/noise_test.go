package bundle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// stray stores bytes under a subject, as anybody who can reach the hub may.
func (l *log) stray(handle, key, sig string, payload []byte) {
	seq := uint64(len(l.ms)+l.gone) + 1
	m := bundle.Message{Seq: seq, At: epoch.Add(time.Duration(seq) * time.Second), Subject: "log." + handle + "." + key,
		Sig: sig, Data: payload}
	l.ms = append(l.ms, m)
	l.tree.Add(signing.LeafHash(sig, payload))
}

// crafted returns a message in the name of w, changed by change and signed by by.
func (l *log) crafted(w, by *writer, change func(*model.Event)) (sig string, payload []byte) {
	l.t.Helper()
	body, err := json.Marshal(model.NewEntry(model.KindEntryNoted, "crafted"))
	if err != nil {
		l.t.Fatalf("encode JSON: %v", err)
	}
	e := model.Event{V: 1, Room: l.room, ID: fmt.Sprintf("crafted-%d", len(l.ms)), Key: w.key, N: w.n + 1, Prev: w.prev,
		Kind: model.KindEntryNoted, At: epoch, By: w.handle, Via: "test", Body: body}
	change(&e)
	raw, err := e.Encode()
	if err != nil {
		l.t.Fatalf("encode: %v", err)
	}
	return signing.Sign(by.priv, raw), raw
}

func asIs(*model.Event) {}

// strayCases are messages that are not needed by any chain.
var strayCases = map[string]func(l *log, mal *writer){
	"a key that was never admitted": func(l *log, mal *writer) {
		sig,
			raw := l.crafted(mal, mal, asIs)
		l.stray("mal", mal.key, sig, raw)
	},
	"such a key in the middle of its chain": func(l *log, mal *writer) {
		sig, raw := l.crafted(mal, mal, func(e *model.Event) { e.N = 7; e.Prev = "x" })
		l.stray("mal", mal.key, sig, raw)
	},
	"such a key in somebody's name": func(l *log, mal *writer) {
		as := *mal
		as.handle = "ana"
		sig, raw := l.crafted(&as, mal, asIs)
		l.stray("ana", mal.key, sig, raw)
	},
	"such a key of a newer form": func(l *log, mal *writer) {
		sig, raw := l.crafted(mal, mal, func(e *model.Event) { e.V = 9 })
		l.stray("mal", mal.key, sig, raw)
	},
	"such a key of an unknown kind": func(l *log, mal *writer) {
		sig, raw := l.crafted(mal, mal, func(e *model.Event) { e.Kind = "x.y" })
		l.stray("mal", mal.key, sig, raw)
	},
	"such a key lets itself in": func(l *log, mal *writer) {
		sig, raw := l.crafted(mal, mal, func(e *model.Event) { e.Kind, e.Body = model.KindKeyAdmitted, admits(mal) })
		l.stray("mal", mal.key, sig, raw)
	},
	"no JSON under somebody's subject": func(l *log, _ *writer) { l.stray("ana", l.ana.key, "", []byte("{nonsense")) },
	"nothing under somebody's subject": func(l *log, _ *writer) { l.stray("ana", l.ana.key, "", nil) },
	"bytes that are no text": func(l *log,
		_ *writer) {
		l.stray("ana", l.ana.key, "\xff", []byte("\xff\x00\xfe"))
	},
	"the next message, signed by another": func(l *log, mal *writer) {
		sig, raw := l.crafted(l.ana, mal, asIs)
		l.stray("ana", l.ana.key, sig, raw)
	},
	"the next message, without a signature": func(l *log, mal *writer) {
		_,
			raw := l.crafted(l.ana, mal, asIs)
		l.stray("ana", l.ana.key, "", raw)
	},
	"a later message, signed by another": func(l *log, mal *writer) {
		sig, raw := l.crafted(l.ana, mal, func(e *model.Event) { e.N += 5 })
		l.stray("ana", l.ana.key, sig, raw)
	},
	"a newer form, signed by another": func(l *log, mal *writer) {
		l.stray("ana", l.ana.key, signing.Sign(mal.priv, []byte(`{"v":9}`)), []byte(`{"v":9}`))
	},
	"a repeat": func(l *log,
		_ *writer) {
		m := l.ms[1]
		l.stray("ana", l.ana.key, m.Sig, m.Data)
	},
	"a repeat under another subject": func(l *log,
		mal *writer) {
		m := l.ms[1]
		l.stray("mal", mal.key, m.Sig, m.Data)
	},
	"of another room": func(l *log, _ *writer) {
		sig, raw := l.crafted(l.ana, l.ana, func(e *model.Event) { e.Room = "01JDHUB0000000000000000009" })
		l.stray("ana", l.ana.key, sig, raw)
	},
	"under a subject that no author has": func(l *log, _ *writer) {
		l.ms = append(l.ms,
			bundle.Message{Seq: uint64(len(l.ms) + 1), At: epoch.Add(time.Hour), Subject: "log.a.b.c",
				Data: []byte("x")})
		l.tree.Add(signing.LeafHash("", []byte("x")))
	},
	"a redaction by a key never admitted": func(l *log, mal *writer) {
		b := l.redaction(4)
		raw, _ := json.Marshal(b)
		sig, raw2 := l.crafted(mal, mal, func(e *model.Event) { e.Kind, e.Body = model.KindEntryRedacted, raw })
		l.stray("mal", mal.key, sig, raw2)
	},
	"with a hostile handle": func(l *log, mal *writer) {
		sig, raw := l.crafted(mal, mal, asIs)
		l.stray("\x1b[31m", mal.key, sig, raw)
	},
	"with a key twice, by nobody of the room": func(l *log, mal *writer) {
		raw := []byte(`{"v":1,"V":2}`)
		l.stray("mal", mal.key, signing.Sign(mal.priv, raw), raw)
	},
}

func admits(w *writer) json.RawMessage {
	raw, err := json.Marshal(&model.KeyAdmitted{Key: w.key, Handle: w.handle, Right: model.Command, Origin: "socket"})
	if err != nil {
		panic(err)
	}
	return raw
}

// TestStrays: strays are reported and counted and do not change the verdict. In the room
// each is a line without effect, and not a reason for a warning.
func TestStrays(t *testing.T) {
	for name, put := range strayCases {
		l, mal := sample(t, ulid, 4), newWriter("mal", 99)
		put(l, mal)
		l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana goes on"))
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
		put(l, mal) // and at the end
		l.checkpoint()
		v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{})
		if !v.Sound() || v.Less || !has(v.Good, "except 2 strays is signed by its author") ||
			!has(v.Open, "is a stray") {
			t.Errorf("%s: bad %v, less %v, good %v, open %v; want a good record and 2 strays", name, v.Bad, v.Less,
				v.Good, v.Open)
		}
		if v.Room.Bad != 0 || v.Room.Strays+v.Room.Rejected != 2 || v.Room.Entries != 6 {
			t.Errorf("%s: the room counts %d bad, %d strays, %d without effect, %d entries; want 0, 2 together, 6",
				name, v.Room.Bad, v.Room.Strays, v.Room.Rejected, v.Room.Entries)
		}
		if _, in := v.Room.Member(mal.key); in {
			t.Errorf("%s: mal is in the room", name)
		}
		for _, s := range slices.Concat(v.Good, v.Open) {
			if strings.Contains(s.String(), "\x1b") {
				t.Errorf("%s: a control character reaches a terminal: %q", name, s)
			}
		}
		if !utf8Subjects(l.ms) {
			continue
		}
		if code, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{}); code != 0 {
			t.Errorf("%s: an export: got exit code %d (%s), want 0", name, code, why)
		}
		if code, why := codeOf(l.packSubset("regulator", l.hub), bundle.VerifyOptions{}); code != 0 {
			t.Errorf("%s: a part: got exit code %d (%s), want 0", name, code, why)
		}
		if code, why := codeOf(l.proof(4), bundle.VerifyOptions{Key: l.hub.key}); code != 0 {
			t.Errorf("%s: one entry: got exit code %d (%s), want 0", name, code, why)
		}
	}
}

// utf8Subjects reports whether a bag can hold the subjects.
func utf8Subjects(ms []bundle.Message) bool {
	return !slices.ContainsFunc(ms, func(m bundle.Message) bool { return strings.ContainsAny(m.Subject, "\x1b") })
}

// TestManyStrays: the first ones are reported one by one, all are counted.
func TestManyStrays(t *testing.T) {
	l, mal := sample(t, ulid, 4), newWriter("mal", 99)
	for range 500 {
		sig, raw := l.crafted(mal, mal, asIs)
		l.stray("mal", mal.key, sig, raw)
	}
	l.checkpoint()
	v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{})
	if !v.Sound() || v.Less || !has(v.Open, "and 490 strays more, 500 in all") || len(v.Open) > 20 {
		t.Errorf("bad %v, less %v, %d open lines; want a good record and 500 strays in few lines", v.Bad, v.Less,
			len(v.Open))
	}
}

// missing has logs in which a message of an author is missing.
var missing = map[string]struct {
	do   func(l *log)
	want string
}{
	"one of ana's is missing": {func(l *log) { l.ms = slices.Delete(slices.Clone(l.ms), 3, 4); l.renumber() },
		"messages of its author are missing before it (1)"},
	"one of ana's is replaced": {func(l *log) { l.ms = slices.Clone(l.ms); l.ms[3].Data = []byte("{}") },
		"messages of its author are missing before it (1)"},
	"one of ana's is damaged": {func(l *log) {
		l.ms = slices.Clone(l.ms)
		l.ms[3].Data = bytes.Replace(l.ms[3].Data, []byte("note"), []byte("vote"), 1)
	}, "messages of its author are missing before it (1)"},
	"ana skips a number": {func(l *log) {
		sig, raw := l.crafted(l.ana, l.ana, func(e *model.Event) { e.N++ })
		l.stray("ana", l.ana.key, sig, raw)
	}, "messages of its author are missing before it (1)"},
	"ana goes on from another one": {func(l *log) {
		sig, raw := l.crafted(l.ana, l.ana, func(e *model.Event) { e.Prev = signing.Leaf("", nil) })
		l.stray("ana", l.ana.key, sig, raw)
	}, "it does not follow its author's previous message"},
	"a place is empty": {func(l *log) { l.ms = slices.Delete(slices.Clone(l.ms), 3, 4) }, "entry 4 is missing"},
}

// TestMissingIsNoNoise: a record with a missing message is not sound, whatever else
// it contains.
func TestMissingIsNoNoise(t *testing.T) {
	for name, c := range missing {
		l := sample(t, ulid, 6)
		c.do(l)
		v := bundle.Verify(bundle.Evidence{Messages: l.ms}, bundle.VerifyOptions{})
		if !has(v.Bad, c.want) || v.Room.Bad == 0 {
			t.Errorf("%s: bad %v, the room counts %d; want %q", name, v.Bad, v.Room.Bad, c.want)
		}
	}
}

// TestAStrayRedactionPoisonsNothing: the valid redaction is found, whatever strays
// state about the same message.
func TestAStrayRedactionPoisonsNothing(t *testing.T) {
	l, mal := sample(t, ulid, 6), newWriter("mal", 99)
	for range 3 {
		b := l.redaction(4)
		b.Event = bytes.Replace(b.Event, []byte(`"n":1`), []byte(`"n":9`), 1)
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		sig, raw := l.crafted(mal, mal, func(e *model.Event) { e.Kind, e.Body = model.KindEntryRedacted, raw })
		l.stray("mal", mal.key, sig, raw)
	}
	l.redact(l.ana, 4)
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo goes on"))
	v := bundle.Verify(bundle.Evidence{Messages: l.ms}, bundle.VerifyOptions{})
	if !v.Sound() || v.Room.Redaction(5) == nil {
		t.Errorf("bad %v; want that ana's redaction counts", v.Bad)
	}
}
