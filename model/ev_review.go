package model

import (
	"slices"
	"time"
)

// KindReviewWritten is the kind of a section of the review.
const KindReviewWritten Kind = "review.written"

var _ = register(bodyOf[ReviewWritten](KindReviewWritten))

// The sections of a review that people write. Its timeline is the log.
const (
	ReviewSummary   = "summary"
	ReviewCause     = "cause"     // root cause
	ReviewRadius    = "radius"    // blast radius
	ReviewDetection = "detection" // detection efficacy
)

// ReviewSections are the sections of a review in the order of a report.
var ReviewSections = []string{ReviewSummary, ReviewCause, ReviewRadius, ReviewDetection}

// ReviewSection is the current text of a section. Earlier texts are in the timeline.
type ReviewSection struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Seq  uint64    `json:"seq"`
}

// ReviewWritten replaces the text of a section.
type ReviewWritten struct {
	Section string `json:"part"`
	Text    string `json:"text"`
}

func (b *ReviewWritten) free() []*string { return []*string{&b.Text} }

// need allows everybody to write a section that is empty or their own.
func (b *ReviewWritten) need(r *Room, e *Event) Power {
	if prev, ok := r.Review[b.Section]; ok && prev.By != e.By {
		return PowerAmend
	}
	return ""
}

func (b *ReviewWritten) check(*Room, *Event) error {
	if b.Section == "" {
		return choose("section", ReviewSections)
	}
	if !slices.Contains(ReviewSections, b.Section) {
		return Refuse(NotFound, "a review has no section %s; the sections are %s", quoted(b.Section),
			ids(ReviewSections, func(s string) string { return s }))
	}
	return longText("text", b.Text, false)
}

func (b *ReviewWritten) apply(r *Room, e *Event) {
	r.Review = with(r.Review, b.Section, ReviewSection{Text: b.Text, By: e.By, At: e.RecordedAt, Seq: e.Seq})
	if r.Rules < 2 || r.Status == Open || r.reviewLacks() {
		return
	}
	for _, c := range r.Clocks { // under rules 2, writing all sections meets the review
		if d := r.Plan.Clock(c.ID); d != nil && d.MetBy == MilestoneReviewed && c.Runs() {
			r.reach(MilestoneReviewed, e.At, e)
			return
		}
	}
}

// UnwrittenSections returns the sections of the review that nobody has written.
func (r *Room) UnwrittenSections() []string {
	var out []string
	for _, p := range ReviewSections {
		if _, ok := r.Review[p]; !ok {
			out = append(out, p)
		}
	}
	return out
}

// reviewLacks reports whether a section is missing, under the rules in which writing
// all sections completes the review.
func (r *Room) reviewLacks() bool { return r.Rules >= 2 && len(r.UnwrittenSections()) > 0 }

// ReviewLeft describes what is missing from the review: sections that nobody has
// written, and the items of the plan that complete it. It is nil if nothing is
// missing.
func (r *Room) ReviewLeft() []Safe {
	var out []Safe
	for _, p := range r.UnwrittenSections() {
		out = append(out, Safef("%s is not written", Lit(reviewTitles[p])))
	}
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Milestone == MilestoneReviewed && it.State != ItemDone {
			out = append(out, Safef("item %d (%s) is not done", it.N, it.Text))
		}
	}
	return out
}

// reviewTitles has the names of the sections as they are displayed.
var reviewTitles = map[string]lit{ReviewSummary: "the summary", ReviewCause: "the root cause",
	ReviewRadius: "the blast radius", ReviewDetection: "the detection efficacy"}

func (b *ReviewWritten) line(r *Room, _ *Event) Safe {
	if _, ok := r.Review[b.Section]; ok {
		return Safef("%s, rewritten: %s", b.Section, Clean(b.Text))
	}
	return Safef("%s: %s", b.Section, Clean(b.Text))
}
