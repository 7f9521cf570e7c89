package bundle_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// The bags for which docs/verify.py is compared with warroom verify.

// options tries a pin, keys and witnesses.
func (p *python) options(kind string, f *forgery) {
	l, other := f.l, sample(p.t, ulid, 7)
	for name, w := range map[string]bundle.VerifyOptions{
		"the hub's key": {Key: l.hub.key}, "another key": {Key: l.bo.key}, "a witness": {Witness: 1},
		"a pin": {Pin: []byte(l.point().Text())}, "a pin of another log": {Pin: []byte(other.point().Text())},
		"a signed pin": {Pin: l.notes[len(l.notes)-1]},
	} {
		p.agrees(kind+", with "+name, f.pack(), w)
	}
	c := f.clone()
	c.sign(l.bo, "hub")
	p.agrees(kind+", signed by bo as the hub", c.pack(), bundle.VerifyOptions{})
}

// flips changes each file at several offsets, and removes it, with the old signature and
// signed again.
func (p *python) flips(kind string, f *forgery) {
	for i, x := range f.files {
		for k := range 1 + len(kind)%2 {
			body := append(bytes.Clone(x.body), "x"[:max(0, 1-len(x.body))]...)
			at := (i*7919 + k*104729) % len(body)
			body[at] ^= 1 << ((i + k) % 5)
			c := f.clone()
			c.set(x.name, body)
			what := fmt.Sprintf("%s: %s flipped at %d", kind, x.name, at)
			p.agrees(what, c.pack(), bundle.VerifyOptions{})
			if slices.Contains(signed, x.name) {
				continue
			}
			names := slices.Sorted(maps.Keys(signers))
			for _, signer := range []string{"hub", names[(i+k)%len(names)]} {
				c := f.clone()
				c.set(x.name, body)
				signers[signer](c)
				p.agrees(what+", signed by "+signer, c.pack(), bundle.VerifyOptions{})
			}
		}
		c := f.clone()
		c.remove(x.name)
		p.agrees(kind+": "+x.name+" left out", c.pack(), bundle.VerifyOptions{})
		if !slices.Contains(signed, x.name) {
			signers["hub"](c)
			p.agrees(kind+": "+x.name+" left out, signed by the hub", c.pack(), bundle.VerifyOptions{})
		}
	}
}

func (p *python) forgings(kind string, f *forgery) {
	for _, name := range slices.Sorted(maps.Keys(forgings)) {
		for _, signer := range slices.Sorted(maps.Keys(signers)) {
			if kind != "whole" && kind != "redacted" && signer != "hub" && signer != "stranger" {
				continue // the signer is verified the same way in every kind
			}
			if c := f.clone(); forgings[name].do(c) {
				signers[signer](c)
				p.agrees(kind+": "+name+", signed by "+signer, c.pack(), bundle.VerifyOptions{})
			}
		}
	}
}

func (p *python) zipTricks(kind string, f *forgery) {
	if !slices.Contains([]string{"whole", "entry", "public"}, kind) {
		return // the zips of the other kinds do not differ
	}
	for _, name := range slices.Sorted(maps.Keys(zipTricks)) {
		c := f.clone()
		zipTricks[name](c)
		p.agrees(kind+": the zip has "+name, c.pack(), bundle.VerifyOptions{})
	}
}

// rewritten changes the log at every index, as somebody with write access to the store,
// with and without the hub's key.
func (p *python) rewritten() {
	const notes = 5
	build := map[string]func() *log{
		"a log": func() *log { return sample(p.t, ulid, notes) },
		"a redacted log": func() *log {
			l := sample(p.t, ulid, notes)
			l.hole, l.holeLeaf = 6, signing.LeafHash(l.ms[5].Sig, l.ms[5].Data)
			l.redact(l.ana, 5)
			l.add(l.bo, model.NewEntry(model.KindEntryNoted, "note: bo writes again"))
			return l
		},
	}
	for _, kind := range slices.Sorted(maps.Keys(build)) {
		pin := []byte(build[kind]().point().Text())
		for _, name := range slices.Sorted(maps.Keys(attacks)) {
			for at := 1; at < notes+3; at++ {
				l := build[kind]()
				l.checkpoint()
				l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch))
				if l.ms = slices.Clone(l.ms); !attacks[name](l, at) {
					continue
				}
				l.renumber()
				what := fmt.Sprintf("%s, %s at %d", kind, name, at)
				p.agrees(what+" by an outsider", l.pack(newWriter("hub", 77)), bundle.VerifyOptions{})
				size, root := l.rewritten()
				l.notes = [][]byte{l.signedAt(size, root)}
				bag := l.pack(l.hub)
				p.agrees(what+" by an admin", bag, bundle.VerifyOptions{})
				p.agrees(what+" by an admin, against a pin", bag, bundle.VerifyOptions{Pin: pin})
				if at%2 == 0 {
					p.agrees(what+" by an admin, with a witness", bag, bundle.VerifyOptions{Witness: 1})
				}
			}
		}
	}
}

