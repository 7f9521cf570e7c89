package bundle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// pageCase is a log for a rule of docs/protocol.md, and the exit code of the full export that
// the hub signs.
type pageCase struct {
	want int
	do   func(l *log)
}

// later writes as messages of kinds that a room needs later.
func (l *log) later() {
	l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana writes again"))
	l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo writes again"))
}

// pageCases are logs that a reader of the page alone asked about.
var pageCases = map[string]pageCase{
	"the hub's key is revoked": {0, func(l *log) {
		l.add(l.ana, &model.KeyRevoked{Handle: "hub", Key: l.hub.key})
	}},
	"all keys of the hub are revoked": {0, func(l *log) { l.add(l.ana, &model.KeyRevoked{Handle: "hub"}) }},
	"a key is revoked without a reason": {0, func(l *log) {
		l.store(l.ana, model.KindKeyRevoked, []byte(`{"handle":"cy"}`))
	}},
	"the hub may only watch": {0, func(l *log) {
		l.add(l.ana, &model.RightChanged{Handle: "hub", Right: model.Watch})
	}},
	"evidence without bytes":          {6, func(l *log) { l.collected(1, "what sshd wrote") }},
	"evidence whose sum has capitals": {0, func(l *log) { l.evidenceOf(strings.ToUpper(sumOf("x")), 1) }},
	"evidence of no bytes":            {0, func(l *log) { l.evidenceOf(sumOf("x"), 0) }},
	"evidence of less than no bytes":  {0, func(l *log) { l.evidenceOf(sumOf("x"), -1) }},
	"a number twice, then null": {6, func(l *log) {
		l.signedAs(l.bo, `"prev"`, `"N":null,"prev"`)
	}},
	"a number twice": {6, func(l *log) {
		l.signedAs(l.bo, `"n":`, `"N":77,"n":`)
	}},
	"a newer removal without a gap": {6, func(l *log) {
		raw := []byte(`{"v":1,"key":"` + l.ana.key + `","kind":"entry.erased"}`)
		l.goneBy(l.ana, raw)
	}},
	"a newer removal of a stranger": {0, func(l *log) {
		mal := newWriter("mal", 99)
		l.goneBy(mal, []byte(`{"v":1,"key":"`+mal.key+`","kind":"entry.erased"}`))
	}},
	"after an unread message, a skipped number": {6, func(l *log) {
		l.future(l.bo, `{"v":3,"n":"x"}`)
		l.bo.n += 4
		l.bo.prev = "anything"
	}},
	"after an unread message, the next number and the hash before it": {6, func(l *log) {
		l.future(l.bo, `{"v":3,"n":"x"}`)
	}},
	"after an unread message, the next number and its hash": {4, func(l *log) {
		l.future(l.bo, `{"v":3,"n":"x"}`)
		m := l.ms[len(l.ms)-1]
		l.bo.prev = signing.Leaf(m.Sig, m.Data)
	}},
	"a present message, described by another leaf": {4, redacts(func(b *model.EntryRedacted) {
		b.Leaf = signing.Leaf("", nil)
	})},
	"a present message, described with another number": {4, redacts(inEvent(`"n":1`, `"n":2`))},
	"a present message, described with another kind":   {0, redacts(inEvent("entry.noted", "action.taken"))},
	"a present message, described with another author": {0, redacts(inEvent(`"by":"bo"`, `"by":"ana"`))},
	"a present message, described with another time":   {0, redacts(inEvent(`"at":"2026`, `"at":"2025`))},
	"a present message, described with another door":   {0, redacts(inEvent(`"via":"test"`, `"via":"ssh"`))},
	"another door and another leaf": {0, redacts(func(b *model.EntryRedacted) {
		inEvent(`"via":"test"`, `"via":"ssh"`)(b)
		b.Leaf = signing.Leaf("", nil)
	})},
	"another time and another leaf": {0, redacts(func(b *model.EntryRedacted) {
		inEvent(`"at":"2026`, `"at":"2025`)(b)
		b.Leaf = signing.Leaf("", nil)
	})},
	"a present message, recorded later": {0, redacts(func(b *model.EntryRedacted) {
		b.Recorded += 1e12
		b.Leaf = signing.Leaf("", nil)
	})},
	"a redacted alert with rules": {0, func(l *log) {
		one, other, g := findingOf(1), findingOf(2), model.AlertGroups{}
		other.Rule, other.GroupKey = "other", one.GroupKey
		g.Add(one)
		g.Add(other)
		room := bundle.Verify(bundle.Evidence{Messages: l.ms}, bundle.VerifyOptions{}).Room
		list, _ := g.Bodies(room, "gitleaks-json", sumOf("x"))
		if len(list) != 1 || len(list[0].Rules) != 2 {
			l.t.Fatalf("got %+v, want one alert with two rules", list)
		}
		l.add(l.hub, list[0])
		l.redact(l.ana, len(l.ms)-1)
	}},
	"a text with escapes": {0, func(l *log) {
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "\\u007f \x7f \\x7f <&> \u2028 \U0001f600 \U000e0001"))
	}},
	"a present message, redacted twice, described by another leaf later": {0, func(l *log) {
		l.add(l.ana, l.redaction(4))
		redacts(func(b *model.EntryRedacted) { b.Leaf = signing.Leaf("", nil) })(l)
	}},
	"a message of a newer form before its key is admitted": {0, func(l *log) {
		cy := newWriter("cy", 9)
		l.signedAs(cy, `"v":1`, `"v":2`)
		l.add(l.hub, &model.KeyAdmitted{Key: cy.key, Handle: "cy", Right: model.Write, Origin: "socket"})
		l.add(cy, model.NewEntry(model.KindEntryNoted, "cy writes again"))
	}},
	"a key that is struck stays so": {0, func(l *log) {
		l.add(l.ana, &model.KeyRevoked{Handle: "bo", Reason: "test"})
		l.add(l.ana, &model.RightChanged{Handle: "bo", Right: model.Command})
		l.redaction(4)
		l.add(l.bo, l.redaction(5))
	}},
	"a redaction with a copy after one without": {0, func(l *log) {
		l.add(l.ana, l.redaction(4))
		l.redact(l.ana, 4)
	}},
	"a redaction with a copy after one with another leaf": {4, func(l *log) {
		b := l.redaction(4)
		b.Leaf = signing.Leaf("", nil)
		l.add(l.ana, b)
		l.redact(l.ana, 4)
	}},
	"a redaction by a member under another's handle": {4, func(l *log) {
		l.ana.handle = "bo"
		l.redact(l.ana, 4)
		l.ana.handle = "ana"
	}},
	"a redaction by the hub":                                                {4, func(l *log) { l.redact(l.hub, 4) }},
	"a redacted message without effect":                                     {0, withoutEffect(true)},
	"a redacted message without effect, which the redaction does not state": {4, withoutEffect(false)},
	"two redactions, both without a copy": {0, func(l *log) {
		b := l.redaction(4)
		l.add(l.bo, b)
		l.add(l.ana, b)
		l.ms = slices.Delete(slices.Clone(l.ms), 4, 5)
		l.gone++
	}},
	"a redaction of a later message": {0, redacts(func(b *model.EntryRedacted) {
		b.Seq = 11
		b.Leaf = signing.Leaf("", nil)
	})},
}

