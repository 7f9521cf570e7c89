package bundle_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// edgeCases are logs for single conditions of docs/verify.py: each fails if it is left out.
var edgeCases = map[string]pageCase{
	"the same member twice": {6, func(l *log) { l.signedAs(l.bo, `"n":`, `"n":77,"n":`) }},
	"the same text twice":   {6, func(l *log) { l.signedAs(l.bo, `"text":`, `"text":"x","text":`) }},
	"a message without an id": {4, func(l *log) {
		l.signedAs(l.bo, fmt.Sprintf(`"id":"crafted-%d"`, len(l.ms)), `"id":""`)
	}},
	"a message that is too long": {4, func(l *log) {
		l.signedAs(l.bo, `"text":"crafted"`, `"text":"`+strings.Repeat("x", model.MaxMessage)+`"`)
	}},
	"a time without an end": {4, func(l *log) { l.signedAs(l.bo, `"at":"2026`, `"at":"2026-`) }},
	"a message of the hub whose author is another, and which admits": {4, func(l *log) {
		cy := newWriter("cy", 9)
		sig, raw := l.crafted(l.hub, l.hub, func(e *model.Event) {
			e.By, e.Kind, e.Body = "bo", model.KindKeyAdmitted, admits(cy)
		})
		l.stray("hub", l.hub.key, sig, raw)
		l.add(cy, l.redaction(4))
		l.redact(cy, 4)
	}},

	"a person redacts after another was revoked": {0, func(l *log) {
		l.add(l.ana, &model.KeyRevoked{Handle: "bo", Reason: "test"})
		l.redact(l.ana, 4)
	}},
	"a person redacts after a key of no one was revoked under their name": {0, func(l *log) {
		l.add(l.hub, &model.KeyRevoked{Handle: "ana", Key: newWriter("cy", 9).key, Reason: "test"})
		l.redact(l.ana, 4)
	}},
	"a person redacts after their key was revoked": {4, func(l *log) {
		l.add(l.hub, &model.KeyRevoked{Handle: "ana", Key: l.ana.key, Reason: "test"})
		l.redact(l.ana, 4)
	}},
	"a person redacts after all their keys were revoked": {4, func(l *log) {
		l.add(l.hub, &model.KeyRevoked{Handle: "ana", Reason: "test"})
		l.redact(l.ana, 4)
	}},
	"a person redacts after an invalid right": {0, func(l *log) {
		l.add(l.hub, &model.RightChanged{Handle: "ana", Right: "none"})
		l.redact(l.ana, 4)
	}},
	"a person who may only watch redacts": {4, func(l *log) {
		l.add(l.hub, &model.RightChanged{Handle: "ana", Right: model.Watch})
		l.redact(l.ana, 4)
	}},
	"a member in capitals": {0, func(l *log) {
		l.store(l.hub, model.KindKeyRevoked, []byte(`{"handle":"ana","Key":"x","reason":"test"}`))
		l.redact(l.ana, 4)
	}},
	"a revoked hub admits a person who redacts": {0, func(l *log) {
		cy := newWriter("cy", 9)
		l.add(l.ana, &model.KeyRevoked{Handle: "hub", Reason: "test"})
		l.store(l.hub, model.KindKeyAdmitted, admits(cy))
		l.redact(cy, 4)
	}},
	"a key is admitted twice": {0, func(l *log) {
		l.add(l.hub, &model.KeyAdmitted{Key: l.ana.key, Handle: "ana", Right: model.Watch, Origin: "socket"})
		l.redact(l.ana, 4)
	}},
	"a key is admitted under an invalid handle":   {0, admittedAs("B.C", model.Write)},
	"a key is admitted as the hub":                {0, admittedAs("hub", model.Write)},
	"a key is admitted with an invalid right":     {0, admittedAs("cy", "none")},
	"a key is admitted, and a message is missing": {4, admittedAs("cy", model.Write)},

	"a redacted message with the number of an earlier one": {4, func(l *log) {
		l.redact(l.ana, 6, inEvent(`"n":2`, `"n":1`))
	}},
	"a redacted message without a number": {4, func(l *log) {
		cy := newWriter("cy", 9)
		l.add(l.hub, &model.KeyAdmitted{Key: cy.key, Handle: "cy", Right: model.Write, Origin: "socket"})
		l.add(cy, model.NewEntry(model.KindEntryNoted, "cy writes"))
		l.redact(l.ana, len(l.ms)-1, inEvent(`"n":1`, `"n":0`))
	}},
	"a plan that a person without the role adopts": {0, func(l *log) {
		e, err := model.DecodeEvent(l.ms[1].Data)
		if err != nil {
			l.t.Fatalf("decode the plan: %v", err)
		}
		l.store(l.bo, model.KindPlanAdopted, e.Body)
	}},
	"a redacted message of another room": {4, func(l *log) {
		l.redact(l.ana, 4, inEvent(`"room":"01JDHUB0`, `"room":"01JDHUB1`))
	}},
	"a redacted message of a newer form": {6, func(l *log) { l.redact(l.ana, 4, inEvent(`"v":1`, `"v":2`)) }},
	"a redacted message of another id":   {4, func(l *log) { l.redact(l.ana, 4, inEvent(`"id":"`, `"id":"x`)) }},
	"a redaction of a blank reason": {4, func(l *log) {
		l.redact(l.ana, 4, func(b *model.EntryRedacted) { b.Reason = " " })
	}},
	"a redacted message without free text": {4, func(l *log) {
		event := l.ms[2].Data
		l.ms[2].Data = l.ms[4].Data // only a kind with free text can be redacted
		b := l.redaction(2)
		l.ms[2].Data = event
		b.Entry, b.Event, b.Leaf = l.room+"-3", event, signing.Leaf(l.ms[2].Sig, event)
		l.removed(b, 2)
	}},
	"a redacted list with a text": {4, exposed(`"d\u003cx"`)},
	"a redacted list":             {0, exposed(`"[redacted]"`)},
	"a redacted plan": {4, func(l *log) {
		b := l.redaction(4)
		event := l.ms[1].Data
		b.Entry, b.Seq, b.Event, b.Leaf = l.room+"-2", 2, event, signing.Leaf(l.ms[1].Sig, event)
		l.removed(b, 1)
	}},
	"a newer removal, and a missing message": {4, func(l *log) {
		l.goneBy(l.ana, []byte(`{"v":1,"key":"`+l.ana.key+`","kind":"entry.erased"}`))
		l.bo.n++
	}},
	"a person redacts after they were revoked, and given a right again": {4, func(l *log) {
		l.add(l.hub, &model.KeyRevoked{Handle: "ana", Reason: "test"})
		l.add(l.hub, &model.RightChanged{Handle: "ana", Right: model.Command})
		l.redact(l.ana, 4)
	}},
	"a redaction of no message": {0, redacts(func(b *model.EntryRedacted) { b.Seq = 99 })},
	"a redaction before its message": {4, func(l *log) {
		o, note := sample(l.t, ulid, 6), model.NewEntry(model.KindEntryNoted, "bo writes this")
		o.add(o.ana, note)
		o.add(o.bo, note)
		l.add(l.ana, o.redaction(len(o.ms)-1))
		l.add(l.bo, note)
		l.ms = l.ms[:len(l.ms)-1]
		l.gone++
	}},
	"the bytes of evidence are missing, and a message was redacted": {6, func(l *log) {
		l.collected(1, "x")
		l.redact(l.ana, 4)
	}},
	"evidence of another class": {0, func(l *log) {
		l.add(l.bo, &model.EvidenceCollected{SHA256: sumOf("x"), Size: 1, EvidenceAbout: model.EvidenceAbout{
			Blob: "01JD0000000000000000000BB1", Class: "x", Name: "x"}})
	}},
	"evidence without a name": {0, func(l *log) {
		l.add(l.bo, &model.EvidenceCollected{SHA256: sumOf("x"), Size: 1, EvidenceAbout: model.EvidenceAbout{
			Blob: "01JD0000000000000000000BB1", Class: "log"}})
	}},
}

