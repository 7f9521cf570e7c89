package record

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/seal"
)

// A message that was redacted is missing in a record, and a redaction in the log
// stands for it: what the message did, and its leaf in the tree.

// Stones are what stands for the messages that a log does not have any more, by
// their sequence. Where several redactions speak of one, it is the one that counts
// in the room.
func Stones(ms []Message) map[uint64]seal.Stone {
	return newStones(ms).hole
}

// stones are the redactions of a log.
type stones struct {
	hole  map[uint64]seal.Stone // of what is missing, by sequence
	other map[uint64][]seal.Stone
	there map[uint64]int // messages by sequence
	all   []seal.Stone   // in order
	sigs  []string       // and their signatures
	newer []uint64       // messages of a newer form on the lane of what is gone
}

func newStones(ms []Message) *stones {
	s := &stones{hole: map[uint64]seal.Stone{}, other: map[uint64][]seal.Stone{}, there: make(map[uint64]int, len(ms))}
	twins := map[string]bool{}
	for i := range ms {
		s.there[ms[i].Seq] = i
		h, k, event := ms[i].author()
		if !event {
			twins[ms[i].Sig] = true
			if _, _, ok := seal.ReadNewer(ms[i].Sig, ms[i].Data); ok {
				s.newer = append(s.newer, ms[i].Seq)
			}
			continue
		}
		if !maybeStone(ms[i].Data) {
			continue
		}
		if one, ok := seal.ReadStone(ms[i].Seq, h, k, ms[i].Sig, ms[i].Data); ok {
			s.all = append(s.all, one)
			s.sigs = append(s.sigs, ms[i].Sig)
		}
	}
	for _, twin := range []bool{true, false} { // whoever deleted the message has repeated the one that counts
		for i, one := range s.all {
			if _, there := s.there[one.Seq]; there || one.Place <= one.Seq || twins[s.sigs[i]] != twin {
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

// maybeStone spares looking at messages that are no redaction.
func maybeStone(data []byte) bool {
	return bytes.Contains(data, []byte(model.KindEntryRedacted))
}

// mostTries is how often a log is folded to find out which redactions count.
const mostTries = 16

// choose finds out which of several redactions of one message counts: the one
// that the fold takes. What one says that does not count may keep the fold from it,
// so the others are tried in its place.
func (s *stones) choose(ms []Message) {
	for range mostTries {
		r := model.NewRoom()
		for e := range s.events(ms) {
			r = model.Apply(r, e)
		}
		settled := true
		for _, seq := range slices.Sorted(maps.Keys(s.other)) {
			d := r.Redaction(seq)
			if d != nil && d.Place == s.hole[seq].Place {
				continue
			}
			next, others := 0, s.other[seq]
			if d != nil {
				next = slices.IndexFunc(others, func(o seal.Stone) bool { return o.Place == d.Place })
			}
			if next < 0 {
				continue // the room has one that is no candidate
			}
			settled = false
			was := s.hole[seq]
			s.hole[seq] = others[next]
			s.other[seq] = append(slices.Delete(slices.Clone(others), next, next+1), was)
		}
		if settled {
			return
		}
	}
}

// leaf is one leaf of a record's tree: a message, or what stands for one.
type leaf struct {
	seq   uint64
	at    time.Time
	m     *Message // nil: it was redacted
	stone *seal.Stone
}

// leaves calls fn for the messages of a log in order, and for what stands for
// those that are missing. What is no leaf has a message that is no event.
func (s *stones) leaves(ms []Message, fn func(leaf) bool) {
	holes := slices.Sorted(maps.Keys(s.hole))
	for i := range ms {
		for len(holes) > 0 && holes[0] < ms[i].Seq {
			one := s.hole[holes[0]]
			if holes = holes[1:]; !fn(leaf{seq: one.Seq, at: one.At, stone: &one}) {
				return
			}
		}
		if !fn(leaf{seq: ms[i].Seq, at: ms[i].At, m: &ms[i]}) {
			return
		}
	}
}

// events are the events of a log.
func (s *stones) events(ms []Message) func(func(*model.Event) bool) {
	return func(yield func(*model.Event) bool) {
		chain := new(seal.Chain)
		s.leaves(ms, func(l leaf) bool {
			if l.stone != nil {
				return yield(chain.Pass(*l.stone))
			}
			h, k, event := l.m.author()
			return !event || yield(chain.Next(l.seq, l.at, h, k, l.m.Sig, l.m.Data))
		})
	}
}

// Without is a log without the messages whose text was redacted and which are
// there all the same, because nobody has deleted them yet.
func Without(ms []Message) []Message {
	s := newStones(ms)
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
		if d == nil || !slices.ContainsFunc(s.all, func(o seal.Stone) bool { return o.Place == d.Place && o.Is(ms[i].Sig, ms[i].Data) }) {
			out = append(out, ms[i])
		}
	}
	return out
}

// hashes are the leaves of a log's tree, with their hashes.
func (s *stones) hashes(ms []Message) func(func(leaf, tlog.Hash) bool) {
	return func(yield func(leaf, tlog.Hash) bool) {
		s.leaves(ms, func(l leaf) bool {
			if l.stone != nil {
				return yield(l, l.stone.Leaf)
			}
			_, _, event := l.m.author()
			return !event || yield(l, seal.LeafHash(l.m.Sig, l.m.Data))
		})
	}
}

// butFor names those whose signature cannot be checked, and the strays.
func (s *stones) butFor(strays int) model.Safe {
	var but []model.Safe
	switch n := len(s.hole); n {
	case 0:
	case 1:
		but = append(but, model.Lit(" but the one that was redacted"))
	default:
		but = append(but, model.Safef(" but the %d that were redacted", n))
	}
	switch {
	case strays == 0:
	case len(but) == 0:
		but = append(but, model.Safef(" but %s", counted(strays, "stray", "strays")))
	default:
		but = append(but, model.Safef("and %s", counted(strays, "stray", "strays")))
	}
	return model.JoinSafe(model.Lit(" "), but...)
}

// counted returns a number with its noun.
func counted(n int, one, more string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, more)
}

// redacted says what was taken out of the log, by whom and why, and whether they
// might. What is gone without that is a hole; what lies on the lane of what is gone
// has to be a redaction that counts.
func (c *check) redacted() {
	counts := map[uint64]uint64{}
	for _, d := range c.Room.Redactions {
		counts[d.Seq] = d.Place
	}
	for _, seq := range slices.Sorted(maps.Keys(c.stones.hole)) {
		s := c.stones.hole[seq]
		if counts[seq] != s.Place {
			why, _ := c.Room.Refusal(s.Place)
			c.bad(model.Safef("entry %d is missing, and entry %d, by which %s redacted it, does not count: %s", seq, s.Place, s.By, why))
			continue
		}
		c.open(model.Safef("entry %d of %s was redacted by %s (entry %d): %s; its text is gone, its signature cannot be checked any more, its place in the log can", seq, s.Handle, s.By, s.Place, s.Reason))
	}
	for i := range c.ev.Messages {
		m := &c.ev.Messages[i]
		if _, _, event := m.author(); !event && !c.twin(m) {
			c.goneLane(m)
		}
	}
	for _, d := range c.Room.Redactions {
		if i, there := c.stones.there[d.Seq]; there {
			c.present(d, &c.ev.Messages[i])
		}
	}
}

// twin says whether a message that is no event is a redaction of the log once more.
func (c *check) twin(m *Message) bool {
	s, ok := seal.ReadTwin(m.Sig, m.Data)
	if !ok {
		return false
	}
	d := c.Room.Redaction(s.Seq)
	if d == nil {
		return false
	}
	i, ok := c.stones.there[d.Place]
	return ok && c.ev.Messages[i].Sig == m.Sig && bytes.Equal(c.ev.Messages[i].Data, m.Data)
}

// present says of a message that was redacted and is there all the same whether
// the redaction spoke the truth of it.
func (c *check) present(d model.Redaction, m *Message) {
	for _, s := range c.stones.all {
		if s.Place == d.Place && !s.Is(m.Sig, m.Data) {
			c.bad(model.Safef("entry %d, by which %s redacted entry %d, says of that entry what it is not", d.Place, d.By, d.Seq))
			return
		}
	}
	c.open(model.Safef("entry %d was redacted by %s and is not deleted yet: %s", d.Seq, d.By, d.Reason))
}
