package bundle

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/signing"
)

// maxNamed is the maximum number of strays, and of messages of a newer form, that
// are reported one by one.
const maxNamed = 10

// strays are the messages of a log that are noise: their key was never admitted, or they
// are invalid while the messages of their supposed author are complete without them.
// Anybody who can reach the hub can store such a message, so it is not held against the
// record.
type strays struct {
	n     int
	named []model.Safe
}

func (s *strays) add(e *model.Event, handle string, why model.Safe) {
	s.put(model.Safef("entry %d, under %s, is a stray and has no effect: %s", e.Seq, nameOf(handle), why))
}

func (s *strays) put(what model.Safe) {
	if s.n++; s.n <= maxNamed {
		s.named = append(s.named, what)
	}
}

// nameOf describes a handle that is not proven, for use after "under".
func nameOf(handle string) model.Safe {
	if handle == "" {
		return model.Lit("no name")
	}
	return model.Safef("the name of %s", handle)
}

// report reports the strays.
func (s *strays) report(v *Verdict) {
	for _, one := range s.named {
		v.open(one)
	}
	if more := s.n - len(s.named); more > 0 {
		v.open(model.Safef("and %s more, %d in all", counted(more, "stray", "strays"), s.n))
	}
}

// beyond records content of a message that this program cannot read, or that programs may
// read differently.
func (c *check) beyond(e *model.Event, handle string) {
	switch {
	case e.Unread, e.V > model.Version:
		c.newer = append(c.newer, model.Safef("entry %d by %s has format %d, and this program reads only format %d: "+
			"a newer warroom is needed to show its effect", e.Seq, handle, e.V, model.Version))
	case !e.Kind.Known():
		c.newer = append(c.newer, model.Safef("entry %d by %s is of a kind that this program does not support, "+
			"%s: a newer warroom is needed to show its effect", e.Seq, handle, string(e.Kind)))
	}
	if e.Duplicate != "" {
		c.twice = append(c.twice, model.Safef("entry %d by %s has the JSON key %q twice (case is ignored): other "+
			"programs may read it differently", e.Seq, handle, e.Duplicate))
	}
}

// checkGoneMessage classifies a message that is neither an event nor a copy of a redaction
// of the log: it is of a newer form, or noise.
func (c *check) checkGoneMessage(m *Message) {
	key, form, ok := signing.ReadNewer(m.Sig, m.Data)
	if _, in := c.Room.Member(key); ok && in {
		c.newer = append(c.newer, model.Safef("message %d removes something from the log in a way that this program "+
			"does not support (format %d): a newer warroom is needed", m.Seq, form))
		c.newerGone = max(c.newerGone, m.Seq)
		return
	}
	who, _, _ := m.author()
	c.strays.put(model.Safef("message %d, under %s, is a stray: it repeats a redaction that is not in the "+
		"log", m.Seq, nameOf(who)))
}

// hole records that a message is missing. If a later message of a newer form may be the
// redaction, faults after the hole are provisional: see excuse.
func (c *check) hole(seq uint64, chain *signing.Chain) {
	if c.holes = append(c.holes, seq); len(c.holes) == 1 {
		c.soundTo = len(c.Bad)
	}
	if slices.ContainsFunc(c.tombstones.newer, func(at uint64) bool { return at > seq }) {
		chain.Unknown()
	}
}

// excuse discards the faults found after a hole if a newer program signed that it made the
// hole, because what follows cannot be checked here. It reports whether there is such a
// hole.
func (c *check) excuse() bool {
	if len(c.holes) == 0 || c.holes[0] > c.newerGone {
		return false
	}
	c.Bad = c.Bad[:c.soundTo]
	c.less(model.Safef("entry %d was removed in a way that this program does not support; nothing after it could be "+
		"checked: a newer warroom is needed", c.holes[0]))
	return true
}

// unread reports what needs a newer program, and what is ambiguous.
func (c *check) unread() {
	if n := c.Room.Rules; n > model.RulesVersion {
		c.less(model.Safef("the room follows version %d of the rules, and this program supports up to %d: a "+
			"newer warroom is needed to show the effect of every entry", n, model.RulesVersion))
	}
	for _, all := range [][]model.Safe{c.newer, c.twice} {
		for i, s := range all {
			if i == maxNamed {
				c.less(model.Safef("and %d more such entries", len(all)-i))
				break
			}
			c.less(s)
		}
	}
}

// fingers formats a key so that it can be compared.
func fingers(key string) model.Safe {
	return model.Safef("%s (%s)", shortText(key), strings.TrimSpace(signing.Fingerprint(key)))
}
