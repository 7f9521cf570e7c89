package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/report"
	"warroom/model/seal"
)

// A part is a record of which a profile leaves something out: a bag as a record is,
// with this where the log would be. A line is a message, byte for byte as it was
// published, or the hash of one that was left out: the leaves of the log's tree are
// all there, so its root is, and the checkpoints say it.
const (
	filePart    = "data/part.jsonl"
	infoProfile = "Warroom-Profile"
)

// hiddenLine is a message that was left out.
type hiddenLine struct {
	Seq  uint64 `json:"seq"`
	Leaf string `json:"leaf"`
}

// WritePart writes the part of a record that a profile shows.
func (x *Export) WritePart(w io.Writer, p *model.Profile) error {
	if p.IsWhole() {
		return x.Write(w)
	}
	v := Verify(Evidence{Messages: x.Messages, Notes: x.Notes}, Wish{})
	if !v.Sound() {
		return Tampered{model.Safef("the log does not check: %s; nothing was written", v.Bad[0])}
	}
	note := x.whole(v)
	if note == nil {
		return model.Refuse(model.Conflict, "nobody whom the room knows signed how long its log is; a part of it cannot be proven here")
	}
	log, shown, all, err := x.part(p)
	if err != nil {
		return err
	}
	d := report.Of(all, report.Reader{Short: x.Short, Now: x.Made.UTC()})
	d = d.For(p, all)
	forms, err := d.Files()
	if err != nil {
		return err
	}
	about := model.Safef(`A part of the record of the room %s of warroom, in the profile %s: for %s.

part.jsonl    the messages that are shown, as they were published and signed, and
              for each that was left out its hash
timeline.txt  the same to read
report.html   the report, .md and .json too: made of the whole record by who handed this on; it is their word
checkpoints/  what was said of the log's length and root, and by whom

%d of %d messages are shown. To check that they are a true part of the record:
warroom verify FILE, with --pin against a checkpoint of it that you kept.
`, v.Room.ID, p.Name, p.For, len(shown), v.Size)
	data := []file{{fileReadme, []byte(about.String())}, {dirNotes + "00001.txt", note}, {filePart, log}, {fileTimeline, partTimeline(shown)}}
	for end, body := range forms {
		data = append(data, file{fileReport + end, body})
	}
	slices.SortFunc(data, func(a, b file) int { return strings.Compare(a.name, b.name) })
	part := *x
	part.Blobs, part.profile = nil, p.Name
	return part.write(w, fmt.Sprintf("%s-%s-%s", x.Short, v.Room.ID, p.Name), v, data)
}

// part is the log as a profile shows it, the messages in it, and all events.
func (x *Export) part(p *model.Profile) (log []byte, shown []Message, all []*model.Event, err error) {
	s := newStones(x.Messages)
	for e := range s.events(x.Messages) {
		all = append(all, e)
	}
	shows := p.Shown(all)
	for l, hash := range s.hashes(x.Messages) {
		var raw []byte
		if l.m != nil && shows[l.seq] {
			shown = append(shown, *l.m)
			raw, err = l.m.encode()
		} else {
			raw, err = oneLine(hiddenLine{l.seq, hash.String()})
		}
		if err != nil {
			return nil, nil, nil, err
		}
		log = append(log, raw...)
	}
	return log, shown, all, nil
}

// partTimeline is what is shown to read. It is made of the messages alone, as the
// room that they make is not there.
func partTimeline(ms []Message) []byte {
	var b bytes.Buffer
	for i := range ms {
		m := &ms[i]
		h, k, _ := m.author()
		e, _ := seal.Examine(h, k, m.Sig, m.Data).Alone()
		fmt.Fprintln(&b, model.Safef("%s %5d  %-10s %-10s %s", e.At.UTC().Format("2006-01-02 15:04:05"), m.Seq, h, e.Kind.Word().String(), bodyWords(e.Body)))
	}
	return b.Bytes()
}

// mostWords is how much of a body is written out: a plan is long.
const mostWords = 2000

// bodyWords are the fields of a body, in its own order.
func bodyWords(body json.RawMessage) model.Safe {
	var out []model.Safe
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return model.CleanLine(string(body))
	}
	for d.More() {
		var v json.RawMessage
		k, err := d.Token()
		if err == nil {
			err = d.Decode(&v)
		}
		if err != nil {
			return model.CleanLine(string(body))
		}
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = string(v)
		}
		out = append(out, model.Safef("%s: %s", fmt.Sprint(k), s))
	}
	return model.JoinSafe(model.Lit(", "), out...).Slice(0, mostWords)
}

// partLeaf is one leaf of a part: the message where it is shown.
type partLeaf struct {
	seq  uint64
	hash tlog.Hash
	m    *Message
}

// partLog reads the lines of a part.
func (b *Bag) partLog() error {
	text, _ := b.get(filePart)
	n := 0
	for l := range bytes.Lines(text) {
		n++
		leaf, err := decodePart(l)
		if err != nil {
			return tampered(model.Safef("line %d of %s cannot be read: %s", n, filePart, err))
		}
		if leaf.m != nil {
			b.Messages = append(b.Messages, *leaf.m)
		}
		b.leaves = append(b.leaves, leaf)
	}
	return nil
}

