package report

import (
	"slices"

	"warroom/model"
)

// For is the report without what a profile leaves out of the log. Events are all
// that the report was made of.
func (d Report) For(p *model.Profile, events []*model.Event) Report {
	if p.IsWhole() {
		return d
	}
	d.Profile = p.Name
	shown := map[uint64]bool{}
	for _, e := range events {
		shown[e.Seq] = p.Shows(e)
	}
	d.Timeline = slices.DeleteFunc(slices.Clone(d.Timeline), func(l Line) bool { return !shown[l.Entry] || l.Void && !p.Names })
	d.Decisions = decisionsOf(d.Timeline)
	for _, part := range []struct {
		kind model.Kind
		drop func()
	}{
		{model.KindIncidentDeclared, func() { d.Title, d.Kind, d.Criterion = model.Lit("Incident"), model.Safe{}, model.Safe{} }},
		{model.KindReviewWritten, func() { d.Parts, d.Missing = []Part{}, []Gap{} }},
		{model.KindAlertReceived, func() { d.Alerts = []Alert{} }},
		{model.KindExposureAssessed, func() { d.Exposure = nil }},
		{model.KindRoleAssumed, func() { d.Roles = []Holder{} }},
		{model.KindItemDone, func() { d.Items = Checklist{} }},
		{model.KindFollowupAdded, func() { d.Followups = []Followup{} }},
		{model.KindEvidenceCollected, func() { d.Evidence = Evidence{} }},
		{model.KindIncidentLinked, func() { d.Links = []Link{} }},
		{model.KindRoomRestricted, func() { d.Restricted = []string{} }},
	} {
		if !p.Has(part.kind) {
			part.drop()
		}
	}
	if p.Audiences != nil {
		d.Notices = []Notice{} // those that are shown stand in the timeline
	}
	if !p.Audit {
		d.Numbers, d.Controls = []Number{}, []Control{}
	}
	if !p.Names {
		d.lean = true
		d.DeclaredBy = model.Safe{}
		d.Timeline, d.Decisions = nameless(d.Timeline), nameless(d.Decisions)
		d.Milestones = slices.Clone(d.Milestones)
		for i := range d.Milestones {
			d.Milestones[i].By = model.Safe{}
		}
		d.Severities, d.Phases = spansWithout(d.Severities), spansWithout(d.Phases)
	}
	return d
}

// nameless are lines without who wrote them.
func nameless(lines []Line) []Line {
	out := slices.Clone(lines)
	for i := range out {
		out[i].By = model.Safe{}
	}
	return out
}

// spansWithout are spans without who began them, and why.
func spansWithout(spans []Span) []Span {
	out := slices.Clone(spans)
	for i := range out {
		out[i].By, out[i].Reason = model.Safe{}, model.Safe{}
	}
	return out
}
