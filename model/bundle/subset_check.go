package bundle

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/signing"
)

// subsetCheck is the state of the verification of a partial export.
type subsetCheck struct {
	*Verdict
	b     *Bag
	w     VerifyOptions
	roots map[uint64]tlog.Hash
	links map[string]signing.Link // the last shown message of each key

	people  map[string]*authorStats
	members map[string]string // the handles of admitted keys, as far as shown; nil if entry 1 is not shown
	hub     string            // the hub's key, if entry 1 is shown and names one
}

// VerifySubset verifies a partial export: that the shown messages are part of the log that
// the checkpoint covers.
func VerifySubset(b *Bag, w VerifyOptions) *Verdict {
	c := &subsetCheck{Verdict: &Verdict{Room: model.NewRoom()}, b: b, w: w, roots: map[uint64]tlog.Hash{},
		links: map[string]signing.Link{}, people: map[string]*authorStats{}}
	tree, next := new(signing.Tree), uint64(0)
	for i, l := range b.leaves {
		if l.seq <= next {
			c.bad(model.Safef("entry %d follows entry %d: the entries are out of order", l.seq, next))
		}
		next = l.seq
		tree.Add(l.hash)
		c.roots[tree.Size()] = tree.Root()
		if l.m != nil {
			c.shown(l, i == 0)
		}
	}
	c.Size, c.Root = tree.Size(), tree.Root()
	if len(b.Messages) == 0 {
		c.Room.ID = b.info(infoID)
	}
	profile := b.info(infoProfile)
	c.Head = model.Safef("partial export of room %s, profile %s: %d of %d entries shown, the others only as hashes; "+
		"root %s", c.Room.ID, profile, len(b.Messages), c.Size, c.Root.String())
	if len(b.Messages) == 0 {
		c.open(model.Lit("this profile shows no entry of the log"))
	} else if c.Sound() {
		c.good(model.Safef("every entry shown is signed by its author, and no author's entries are out of order: %s",
			formatAuthors(c.people)))
	}
	c.notes()
	c.files(profile)
	c.open(model.Lit("only the whole record proves the content of the other entries, that every author was admitted " +
		"to the room, and the report"))
	c.open(model.Lit("the owners of the keys and the recording times are not proven"))
	return c.Verdict
}

// shown checks one message.
func (c *subsetCheck) shown(l subsetLeaf, first bool) {
	h, k, _ := l.m.author()
	e, fault := signing.Examine(h, k, l.m.Sig, l.m.Data).Event()
	if c.Room.ID == "" {
		c.Room.ID = e.Room
	}
	prev := c.links[k]
	switch {
	case e.Unread:
		c.less(model.Safef("entry %d by %s has format %d: a newer warroom is needed", l.seq, h, e.V))
		return
	case fault != "":
	case e.Room != c.Room.ID:
		fault = "it belongs to another room"
	case e.N <= prev.N || e.N == prev.N+1 && prev.N > 0 && e.Prev != prev.Leaf:
		fault = "it does not continue its author's previous entry"
	case first && e.Kind.Begins():
		c.declared(e)
	case c.members != nil && c.members[k] != h:
		fault = "no entry shown admits its key to the room"
	}
	if fault != "" {
		c.bad(model.Safef("entry %d, under %s, does not verify: %s", l.seq, nameOf(h), fault))
		return
	}
	if e.Duplicate != "" {
		c.less(model.Safef("entry %d by %s has the JSON key %q twice (case is ignored): other programs may read it "+
			"differently", l.seq, h, e.Duplicate))
	}
	c.links[k] = signing.Link{N: e.N, Leaf: e.Leaf}
	statsOf(c.people, h).add(k)
	c.admit(e)
}

// declared records the members that entry 1 adds to the room.
func (c *subsetCheck) declared(e *model.Event) {
	c.members = map[string]string{e.Key: e.By}
	if c.hub = hubOf(e); c.hub != "" && c.hub != e.Key {
		c.members[c.hub] = "hub"
	}
}

// hubOf returns the hub's key that entry 1 names, or "". The author of an incident is a person.
func hubOf(e *model.Event) string {
	var b struct {
		HubKey string `json:"hub_key"`
	}
	if json.Unmarshal(e.Body, &b) != nil || e.Kind == model.KindIncidentDeclared && b.HubKey == e.Key {
		return ""
	}
	return b.HubKey
}

// admit records the member that an entry admits.
func (c *subsetCheck) admit(e *model.Event) {
	var b model.KeyAdmitted
	if c.members == nil || e.Kind != model.KindKeyAdmitted || json.Unmarshal(e.Body, &b) != nil {
		return
	}
	if _, in := c.members[b.Key]; !in {
		c.members[b.Key] = b.Handle
	}
}

