package bundle

import (
	"bytes"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/signing"
)

// Evidence is everything that is known of a room: its log, its checkpoints, and the bag
// that it came in.
type Evidence struct {
	Messages        []Message
	Notes           [][]byte // signed checkpoints
	KnownCheckpoint []byte   // the newest checkpoint that this machine has seen
	Bag             *Bag     // where the log was read from; nil for the hub itself
}

// VerifyOptions are requirements beyond the record itself.
type VerifyOptions struct {
	Pin     []byte // a checkpoint that the verifier kept
	Witness int    // how many other people must have cosigned
	Key     string // the key that must have signed, as in a message or as ssh-keygen -lf prints it

	events bool // keep events, for a report
}

// Verdict is the result of a verification. Findings are in the order of the log.
type Verdict struct {
	Head   model.Safe // what was verified
	Room   *model.Room
	Size   uint64 // leaves
	Root   tlog.Hash
	Good   []model.Safe  // what is proven, and by whom
	Open   []model.Safe  // what is not proven
	Bad    []model.Safe  // why the record is not sound
	Times  signing.Times // the recorded times up to the last leaf
	Lacks  []model.Safe  // those of Open that were not compared and that the hub's key does not cover
	events []*model.Event

	Less bool // sound as far as it could be checked, which is not to the end: see Lacks
	// Unbound: the state and the report were made by another version and not compared, and the key
	// that signed them is not one of the room's. Such an export is not imported.
	Unbound bool
	Cut     bool // a newer program redacted something: size and root are not those of the log
}

// Sound reports whether there are no findings against the record.
func (v *Verdict) Sound() bool { return len(v.Bad) == 0 }

func (v *Verdict) good(s model.Safe) { v.Good = append(v.Good, s) }
func (v *Verdict) open(s model.Safe) { v.Open = append(v.Open, s) }
func (v *Verdict) bad(s model.Safe)  { v.Bad = append(v.Bad, s) }
func (v *Verdict) less(s model.Safe) {
	v.Less = true
	v.Lacks = append(v.Lacks, s)
	v.open(s)
}

// check is the state of a verification.
type check struct {
	*Verdict
	ev         Evidence
	w          VerifyOptions
	roots      map[uint64]tlog.Hash // at the sizes of the checkpoints
	leafSeq    []uint64             // the sequence of every leaf
	hub        uint64               // the size that is signed by a key of the room's hub
	hubKey     string               // that key
	known      uint64               // the size that is signed by any key of the room
	seen       map[uint64][]string  // who cosigned each size
	tombstones *tombstones
	times      [2]time.Time
	clock      clock
	strays     strays
	newer      []model.Safe          // what needs a newer program
	holes      []uint64              // the sequences that are missing
	soundTo    int                   // number of findings in Bad before the first hole
	newerGone  uint64                // the last message of a newer form that states a redaction
	twice      []model.Safe          // messages with a duplicate key
	first      string                // the key that signed entry 1
	named      map[string]model.Safe // keys of the hub that a person named: the entry
}

