package model

import (
	"slices"
	"time"
)

// The kinds of events about drafts of updates.
const (
	KindUpdateDrafted   Kind = "update.drafted"
	KindUpdateApproved  Kind = "update.approved"
	KindUpdateWithdrawn Kind = "update.withdrawn"
)

var _ = register(
	bodyOf[UpdateDrafted](KindUpdateDrafted), bodyOf[UpdateApproved](KindUpdateApproved),
	bodyOf[UpdateWithdrawn](KindUpdateWithdrawn),
)

// maxDrafts is the maximum number of drafts that a room can have.
const maxDrafts = 500

// UpdateDraft is an update that is not sent before somebody approves it.
type UpdateDraft struct {
	N          int       `json:"n"`
	ID         string    `json:"id"`
	Audience   string    `json:"audience"`
	Conditions string    `json:"conditions"`
	Actions    string    `json:"actions,omitempty"`
	Needs      string    `json:"needs,omitempty"`
	By         string    `json:"by"`
	At         time.Time `json:"at"` // recorded
	Seq        uint64    `json:"seq"`

	ApprovedBy string    `json:"approved_by,omitempty"` // who sent it, which approves it if the plan requires that
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	Replaced   int       `json:"replaced_by,omitempty"` // number of the newer draft to the same audience
	Instead    uint64    `json:"instead,omitempty"`     // sequence of the update that was sent without a draft

	WithdrawnBy string    `json:"withdrawn_by,omitempty"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
	Reason      string    `json:"reason,omitempty"` // why it was withdrawn
}

// Waits reports whether the draft is neither sent nor replaced nor withdrawn.
func (d *UpdateDraft) Waits() bool {
	return d.ApprovedBy == "" && d.Replaced == 0 && d.Instead == 0 && d.WithdrawnBy == ""
}

// State returns the state of the draft: waiting, approved, replaced or withdrawn.
func (d *UpdateDraft) State() string {
	switch {
	case d.ApprovedBy != "":
		return "approved"
	case d.Replaced > 0 || d.Instead > 0:
		return "replaced"
	case d.WithdrawnBy != "":
		return "withdrawn"
	}
	return "waiting"
}

// WaitingDrafts returns the drafts that are neither sent nor replaced nor withdrawn.
func (r *Room) WaitingDrafts() []UpdateDraft {
	var out []UpdateDraft
	for i := range r.Drafts {
		if r.Drafts[i].Waits() {
			out = append(out, r.Drafts[i])
		}
	}
	return out
}

// text returns the update that approving the draft sends.
func (d *UpdateDraft) text() *UpdateSent {
	return &UpdateSent{Audience: d.Audience, Conditions: d.Conditions, Actions: d.Actions, Needs: d.Needs}
}

// UpdateDrafted is a draft of an update. Approving it sends it: whoever commands may do
// so, and where the plan requires no approval, whoever may send an update. A newer draft to
// the same audience replaces it.
type UpdateDrafted struct {
	Audience   string `json:"audience"`
	Conditions string `json:"conditions"`
	Actions    string `json:"actions,omitempty"`
	Needs      string `json:"needs,omitempty"`
}

func (*UpdateDrafted) need(*Room, *Event) Power { return PowerUpdates }

func (b *UpdateDrafted) free() []*string { return []*string{&b.Conditions, &b.Actions, &b.Needs} }

func (b *UpdateDrafted) check(r *Room, _ *Event) error {
	if len(r.Drafts) >= maxDrafts {
		return Refuse(Conflict, "the room has had %d drafts of updates, which is the limit", maxDrafts)
	}
	u := UpdateSent(*b)
	return u.checkText(r)
}

// impact describes what sends the draft.
func (b *UpdateDrafted) impact(r *Room) Safe {
	u := UpdateSent(*b)
	if d := r.Plan.Audience(b.Audience); d != nil && d.Approval {
		return u.namesInside(r, Safef("the draft is not sent until %s approves it: :approve %d", r.approver(),
			len(r.Drafts)+1))
	}
	return u.namesInside(r, Safef("the draft is not sent until :approve %d", len(r.Drafts)+1))
}

func (b *UpdateDrafted) apply(r *Room, e *Event) {
	d := UpdateDraft{N: len(r.Drafts) + 1, ID: e.ID, Audience: r.Plan.Audience(b.Audience).ID, Conditions: b.Conditions,
		Actions: b.Actions, Needs: b.Needs, By: e.By, At: e.RecordedAt, Seq: e.Seq}
	for i := range r.Drafts {
		if old := r.Drafts[i]; old.Audience == d.Audience && old.Waits() {
			old.Replaced = d.N
			r.Drafts = set(r, r.Drafts, i, old)
		}
	}
	r.Drafts, r.owned.drafts = grown(r, r.Drafts, r.owned.drafts, d)
}

func (b *UpdateDrafted) line(r *Room, e *Event) Safe {
	u := UpdateSent(*b)
	n := len(r.Drafts) + 1
	if r.Plan.Audience(b.Audience).Approval { // first, because long texts are cut
		return Safef("%d  needs approval, :approve %d; %s", n, n, u.line(r, e))
	}
	return Safef("%d  not sent until :approve %d; %s", n, n, u.line(r, e))
}

// DraftText returns the sentence of the entry that stored a draft, for a report: without the
// command that sends it. It reports false if the entry stored none.
func (r *Room) DraftText(seq uint64) (s Safe, ok bool) {
	i := slices.IndexFunc(r.Drafts, func(d UpdateDraft) bool { return d.Seq == seq })
	if i < 0 {
		return Safe{}, false
	}
	d := &r.Drafts[i]
	u := UpdateSent{Audience: d.Audience, Conditions: d.Conditions, Actions: d.Actions, Needs: d.Needs}
	if r.Plan.Audience(d.Audience).Approval {
		return Safef("%d  needs approval; %s", d.N, u.line(r, nil)), true
	}
	return Safef("%d  %s", d.N, u.line(r, nil)), true
}

// UpdateApproved approves a draft, which sends it.
type UpdateApproved struct {
	Draft string `json:"draft"`
	Note  string `json:"note,omitempty"`
}

func (b *UpdateApproved) need(r *Room, _ *Event) Power {
	if r.Rules >= strictRules { // check refuses who may not approve
		return PowerUpdates
	}
	if i := r.draft(b.Draft); i >= 0 && !r.needsApproval(&r.Drafts[i]) {
		return PowerUpdates
	}
	return PowerAll
}

// needsApproval reports whether the plan requires that whoever commands sends a draft.
func (r *Room) needsApproval(d *UpdateDraft) bool { return r.Plan.Audience(d.Audience).Approval }

func (b *UpdateApproved) free() []*string { return []*string{&b.Note} }

func (r *Room) draft(id string) int {
	return slices.IndexFunc(r.Drafts, func(d UpdateDraft) bool { return d.ID == id })
}

func (b *UpdateApproved) check(r *Room, e *Event) error {
	i := r.draft(b.Draft)
	if i < 0 {
		return Refuse(NotFound, "there is no such draft in this room")
	}
	if d := &r.Drafts[i]; d.Waits() && r.needsApproval(d) && !r.mayApprove(e.By, e.Key) {
		return Refuse(Forbidden, "draft %d to %s cannot be sent until %s approves it", d.N, r.audienceLabel(d.Audience),
			r.approver())
	}
	if why := r.draftEnded(&r.Drafts[i]); why != nil {
		return why
	}
	return longText("note", b.Note, true)
}

// draftEnded returns why a draft can be neither sent nor withdrawn, or nil if it waits.
func (r *Room) draftEnded(d *UpdateDraft) error {
	switch {
	case d.ApprovedBy != "" && r.needsApproval(d):
		return Refuse(Conflict, "draft %d was approved by %s and sent at %s", d.N, d.ApprovedBy,
			FormatTime(d.ApprovedAt))
	case d.ApprovedBy != "":
		return Refuse(Conflict, "draft %d was sent by %s at %s", d.N, d.ApprovedBy, FormatTime(d.ApprovedAt))
	case d.Replaced > 0:
		return Refuse(Conflict, "draft %d was replaced by draft %d; approve that with :approve "+
			"%d", d.N, d.Replaced, d.Replaced)
	case d.Instead > 0:
		return Refuse(Conflict, "entry %d was sent to %s instead of draft %d; `:update %s draft` makes another draft",
			d.Instead, r.audienceLabel(d.Audience), d.N, d.Audience)
	case d.WithdrawnBy != "":
		return Refuse(Conflict, "draft %d was withdrawn by %s at %s; `:update %s draft` makes another draft", d.N,
			d.WithdrawnBy, FormatTime(d.WithdrawnAt), d.Audience)
	}
	return nil
}

// impact names the internal names in the draft that is sent.
func (b *UpdateApproved) impact(r *Room) Safe {
	if i := r.draft(b.Draft); i >= 0 {
		return r.Drafts[i].text().namesInside(r, Safe{})
	}
	return Safe{}
}

func (b *UpdateApproved) apply(r *Room, e *Event) {
	i := r.draft(b.Draft)
	d := r.Drafts[i]
	d.ApprovedBy, d.ApprovedAt = e.By, e.RecordedAt
	r.Drafts = set(r, r.Drafts, i, d)
	if !r.needsApproval(&d) {
		r.dispatch(d.text(), d.By, "", e)
		return
	}
	r.dispatch(d.text(), d.By, e.By, e)
}

func (b *UpdateApproved) line(r *Room, e *Event) Safe {
	d := r.Drafts[r.draft(b.Draft)]
	if !r.needsApproval(&d) {
		return because(Safef("draft %d by %s, sent %s", d.N, d.By, d.text().line(r, e)), b.Note)
	}
	return because(Safef("draft %d by %s, approved and sent %s", d.N, d.By, d.text().line(r, e)), b.Note)
}

// UpdateWithdrawn takes back a draft that is not sent: its author does, or whoever may send it.
type UpdateWithdrawn struct {
	Draft  string `json:"draft"`
	Reason string `json:"reason,omitempty"`
}

// need lets an author who may not send updates any more withdraw their own draft.
func (b *UpdateWithdrawn) need(r *Room, e *Event) Power {
	if i := r.draft(b.Draft); i >= 0 && r.Drafts[i].By == e.By {
		return ""
	}
	return PowerUpdates
}

func (b *UpdateWithdrawn) free() []*string { return []*string{&b.Reason} }

func (b *UpdateWithdrawn) check(r *Room, e *Event) error {
	i := r.draft(b.Draft)
	if i < 0 {
		return Refuse(NotFound, "there is no such draft")
	}
	if why := r.draftEnded(&r.Drafts[i]); why != nil {
		return why
	}
	if d := &r.Drafts[i]; d.By != e.By && r.needsApproval(d) && !r.mayApprove(e.By, e.Key) {
		return Refuse(Forbidden, "draft %d is by %s; only they or %s can withdraw it", d.N, d.By, r.approver())
	}
	return longText("reason", b.Reason, true)
}

func (b *UpdateWithdrawn) apply(r *Room, e *Event) {
	i := r.draft(b.Draft)
	d := r.Drafts[i]
	d.WithdrawnBy, d.WithdrawnAt, d.Reason = e.By, e.RecordedAt, b.Reason
	r.Drafts = set(r, r.Drafts, i, d)
}

func (b *UpdateWithdrawn) line(r *Room, e *Event) Safe {
	d := &r.Drafts[r.draft(b.Draft)]
	s := Safef("%d  to %s, withdrawn", d.N, r.audienceLabel(d.Audience))
	if d.By != e.By {
		s = Safef("%d  to %s by %s, declined", d.N, r.audienceLabel(d.Audience), d.By)
	}
	return because(s, b.Reason)
}
