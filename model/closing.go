package model

import (
	"slices"
	"strings"
	"time"
)

// Checks before a room is resolved or closed: scans after the fix, work checked by
// the person who did it, follow-ups that the plan adds, and the report of a closed
// room.

// scanAfter returns which file has to be imported before an item that waits for a
// scan is done, or empty text if there is none.
func (r *Room) scanAfter(it *Item, d ItemDef) Safe {
	fixed, by := r.doneAt(d.ScanAfter)
	if fixed.IsZero() {
		return Safe{}
	}
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if (p.Of != "" || p.Class == "other") && p.Whole() && !p.Report && p.RecordedAt.After(fixed) {
			return Safe{}
		}
	}
	return Safef("item %d needs the result of a scan made after item %d was done, %s; add it with :ingest FILE or "+
		":evidence FILE --class other", it.N, by, FormatTime(fixed))
}

// doneAt returns when the newest of the given items, or of the items of the given
// groups, was done, and its number. The time is zero if none is done.
func (r *Room) doneAt(ids []string) (at time.Time, n int) {
	for i := range r.Items {
		if it := &r.Items[i]; it.State == ItemDone && r.isOneOf(it, ids) && it.At.After(at) {
			at, n = it.At, it.N
		}
	}
	return at, n
}

// isOneOf reports whether ids contains an item or its group.
func (r *Room) isOneOf(it *Item, ids []string) bool {
	g := r.Def(it).Group
	return slices.Contains(ids, it.ID) || g != "" && slices.Contains(ids, g)
}

// SelfChecked returns a remark if the person who did an item also did the work that
// it checks. It is empty if the plan allows that.
func (r *Room) SelfChecked(it *Item) Safe {
	d := r.Def(it)
	if it.State != ItemDone || len(d.Independent) == 0 {
		return Safe{}
	}
	for i := range r.Items {
		o := &r.Items[i]
		if o.ID != it.ID && o.State == ItemDone && o.By == it.By && r.isOneOf(o, d.Independent) {
			return Safef("%s also did item %d, which this item checks", it.By, o.N)
		}
	}
	return Safe{}
}

// NamedSelf returns a remark if a person gave themselves a role that checks the work
// of others. It is empty if somebody else gave it, or if the role checks nothing.
func (r *Room) NamedSelf(a Assignment) Safe {
	if a.By != a.Person || a.Takeover != "" || r.Plan == nil {
		return Safe{}
	}
	for i := range r.Plan.Items {
		if d := &r.Plan.Items[i]; d.OnlyRole && d.Role == a.Role && len(d.Independent) > 0 {
			return Lit("named themselves")
		}
	}
	return Safe{}
}

// addFollowups adds the follow-ups of the plan for items that are not settled when
// the incident is resolved. Each item gets one, however often the incident is
// resolved.
func (r *Room) addFollowups(e *Event) {
	for i := range r.Items {
		it := &r.Items[i]
		d := r.Def(it)
		has := slices.ContainsFunc(r.Followups, func(f Followup) bool { return f.Item == it.ID })
		if d.FollowUp == "" || r.Settled(it) || has {
			continue
		}
		r.Followups = push(r.Followups, Followup{N: len(r.Followups) + 1, ID: e.ID + "-" + it.ID, Title: d.FollowUp,
			Type: "prevent", By: e.By, At: e.RecordedAt, Item: it.ID})
	}
}

// reportStored reports whether the evidence contains the report of the closed room.
func (r *Room) reportStored() bool {
	closed := r.over()
	return slices.ContainsFunc(r.Evidence, func(p EvidenceItem) bool {
		return p.Report && p.Readable() && !p.RecordedAt.Before(closed)
	})
}

// ReportDue reports whether the hub has to add the report to the evidence: the plan
// requires it, the room is closed, and the report is missing.
func (r *Room) ReportDue() bool {
	return r.Plan != nil && r.Plan.StoreReport && r.Status == Closed && !r.reportStored()
}

// checkReport refuses a report that is not by the hub, or that is stored already.
func (a *EvidenceAbout) checkReport(r *Room, hub bool) error {
	switch {
	case !a.Report:
		return nil
	case !hub:
		return Refuse(Forbidden, "only the hub's own key can store the report of a closed room; add yours as "+
			"evidence of class other")
	case r.Status != Closed:
		return Refuse(Conflict, "the incident is %s; its report is stored when it is closed", string(r.Status))
	case r.reportStored():
		return Refuse(Conflict, "the report is already in the evidence")
	}
	return nil
}

// mustAnswer refuses to resolve while something is open that has no reason, if the
// plan requires one.
func (b *IncidentResolved) mustAnswer(r *Room, e *Event) error {
	if !r.Plan.AnswerOpen || strings.TrimSpace(b.Override) != "" {
		return nil
	}
	return refuseOpen("resolve", unansweredOf(r.OpenPoints(e.RecordedAt)))
}

// refuseOpen returns the refusal to resolve or close while points are open without a reason,
// or nil if there are none.
func refuseOpen(verb lit, left []OpenPoint) error {
	if len(left) == 0 {
		return nil
	}
	review := Safe{}
	if parts := sectionsOf(left); len(parts) > 0 {
		review = Safef("; write the review with :review %s TEXT", strings.Join(parts, "|"))
	}
	head := Safef("not everything is done; finish each point, or leave it open with a reason: "+
		":%s answer %s REASON; :%s override REASON gives the same reason for all", Lit(verb), left[0].ID, Lit(verb))
	err := Refuse(Conflict, "%s (open: %s%s)", head, pointsInSentence(left), review)
	if len(left) > maxDescribed {
		err.Open, err.OpenHead = left, Safef("%s%s; %d points are open:", head, review, len(left))
	}
	return err
}

// sectionsOf returns the sections of the review that are among open points.
func sectionsOf(points []OpenPoint) []string {
	var out []string
	for _, p := range points {
		if name, ok := strings.CutPrefix(p.ID, "review "); ok {
			out = append(out, name)
		}
	}
	return out
}
