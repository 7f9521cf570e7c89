package outbox

import (
	"sync/atomic"

	"warroom/model"
)

// Pending is one draft in the outbox. Its writer changes it; the sessions of the room see
// its newest state in [Queue.Before].
type Pending struct {
	Draft    model.Draft
	State    model.WaitState
	Why      model.Safe
	Seq      uint64 // sequence in the log, 0 if it was not seen there
	New      bool   // this process made it and has not sent it: it cannot be in the log
	snapshot atomic.Pointer[draftSnapshot]
}

// draftSnapshot is the state of a draft for readers. It is replaced, never changed.
type draftSnapshot struct {
	state model.WaitState
	why   model.Safe
	seq   uint64
}

func newPendingDraft(d model.Draft) *Pending {
	s := &Pending{Draft: d}
	s.SetState(model.Pending, model.Safe{})
	return s
}

// SetState changes the state.
func (s *Pending) SetState(st model.WaitState, why model.Safe) {
	s.State, s.Why = st, why
	s.snapshot.Store(&draftSnapshot{state: s.State, why: s.Why, seq: s.Seq})
}

// Found records the sequence of the draft in the log.
func (s *Pending) Found(seq uint64) {
	s.Seq = seq
	s.snapshot.Store(&draftSnapshot{state: s.State, why: s.Why, seq: s.Seq})
}

// Queue is the list of a writer's waiting drafts, as the sessions of its room see it. It is
// rebuilt whenever a draft changes, and thousands may wait. So it shares the lists of the
// writer, whose elements are never replaced, only removed at the front or added at the end.
type Queue struct {
	Landed, Drafts []*Pending
	Tried          model.Safe // why the drafts that are not refused are still waiting
}

// Before returns the drafts that are not in a room folded up to the sequence next.
func (q *Queue) Before(next uint64) (out []model.Waiting) {
	for _, list := range [][]*Pending{q.Landed, q.Drafts} {
		for _, s := range list {
			f := s.snapshot.Load()
			if f.seq != 0 && f.seq < next {
				continue
			}
			why := q.Tried
			if f.state == model.Refused {
				why = f.why
			}
			out = append(out, model.Waiting{Draft: s.Draft, State: f.state, Why: why})
		}
	}
	return out
}
