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
	data := []file{{fileReadme, partReadme(v.Room.ID, p, len(shown), v.Size)}, {dirNotes + "00001.txt", note}, {filePart, log}, {fileTimeline, partTimeline(shown)}}
	for end, body := range forms {
		data = append(data, file{fileReport + end, body})
	}
	slices.SortFunc(data, func(a, b file) int { return strings.Compare(a.name, b.name) })
	part := *x
	part.Blobs, part.profile = nil, p.Name
	return part.write(w, fmt.Sprintf("%s-%s-%s", x.Short, v.Room.ID, p.Name), v, data)
}

// partReadme says what a part is, and how to check it.
func partReadme(room string, p *model.Profile, shown int, size uint64) []byte {
	return []byte(model.Safef(`A part of the record of the room %s of warroom, in the profile %s: for %s.

part.jsonl    the messages that are shown, as they were published and signed, and
              for each that was left out its hash
timeline.txt  the same to read
report.html   the report, .md and .json too: made of the whole record by who handed this on; it is their word
checkpoints/  what was said of the log's length and root, and by whom

%d of %d messages are shown. To check that they are a true part of the record:
warroom verify FILE, with --pin against a checkpoint of it that you kept, and with
--key and the key of the hub that made the record: ask for it where you know who answers.
`, room, p.Name, p.For, shown, size).String())
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
