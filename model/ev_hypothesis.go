package model

import "strings"

// The kinds of the outcome of a hypothesis.
const (
	KindHypothesisSupported  Kind = "hypothesis.supported"
	KindHypothesisEliminated Kind = "hypothesis.eliminated"
)

var _ = register(
	shared(func(k Kind) Body { return &HypothesisSettled{kind: k} },
		KindHypothesisSupported, KindHypothesisEliminated),
)

// The outcomes of a hypothesis.
const (
	OutcomeSupported  = "supported"
	OutcomeEliminated = "eliminated"
)

// Outcome is the outcome of a hypothesis.
type Outcome struct {
	Outcome string `json:"outcome"`
	By      string `json:"by"`
	Seq     uint64 `json:"seq"`
	Reason  string `json:"reason"`
}

// HypothesisSettled records the outcome of a hypothesis, and why. The newest counts.
type HypothesisSettled struct {
	Entry  string `json:"entry"` // ULID of the hypothesis
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
	kind   Kind
}

func (b *HypothesisSettled) ownKind() Kind { return b.kind }

func (b *HypothesisSettled) free() []*string { return []*string{&b.Reason} }

func (b *HypothesisSettled) outcome() string {
	if b.kind == KindHypothesisSupported {
		return OutcomeSupported
	}
	return OutcomeEliminated
}

func (b *HypothesisSettled) check(r *Room, e *Event) error {
	if l := r.Line(b.Seq); l != nil && l.Kind != KindHypothesisOpened {
		return Refuse(Invalid, "entry %d is not a hypothesis", b.Seq)
	}
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "give a reason: :hyp %d %s REASON", b.Seq, b.outcome())
	}
	if o := r.Marks[b.Seq].Outcome; o != nil && o.Outcome == b.outcome() {
		return Refuse(Conflict, "hypothesis %d is already %s, by %s", b.Seq, o.Outcome, o.By)
	}
	if err := longText("reason", b.Reason, false); err != nil {
		return err
	}
	return r.target(e, b.Seq, b.Entry, false)
}

func (b *HypothesisSettled) apply(r *Room, e *Event) {
	m := r.Marks[b.Seq]
	m.Outcome = &Outcome{Outcome: b.outcome(), By: e.By, Seq: e.Seq, Reason: b.Reason}
	r.Marks = with(r.Marks, b.Seq, m)
}

func (b *HypothesisSettled) line(*Room, *Event) Safe {
	return because(Safef("%d  %s", b.Seq, b.outcome()), b.Reason)
}
