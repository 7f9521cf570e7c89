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
	if r.Rules < 2 || r.Status == Open || r.reviewLacks() {
		return
	}
	for _, c := range r.Clocks { // the review is met by its parts
		if d := r.Plan.Clock(c.ID); d != nil && d.MetBy == MilestoneReviewed && c.runs() {
			r.reach(MilestoneReviewed, e.At, e)
			return
		}
	}
}

// unwritten are the parts of the review that nobody has written.
func (r *Room) unwritten() []string {
	var out []string
	for _, p := range ReviewParts {
		if _, ok := r.Review[p]; !ok {
			out = append(out, p)
		}
	}
	return out
}

// reviewLacks reports whether the review is not complete, in rooms in which it is
// met by its parts.
func (r *Room) reviewLacks() bool { return r.Rules >= 2 && len(r.unwritten()) > 0 }

// ReviewLeft says what the review lacks: the parts that nobody has written, and
// the items of the plan by which it is held; empty where nothing is missing.
func (r *Room) ReviewLeft() []Safe {
	var out []Safe
	for _, p := range r.unwritten() {
		out = append(out, Safef("%s is not written (:review %s TEXT)", Lit(reviewTitles[p]), p))
	}
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Milestone == MilestoneReviewed && it.State != ItemDone {
			out = append(out, Safef("item %d (%s) was not held", it.N, it.Text))
		}
	}
	return out
}

// reviewTitles are the names of the parts for people.
var reviewTitles = map[string]lit{ReviewSummary: "the summary", ReviewCause: "the root cause", ReviewRadius: "the blast radius", ReviewDetection: "the detection efficacy"}

func (b *ReviewWritten) line(r *Room, _ *Event) Safe {
	if _, ok := r.Review[b.Part]; ok {
		return Safef("%s, anew: %s", b.Part, Clean(b.Text))
	}
	return Safef("%s: %s", b.Part, Clean(b.Text))
}
