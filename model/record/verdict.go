package record

import (
	"bytes"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/seal"
)

// Evidence is what there is of a room: its log, what was said of it, and who
// handed it on.
type Evidence struct {
	Messages []Message
	Notes    [][]byte // checkpoints, signed
	Kept     []byte   // the newest checkpoint that the one who checks has seen before
	Bag      *Bag     // where it lay, nil: read from the hub itself
}

// Wish is what the one who checks asks for beyond what lies in the record.
type Wish struct {
	Pin     []byte // a checkpoint that they kept themselves
	Witness int    // how many other people have to stand for it
	Key     string // the key that has to have signed it: as in a message, or as ssh-keygen -lf prints it

	events bool // keep them, for a report
}

// Verdict is what a check found. What is bad is in the order of the log.
type Verdict struct {
	Head   model.Safe // what was checked
	Room   *model.Room
	Size   uint64 // leaves
	Root   tlog.Hash
	Good   []model.Safe // what is proven, and by whom
	Open   []model.Safe // what is not
	Bad    []model.Safe // why the record does not stand
	Times  seal.Times   // when the messages up to the last leaf were recorded
	Lacks  []model.Safe // of Open, what was not compared and is not bound by the hub's key
	events []*model.Event

	Less bool // it is good as far as it goes, and that is not to the end: see Lacks
	Cut  bool // a newer program took something out: size and root are not those of the log
}

// Sound says whether nothing speaks against the record.
func (v *Verdict) Sound() bool { return len(v.Bad) == 0 }

func (v *Verdict) good(s model.Safe) { v.Good = append(v.Good, s) }
func (v *Verdict) open(s model.Safe) { v.Open = append(v.Open, s) }
func (v *Verdict) bad(s model.Safe)  { v.Bad = append(v.Bad, s) }
func (v *Verdict) less(s model.Safe) {
	v.Less = true
	v.Lacks = append(v.Lacks, s)
	v.open(s)
}

// check is one check on its way.
type check struct {
	*Verdict
	ev        Evidence
	w         Wish
	roots     map[uint64]tlog.Hash // at the sizes that somebody speaks of
	leafSeq   []uint64             // sequence of every leaf
	hub       uint64               // the size that a key of the room's hub stands for
	hubKey    string               // and that key
	known     uint64               // and any key of the room
	seen      map[uint64][]string  // who cosigned at which size
	stones    *stones
	times     [2]time.Time
	clock     clock
	strays    strays
	newer     []model.Safe // what takes a newer program to read
	holes     []uint64     // what is missing in the log
	soundTo   int          // how much of Bad was found before the first of them
	newerGone uint64       // the last message of a newer form that says that something was taken out
	twice     []model.Safe // messages with a duplicate key
	first     string       // the key that signed entry 1
}

// Verify checks a record. It needs nothing but what it is given.
func Verify(ev Evidence, w Wish) *Verdict {
	c := &check{Verdict: &Verdict{Room: model.NewRoom()}, ev: ev, w: w, roots: map[uint64]tlog.Hash{}, seen: map[uint64][]string{}, clock: newClock()}
	if w.Pin != nil {
		c.w.Pin = append([]byte{}, bytes.ReplaceAll(w.Pin, []byte("\r\n"), []byte("\n"))...)
	}
	c.wanted()
	sound := c.log()
	c.Head = model.Safef("room %s: %s, %d entries, root %s", c.Room.ID, c.Room.Title, c.Size, c.Root.String())
	if !sound {
		return c.Verdict
	}
	if c.Cut {
		return c.Verdict
	}
	c.notes()
	c.pin()
	c.kept()
	if ev.Bag != nil {
		c.bag()
	} else {
		c.storeKey()
		c.inStore()
	}
	c.covered()
	c.recorded()
	c.witnessed()
	c.limits()
	return c.Verdict
}

// wanted notes the sizes at which a root will be asked for.
func (c *check) wanted() {
	for _, n := range append(slices.Clone(c.ev.Notes), c.w.Pin, c.ev.Kept) {
		if p, err := seal.PinText(n); err == nil {
			c.roots[p.Size] = tlog.Hash{}
		}
	}
}

// examined does for all messages at once what needs no other message.
func examined(ms []Message) []seal.Examined {
	out := make([]seal.Examined, len(ms))
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for part := range n {
		wg.Go(func() {
			for i := part; i < len(ms); i += n {
				if h, k, event := ms[i].author(); event {
					out[i] = seal.Examine(h, k, ms[i].Sig, ms[i].Data)
				}
			}
		})
	}
	wg.Wait()
	return out
}