// withoutEffect redacts a message of bo, who may only watch.
func withoutEffect(stated bool) func(*log) {
	return func(l *log) {
		l.add(l.ana, &model.RightChanged{Handle: "bo", Right: model.Watch})
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo may not write this"))
		l.redact(l.ana, len(l.ms)-1, func(b *model.EntryRedacted) { b.Rejected = stated })
		l.add(l.ana, &model.RightChanged{Handle: "bo", Right: model.Write})
	}
}

// redacts redacts a message of bo that stays, with a changed description.
func redacts(change func(*model.EntryRedacted)) func(*log) {
	return func(l *log) {
		b := l.redaction(4)
		change(b)
		l.add(l.ana, b)
	}
}

// inEvent changes the event of a redaction.
func inEvent(old, with string) func(*model.EntryRedacted) {
	return func(b *model.EntryRedacted) { b.Event = bytes.Replace(b.Event, []byte(old), []byte(with), 1) }
}

// evidenceOf registers evidence of bo.
func (l *log) evidenceOf(sum string, size int64) {
	l.add(l.bo, &model.EvidenceCollected{SHA256: sum, Size: size, EvidenceAbout: model.EvidenceAbout{
		Blob: "01JD0000000000000000000BB1", Class: "log", Name: "x"}})
}