func decodePart(l []byte) (leaf partLeaf, err error) {
	var h hiddenLine
	d := json.NewDecoder(bytes.NewReader(l))
	d.DisallowUnknownFields()
	if d.Decode(&h) == nil && h.Leaf != "" {
		if leaf.hash, err = tlog.ParseHash(h.Leaf); err != nil {
			return leaf, err
		}
		if again, err := oneLine(h); err != nil || !bytes.Equal(again, l) {
			return leaf, errors.New("it is not written as a record is")
		}
		leaf.seq = h.Seq
		return leaf, nil
	}
	m, err := decode(l)
	if _, _, event := m.author(); err == nil && !event {
		err = errors.New("it is no message of the log")
	}
	return partLeaf{m.Seq, seal.LeafHash(m.Sig, m.Data), &m}, err
}

// VerifyPart checks a part of a record: that what is shown is a true part of the
// log that the checkpoint speaks of.
func VerifyPart(b *Bag, w Wish) *Verdict {
	v := &Verdict{Room: model.NewRoom()}
	tree, roots, next := new(seal.Tree), map[uint64]tlog.Hash{}, uint64(0)
	links := map[string]seal.Link{}
	people, keys := map[string]*voice{}, []string{b.Key}
	for _, l := range b.leaves {
		if l.seq <= next {
			v.bad(model.Safef("entry %d does not come behind entry %d", l.seq, next))
		}
		next = l.seq
		tree.Add(l.hash)
		roots[tree.Size()] = tree.Root()
		if l.m == nil {
			continue
		}
		h, k, _ := l.m.author()
		e, fault := seal.Examine(h, k, l.m.Sig, l.m.Data).Alone()
		if v.Room.ID == "" {
			v.Room.ID = e.Room
		}
		was := links[k]
		switch {
		case fault != "":
		case e.Room != v.Room.ID:
			fault = "it is of another room"
		case e.N <= was.N || e.N == was.N+1 && was.N > 0 && e.Prev != was.Leaf:
			fault = "it does not follow its author's message before it"
		}
		if fault != "" {
			v.bad(model.Safef("entry %d, as %s's, does not check: %s", l.seq, h, fault))
		}
		links[k] = seal.Link{N: e.N, Leaf: e.Leaf}
		voiceOf(people, h).add(k)
		keys = append(keys, namedKeys(e)...)
	}
	v.Size, v.Root = tree.Size(), tree.Root()
	profile := b.info(infoProfile)
	if len(b.Messages) == 0 {
		v.Room.ID = b.info(infoID)
	}
	v.Head = model.Safef("a part of the record of the room %s, profile %s: %d of %d messages shown, the rest stands as hashes; root %s", v.Room.ID, profile, len(b.Messages), v.Size, v.Root.String())
	if len(b.Messages) == 0 {
		v.open(model.Lit("nothing of the log is shown in this profile"))
	} else if v.Sound() {
		v.good(model.Safef("what is shown is signed by its authors, and none of them wrote it in another order: %s", voices(people)))
	}
	v.partNotes(b, w, roots, keys)
	if body, _ := b.get(fileTimeline); !bytes.Equal(body, partTimeline(b.Messages)) {
		v.bad(model.Safef("%s says something else than the messages", fileTimeline))
	}
	v.open(model.Lit("what the messages that were left out say, whether every author was let into the room, and what the report says: that takes the whole record"))
	v.open(model.Lit("whose the keys are, and when anything was recorded"))
	return v
}

// namedKeys are the keys that a message speaks of: the hub's, and those let in.
func namedKeys(e *model.Event) []string {
	var b struct {
		HubKey string `json:"hub_key"`
		Key    string `json:"key"`
	}
	if json.Unmarshal(e.Body, &b) != nil {
		return nil
	}
	return slices.DeleteFunc([]string{b.HubKey, b.Key, e.Key}, func(k string) bool { return k == "" })
}

// partNotes says who stands for the log that the part is one of.
func (v *Verdict) partNotes(b *Bag, w Wish, roots map[uint64]tlog.Hash, keys []string) {
	covered := false
	for _, raw := range b.Notes {
		n, err := seal.OpenNote(raw, v.Room.ID, keys)
		switch {
		case err != nil:
			v.bad(model.Safef("a checkpoint does not check: %s", err))
		case roots[n.Point.Size] != n.Point.Root || n.Point.Size == 0:
			v.bad(model.Safef("the messages and hashes have another root at %d entries than a checkpoint says: something in them was changed", n.Point.Size))
		case n.Point.Size == v.Size:
			covered = true
			v.partStanding(b, n, w, roots)
		}
	}
	if !covered {
		v.bad(model.Safef("nobody signed that the log has %d entries with this root", v.Size))
	}
}

// partStanding is standing for a part, which can be compared with every checkpoint
// before its end.
func (v *Verdict) partStanding(b *Bag, n seal.Note, w Wish, roots map[uint64]tlog.Hash) {
	if w.Pin != nil {
		switch p, err := seal.PinText(bytes.ReplaceAll(w.Pin, []byte("\r\n"), []byte("\n"))); {
		case err != nil || p.Room != n.Point.Room || p.Size == 0 || roots[p.Size] != p.Root:
			v.bad(model.Lit("the checkpoint that was pinned is of another log, or of a longer one"))
		default:
			v.good(model.Safef("the first %d of %d entries are those of the checkpoint that was pinned", p.Size, v.Size))
		}
	}
	w.Pin = nil
	if len(n.By) == 0 {
		v.bad(model.Lit("the log's length and root are signed by nobody who is known here"))
		return
	}
	v.standing(b, n, w)
}