// Verify verifies a record. It uses nothing but its arguments.
func Verify(ev Evidence, w VerifyOptions) *Verdict {
	c := &check{Verdict: &Verdict{Room: model.NewRoom()}, ev: ev, w: w, roots: map[uint64]tlog.Hash{},
		seen: map[uint64][]string{}, clock: newClock()}
	if w.Pin != nil {
		c.w.Pin = append([]byte{}, bytes.ReplaceAll(w.Pin, []byte("\r\n"), []byte("\n"))...)
	}
	c.collectSizes()
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
	c.compareKnown()
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

// collectSizes collects the sizes for which a root will be needed.
func (c *check) collectSizes() {
	for _, n := range append(slices.Clone(c.ev.Notes), c.w.Pin, c.ev.KnownCheckpoint) {
		if p, err := signing.PinText(n); err == nil {
			c.roots[p.Size] = tlog.Hash{}
		}
	}
}

// examined runs the checks that need no other message, for all messages concurrently.
func examined(ms []Message) []signing.Examined {
	out := make([]signing.Examined, len(ms))
	n := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for first := range n {
		wg.Go(func() {
			for i := first; i < len(ms); i += n {
				if h, k, event := ms[i].author(); event {
					out[i] = signing.Examine(h, k, ms[i].Sig, ms[i].Data)
				}
			}
		})
	}
	wg.Wait()
	return out
}

// log checks the messages one after the other. It reports false if they do not form a room.
func (c *check) log() bool {
	if len(c.ev.Messages) == 0 {
		c.bad(model.Lit("the log is empty"))
		return false
	}
	tree, chain, next := new(signing.Tree), new(signing.Chain), uint64(1)
	people := map[string]*authorStats{}
	exams, i := examined(c.ev.Messages), 0
	c.tombstones = newTombstones(c.ev.Messages)
	c.tombstones.leaves(c.ev.Messages, func(l leaf) bool {
		if l.seq != next {
			c.hole(next, chain)
			c.bad(model.Safef("entry %d is missing: the next one in the log is entry %d", next, l.seq))
		}
		next = l.seq + 1
		c.clock.add(l.seq, l.at)
		h, k, event, e := "", "", true, (*model.Event)(nil)
		if l.tombstone != nil {
			h, k = l.tombstone.Handle, l.tombstone.Key
			tree.Add(l.tombstone.Leaf)
		} else {
			i++
			if h, k, event = l.m.author(); !event {
				return true
			}
			tree.Add(signing.LeafHash(l.m.Sig, l.m.Data))
		}
		if _, ok := c.roots[tree.Size()]; ok {
			c.roots[tree.Size()] = tree.Root()
			c.clock.save(tree.Size())
		}
		c.Times = c.clock.sum
		c.leafSeq = append(c.leafSeq, l.seq)
		if l.tombstone != nil {
			e = chain.Pass(*l.tombstone)
		} else {
			e = chain.Follow(l.seq, l.at, exams[i-1])
		}
		if c.event(e, h) {
			statsOf(people, h).add(k)
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
		c.good(model.Safef("every entry%s is signed by its author, and no author's entries are missing, repeated or "+
			"out of order: %s", c.tombstones.exceptions(c.strays.n), formatAuthors(people)))
	}
	return true
}

// event folds one event, and reports whether it is by a member of the room. Anybody
// who reaches the hub may have stored the others.
func (c *check) event(e *model.Event, handle string) (counts bool) {
	_, in := c.Room.Member(e.Key)
	stranger := c.Room.ID != "" && !in
	switch {
	case e.Fault != "" && (e.Stray || stranger):
		c.strays.add(e, handle, model.CleanLine(e.Fault))
	case e.Fault != "":
		c.bad(model.Safef("entry %d, under %s, does not verify: %s", e.Seq, nameOf(handle), e.Fault))
	case stranger:
		c.strays.add(e, handle, model.Lit("its key was not admitted to the room"))
	default:
		counts = true
		c.beyond(e, handle)
	}
	if e.Seq == 1 {
		c.first = e.Key
	}
	before := c.Room
	c.Room = model.Apply(c.Room, e)
	c.newHub(before, e)
	if c.ev.Bag != nil || c.w.events { // only for the report: events take memory
		c.events = append(c.events, e)
	}
	return counts
}

// newHub records that an entry named a new key of the hub, when the log was restored.
func (c *check) newHub(before *model.Room, e *model.Event) {
	if len(c.Room.Breaks) == len(before.Breaks) {
		return
	}
	key := c.Room.Breaks[len(c.Room.Breaks)-1].HubKey
	if _, known := before.Member(key); known {
		return
	}
	if c.named == nil {
		c.named = map[string]model.Safe{}
	}
	c.named[key] = model.Safef("entry %d, by %s", e.Seq, e.By)
}

// keys returns the keys that acted as the room's hub, and all keys of the room.
func (c *check) keys() (hub, all []string) {
	all = slices.Sorted(maps.Keys(c.Room.Members))
	for _, k := range all {
		if m, _ := c.Room.Member(k); m.Hub {
			hub = append(hub, k)
		}
	}
	return hub, all
}

// notes compares the checkpoints with the log.
func (c *check) notes() {
	hub, all := c.keys()
	for _, raw := range c.ev.Notes {
		n, err := signing.OpenNote(raw, c.Room.ID, all)
		if err != nil {
			c.bad(model.Safef("a checkpoint does not verify: %s", err))
			continue
		}
		if !c.agrees(n.Point, model.Lit("a checkpoint")) {
			continue
		}
		if len(n.By) == 0 && len(n.Seen) == 0 {
			c.bad(model.Safef("the checkpoint over %d entries is not signed by any key of the room", n.Point.Size))
		}
		for _, k := range n.By {
			c.known = max(c.known, n.Point.Size)
			if slices.Contains(hub, k) && n.Point.Size > c.hub {
				c.hub, c.hubKey = n.Point.Size, k
			}
		}
		c.timed(n, hub)
		for _, s := range n.Seen {
			if c.isWitness(s, n.Point.Size) && !slices.Contains(c.seen[n.Point.Size], s.Handle) {
				c.seen[n.Point.Size] = append(c.seen[n.Point.Size], s.Handle)
			}
		}
	}
	if c.hub > 0 {
		c.good(model.Safef("the hub signed a checkpoint over %s, with the key %s", c.firstEntries(c.hub),
			fingers(c.hubKey)))
	}
}

// isWitness reports whether a cosignature on the checkpoint of a size is one of another person
// than the hub. At the end of the log, a revoked key is nobody's.
func (c *check) isWitness(s signing.Cosignature, size uint64) bool {
	m, ok := c.Room.Member(s.Key)
	return ok && !m.Hub && m.Handle == s.Handle && !(m.Revoked && size == c.Size)
}

// agrees reports whether a checkpoint is of this log.
func (c *check) agrees(p signing.Checkpoint, what model.Safe) bool {
	switch {
	case p.Room != c.Room.ID:
		c.bad(model.Safef("%s belongs to another room, %s", what, p.Room))
	case p.Size > 0 && (p.Size > c.Size || c.roots[p.Size] != p.Root) && c.resumed(p.Size) > 0:
		c.less(model.Safef("%s covers %d entries with another root, but entry %d records that the log was lost after "+
			"%d of them and restored from a copy", what, p.Size, c.resumed(p.Size), c.restored(p.Size)))
	case p.Size == 0:
		c.bad(model.Safef("%s covers no entries", what))
	case p.Size > c.Size:
		c.bad(model.Safef("%s covers %d entries, but the log has only %d and ends at entry %d: its end was cut off",
			what, p.Size, c.Size, c.last()))
	case c.roots[p.Size] != p.Root:
		c.bad(model.Safef("the first %d entries (up to entry %d) have the root %s, but %s has the root %s: they were "+
			"changed", p.Size, c.leafSeq[p.Size-1], shortText(c.roots[p.Size].String()), what,
			shortText(p.Root.String())))
	default:
		return true
	}
	return false
}

// resumed returns the sequence of the entry which records that the log was restored to a
// size smaller than size, or 0. restored returns that smaller size.
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

// firstEntries describes the first n entries of the log, for use within a sentence.
func (v *Verdict) firstEntries(n uint64) model.Safe {
	if n == v.Size {
		return model.Safef("all %d entries", n)
	}
	return model.Safef("the first %d of %d entries", n, v.Size)
}

// last returns the sequence of the last leaf.
func (c *check) last() uint64 {
	if len(c.leafSeq) == 0 {
		return 0
	}
	return c.leafSeq[len(c.leafSeq)-1]
}

// limits adds what no verification of a record can prove.
func (c *check) limits() {
	c.open(model.Safef("the owners of the keys are not proven: %s declared the room with the key %s; confirm with "+
		"them that it is theirs", c.Room.DeclaredBy, shortText(c.first)))
	c.open(model.Safef("the recording times, %s to %s UTC, are those of the hub's clock; whoever runs the hub can set "+
		"it", c.times[0].Format("2006-01-02 15:04:05"), c.times[1].Format("2006-01-02 15:04:05")))
	if c.Room.Rejected > 0 {
		c.open(model.Safef("%s no effect in the room; its timeline shows why",
			counted(c.Room.Rejected, "entry has", "entries have")))
	}
}