// notes reports whose signatures cover the log.
func (c *subsetCheck) notes() {
	keys := []string{c.b.Key}
	if c.members != nil {
		keys = slices.Sorted(maps.Keys(c.members))
	}
	covered := false
	for _, raw := range c.b.Notes {
		n, err := signing.OpenNote(raw, c.Room.ID, keys)
		switch {
		case err != nil:
			c.bad(model.Safef("a checkpoint does not verify: %s", err))
		case c.roots[n.Point.Size] != n.Point.Root || n.Point.Size == 0:
			c.bad(model.Safef("the root of the first %d entries is not the one in a checkpoint: they were changed",
				n.Point.Size))
		case n.Point.Size == c.Size:
			covered = true
			c.standing(n)
		}
	}
	if !covered {
		c.bad(model.Safef("no checkpoint covers all %d entries with this root", c.Size))
	}
}

// standing returns [Verdict.standing] for a partial export, which can be compared
// with every checkpoint up to its size.
func (c *subsetCheck) standing(n signing.Note) {
	if c.w.Pin != nil {
		switch p, err := signing.PinText(bytes.ReplaceAll(c.w.Pin, []byte("\r\n"), []byte("\n"))); {
		case err != nil || p.Room != n.Point.Room || p.Size == 0 || c.roots[p.Size] != p.Root:
			c.bad(model.Lit("the pinned checkpoint belongs to another log, or to a longer one"))
		default:
			c.good(model.Safef("%s match the pinned checkpoint", c.firstEntries(p.Size)))
		}
	}
	if len(n.By) == 0 {
		c.bad(model.Lit("no key that the export names signed the log's length and root"))
		return
	}
	if c.hub != "" && !slices.Contains(n.By, c.hub) {
		c.less(model.Lit("only a member of the room, not its hub, signed that the log ends there"))
	}
	w := c.w
	w.Pin = nil
	c.Verdict.standing(c.b, n, w, c.members)
}

// files checks the other files of the bag.
func (c *subsetCheck) files(profile string) {
	c.anchor(c.b, c.w, c.hub)
	c.beside(c.b)
	p, err := model.ProfileOf(profile)
	if err != nil || p.IsWhole() {
		c.bad(model.Safef("%s names an unknown profile: %s", fileInfo, profile))
		return
	}
	c.text(c.b, fileReadme, subsetReadme(c.Room.ID, p, len(c.b.Messages), c.Size))
	switch body, _ := c.b.get(fileTimeline); {
	case bytes.Equal(body, subsetTimeline(c.b.Messages)):
	case c.b.sameMaker():
		c.bad(model.Safef("%s does not match the entries shown", fileTimeline))
	default: // the words for the kinds of entries may be others
		c.less(model.Safef("%s was written by another version of this program, and differs from what this one "+
			"makes of the entries shown", fileTimeline))
	}
	if missing := len(reportFiles) - len(c.b.present(reportFiles)); missing > 0 {
		c.bad(model.Safef("%d of the %d files of the report are missing", missing, len(reportFiles)))
	}
}

// anchor reports whether the key that signed a bag is the hub's. The other files of
// the bag, and the recording times, depend on that key alone. hub is the key that
// the record names, or "" if it names none.
func (v *Verdict) anchor(b *Bag, w VerifyOptions, hub string) {
	switch {
	case w.Key != "" && !isKey(w.Key, b.Key):
		v.bad(model.Safef("the export is signed with the key %s, not with the one given with --key", fingers(b.Key)))
	case w.Key != "":
		v.good(model.Safef("the export is signed by %s, with the key given with --key", b.Principal))
	case hub != "" && hub == b.Key:
		v.good(model.Safef("the export is signed by the hub, with the key %s that entry 1 names", fingers(b.Key)))
	case v.accepts(b, w):
		v.good(model.Safef("the export is signed with the key %s, which also signed the pinned checkpoint",
			fingers(b.Key)))
	case hub != "":
		v.less(model.Safef("the export is signed with the key %s, which is not the hub's: nobody else signed the "+
			"report and the recording times", fingers(b.Key)))
	default:
		v.less(model.Safef("the export is signed with the key %s, and nothing in it shows whose key that is: only "+
			"what the authors signed is proven. Give the hub's key with --key, or a checkpoint that the hub signed "+
			"with --pin", fingers(b.Key)))
	}
}

// accepts reports whether the verifier accepts the key that signed a bag: it was given, or it
// signed the checkpoint that was pinned.
func (v *Verdict) accepts(b *Bag, w VerifyOptions) bool {
	if isKey(w.Key, b.Key) || w.Pin == nil {
		return isKey(w.Key, b.Key)
	}
	_, pinned := signing.UnderPin(bytes.ReplaceAll(w.Pin, []byte("\r\n"), []byte("\n")), v.Room.ID, []string{b.Key})
	return pinned
}