// log checks message after message. False: there is no room to speak of.
func (c *check) log() bool {
	if len(c.ev.Messages) == 0 {
		c.bad(model.Lit("the log is empty"))
		return false
	}
	tree, chain, next := new(seal.Tree), new(seal.Chain), uint64(1)
	people := map[string]*voice{}
	exams, i := examined(c.ev.Messages), 0
	c.stones = newStones(c.ev.Messages)
	c.stones.leaves(c.ev.Messages, func(l leaf) bool {
		if l.seq != next {
			c.hole(next, chain)
			c.bad(model.Safef("entry %d is missing: behind it stands entry %d", next, l.seq))
		}
		next = l.seq + 1
		c.clock.add(l.seq, l.at)
		h, k, event, e := "", "", true, (*model.Event)(nil)
		if l.stone != nil {
			h, k = l.stone.Handle, l.stone.Key
			tree.Add(l.stone.Leaf)
		} else {
			i++
			if h, k, event = l.m.author(); !event {
				return true
			}
			tree.Add(seal.LeafHash(l.m.Sig, l.m.Data))
		}
		if _, ok := c.roots[tree.Size()]; ok {
			c.roots[tree.Size()] = tree.Root()
			c.clock.keep(tree.Size())
		}
		c.Times = c.clock.sum
		c.leafSeq = append(c.leafSeq, l.seq)
		if l.stone != nil {
			e = chain.Pass(*l.stone)
		} else {
			e = chain.Follow(l.seq, l.at, exams[i-1])
		}
		if c.event(e, h) {
			voiceOf(people, h).add(k)
		}
		return true
	})
	c.Size, c.Root = tree.Size(), tree.Root()
	c.redacted()
	c.strays.report(c.Verdict)
	c.unread()
	c.Cut = c.excuse()
	c.times = [2]time.Time{c.ev.Messages[0].At, c.ev.Messages[len(c.ev.Messages)-1].At}
	if c.Room.ID == "" {
		c.bad(model.Lit("entry 1 does not declare a room"))
		return false
	}
	if c.Sound() {
		c.good(model.Safef("every entry%s is signed by its author, none of an author's own is missing, repeated or in another order: %s", c.stones.butFor(c.strays.n), voices(people)))
	}
	return true
}

// event folds one event, and reports whether it is of somebody of the room. What is
// not is noise: anybody may have stored it.
func (c *check) event(e *model.Event, handle string) (counts bool) {
	_, in := c.Room.Member(e.Key)
	stranger := c.Room.ID != "" && !in
	switch {
	case e.Fault != "" && (e.Stray || stranger):
		c.strays.add(e, handle, model.CleanLine(e.Fault))
	case e.Fault != "":
		c.bad(model.Safef("entry %d, as %s's, does not check: %s", e.Seq, handle, e.Fault))
	case stranger:
		c.strays.add(e, handle, model.Lit("its key was not admitted to the room"))
	default:
		counts = true
		c.beyond(e, handle)
	}
	if e.Seq == 1 {
		c.first = e.Key
	}
	c.Room = model.Apply(c.Room, e)
	if c.ev.Bag != nil || c.w.events { // for the report: they take memory
		c.events = append(c.events, e)
	}
	return counts
}

// hubKeys are the keys that spoke for the room's hub, and all keys of the room.
func (c *check) keys() (hub, all []string) {
	all = slices.Sorted(maps.Keys(c.Room.Members))
	for _, k := range all {
		if m, _ := c.Room.Member(k); m.Hub {
			hub = append(hub, k)
		}
	}
	return hub, all
}

// notes compares what was said of the log with the log.
func (c *check) notes() {
	hub, all := c.keys()
	for _, raw := range c.ev.Notes {
		n, err := seal.OpenNote(raw, c.Room.ID, all)
		if err != nil {
			c.bad(model.Safef("a checkpoint does not check: %s", err))
			continue
		}
		if !c.agrees(n.Point, model.Lit("a checkpoint")) {
			continue
		}
		if len(n.By) == 0 && len(n.Seen) == 0 {
			c.bad(model.Safef("the checkpoint at %d entries is signed by nobody whom the room knows", n.Point.Size))
		}
		for _, k := range n.By {
			c.known = max(c.known, n.Point.Size)
			if slices.Contains(hub, k) && n.Point.Size > c.hub {
				c.hub, c.hubKey = n.Point.Size, k
			}
		}
		c.timed(n, hub)
		for _, s := range n.Seen {
			if m, ok := c.Room.Member(s.Key); ok && m.Handle == s.Handle && !slices.Contains(c.seen[n.Point.Size], s.Handle) {
				c.seen[n.Point.Size] = append(c.seen[n.Point.Size], s.Handle)
			}
		}
	}
	if c.hub > 0 {
		c.good(model.Safef("the hub's key signed how long the log was and what its root was, the last time at %d entries: key %s", c.hub, fingers(c.hubKey)))
	}
}