// admittedAs admits a key, of which the first messages are missing.
func admittedAs(handle string, right model.Right) func(*log) {
	return func(l *log) {
		cy := newWriter("cy", 9)
		l.add(l.hub, &model.KeyAdmitted{Key: cy.key, Handle: handle, Right: right, Origin: "socket"})
		cy.n = 4
		l.add(cy, model.NewEntry(model.KindEntryNoted, "cy writes"))
	}
}

// exposed redacts an assessment, with an element of the list of categories.
func exposed(category string) func(*log) {
	return func(l *log) {
		l.add(l.ana, &model.ExposureAssessed{Level: "none", Why: "no data", Categories: []string{"names"}})
		l.redact(l.ana, len(l.ms)-1, inEvent(`["[redacted]"]`, "["+category+"]"))
	}
}

// removed stores a redaction of message i of ana, and its copy, and removes the message.
func (l *log) removed(b *model.EntryRedacted, i int) {
	l.add(l.ana, b)
	last := l.ms[len(l.ms)-1]
	last.Seq++
	last.Subject = strings.Replace(last.Subject, "log.", "gone.", 1)
	l.ms = slices.Delete(append(slices.Clone(l.ms), last), i, i+1)
	l.gone++
}

// edgeLines are changes to the lines of a log that the hub then signs.
var edgeLines = map[string]struct {
	want int
	do   func([]byte) []byte
}{
	"a space":                  {4, inLine(`{"seq":1,`, `{"seq": 1,`)},
	"a sequence of 1.0":        {4, inLine(`{"seq":1,`, `{"seq":1.0,`)},
	"a sequence of true":       {4, inLine(`{"seq":1,`, `{"seq":true,`)},
	"a short time":             {4, inTime(`.000Z`)},
	"a time with an offset":    {4, inLine(`Z","subject"`, `+00:00","subject"`)},
	"a time of another day":    {4, inLine(`"recorded":"2026-11-21`, `"recorded":"2026-11-31`)},
	"an escape":                {4, inLine(`"log.ana`, `"\u006cog.ana`)},
	"an empty signature":       {4, inLine(`"payload":`, `"sig":"","payload":`)},
	"a member of another name": {4, inLine(`{"seq":1,`, `{"Seq":1,`)},
	"other members":            {4, inLine(`"payload":`, `"x":1,"payload":`)},
	"another order": {4, func(b []byte) []byte {
		lines := bytes.SplitAfter(b, []byte("\n"))
		lines[3], lines[4] = lines[4], lines[3]
		return bytes.Join(lines, nil)
	}},
	"a line twice": {4, func(b []byte) []byte {
		lines := bytes.SplitAfter(b, []byte("\n"))
		return bytes.Join(slices.Insert(lines, 3, lines[3]), nil)
	}},
	"no end":        {4, func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\n")) }},
	"an empty line": {4, func(b []byte) []byte { return append(bytes.Clone(b), '\n') }},
}

func inLine(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
}

// inTime replaces the end of the time of the first line.
func inTime(end string) func([]byte) []byte {
	return func(b []byte) []byte {
		at := recorded.FindIndex(b)
		return slices.Concat(b[:at[1]-len(`.000000000Z"`)], []byte(end+`"`), b[at[1]:])
	}
}

// edges compares both verifiers for single conditions of docs/verify.py.
func (p *python) edges() {
	withOption := func(what string, bag []byte, w bundle.VerifyOptions, want int) {
		p.t.Helper()
		b, err := bundle.Open(bytes.NewReader(bag), int64(len(bag)))
		if got, why := withoutDerived(b, err, w, bag); got != want {
			p.t.Errorf("%s: warroom verify: got exit code %d (%s), want %d", what, got, why, want)
		}
		p.agrees(what, bag, w)
	}
	check := func(what string, bag []byte, want int) {
		p.t.Helper()
		withOption(what, bag, bundle.VerifyOptions{}, want)
	}
	for _, name := range slices.Sorted(maps.Keys(edgeCases)) {
		l := sample(p.t, ulid, 6)
		edgeCases[name].do(l)
		l.later()
		l.checkpoint()
		check(name, l.pack(l.hub), edgeCases[name].want)
	}
	for _, name := range slices.Sorted(maps.Keys(edgeLines)) {
		l := sample(p.t, ulid, 6)
		l.checkpoint()
		f := forge(p.t, l, "whole", l.pack(l.hub))
		if !f.set("data/log.jsonl", edgeLines[name].do(f.get("data/log.jsonl"))) {
			p.t.Errorf("a line with %s: nothing was changed", name)
		}
		signers["hub"](f)
		check("a line with "+name, f.pack(), edgeLines[name].want)
	}
	for name, title := range map[string]any{"a long title": strings.Repeat("x", 201), "a blank title": "  ",
		"a title of two lines": "a\nb"} {
		check(name+" at the beginning", rebuilt(sample(p.t, ulid, 4), inFirst("title", title)).repack(p), 4)
	}
	invalid := inFirst("restricted", []any{"Bad Handle"})
	check("an invalid handle at the beginning", rebuilt(sample(p.t, ulid, 4), invalid).repack(p), 4)
	zone := "2026-11-21T13:00:00.5+02:00"
	check("a zone at the beginning", rebuilt(sample(p.t, ulid, 4), inFirst("detected", zone)).repack(p), 0)

	for name, c := range map[string]struct {
		handle string
		by     *writer
		want   int
	}{
		"a cosignature":                      {"bo", newWriter("bo", 3), 0},
		"a cosignature under another handle": {"ana", newWriter("bo", 3), 6},
		"a cosignature of nobody":            {"mal", newWriter("mal", 99), 6},
	} {
		l := sample(p.t, ulid, 4)
		l.checkpoint()
		l.notes = append(l.notes, l.point().Cosign(c.handle, c.by.priv, epoch))
		withOption(name, l.pack(l.hub), bundle.VerifyOptions{Witness: 1}, c.want)
	}
	for name, c := range witnessCases(p.t) {
		withOption("witnesses: "+name, c.bag, bundle.VerifyOptions{Witness: c.n}, c.want)
	}
	pinned := sample(p.t, ulid, 4)
	pinned.checkpoint()
	pin := bundle.VerifyOptions{Pin: pinned.notes[0]}
	pinned.notes = nil
	withOption("a pin in place of a checkpoint", pinned.pack(pinned.hub), pin, 6)

	for name, sig := range map[string]string{"a signature of two lines": "x\ny", "an empty signature": ""} {
		l := sample(p.t, ulid, 4)
		l.stray("mal", newWriter("mal", 99).key, sig, []byte("x"))
		bag := l.repack(p)
		if sig == "" {
			f := forge(p.t, l, "whole", bag)
			f.edit("data/log.jsonl", `"payload":"x"`, `"sig":"","payload":"x"`)
			signers["hub"](f)
			bag = f.pack()
		}
		check("a stray with "+name, bag, 4)
	}
	declared, err := model.DecodeEvent(sample(p.t, ulid, 4).ms[0].Data)
	if err != nil {
		p.t.Fatalf("decode the declaration: %v", err)
	}
	for name, first := range map[string]struct {
		n    uint64
		kind model.Kind
		want int
	}{"first": {0, declared.Kind, 0}, "second": {1, declared.Kind, 4}, "note": {0, model.KindEntryNoted, 4}} {
		l := &log{t: p.t, room: ulid, hub: newWriter("hub", 1), ana: newWriter("ana", 2), bo: newWriter("bo", 3),
			writtenByID: map[uint64]*writer{}}
		l.ana.n = first.n
		l.store(l.ana, first.kind, declared.Body)
		check("a room that begins with a "+name+" message", l.repack(p), first.want)
	}

	l := rebuilt(sample(p.t, ulid, 4), beginnings["no plan"].do)
	e, err := model.DecodeEvent(sample(p.t, ulid, 4).ms[1].Data)
	if err != nil {
		p.t.Fatalf("decode the plan: %v", err)
	}
	l.store(l.ana, model.KindPlanAdopted, e.Body)
	l.later()
	check("a key that was admitted before the plan", l.repack(p), 0)
}
