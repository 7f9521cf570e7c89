package bundle

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
	"warroom/model/signing"
)

// A partial export is a record without the messages that a profile leaves out. It is a bag
// like that of a record, with this file instead of the log. Each line is a message, byte
// for byte as published, or the leaf hash of one that was left out. All leaves of the log's
// tree are thus present, so its root can be computed and compared with the checkpoints.
const (
	fileSubset  = "data/part.jsonl"
	infoProfile = "Warroom-Profile"
)

// hiddenLine stands for a message that was left out.
type hiddenLine struct {
	Seq  uint64 `json:"seq"`
	Leaf string `json:"leaf"`
}

// WriteSubset writes the part of a record that a profile shows.
func (x *Export) WriteSubset(w io.Writer, p *model.Profile) error {
	if p.IsWhole() {
		return x.Write(w)
	}
	v := Verify(Evidence{Messages: x.Messages, Notes: x.Notes}, VerifyOptions{})
	if !v.Sound() {
		return Tampered{model.Safef("the log does not verify: %s; nothing was written", v.Bad[0])}
	}
	note := x.whole(v)
	if note == nil {
		return model.Refuse(model.Conflict,
			"no key of the room signed the length of its log, so a part of it cannot be proven")
	}
	log, shown, all, err := x.selectShown(p)
	if err != nil {
		return err
	}
	d := report.Of(all, report.Reader{Short: x.Short, Now: x.Made.UTC()})
	d = d.For(p, all)
	forms, err := d.Files()
	if err != nil {
		return err
	}
	data := []file{{name: fileReadme, body: subsetReadme(v.Room.ID, p, len(shown), v.Size)},
		{name: dirNotes + "00001.txt", body: note},
		{name: fileSubset, body: log}, {name: fileTimeline, body: subsetTimeline(shown)}}
	for end, body := range forms {
		data = append(data, file{name: fileReport + end, body: body})
	}
	slices.SortFunc(data, func(a, b file) int { return strings.Compare(a.name, b.name) })
	subset := *x
	subset.Blobs, subset.profile = nil, p.Name
	return subset.write(w, fmt.Sprintf("%s-%s-%s", x.Short, v.Room.ID, p.Name), v, data)
}

// subsetReadme describes a partial export and how to verify it.
func subsetReadme(room string, p *model.Profile, shown int, size uint64) []byte {
	return []byte(model.Safef(`A partial export of the room %s of warroom, in the profile %s: for %s.

part.jsonl    the entries that are shown, as they were published and signed, and
              the hashes of all others
timeline.txt  the entries that are shown, as text
report.html   the report, also as .md and .json; it was made from the whole record,
              and only the signer of this export vouches for it
checkpoints/  signed statements of the log's length and root

%d of %d entries are shown. To check that they come from the record unchanged:
warroom verify FILE --key KEY, with the key of the hub that exported it. Get the key
from somebody whom you trust. With --pin FILE the log is compared with a checkpoint
that you kept.
`, room, p.Name, p.For, shown, size).String())
}

// selectShown returns the lines of part.jsonl, the messages that the profile shows, and all
// events.
func (x *Export) selectShown(p *model.Profile) (log []byte, shown []Message, all []*model.Event, err error) {
	s := newTombstones(x.Messages)
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
			raw, err = oneLine(hiddenLine{Seq: l.seq, Leaf: hash.String()})
		}
		if err != nil {
			return nil, nil, nil, err
		}
		log = append(log, raw...)
	}
	return log, shown, all, nil
}

// subsetTimeline returns the shown messages as text. It uses the messages alone, because
// the state of the room cannot be computed from a part.
func subsetTimeline(ms []Message) []byte {
	var b bytes.Buffer
	for i := range ms {
		m := &ms[i]
		h, k, _ := m.author()
		e, _ := signing.Examine(h, k, m.Sig, m.Data).Event()
		fmt.Fprintln(&b,
			model.Safef("%s %5d  %-10s %-10s %s", e.At.UTC().Format("2006-01-02 15:04:05"), m.Seq, h,
				e.Kind.Word().String(), bodyWords(e.Body)))
	}
	return b.Bytes()
}

// maxBodyText is the maximum length of a body in the timeline, in bytes. Plans are
// longer.
const maxBodyText = 2000

// bodyWords returns the fields of a body as text, in their order.
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
	return model.JoinSafe(model.Lit(", "), out...).Slice(0, maxBodyText)
}

// subsetLeaf is one leaf of a partial export, with the message if it is shown.
type subsetLeaf struct {
	seq  uint64
	hash tlog.Hash
	m    *Message
}

// readSubset reads the lines of part.jsonl.
func (b *Bag) readSubset() error {
	text, _ := b.get(fileSubset)
	n := 0
	for l := range bytes.Lines(text) {
		n++
		leaf, err := decodeSubsetLine(l)
		if err != nil {
			return tampered(model.Safef("line %d of %s cannot be read: %s", n, fileSubset, err))
		}
		if leaf.m != nil {
			b.Messages = append(b.Messages, *leaf.m)
		}
		b.leaves = append(b.leaves, leaf)
	}
	return nil
}

func decodeSubsetLine(l []byte) (leaf subsetLeaf, err error) {
	var h hiddenLine
	d := json.NewDecoder(bytes.NewReader(l))
	d.DisallowUnknownFields()
	if d.Decode(&h) == nil && h.Leaf != "" {
		if leaf.hash, err = tlog.ParseHash(h.Leaf); err != nil {
			return leaf, err
		}
		if encoded, err := oneLine(h); err != nil || !bytes.Equal(encoded, l) {
			return leaf, errors.New("it is not in the form in which warroom writes it")
		}
		leaf.seq = h.Seq
		return leaf, nil
	}
	m, err := decode(l)
	if _, _, event := m.author(); err == nil && !event {
		err = errors.New("it is not a message of the log")
	}
	return subsetLeaf{seq: m.Seq, hash: signing.LeafHash(m.Sig, m.Data), m: &m}, err
}
