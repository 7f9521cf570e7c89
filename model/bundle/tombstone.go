package bundle

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/signing"
)

// In a record, a redaction takes the place of the message that was deleted: in the
// chain, in the fold, and as its leaf in the tree.

// Tombstones returns the tombstones of the messages that a log no longer has, by
// sequence. If there are several redactions of one message, it returns the one that
// the fold accepts.
func Tombstones(ms []Message) map[uint64]signing.Tombstone {
	return newTombstones(ms).hole
}

// tombstones are the redactions of a log.
type tombstones struct {
	hole  map[uint64]signing.Tombstone // of missing messages, by sequence
	other map[uint64][]signing.Tombstone
	there map[uint64]int      // messages by sequence
	all   []signing.Tombstone // in order
	sigs  []string            // their signatures
	newer []uint64            // messages of a newer form on the subject of deleted messages
}

func newTombstones(ms []Message) *tombstones {
	s := &tombstones{hole: map[uint64]signing.Tombstone{}, other: map[uint64][]signing.Tombstone{},
		there: make(map[uint64]int, len(ms))}
	copies := map[string]bool{}
	for i := range ms {
		s.there[ms[i].Seq] = i
		h, k, event := ms[i].author()
		if !event {
			copies[ms[i].Sig] = true
			if _, _, ok := signing.ReadNewer(ms[i].Sig, ms[i].Data); ok {
				s.newer = append(s.newer, ms[i].Seq)
			}
			continue
		}
		if !model.MayBeOf(ms[i].Data, model.KindEntryRedacted) {
			continue
		}
		if one, ok := signing.ReadRedaction(ms[i].Seq, h, k, ms[i].Sig, ms[i].Data); ok {
			s.all = append(s.all, one)
			s.sigs = append(s.sigs, ms[i].Sig)
		}
	}
	for _, hasCopy := range []bool{true, false} { // the one with a copy counts
		for i, one := range s.all {
			if _, there := s.there[one.Seq]; there || one.RedactionSeq <= one.Seq || copies[s.sigs[i]] != hasCopy {
				continue
			}
			if _, taken := s.hole[one.Seq]; !taken {
				s.hole[one.Seq] = one
			} else {
				s.other[one.Seq] = append(s.other[one.Seq], one)
			}
		}
	}
	if len(s.other) > 0 {
		s.choose(ms)
	}
	return s
}

// maxTries is the maximum number of folds to find out which redactions count.
const maxTries = 16

// choose finds out which of several redactions of one message counts: the one that the fold
// accepts. A redaction that does not count may prevent that, so the others are tried
// instead.
func (s *tombstones) choose(ms []Message) {
	for range maxTries {
		r := model.NewRoom()
		for e := range s.events(ms) {
			r = model.Apply(r, e)
		}
		settled := true
		for _, seq := range slices.Sorted(maps.Keys(s.other)) {
			d := r.Redaction(seq)
			if d != nil && d.RedactionSeq == s.hole[seq].RedactionSeq {
				continue
			}
			next, others := 0, s.other[seq]
			if d != nil {
				next = slices.IndexFunc(others,
					func(o signing.Tombstone) bool { return o.RedactionSeq == d.RedactionSeq })
			}
			if next < 0 {
				continue // one that counts already is not a candidate
			}
			settled = false
			prev := s.hole[seq]
			s.hole[seq] = others[next]
			s.other[seq] = append(slices.Delete(slices.Clone(others), next, next+1), prev)
		}
		if settled {
			return
		}
	}
}

// leaf is one leaf of a record's tree: a message, or the tombstone of one.
type leaf struct {
	seq       uint64
	at        time.Time
	m         *Message // nil: it was redacted
	tombstone *signing.Tombstone
}

// leaves calls fn for the messages of a log in order, and for the tombstones of
// missing ones. That includes messages on other subjects, which are not leaves. It
// stops if fn returns false.
func (s *tombstones) leaves(ms []Message, fn func(leaf) bool) {
	holes := slices.Sorted(maps.Keys(s.hole))
	for i := range ms {
		for len(holes) > 0 && holes[0] < ms[i].Seq {
			one := s.hole[holes[0]]
			if holes = holes[1:]; !fn(leaf{seq: one.Seq, at: one.At, tombstone: &one}) {
				return
			}
		}
		if !fn(leaf{seq: ms[i].Seq, at: ms[i].At, m: &ms[i]}) {
			return
		}
	}
}

// events returns the events of a log.
func (s *tombstones) events(ms []Message) func(func(*model.Event) bool) {
	return func(yield func(*model.Event) bool) {
		chain := new(signing.Chain)
		s.leaves(ms, func(l leaf) bool {
			if l.tombstone != nil {
				return yield(chain.Pass(*l.tombstone))
			}
			h, k, event := l.m.author()
			return !event || yield(chain.Next(l.seq, l.at, h, k, l.m.Sig, l.m.Data))
		})
	}
}

