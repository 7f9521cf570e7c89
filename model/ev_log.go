package model

import (
	"strings"
)

// KindLogResumed is the kind of the event after a log was restored from a copy.
const KindLogResumed Kind = "log.resumed"

var _ = register(bodyOf[LogResumed](KindLogResumed))

// LogResumed marks where a log resumes after its hub had lost all or part of it.
// Everything before it was restored from a replica. Messages that the replica did
// not have are published again by their authors after it.
type LogResumed struct {
	Known    string `json:"known,omitempty"` // newest known checkpoint: size and root
	Found    string `json:"found"`           // what the hub's store contained, in words
	Size     uint64 `json:"size"`            // number of restored leaves
	Root     string `json:"root"`            // root of the restored leaves
	LastSeq  uint64 `json:"last_seq"`        // sequence of the last restored message
	HubKey   string `json:"hub_key"`         // key of the hub that continues
	Aside    string `json:"aside,omitempty"` // name under which the broken store was set aside
	Restored string `json:"restored_from,omitempty"`
}

// LogBreak is a position at which the log was restored.
type LogBreak struct {
	Seq    uint64 `json:"seq"`
	Size   uint64 `json:"size"`
	Root   string `json:"root"`
	HubKey string `json:"hub_key"`
}

func (*LogResumed) need(*Room, *Event) Power { return PowerAuthority }

func (b *LogResumed) check(r *Room, e *Event) error {
	m, ok := r.Members[e.Key]
	switch {
	case !ok || m.Right != Command:
		return Refuse(Forbidden, `only a key with the right "command" may record that the log was restored`)
	case b.Size == 0 || b.Root == "" || len(b.Root) > 64:
		return Refuse(Invalid, "the restored log is missing its size or its root")
	case b.HubKey == "" || len(b.HubKey) > 64:
		return Refuse(Invalid, "the new hub's key cannot be read")
	case e.Seq > 0 && b.LastSeq >= e.Seq:
		return Refuse(Invalid, "the log cannot be restored up to entry %d by entry %d", b.LastSeq, e.Seq)
	}
	if m, ok := r.Members[b.HubKey]; ok && (!m.Hub || m.Revoked) {
		return Refuse(Conflict, "the key of the new hub belongs to a person, or was revoked")
	}
	return longText("text", strings.TrimSpace(b.Known+b.Found+b.Aside+b.Restored), true)
}

// apply admits the key of the new hub and revokes that of the old one, so that an
// old hub that returns cannot write in the room.
func (b *LogResumed) apply(r *Room, e *Event) {
	r.Breaks = push(r.Breaks, LogBreak{Seq: e.Seq, Size: b.Size, Root: b.Root, HubKey: b.HubKey})
	for k, m := range r.Members {
		if m.Hub && !m.Revoked && k != b.HubKey {
			m.Revoked = true
			r.Members = with(r.Members, k, m)
		}
	}
	if _, ok := r.Members[b.HubKey]; !ok {
		r.Members = with(r.Members, b.HubKey, Member{Handle: "hub", Right: Command, Via: "hub", Hub: true})
	}
}

func (b *LogResumed) line(*Room, *Event) Safe {
	s := Safef("the log was restored up to entry %d (root %s) from a copy and continues here; the hub had: "+
		"%s", b.LastSeq,
		shortKey(b.Root), b.Found)
	if b.Known != "" {
		s = Safef("%s; previously known: %s", s, b.Known)
	}
	return s
}
