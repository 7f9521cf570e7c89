package feed

import (
	"sync/atomic"

	"warroom/model"
)

// slip is one draft on its way. Its desk changes it; seats see its face.
type slip struct {
	Draft model.Draft
	State model.WaitState
	Why   model.Safe
	code  model.Code // of the refusal
	seq   uint64     // where it was seen in the log, 0 while it was not
	face  atomic.Pointer[face]
}

// face is a slip as people see it. It is never changed, only replaced.
type face struct {
	state model.WaitState
	why   model.Safe
	seq   uint64
}

func newSlip(d model.Draft) *slip {
	s := &slip{Draft: d}
	s.turn(model.Pending, model.Safe{})
	return s
}

// turn changes the state.
func (s *slip) turn(st model.WaitState, why model.Safe) {
	s.State, s.Why = st, why
	s.face.Store(&face{s.State, s.Why, s.seq})
}

// met notes where the draft was seen in the log.
func (s *slip) met(seq uint64) {
	s.seq = seq
	s.face.Store(&face{s.State, s.Why, s.seq})
}

// queue is what waits at a desk, as its seats see it. Thousands may wait, and it is
// made anew whenever one of them moves: so it shares the desk's own lists, whose
// elements are never replaced, only taken from the front or added at the end.
type queue struct {
	landed, line []*slip
	tried        model.Safe // why what is not refused is still here
}

// before returns what is not in a room yet that is folded up to a sequence.
func (q *queue) before(next uint64) (out []model.Waiting) {
	for _, list := range [][]*slip{q.landed, q.line} {
		for _, s := range list {
			f := s.face.Load()
			if f.seq != 0 && f.seq < next {
				continue
			}
			why := q.tried
			if f.state == model.Refused {
				why = f.why
			}
			out = append(out, model.Waiting{Draft: s.Draft, State: f.state, Why: why})
		}
	}
	return out
}
