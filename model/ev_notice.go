package model

import (
	"slices"
	"strings"
)

// KindNoticeRetracted is the kind of a retraction of a notice that was recorded by mistake.
const KindNoticeRetracted Kind = "notice.retracted"

var _ = register(bodyOf[NoticeRetracted](KindNoticeRetracted))

// NoticeRetracted states that nobody was notified as a notice has it. The notice stays
// readable. A legal clock that it met counts again, from the start by which it counted, unless
// a later notice for it stands, which meets it then. The run that was met stays beside it, and
// so does any other clock, see [Room.UndoneIn].
type NoticeRetracted struct {
	Of     string `json:"of"` // ULID of the notice
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
}

func (b *NoticeRetracted) free() []*string { return []*string{&b.Reason} }

// need allows people to retract the notices that they recorded themselves.
func (b *NoticeRetracted) need(r *Room, e *Event) Power {
	if i := r.noticeAt(b.Seq); i < 0 || r.Notices[i].By == e.By {
		return ""
	}
	return PowerAmend
}

func (b *NoticeRetracted) check(r *Room, _ *Event) error {
	i := r.noticeAt(b.Seq)
	switch l := r.Line(b.Seq); {
	case i < 0:
		return Refuse(NotFound, "entry %d is not a notice", b.Seq)
	case l != nil && l.ID != b.Of:
		return Refuse(Invalid, "entry %d is not the entry that was meant; check the number", b.Seq)
	case r.Notices[i].Undone != nil:
		return Refuse(Conflict, "the notice was already retracted by %s in entry %d", r.Notices[i].Undone.By,
			r.Notices[i].Undone.Seq)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :retract %d REASON", b.Seq)
	}
	return longText("reason", b.Reason, false)
}

func (b *NoticeRetracted) apply(r *Room, e *Event) {
	i := r.noticeAt(b.Seq)
	n := r.Notices[i]
	n.Undone = &Undone{By: e.By, At: e.RecordedAt, Seq: e.Seq, Reason: b.Reason}
	r.Notices = set(r, r.Notices, i, n)
	m := r.Marks[b.Seq]
	m.Retracted, m.By = b.Reason, e.By
	r.Marks = with(r.Marks, b.Seq, m)
	for k, c := range r.Clocks {
		if d := r.Plan.Clock(c.ID); d != nil && d.Law && d.Every == 0 && c.EndSeq == b.Seq && !c.MetAt.IsZero() {
			r.unmeet(k, e)
		}
	}
}

// unmeet begins another run of legal clock k, which a notice met that was retracted. The next
// notice for the clock that stands meets it.
func (r *Room) unmeet(k int, e *Event) {
	prev := r.Clocks[k]
	if prev.From.IsZero() { // it was met before its start was known
		past := prev
		past.Past = nil
		r.Clocks = set(r, r.Clocks, k, ClockRun{ID: prev.ID, Pace: prev.Pace, Past: push(prev.Past, past)})
	} else {
		r.start(k, prev.countsFrom(), e)
	}
	for i := range r.Notices {
		n := &r.Notices[i]
		if n.Seq < prev.EndSeq || n.Clock != prev.ID || n.Undone != nil {
			continue
		}
		c := r.Clocks[k]
		c.BeganAt, c.StartSeq, c.StartBy = prev.BeganAt, prev.StartSeq, prev.StartBy
		r.Clocks = set(r, r.Clocks, k, c)
		r.meet(k, &Event{Seq: n.Seq, By: n.By, At: n.At, RecordedAt: n.RecordedAt})
		return
	}
	if !r.Plan.Clock(prev.ID).applies(r.Severity) {
		r.standOne(k, bySeverity, e)
	}
}

func (b *NoticeRetracted) line(r *Room, _ *Event) Safe {
	s := Safef("%d", b.Seq)
	if i := r.noticeAt(b.Seq); i >= 0 {
		s = Safef("%d  notice to %s: %s", b.Seq, r.audienceLabel(r.Notices[i].Audience), r.Notices[i].Who)
	}
	return because(s, b.Reason)
}

// noticeAt returns the index of the notice that an entry recorded, or -1.
func (r *Room) noticeAt(seq uint64) int {
	return slices.IndexFunc(r.Notices, func(n Notice) bool { return n.Seq == seq })
}

// Standing returns the notices that were not retracted.
func (r *Room) Standing() []Notice {
	return slices.DeleteFunc(slices.Clone(r.Notices), func(n Notice) bool { return n.Undone != nil })
}

// RetractedBy states who retracted the notice, in which entry, and why. It is empty if nobody
// did.
func (n *Notice) RetractedBy() Safe {
	if n.Undone == nil {
		return Safe{}
	}
	u := n.Undone
	return because(Safef("retracted by %s at %s in entry %d", u.By, FormatTime(u.At), u.Seq),
		u.Reason)
}