// strays stores messages that anybody who can reach the hub may store.
func (p *python) strays() {
	for _, name := range slices.Sorted(maps.Keys(strayCases)) {
		l, mal := sample(p.t, ulid, 4), newWriter("mal", 99)
		strayCases[name](l, mal)
		l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana writes again"))
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo writes again"))
		strayCases[name](l, mal)
		l.checkpoint()
		if !utf8Subjects(l.ms) {
			continue
		}
		for _, by := range []*writer{l.hub, l.bo, mal} {
			p.agrees(name+", exported by "+by.handle, l.pack(by), bundle.VerifyOptions{})
		}
		p.agrees(name+", a part", l.packSubset("regulator", l.hub), bundle.VerifyOptions{})
		p.agrees(name+", one entry", l.proof(4), bundle.VerifyOptions{Key: l.hub.key})
	}
	l := crowd(p.t)
	p.agrees("a room with many keys, strays and redactions", l.pack(l.hub), bundle.VerifyOptions{Witness: 2})
}

// redactions redacts texts, by people who are allowed to and people who are not.
func (p *python) redactions() {
	for _, name := range slices.Sorted(maps.Keys(redactionAttacks)) {
		l := sample(p.t, ulid, 6)
		redactionAttacks[name].do(l)
		size, root := rootOf(events(l.ms))
		l.notes = [][]byte{l.signedAt(size, root)}
		for _, by := range []*writer{l.hub, l.ana, newWriter("mal", 99)} {
			p.agrees("a redaction, "+name+", exported by "+by.handle, l.pack(by), bundle.VerifyOptions{})
		}
		l.notes = nil
		l.checkpoint() // over the leaf of the redacted message as well
		p.agrees("a redaction, "+name+", with a checkpoint", l.pack(l.hub), bundle.VerifyOptions{})
	}
}

// others are records with a missing message, with messages of a newer program, with shifted
// times, and changed partial exports.
func (p *python) others() {
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		l := sample(p.t, ulid, 6)
		missing[name].do(l)
		p.agrees(name, l.pack(l.hub), bundle.VerifyOptions{})
	}
	for _, name := range slices.Sorted(maps.Keys(newer)) {
		l := sample(p.t, ulid, 6)
		newer[name].do(l)
		l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana writes again"))
		l.checkpoint()
		p.agrees("newer, "+name, l.pack(l.hub), bundle.VerifyOptions{})
	}
	for _, name := range slices.Sorted(maps.Keys(takenOut)) {
		p.agrees("taken out, "+name, takenOut[name].bag(p.t), bundle.VerifyOptions{})
	}
	for _, rules := range []int{0, 1, 2} {
		l := sampleOf(p.t, ulid, 4, rules)
		l.checkpoint()
		p.agrees(fmt.Sprintf("an ordinary log under rules %d", rules), l.pack(l.hub), bundle.VerifyOptions{})
		l = sampleOf(p.t, ulid, 4, rules)
		l.twiceIn()
		l.add(l.bo, model.NewEntry(model.KindEntryNoted, "bo writes again"))
		l.checkpoint()
		p.agrees(fmt.Sprintf("a key twice under rules %d", rules), l.pack(l.hub), bundle.VerifyOptions{})
		l = sampleOf(p.t, ulid, 4, rules)
		l.checkpoint()
		l.notes = append(l.notes, l.point().Cosign("bo", l.bo.priv, epoch.Add(-2*time.Hour)))
		p.agrees(fmt.Sprintf("cosigned before it was recorded, under rules %d", rules), l.pack(l.hub),
			bundle.VerifyOptions{Witness: 1})
	}
	cut := restored(p.t, func(*log) *writer { return newWriter("hub", 77) })
	for _, w := range []bundle.VerifyOptions{{}, {Key: cut.hub.key}} {
		p.agrees("restored, with a new hub", cut.pack(cut.hub), w)
		p.agrees("restored, with a new hub, signed by ana", cut.pack(cut.ana), w)
	}
	same := restored(p.t, func(l *log) *writer { return l.hub })
	p.agrees("restored, with the same hub", same.pack(same.hub), bundle.VerifyOptions{})
	escaped := sample(p.t, ulid, 6)
	escaped.escaped = true
	escaped.redact(escaped.ana, 4)
	escaped.checkpoint()
	p.agrees("redacted, with an escape", escaped.pack(escaped.hub), bundle.VerifyOptions{})
	l := sample(p.t, ulid, 4)
	l.checkpoint()
	l.ms[2].At = l.ms[2].At.Add(-1)
	for _, by := range []*writer{l.bo, l.hub, newWriter("mal", 99)} {
		p.agrees("a time, moved by "+by.handle, l.pack(by), bundle.VerifyOptions{})
	}
	l.notes = nil
	for _, by := range []*writer{l.bo, l.hub, newWriter("mal", 99)} {
		p.agrees("without checkpoints, by "+by.handle, l.pack(by), bundle.VerifyOptions{})
	}
}

