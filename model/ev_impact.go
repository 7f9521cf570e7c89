package model

import (
	"slices"
	"time"
)

// The kinds of events about impact.
const (
	KindImpactStarted Kind = "impact.started"
	KindImpactEnded   Kind = "impact.ended"
)

var _ = register(
	shared(func(k Kind) Body { return &ImpactChanged{kind: k} }, KindImpactStarted, KindImpactEnded),
)

// maxImpacts is the maximum number of impacts that a room can have.
const maxImpacts = 500

// Impact is a period in which people or systems were affected.
type Impact struct {
	Asset  string    `json:"asset,omitempty"` // ULID; if "", the whole incident
	From   time.Time `json:"started_at"`      // as reported by By
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	Seq    uint64    `json:"seq"`

	Until     time.Time `json:"ended_at,omitzero"` // as reported by EndedBy; zero: it continues
	EndedBy   string    `json:"ended_by,omitempty"`
	EndReason string    `json:"end_reason,omitempty"`
	EndSeq    uint64    `json:"end_seq,omitempty"`
}

// ImpactTook returns how long an impact lasted. Without an end it counts until now or, in a
// closed room, until the room was closed.
func (r *Room) ImpactTook(i *Impact, now time.Time) time.Duration {
	end, closed := i.Until, r.over()
	switch {
	case !end.IsZero():
	case !closed.IsZero():
		end = closed
	default:
		end = now
	}
	return max(0, end.Sub(i.From))
}

// ImpactWords names what is affected.
func (r *Room) ImpactWords(i *Impact) Safe {
	if a := r.assetByID(i.Asset); a != nil {
		return Safef("asset %d (%s)", a.N, a.Words())
	}
	return Lit("the incident as a whole")
}

// ImpactAsset returns the affected asset, or nil if the whole incident is meant.
func (r *Room) ImpactAsset(i *Impact) *Asset { return r.assetByID(i.Asset) }

// ImpactFacts describes when an impact started and ended, who reported that, and why.
func (r *Room) ImpactFacts(i *Impact, now time.Time, at At) Safe {
	s, took := because(Safef("since %s by %s", at(i.From), i.By), i.Reason), Took(r.ImpactTook(i, now))
	switch {
	case !i.Until.IsZero():
		return because(Safef("%s; until %s by %s, %s", s, at(i.Until), i.EndedBy, took), i.EndReason)
	case !r.over().IsZero():
		return Safef("%s; no end was recorded before the room was closed, %s later", s, took)
	}
	return Safef("%s; %s so far", s, took)
}

// ImpactChanged records that impact started or ended.
type ImpactChanged struct {
	Asset  string `json:"asset,omitempty"` // ULID; if "", the whole incident
	N      int    `json:"n,omitempty"`     // number of the asset
	Reason string `json:"reason,omitempty"`
	kind   Kind
}

func (b *ImpactChanged) ownKind() Kind { return b.kind }

func (b *ImpactChanged) free() []*string { return []*string{&b.Reason} }

// running returns the index of the impact that continues, or -1 if there is none.
func (r *Room) running(asset string) int {
	return slices.IndexFunc(r.Impacts, func(i Impact) bool { return i.Asset == asset && i.Until.IsZero() })
}

func (b *ImpactChanged) check(r *Room, e *Event) error {
	if a := r.assetByID(b.Asset); b.Asset != "" && (a == nil || a.N != b.N) {
		return noSuch("asset", b.N, len(r.Assets), "this room has")
	}
	what, i := r.ImpactWords(&Impact{Asset: b.Asset}), r.running(b.Asset)
	switch {
	case b.kind == KindImpactStarted && i >= 0:
		return Refuse(Conflict, "%s is already affected, since %s by %s; to correct the time: :time %d @TIME REASON",
			what, FormatTime(r.Impacts[i].From), r.Impacts[i].By, r.Impacts[i].Seq)
	case b.kind == KindImpactStarted && len(r.Impacts) >= maxImpacts:
		return Refuse(Conflict, "the room has %d records of impact, which is the limit", maxImpacts)
	case b.kind == KindImpactEnded && i < 0:
		return Refuse(Conflict, "%s has no open impact; record its start first: :impact start", what)
	case b.kind == KindImpactEnded && e.At.Before(r.Impacts[i].From):
		return Refuse(Invalid, "the impact for %s started at %s, so it cannot end at %s", what,
			FormatTime(r.Impacts[i].From), FormatTime(e.At))
	}
	return longText("reason", b.Reason, true)
}

func (b *ImpactChanged) apply(r *Room, e *Event) {
	if b.kind == KindImpactStarted {
		r.Impacts = push(r.Impacts, Impact{Asset: b.Asset, From: e.At, By: e.By, Reason: b.Reason, Seq: e.Seq})
		return
	}
	i := r.running(b.Asset)
	n := r.Impacts[i]
	n.Until, n.EndedBy, n.EndReason, n.EndSeq = e.At, e.By, b.Reason, e.Seq
	r.Impacts = set(r, r.Impacts, i, n)
}

func (b *ImpactChanged) line(r *Room, e *Event) Safe {
	word := Lit("started")
	if b.kind == KindImpactEnded {
		word = Lit("ended")
	}
	return because(Safef("%s at %s for %s", word, FormatTime(e.At), r.ImpactWords(&Impact{Asset: b.Asset})), b.Reason)
}

// correctImpacts changes the start or end that the corrected event recorded.
func (r *Room) correctImpacts(b *TimeCorrected) {
	for i, n := range r.Impacts {
		switch b.Seq {
		case n.Seq:
			n.From = b.When.UTC()
		case n.EndSeq:
			n.Until = b.When.UTC()
		default:
			continue
		}
		r.Impacts = set(r, r.Impacts, i, n)
	}
}
