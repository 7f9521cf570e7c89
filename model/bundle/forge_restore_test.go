package bundle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// restoredBy cuts off a log after n messages, moves their recording times, and has w record
// that it was restored up to there and that the hub has the key of hub from then on.
func (l *log) restoredBy(w, hub *writer, n int) {
	l.t.Helper()
	cut := &log{t: l.t, room: l.room, hub: hub, ana: l.ana, bo: l.bo, writtenByID: map[uint64]*writer{}}
	for _, p := range []*writer{l.hub, l.ana, l.bo} {
		p.n, p.prev = 0, ""
	}
	for _, m := range l.ms[:n] {
		m.At = m.At.Add(-time.Hour)
		by := l.writtenByID[m.Seq]
		by.n, by.prev = by.n+1, signing.Leaf(m.Sig, m.Data)
		cut.ms, cut.writtenByID[m.Seq] = append(cut.ms, m), by
		cut.tree.Add(signing.LeafHash(m.Sig, m.Data))
	}
	p := cut.point()
	cut.add(w, &model.LogResumed{Found: "nothing", Size: p.Size, Root: p.Root.String(), LastSeq: uint64(n),
		HubKey: hub.key})
	*l = *cut
}

// restored returns a log that ana cut off and restored, with the key of a hub.
func restored(t testing.TB, hub func(l *log) *writer) *log {
	t.Helper()
	l := sample(t, ulid, 6)
	l.checkpoint()
	l.restoredBy(l.ana, hub(l), 6)
	l.add(l.ana, model.NewEntry(model.KindEntryNoted, "and on"))
	l.checkpoint()
	return l
}

// TestRestoredByAMember: whoever may command can record that a log was restored, and name the
// key of a new hub. What only that key covers is their word: the end of the log before it
// may have been cut off, and its times moved.
func TestRestoredByAMember(t *testing.T) {
	l := restored(t, func(*log) *writer { return newWriter("hub", 77) })
	for name, c := range map[string]struct {
		by   *writer
		w    bundle.VerifyOptions
		want int
	}{
		"signed by the new hub":           {l.hub, bundle.VerifyOptions{}, 6},
		"signed by a member":              {l.ana, bundle.VerifyOptions{}, 6},
		"the key of the new hub is known": {l.hub, bundle.VerifyOptions{Key: l.hub.key}, 0},
		"the new hub signed the pin":      {l.hub, bundle.VerifyOptions{Pin: slices.Clone(l.notes[0])}, 0},
	} {
		if code, why := codeOf(l.pack(c.by), c.w); code != c.want {
			t.Errorf("%s: got exit code %d (%s), want %d", name, code, why, c.want)
		}
	}
	_, why := codeOf(l.pack(l.hub), bundle.VerifyOptions{})
	if !strings.Contains(why, "was named by a person") || !strings.Contains(why, "(entry 7, by ana)") {
		t.Errorf("signed by the new hub: got the reason %q, want that ana named its key in entry 7", why)
	}
	same := restored(t, func(l *log) *writer { return l.hub })
	if code, why := codeOf(same.pack(same.hub), bundle.VerifyOptions{}); code != 0 {
		t.Errorf("the hub is the one before: got exit code %d (%s), want 0", code, why)
	}
}