// zipEvidence is evidence that is a zip, in an export that is complete or cut off.
func (p *python) zipEvidence() {
	l := sample(p.t, ulid, 4)
	blob := l.collected(1, string(empty(p.t)))
	l.checkpoint()
	bag := l.packWith(false, blob)
	p.agrees("evidence that is a zip", bag, bundle.VerifyOptions{})
	for _, n := range []int{1, 30, len(bag) / 3} {
		p.agrees(fmt.Sprintf("evidence that is a zip, %d bytes cut off", n), bag[:len(bag)-n], bundle.VerifyOptions{})
	}
}

// oddBodies are bodies of the wrong form, in messages that are signed and in order.
func (p *python) oddBodies() {
	const odd = `{"key":[1],"handle":{},"right":3,"entry":4,"seq":"x","reason":[],"leaf":7,"recorded":"x","event":[],` +
		`"hub_key":[],"size":"a","root":1,"sha256":[],"rules":"x","void":1,"text":{},"categories":3,"alert":[1]}`
	for _, kind := range []model.Kind{model.KindKeyAdmitted, model.KindKeyRevoked, model.KindRightChanged,
		model.KindLogResumed, model.KindEvidenceCollected, model.KindEntryRedacted, model.KindPlanAdopted,
		model.KindIncidentDeclared, model.KindExposureAssessed} {
		for _, body := range []string{`[]`, `null`, `"x"`, `3`, `{}`, odd, `{"event":{"v":1,"n":[]}}`} {
			l := sample(p.t, ulid, 2)
			l.store(l.ana, kind, []byte(body))
			l.add(l.ana, model.NewEntry(model.KindEntryNoted, "ana writes again"))
			l.checkpoint()
			p.agrees(string(kind)+" with the body "+body, l.pack(l.hub), bundle.VerifyOptions{})
		}
	}
	l := sample(p.t, ulid, 6)
	b := l.redaction(4)
	b.Event = bytes.Replace(b.Event, []byte(`"text":"[redacted]"`), []byte(`"text":[],"from":{}`), 1)
	l.add(l.ana, b)
	l.checkpoint()
	p.agrees("a redaction with an event of the wrong form", l.pack(l.hub), bundle.VerifyOptions{})
}

// mutated changes bytes of the last message of a log, which its author then signs.
func (p *python) mutated() {
	const alphabet = `"{}[]:,0129.eE-nulltrfase\ xK`
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 150 {
		l := sample(p.t, ulid, 2)
		switch i % 5 {
		case 0:
			l.add(l.ana, &model.KeyAdmitted{Key: newWriter("cy", 9).key, Handle: "cy", Right: model.Write,
				Origin: "socket"})
		case 1:
			l.add(l.ana, &model.KeyRevoked{Handle: "bo", Reason: "test"})
		case 2:
			l.add(l.ana, &model.RightChanged{Handle: "bo", Right: model.Watch})
		case 3:
			l.add(l.ana, &model.LogResumed{Found: "test", Size: 3, Root: "x", LastSeq: 3,
				HubKey: newWriter("hub", 8).key})
		case 4:
			l.collected(1, "what sshd said")
		}
		m := &l.ms[len(l.ms)-1]
		m.Data = bytes.Clone(m.Data)
		for range 1 + r.IntN(2) {
			m.Data[r.IntN(len(m.Data))] = alphabet[r.IntN(len(alphabet))]
		}
		m.Sig = signing.Sign(l.writtenByID[m.Seq].priv, m.Data)
		size, root := rootOf(l.ms)
		l.notes = [][]byte{l.signedAt(size, root)}
		p.agrees(fmt.Sprintf("a message changed to %q", m.Data), l.pack(l.hub), bundle.VerifyOptions{})
	}
}

// signedAt returns a checkpoint of the hub for a size.
func (l *log) signedAt(size uint64, root tlog.Hash) []byte {
	l.t.Helper()
	n, err := signing.Checkpoint{Room: l.room, Size: size, Root: root}.Sign(l.hub.priv)
	if err != nil {
		l.t.Fatalf("sign: %v", err)
	}
	return n
}