// agrees says whether the log is the one that a checkpoint speaks of.
func (c *check) agrees(p seal.Checkpoint, what model.Safe) bool {
	switch {
	case p.Room != c.Room.ID:
		c.bad(model.Safef("%s is of another room, %s", what, p.Room))
	case p.Size > 0 && (p.Size > c.Size || c.roots[p.Size] != p.Root) && c.resumed(p.Size) > 0:
		c.less(model.Safef("%s says that there were %d entries with another root; entry %d says that the log was lost behind %d of them and restored from a copy", what, p.Size, c.resumed(p.Size), c.restored(p.Size)))
	case p.Size == 0 || p.Size > c.Size:
		c.bad(model.Safef("the log ends at entry %d with %d entries; %s says that there were %d: something was cut off", c.last(), c.Size, what, p.Size))
	case c.roots[p.Size] != p.Root:
		c.bad(model.Safef("the first %d entries (up to entry %d) have the root %s; %s says %s: something in them was changed", p.Size, c.leafSeq[p.Size-1],
			shortText(c.roots[p.Size].String()), what, shortText(p.Root.String())))
	default:
		return true
	}
	return false
}

// resumed is the entry that says that the log was restored up to a place before
// the size, 0 where there is none; restored is that place.
func (c *check) resumed(size uint64) uint64  { return c.breakBefore(size).Seq }
func (c *check) restored(size uint64) uint64 { return c.breakBefore(size).Size }

func (c *check) breakBefore(size uint64) model.LogBreak {
	for _, b := range c.Room.Breaks {
		if b.Size < size {
			return b
		}
	}
	return model.LogBreak{}
}

// last is the sequence of the last leaf.
func (c *check) last() uint64 {
	if len(c.leafSeq) == 0 {
		return 0
	}
	return c.leafSeq[len(c.leafSeq)-1]
}

// pin compares the log with the checkpoint that the one who checks kept.
func (c *check) pin() {
	if c.w.Pin == nil {
		return
	}
	p, err := seal.PinText(c.w.Pin)
	if err != nil {
		c.bad(model.Safef("the checkpoint given with --pin cannot be read: %s", err))
		return
	}
	if c.agrees(p, model.Lit("the checkpoint that was pinned")) {
		c.good(model.Safef("the first %d of %d entries are those of the checkpoint that was pinned", p.Size, c.Size))
		hub, _ := c.keys()
		if n, ok := seal.UnderPin(c.w.Pin, c.Room.ID, hub); ok {
			c.timed(n, hub)
		}
		if p.Size < c.Size {
			c.open(model.Safef("the pinned checkpoint says nothing of the %d entries behind it", c.Size-p.Size))
		}
	}
}

// kept compares the log with what this terminal has seen of it before.
func (c *check) kept() {
	if p, err := seal.PinText(c.ev.Kept); err == nil && c.agrees(p, model.Lit("the checkpoint on this machine")) {
		c.good(model.Safef("the first %d of %d entries are those of the checkpoint on this machine", p.Size, c.Size))
	}
}

// covered says what nobody's signature covers.
func (c *check) covered() {
	if c.ev.Bag == nil {
		if c.hub < c.Size {
			c.open(model.Safef("no checkpoint of the hub covers the last %d entries yet", c.Size-c.hub))
		}
		return
	}
	signer, ok := c.Room.Member(c.ev.Bag.Key)
	switch {
	case c.hub == c.Size:
	case ok && signer.Hub:
		c.less(model.Safef("the hub handed this on, and no checkpoint of it covers the last %d entries", c.Size-c.hub))
	case c.known == c.Size || ok:
		c.less(model.Safef("that the log ends at entry %d is the word of one person of the room, not of its hub", c.last()))
	default:
		c.bad(model.Safef("nobody whom the room knows signed that the log ends at entry %d: anybody may have cut it", c.last()))
	}
}

// witnessed says who else stands for the log.
func (c *check) witnessed() {
	sizes, best, all := make([]uint64, 0, len(c.seen)), uint64(0), []string(nil)
	for n := range c.seen {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	for _, n := range sizes {
		if who := c.seen[n]; len(who) >= max(1, c.w.Witness) {
			best, all = n, who
		}
	}
	if best > 0 {
		slices.Sort(all)
		c.good(model.Safef("cosigned up to %d entries by %s, whose terminals computed the same root", best, list(all)))
	}
	switch {
	case c.w.Witness > 0 && best == 0:
		c.less(model.Safef("no checkpoint in it is cosigned by %d people", c.w.Witness))
	case c.w.Witness > 0 && best < c.Size:
		c.less(model.Safef("%d people stand for the first %d entries, not for the last %d", c.w.Witness, best, c.Size-best))
	case best < c.Size && c.w.Pin == nil:
		c.open(model.Safef("nobody but the hub stands for the last %d entries: whoever has its key may have cut or reordered them. A cosignature or a checkpoint that you kept (--pin) excludes that", c.Size-best))
	}
}

// limits says what no check of a record can prove.
func (c *check) limits() {
	c.open(model.Safef("whose the keys are: %s declared the room with the key %s; compare it with what you know", c.Room.DeclaredBy, shortText(c.first)))
	c.open(model.Safef("the times of recording, %s to %s UTC, are the hub's word", c.times[0].Format("2006-01-02 15:04:05"), c.times[1].Format("2006-01-02 15:04:05")))
	if c.Room.Void > 0 {
		c.open(model.Safef("%d entries stand in the log and have no effect in the room, see its timeline", c.Room.Void))
	}
}
