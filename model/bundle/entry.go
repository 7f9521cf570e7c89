package bundle

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
	"warroom/model/signing"
)

// A proof is a single entry with an inclusion proof, and nothing of the other entries. It
// is a bag like that of a record, with the entry instead of the log and a proof beside it:
//
//	warroom/proof/v1
//	leaf 40                 counted from 0
//	<hash in base64>        the path to the root, RFC 6962
//	...
//
//	<checkpoint, signed>
const (
	fileEntry = "data/entry.jsonl"
	fileProof = "data/proof.txt"
	proofHead = "warroom/proof/v1\nleaf "
)

// WriteEntry writes the proof of the message at a sequence, using the newest note that
// covers the whole log.
func (x *Export) WriteEntry(w io.Writer, seq uint64) error {
	v := Verify(Evidence{Messages: x.Messages, Notes: x.Notes}, VerifyOptions{})
	if !v.Sound() {
		return Tampered{model.Safef("the log does not verify: %s; nothing was written", v.Bad[0])}
	}
	one, proof, err := x.prove(seq)
	if err != nil {
		return err
	}
	note := x.whole(v)
	if note == nil {
		return model.Refuse(model.Conflict,
			"no key of the room signed the length of its log, so one entry of it cannot be proven")
	}
	entry, err := one.encode()
	if err != nil {
		return err
	}
	data := []file{{name: fileReadme, body: entryReadme(seq, v.Room.ID)}, {name: fileEntry, body: entry},
		{name: fileProof, body: append(proof, note...)}}
	single := *x
	single.Blobs, single.singleEntry = nil, true
	return single.write(w, fmt.Sprintf("%s-%s-entry-%d", x.Short, v.Room.ID, seq), v, data)
}

// entryReadme describes a proof and how to verify it.
func entryReadme(seq uint64, room string) []byte {
	return []byte(model.Safef(`Entry %d of a room of warroom, %s, without the others.

entry.jsonl  the entry as it was published, signed by its author
proof.txt    the proof of its position in the room's log

To check it: warroom verify FILE --key KEY, with the key of the hub that exported
it. Get the key from somebody whom you trust.
`, seq, room).String())
}

// prove returns the message at a sequence and its inclusion proof.
func (x *Export) prove(seq uint64) (one *Message, proof []byte, err error) {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	leaf, size := int64(-1), int64(0)
	for l, hash := range newTombstones(x.Messages).hashes(x.Messages) {
		if l.seq == seq {
			one, leaf = l.m, size
		}
		h, err := tlog.StoredHashesForRecordHash(size, hash, read)
		if err != nil {
			return nil, nil, err
		}
		stored = append(stored, h...)
		size++
	}
	if one == nil && leaf >= 0 {
		return nil, nil,
			model.Refuse(model.NotFound, "entry %d was redacted: its text was deleted, so it cannot be exported", seq)
	}
	if one == nil {
		return nil, nil,
			model.Refuse(model.NotFound, "the room has no entry %d; its log ends at %d", seq,
				x.Messages[len(x.Messages)-1].Seq)
	}
	p, err := tlog.ProveRecord(size, leaf, read)
	if err != nil {
		return nil, nil, err
	}
	proof = fmt.Appendf(nil, "%s%d\n", proofHead, leaf)
	for _, h := range p {
		proof = fmt.Appendf(proof, "%s\n", h)
	}
	return one, append(proof, '\n'), nil
}

// whole returns the newest note that covers the whole log.
func (x *Export) whole(v *Verdict) (note []byte) {
	for _, n := range x.Notes {
		if p, err := signing.PinText(n); err == nil && p.Size == v.Size {
			note = n
		}
	}
	return note
}