// Without returns a log without the redacted messages that have not been deleted yet.
func Without(ms []Message) []Message {
	s := newTombstones(ms)
	if len(s.all) == len(s.hole) {
		return ms
	}
	r := model.NewRoom()
	for e := range s.events(ms) {
		r = model.Apply(r, e)
	}
	var out []Message
	for i := range ms {
		d := r.Redaction(ms[i].Seq)
		if d == nil ||
			!slices.ContainsFunc(s.all,
				func(o signing.Tombstone) bool {
					return o.RedactionSeq == d.RedactionSeq &&
						o.Is(ms[i].Sig, ms[i].Data)
				}) {
			out = append(out, ms[i])
		}
	}
	return out
}

// hashes returns the leaves of a log's tree with their hashes.
func (s *tombstones) hashes(ms []Message) func(func(leaf, tlog.Hash) bool) {
	return func(yield func(leaf, tlog.Hash) bool) {
		s.leaves(ms, func(l leaf) bool {
			if l.tombstone != nil {
				return yield(l, l.tombstone.Leaf)
			}
			_, _, event := l.m.author()
			return !event || yield(l, signing.LeafHash(l.m.Sig, l.m.Data))
		})
	}
}

// exceptions names the entries whose signature cannot be verified, and the strays, for use
// after "every entry".
func (s *tombstones) exceptions(strays int) model.Safe {
	var all []model.Safe
	if n := len(s.hole); n > 0 {
		all = append(all, counted(n, "redacted entry", "redacted entries"))
	}
	if strays > 0 {
		all = append(all, counted(strays, "stray", "strays"))
	}
	if len(all) == 0 {
		return model.Safe{}
	}
	return model.Safef(" except %s", model.JoinSafe(model.Lit(" and "), all...))
}

// counted returns a number with its noun.
func counted(n int, one, more string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, more)
}

// redacted reports what was redacted, by whom, why, and whether they were allowed to. A
// missing message without a redaction is a hole, and a message on the subject of deleted
// messages must be a copy of a redaction that counts.
func (c *check) redacted() {
	counts := map[uint64]uint64{}
	for _, d := range c.Room.Redactions {
		counts[d.Seq] = d.RedactionSeq
	}
	for _, seq := range slices.Sorted(maps.Keys(c.tombstones.hole)) {
		s := c.tombstones.hole[seq]
		if counts[seq] != s.RedactionSeq {
			why, _ := c.Room.Refusal(s.RedactionSeq)
			c.bad(model.Safef("entry %d is missing, and its redaction by %s (entry %d) has no effect: %s", seq, s.By,
				s.RedactionSeq, why))
			continue
		}
		c.open(model.Safef("entry %d by %s was redacted by %s (entry %d): %s; its text was deleted, so its signature "+
			"can no longer be checked; its position in the log is proven", seq, s.Handle, s.By, s.RedactionSeq,
			s.Reason))
	}
	for i := range c.ev.Messages {
		m := &c.ev.Messages[i]
		if _, _, event := m.author(); !event && !c.isTombstoneCopy(m) {
			c.checkGoneMessage(m)
		}
	}
	for _, d := range c.Room.Redactions {
		if i, there := c.tombstones.there[d.Seq]; there {
			c.present(d, &c.ev.Messages[i])
		}
	}
}

// isTombstoneCopy reports whether a message that is not an event is a copy of a redaction
// of the log.
func (c *check) isTombstoneCopy(m *Message) bool {
	s, ok := signing.ReadTombstone(m.Sig, m.Data)
	if !ok {
		return false
	}
	d := c.Room.Redaction(s.Seq)
	if d == nil {
		return false
	}
	i, ok := c.tombstones.there[d.RedactionSeq]
	return ok && c.ev.Messages[i].Sig == m.Sig && bytes.Equal(c.ev.Messages[i].Data, m.Data)
}

// present checks, for a redacted message that still exists, whether the redaction describes
// it truthfully.
func (c *check) present(d model.Redaction, m *Message) {
	for _, s := range c.tombstones.all {
		if s.RedactionSeq == d.RedactionSeq && !s.Is(m.Sig, m.Data) {
			c.bad(model.Safef("entry %d, the redaction of entry %d by %s, does not match that entry", d.RedactionSeq,
				d.Seq, d.By))
			return
		}
	}
	c.open(model.Safef("entry %d was redacted by %s and has not been deleted yet: %s", d.Seq, d.By, d.Reason))
}
