package report

import (
	"slices"

	"warroom/model"
)

// For is the report without what a profile leaves out of the log, and with roles
// for people where it is to blame nobody. Events are all that the report was made of.
func (d Report) For(p *model.Profile, events []*model.Event) Report {
	if !p.IsWhole() {
		d = d.part(p, events)
	}
	if p.Blameless {
		return d.blameless(events)
	}
	return d
}

// part is the report without what a profile leaves out.
func (d Report) part(p *model.Profile, events []*model.Event) Report {
	shown := p.Shown(events)
	d.Profile = p.Name
	d.Timeline = slices.DeleteFunc(slices.Clone(d.Timeline), func(l Line) bool { return !shown[l.Entry] })
	d.Decisions, d.Handoffs = decisionsOf(d.Timeline), handoffsOf(d.Timeline)
	d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), func(n Notice) bool { return !shown[n.Entry] })
	d.Redactions = slices.DeleteFunc(slices.Clone(d.Redactions), func(x Redaction) bool { return !shown[x.Place] })
	d.Exports = slices.DeleteFunc(slices.Clone(d.Exports), func(x Export) bool { return !shown[x.Entry] })
	if p.Quiet {
		return d.quiet(p)
	}
	d.Guesses = slices.DeleteFunc(slices.Clone(d.Guesses), func(s Said) bool { return !shown[s.Entry] })
	d.Asks = slices.DeleteFunc(slices.Clone(d.Asks), func(s Said) bool { return !shown[s.Entry] })
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
		Restricted: []string{}, Parts: []Part{}, Missing: []Gap{}, Numbers: []Number{}, Alerts: []Alert{}, Notices: slices.Clone(d.Notices), Pages: []Page{}, Deliveries: []Carried{},
		Lasted: d.Lasted, EndedAt: d.EndedAt, Ended: d.Ended, Reopened: d.Reopened, Blameless: d.Blameless, Assessed: []Exposure{}, Aware: []Aware{}, Odd: []Odd{},
		Statuses: slices.Clone(d.Statuses), Handoffs: []Line{}, Deeds: []Deed{}, Guesses: []Said{}, Asks: []Said{}, Redactions: []Redaction{}, Exports: []Export{},
		Roles: []Holder{}, Decisions: []Line{}, Followups: []Followup{}, Links: []Link{}, Controls: []Control{},
		Milestones: slices.Clone(d.Milestones), Measures: d.Measures, Severities: slices.Clone(d.Severities), Phases: slices.Clone(d.Phases), Timeline: slices.Clone(d.Timeline),
		Record: Record{Events: d.Record.Events, Alarm: d.Record.Alarm}, zone: d.zone, lean: true, paper: d.paper}
	if d.Exposure != nil && p.Has(model.KindExposureAssessed) {
		out.Exposure = &Exposure{Level: d.Exposure.Level, Regimes: d.Exposure.Regimes, Categories: []model.Safe{}}
	}
	for i := range out.Milestones {
		out.Milestones[i].By, out.Milestones[i].Reason = model.Safe{}, model.Safe{}
	}
	for i := range out.Notices {
		out.Notices[i].By, out.Notices[i].Delivered = model.Safe{}, model.Safe{}
	}
	for _, spans := range [][]Span{out.Severities, out.Phases, out.Statuses} {
		for i := range spans {
			spans[i].By, spans[i].Reason = model.Safe{}, model.Safe{}
		}
	}
	for i := range out.Timeline {
		out.Timeline[i].By, out.Timeline[i].Notes = model.Safe{}, []model.Safe{}
	}
	return out
}