// VerifyEntry verifies the proof of one entry.
func VerifyEntry(b *Bag, w VerifyOptions) *Verdict {
	v := &Verdict{Room: model.NewRoom()}
	text, _ := b.get(fileProof)
	head, note, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(strings.TrimPrefix(string(head), proofHead), "\n")
	leaf, err := strconv.ParseInt(lines[0], 10, 64)
	if !ok || err != nil || strconv.FormatInt(leaf, 10) != lines[0] || !bytes.HasPrefix(head, []byte(proofHead)) ||
		len(b.Messages) != 1 {
		v.bad(model.Safef("%s or %s is not a valid proof", fileProof, fileEntry))
		return v
	}
	proof, err := hashesOf(lines[1:])
	if err != nil {
		v.bad(model.Safef("%s has a line that is not a hash", fileProof))
		return v
	}
	m := &b.Messages[0]
	handle, key, _ := m.author()
	e, fault := signing.Examine(handle, key, m.Sig, m.Data).Event()
	v.Head = model.Safef("entry %d of the room %s, by %s at %s UTC: %s %s", m.Seq, e.Room, handle,
		e.At.Format("2006-01-02 15:04:05"), e.Kind.Word(), model.CleanLine(string(e.Body)))
	switch {
	case fault != "":
		v.bad(model.Safef("entry %d does not verify: %s", m.Seq, fault))
		return v
	case e.Unread:
		v.less(model.Safef("entry %d has format %d: a newer warroom is needed", m.Seq, e.V))
		return v
	case e.Duplicate != "":
		v.less(model.Safef("entry %d has the JSON key %q twice (case is ignored): other programs may read it "+
			"differently", m.Seq, e.Duplicate))
	}
	v.Room.ID = e.Room
	v.good(model.Safef("the entry is signed by %s, with the key %s", handle, shortText(key)))
	n, err := signing.OpenNote(note, e.Room, []string{b.Key})
	if err != nil {
		v.bad(model.Safef("its checkpoint does not verify: %s", err))
		return v
	}
	v.Size, v.Root = n.Point.Size, n.Point.Root
	if err := tlog.CheckRecord(proof, int64(v.Size), v.Root, leaf, signing.LeafHash(m.Sig, m.Data)); err != nil {
		v.bad(model.Safef("the entry is not at position %d of the log that its checkpoint covers", leaf+1))
		return v
	}
	v.good(model.Safef("the entry is at position %d of a log of %d entries with the root %s", leaf+1, v.Size,
		v.Root.String()))
	v.standing(b, n, w, nil)
	hub := ""
	if leaf == 0 && e.Kind.Begins() {
		hub = hubOf(e)
	}
	v.anchor(b, w, hub)
	v.beside(b)
	v.text(b, fileReadme, entryReadme(m.Seq, e.Room))
	v.open(model.Lit("only the whole record proves that the author was admitted to the room, and the effect of the " +
		"entry"))
	v.open(model.Lit("the owners of the keys and the recording time are not proven; the time above is the author's " +
		"statement"))
	return v
}

// hashesOf parses the hashes of a proof, one per line.
func hashesOf(lines []string) (proof tlog.RecordProof, err error) {
	for _, l := range lines {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return nil, err
		}
		proof = append(proof, h)
	}
	return proof, nil
}

// standing reports whose signatures cover the checkpoint of a proof. members are the handles
// of the keys that the export shows to be admitted; other cosignatures are of unknown keys.
func (v *Verdict) standing(b *Bag, n signing.Note, w VerifyOptions, members map[string]string) {
	pinned := false
	if w.Pin != nil {
		switch p, err := signing.PinText(bytes.ReplaceAll(w.Pin, []byte("\r\n"), []byte("\n"))); {
		case err != nil || p.Room != n.Point.Room || p.Size == n.Point.Size && p.Root != n.Point.Root:
			v.bad(model.Lit("the pinned checkpoint belongs to another log"))
		case p.Size != n.Point.Size:
			v.less(model.Safef("the pinned checkpoint covers %d entries, the checkpoint of this proof %d: one entry "+
				"alone cannot show that one log continues the other", p.Size, n.Point.Size))
		default:
			pinned = true
			v.good(model.Lit("that log matches the pinned checkpoint"))
		}
	}
	var who, unknown []string
	for _, s := range n.Seen {
		names := &unknown
		if h, ok := members[s.Key]; ok && h == s.Handle {
			names = &who
		}
		if s.Handle != "hub" && !slices.Contains(*names, s.Handle) {
			*names = append(*names, s.Handle)
		}
	}
	switch {
	case len(n.By) > 0:
		v.good(model.Safef("the log's length and root are signed with the key %s", shortText(n.By[0])))
	case !pinned:
		v.less(model.Lit("the log's length and root are signed with a key that the export does not name"))
	}
	if len(who) > 0 {
		v.good(model.Safef("the log's length and root are cosigned by %s", list(who)))
	}
	if len(unknown) > 0 {
		v.open(model.Safef("the log's length and root are cosigned in the name of %s, and nothing in the export shows "+
			"whose keys those are", list(unknown)))
	}
	if len(who) < w.Witness {
		v.less(model.Safef("the log's length and root are cosigned by %s, and --witness requires %d",
			counted(len(who), "person", "people"), w.Witness))
	}
}
