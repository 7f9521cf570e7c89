package model

import (
	"slices"
	"time"
)

// KindReviewWritten is the kind about the review after the incident.
const KindReviewWritten Kind = "review.written"

var _ = register(func() Body { return new(ReviewWritten) })

// The parts of a review that people write. Its timeline is the log.
const (
	ReviewSummary   = "summary"
	ReviewCause     = "cause"     // root cause
	ReviewRadius    = "radius"    // blast radius
	ReviewDetection = "detection" // detection efficacy
)

// ReviewParts are the parts of a review in the order of a report.
var ReviewParts = []string{ReviewSummary, ReviewCause, ReviewRadius, ReviewDetection}

// ReviewPart is what a part of the review says now. What it said before is in
// the timeline.
type ReviewPart struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Seq  uint64    `json:"seq"`
}

// ReviewWritten writes a part of the review, in place of what it said before.
type ReviewWritten struct {
	Part string `json:"part"`
	Text string `json:"text"`
}

// Kind names the kind.
func (*ReviewWritten) Kind() Kind { return KindReviewWritten }

func (b *ReviewWritten) free() []*string { return []*string{&b.Text} }

// need lets everybody write a part that is empty or their own.
func (b *ReviewWritten) need(r *Room, e *Event) Power {
	if was, ok := r.Review[b.Part]; ok && was.By != e.By {
		return PowerAmend
	}
	return ""
}

func (b *ReviewWritten) check(*Room, *Event) error {
	if !slices.Contains(ReviewParts, b.Part) {
		return Refuse(NotFound, "a review has no part %s; it has: %s", quoted(b.Part), ids(ReviewParts, func(s string) string { return s }))
	}
	return longText("text", b.Text, false)
}

func (b *ReviewWritten) apply(r *Room, e *Event) {
	r.Review = with(r.Review, b.Part, ReviewPart{Text: b.Text, By: e.By, At: e.RecordedAt, Seq: e.Seq})
}

func (b *ReviewWritten) line(r *Room, _ *Event) Safe {
	if _, ok := r.Review[b.Part]; ok {
		return Safef("%s, anew: %s", b.Part, Clean(b.Text))
	}
	return Safef("%s: %s", b.Part, Clean(b.Text))
}
