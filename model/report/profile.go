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
	shown := p.Shown(events)
	d.Profile = p.Name
	d.Timeline = slices.DeleteFunc(slices.Clone(d.Timeline), func(l Line) bool { return !shown[l.Entry] })
	d.Decisions = decisionsOf(d.Timeline)
	if p.Quiet {
		return d.quiet(p)
	}
	if !p.Has(model.KindPageAsked) {
		d.Pages = []Page{}
	}
	if !p.Has(model.KindIncidentLinked) {
		d.Links = []Link{}
	}
	return d
}

// quiet is what anybody may be told: how bad it was, when, and what they were told
// already; nobody is named, and nothing has a reason. What is not named here is not
// in it.
func (d Report) quiet(p *model.Profile) Report {
	out := Report{Form: d.Form, MadeAt: d.MadeAt, Zone: d.Zone, Profile: d.Profile, Room: d.Room, ULID: d.ULID, Title: model.Lit("Incident"),
		Severity: d.Severity, Worst: d.Worst, Status: d.Status, Final: d.Final, Drill: d.Drill, DeclaredAt: d.DeclaredAt, LastedS: d.LastedS,
		Restricted: []string{}, Parts: []Part{}, Missing: []Gap{}, Numbers: []Number{}, Alerts: []Alert{}, Notices: []Notice{}, Pages: []Page{}, Deliveries: []Carried{},
		Roles: []Holder{}, Decisions: []Line{}, Followups: []Followup{}, Links: []Link{}, Controls: []Control{},
		Milestones: slices.Clone(d.Milestones), Measures: d.Measures, Severities: slices.Clone(d.Severities), Phases: slices.Clone(d.Phases), Timeline: slices.Clone(d.Timeline),
		Record: Record{Events: d.Record.Events, Alarm: d.Record.Alarm}, zone: d.zone, lean: true}
	if d.Exposure != nil && p.Has(model.KindExposureAssessed) {
		out.Exposure = &Exposure{Level: d.Exposure.Level, Regimes: d.Exposure.Regimes}
	}
	for i := range out.Milestones {
		out.Milestones[i].By = model.Safe{}
	}
	for _, spans := range [][]Span{out.Severities, out.Phases} {
		for i := range spans {
			spans[i].By, spans[i].Reason = model.Safe{}, model.Safe{}
		}
	}
	for i := range out.Timeline {
		out.Timeline[i].By, out.Timeline[i].Notes = model.Safe{}, []model.Safe{}
	}
	return out
}
