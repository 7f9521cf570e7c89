package model

import (
	"strings"
)

// KindLogResumed says that the log was restored from a copy.
const KindLogResumed Kind = "log.resumed"

var _ = register(func() Body { return new(LogResumed) })

// LogResumed is the place at which a log goes on that its hub had lost, in part
// or as a whole: everything before it was restored from a terminal's copy. What
// the copy did not have is published again by its authors, behind this place.
type LogResumed struct {
	Known    string `json:"known,omitempty"` // the newest checkpoint that was known: size and root
	Found    string `json:"found"`           // what was in the hub's store, in words
	Size     uint64 `json:"size"`            // leaves that were restored
	Root     string `json:"root"`            // and their root
	LastSeq  uint64 `json:"last_seq"`        // the sequence of the last one
	HubKey   string `json:"hub_key"`         // the key of the hub that goes on
	Aside    string `json:"aside,omitempty"` // the name under which the broken store was kept
	Restored string `json:"restored_from,omitempty"`
}

// LogBreak is a place at which the log was restored.
type LogBreak struct {
	Seq    uint64 `json:"seq"`
	Size   uint64 `json:"size"`
	Root   string `json:"root"`
	HubKey string `json:"hub_key"`
}

// Kind names the kind.
func (*LogResumed) Kind() Kind { return KindLogResumed }

func (*LogResumed) need(*Room, *Event) Power { return PowerAuthority }

func (b *LogResumed) check(r *Room, e *Event) error {
	m, ok := r.Members[e.Key]
	switch {
	case !ok || m.Right != Command:
		return Refuse(Forbidden, "only a key with the right command may say that the log was restored")
	case b.Size == 0 || b.Root == "" || len(b.Root) > 64:
		return Refuse(Invalid, "what was restored needs its size and its root")
	case b.HubKey == "" || len(b.HubKey) > 64:
		return Refuse(Invalid, "the key of the hub that goes on cannot be read")
	case e.Seq > 0 && b.LastSeq >= e.Seq:
		return Refuse(Invalid, "the log cannot be restored up to entry %d by entry %d", b.LastSeq, e.Seq)
	}
	if m, ok := r.Members[b.HubKey]; ok && (!m.Hub || m.Struck) {
		return Refuse(Conflict, "the key of the new hub is a person's, or was struck")
	}
	return longText("text", strings.TrimSpace(b.Known+b.Found+b.Aside+b.Restored), true)
}

// apply lets the new hub's key in and strikes that of the old one, so that a
// hub that comes back cannot speak for the room any more.
func (b *LogResumed) apply(r *Room, e *Event) {
	r.Breaks = push(r.Breaks, LogBreak{Seq: e.Seq, Size: b.Size, Root: b.Root, HubKey: b.HubKey})
	for k, m := range r.Members {
		if m.Hub && !m.Struck && k != b.HubKey {
			m.Struck = true
			r.Members = with(r.Members, k, m)
		}
	}
	if _, ok := r.Members[b.HubKey]; !ok {
		r.Members = with(r.Members, b.HubKey, Member{Handle: "hub", Right: Command, Via: "hub", Hub: true})
	}
}

func (b *LogResumed) line(*Room, *Event) Safe {
	s := Safef("the log was restored up to entry %d (root %s) from a copy and goes on here; the hub had: %s", b.LastSeq, shortKey(b.Root), b.Found)
	if b.Known != "" {
		s = Safef("%s; known was: %s", s, b.Known)
	}
	return s
}
