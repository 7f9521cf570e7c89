package bundle_test

import (
	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// restoredCases are logs with a log.resumed.
var restoredCases = map[string]pageCase{
	"a log that was restored":                              {6, resumed(true, "ana", nil)},
	"a log that was restored, and whose checkpoints agree": {0, resumed(false, "ana", nil)},
	"a log that was restored by a person who may not":      {4, resumed(true, "bo", nil)},
	"a log that was restored after the checkpoint": {4, resumed(true, "ana", func(_ *log, b *model.LogResumed) {
		b.Size = 5
	})},
	"a log that was restored up to a later message": {4, resumed(true, "ana", func(_ *log, b *model.LogResumed) {
		b.LastSeq = 50
	})},
	"a log that was restored to the key of a person": {4, resumed(true, "ana", func(l *log, b *model.LogResumed) {
		b.HubKey = l.bo.key
	})},
	"a log that was restored on another hub": {6, resumed(false, "ana", func(_ *log, b *model.LogResumed) {
		b.HubKey = otherHub().key
	})},
	"a log that was restored on another hub, which signs": {6, func(l *log) {
		resumed(false, "ana", func(_ *log, b *model.LogResumed) { b.HubKey = otherHub().key })(l)
		l.add(l.hub, &model.KeyRevoked{Handle: "bo", Reason: "the former hub may not write this"})
		l.hub = otherHub()
		l.redact(l.ana, 4)
	}},
	"a redaction by a person whom the former hub revoked": {4, func(l *log) {
		l.add(l.hub, &model.KeyRevoked{Handle: "ana", Reason: "test"})
		resumed(false, "ana", nil)(l)
		l.redact(l.ana, 4)
	}},
	"a time that differs after the log was restored": {6, func(l *log) {
		l.checkpoint()
		l.ms[2].At = l.ms[2].At.Add(-1)
		resumed(false, "ana", nil)(l)
	}},
}

// otherHub is a hub on which a log is restored.
func otherHub() *writer { return newWriter("hub", 8) }

// resumed adds a log.resumed of ana or bo. If lost is true, the checkpoint at 4 entries is of
// the log before it was lost.
func resumed(lost bool, author string, change func(*log, *model.LogResumed)) func(*log) {
	return func(l *log) {
		b := &model.LogResumed{Found: "test", Size: 3, Root: "x", LastSeq: 3, HubKey: l.hub.key}
		if change != nil {
			change(l, b)
		}
		l.add(map[string]*writer{"ana": l.ana, "bo": l.bo}[author], b)
		if lost {
			l.notes = [][]byte{l.signedAt(4, l.tree.Root())}
		}
	}
}

// withoutRole: docs/verify.py does not find that a record was tampered with if a person without
// the role misdescribes a message, which takes no effect: anybody who may write could do that.
func (p *python) withoutRole() {
	l := sample(p.t, ulid, 6)
	b := l.redaction(4)
	b.Leaf = signing.Leaf("", nil)
	l.add(l.bo, b)
	l.checkpoint()
	p.runs++
	dir, err := p.unpacked(l.pack(l.hub))
	if err != nil {
		p.t.Fatalf("unpack a bag: %v", err)
	}
	if code, found := p.verify(dir, bundle.VerifyOptions{}); code != 6 {
		p.t.Errorf("a redaction by a person without the role: docs/verify.py ends with %d, want 6\n  it found %q", code,
			found)
	}
}