// signedAs stores the next message of w, with a text in its payload replaced.
func (l *log) signedAs(w *writer, old, with string) {
	_, raw := l.crafted(w, w, asIs)
	raw = bytes.Replace(raw, []byte(old), []byte(with), 1)
	sig := signing.Sign(w.priv, raw)
	l.stray(w.handle, w.key, sig, raw)
	w.n++
	w.prev = signing.Leaf(sig, raw)
}

// goneBy stores a message on the subject of deleted messages.
func (l *log) goneBy(w *writer, raw []byte) {
	at := l.ms[len(l.ms)-1].At
	l.ms = append(l.ms, bundle.Message{Seq: uint64(len(l.ms)) + 1, At: at, Subject: "gone.hub." + l.hub.key,
		Sig: signing.Sign(w.priv, raw), Data: raw})
}

// beginnings change the body of a message of a log from its beginning on: that with the
// sequence 0 is one more, before the first. The exit code is that of the full export.
var beginnings = map[string]struct {
	want int
	do   func(seq int, body map[string]any) bool // reports false to leave the message out
}{
	"as it was":             {0, func(int, map[string]any) bool { return true }},
	"a title of a number":   {4, inFirst("title", 3)},
	"a severity of a list":  {4, inFirst("severity", []any{})},
	"a drill of a text":     {4, inFirst("drill", "yes")},
	"a restriction of text": {4, inFirst("restricted", "ana")},
	"a detection of text":   {4, inFirst("detected", "yesterday")},
	"a detection":           {0, inFirst("detected", "2026-11-21T13:00:00Z")},
	"no title":              {4, inFirst("title", nil)},
	"a title of null and a drill": {4, func(seq int, body map[string]any) bool {
		if seq == 1 {
			body["title"], body["drill"] = nil, true
		}
		return true
	}},
	"the author's key is the hub's": {4, func(seq int, body map[string]any) bool {
		if seq == 1 {
			body["hub_key"] = newWriter("ana", 2).key
		}
		return true
	}},
	"no plan": {0, func(seq int, _ map[string]any) bool { return seq != 2 }},
}

func inFirst(name string, value any) func(int, map[string]any) bool {
	return func(seq int, body map[string]any) bool {
		if seq == 1 {
			body[name] = value
		}
		return true
	}
}

// page compares both verifiers for the cases of the page, and with the expected exit codes.
func (p *python) page() {
	check := func(what string, bag []byte, want int) {
		p.t.Helper()
		b, err := bundle.Open(bytes.NewReader(bag), int64(len(bag)))
		if got, why := withoutDerived(b, err, bundle.VerifyOptions{}, bag); got != want {
			p.t.Errorf("%s: warroom verify: got exit code %d (%s), want %d", what, got, why, want)
		}
		p.agrees(what, bag, bundle.VerifyOptions{})
	}
	cases := maps.Clone(pageCases)
	maps.Copy(cases, restoredCases)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		l := sample(p.t, ulid, 6)
		cases[name].do(l)
		l.later()
		l.checkpoint()
		check(name, l.pack(l.hub), cases[name].want)
		for _, profile := range []string{"regulator", "customer"} {
			if cases[name].want != 4 {
				p.agrees(name+", a part for "+profile, l.packSubset(profile, l.hub), bundle.VerifyOptions{})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(beginnings)) {
		l, c := rebuilt(sample(p.t, ulid, 4), beginnings[name].do), beginnings[name]
		check(name+" at the beginning", l.repack(p), c.want)
	}
	l := rebuilt(sample(p.t, ulid, 4), beginnings["no plan"].do)
	e, err := model.DecodeEvent(sample(p.t, ulid, 4).ms[1].Data)
	if err != nil {
		p.t.Fatalf("decode the plan: %v", err)
	}
	l.store(l.hub, model.KindPlanAdopted, e.Body)
	l.evidenceOf(sumOf("x"), 1)
	check("evidence in a room whose plan the hub adopted", l.repack(p), 0)
	l = sample(p.t, ulid, 4)
	l.checkpoint()
	pin := bundle.VerifyOptions{Pin: l.notes[0]}
	l.notes[0] = l.signedAt(l.tree.Size(), l.tree.Root())
	p.agrees("a pin with times", l.pack(l.bo), pin)
	other := l.point()
	other.Room = strings.Replace(l.room, "0", "1", 1)
	p.agrees("a pin of another room", l.pack(l.bo), bundle.VerifyOptions{Pin: []byte(other.Text())})
	l.ms[2].At = l.ms[2].At.Add(-1)
	p.agrees("a time that the pin shows to be changed", l.pack(l.hub), pin)
	l = rebuilt(sample(p.t, ulid, 4), inFirst("hub_key", newWriter("ana", 2).key))
	note, err := l.point().Sign(l.ana.priv)
	if err != nil {
		p.t.Fatalf("sign: %v", err)
	}
	l.notes = [][]byte{note}
	check("a part by an author who claims to be the hub", l.packSubset("regulator", l.ana), 6)
	l = sampleWithUpdates(p.t)
	l.checkpoint()
	for _, profile := range []string{"regulator", "customer"} {
		bag := l.packSubset(profile, l.bo)
		p.agrees("a part by bo for "+profile, bag, bundle.VerifyOptions{})
		p.agrees("a part by bo, whose key was given, for "+profile, bag, bundle.VerifyOptions{Key: l.bo.key})
		l.notes[0] = l.signedAt(l.tree.Size(), l.tree.Root())
	}
	lobby := &log{t: p.t, room: ulid, hub: newWriter("hub", 1), writtenByID: map[uint64]*writer{}}
	lobby.store(lobby.hub, "lobby.opened", []byte(`{"hub_key":"`+lobby.hub.key+`"}`))
	check("a lobby", lobby.repack(p), 0)
	l = sample(p.t, ulid, 4)
	before := bundle.Message{At: epoch, Subject: "log.mal.x", Data: []byte("x")}
	l.ms = append([]bundle.Message{before}, l.ms...)
	l.renumber()
	check("a stray before the first message", l.repack(p), 4)
}

// rebuilt returns a log with the bodies of another, changed and signed again.
func rebuilt(of *log, change func(int, map[string]any) bool) *log {
	l := &log{t: of.t, room: of.room, hub: newWriter("hub", 1), ana: newWriter("ana", 2), bo: newWriter("bo", 3),
		writtenByID: map[uint64]*writer{}}
	for i, m := range of.ms {
		e, err := model.DecodeEvent(m.Data)
		if err != nil {
			l.t.Fatalf("decode an event: %v", err)
		}
		var body map[string]any
		if err := json.Unmarshal(e.Body, &body); err != nil {
			l.t.Fatalf("decode a body: %v", err)
		}
		raw := []byte(e.Body)
		if was := fmt.Sprint(body); !change(i+1, body) {
			continue
		} else if fmt.Sprint(body) != was {
			if raw, err = json.Marshal(body); err != nil {
				l.t.Fatalf("encode a body: %v", err)
			}
		}
		by := map[string]*writer{"hub": l.hub, "ana": l.ana, "bo": l.bo}[e.By]
		l.store(by, e.Kind, raw)
	}
	return l
}

// repack returns a bag of a log that Write may refuse: that of a sample, with this log, signed
// by the hub.
func (l *log) repack(p *python) []byte {
	l.tree = signing.Tree{}
	for _, m := range l.ms {
		l.tree.Add(signing.LeafHash(m.Sig, m.Data))
	}
	l.notes = nil
	l.checkpoint()
	s := sample(p.t, ulid, 4)
	s.checkpoint()
	f := forge(p.t, s, "whole", s.pack(s.hub))
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, m := range l.ms {
		text := string(m.Data)
		err := e.Encode(struct {
			Seq      uint64 `json:"seq"`
			Recorded string `json:"recorded"`
			Subject  string `json:"subject"`
			Sig      string `json:"sig,omitempty"`
			Payload  string `json:"payload"`
		}{m.Seq, m.At.Format("2006-01-02T15:04:05.000000000Z"), m.Subject, m.Sig, text})
		if err != nil {
			p.t.Fatalf("encode a line: %v", err)
		}
	}
	f.set("data/log.jsonl", bytes.ReplaceAll(b.Bytes(), []byte("\u202e"), []byte(`\u202e`)))
	f.set("data/checkpoints/00001.txt", l.notes[0])
	f.info("Warroom-Entries", fmt.Sprint(l.tree.Size()))
	f.info("Warroom-Root", l.tree.Root().String())
	f.info("Warroom-Fold", "7") // what is derived from the log is not compared
	f.info("Warroom-Bag-Maker", "x")
	signers["hub"](f)
	return f.pack()
}
