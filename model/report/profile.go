package report

import (
	"slices"

	"warroom/model"
)

// For returns the report as a profile allows it, with roles instead of people if the
// profile is blameless. Events are all events that the report was made from.
func (d Report) For(p *model.Profile, events []*model.Event) Report {
	if !p.IsWhole() {
		d = d.filter(p, events)
	}
	if p.Blameless {
		return d.blameless(events)
	}
	return d
}

// Lists that a profile can leave out, in NotShown.
const (
	notHypotheses = "hypotheses"
	notAsks       = "asks"
	notDecisions  = "decisions"
)

// filter returns the report without what a profile leaves out.
func (d Report) filter(p *model.Profile, events []*model.Event) Report {
	shown := p.Shown(events)
	d.Profile = p.Name
	d.Timeline = slices.DeleteFunc(slices.Clone(d.Timeline), func(l Line) bool { return !shown[l.Entry] })
	d.Adversary = adversaryOf(d.Timeline)
	all := len(d.Decisions)
	d.Decisions, d.Handoffs = decisionsOf(d.Timeline), handoffsOf(d.Timeline)
	if all > 0 && len(d.Decisions) == 0 { // all were redacted
		d.NotShown = append(d.NotShown, notDecisions)
	}
	d.Proposals = slices.DeleteFunc(slices.Clone(d.Proposals), func(p Proposal) bool { return !shown[p.Entry] })
	d.Offers = slices.DeleteFunc(slices.Clone(d.Offers), func(o Offer) bool { return !shown[o.Entry] })
	d.Points = slices.DeleteFunc(slices.Clone(d.Points), func(p Point) bool { return !shown[p.Entry] })
	d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), func(n Notice) bool {
		return !shown[n.Entry] && !(n.Update && p.Addresses(n.audience)) // an approval can have a note
	})
	d.Redactions = slices.DeleteFunc(slices.Clone(d.Redactions), func(x Redaction) bool { return !shown[x.RedactedIn] })
	d.Exports = slices.DeleteFunc(slices.Clone(d.Exports), func(x Export) bool { return !shown[x.Entry] })
	if p.HideFreeText {
		return d.withoutFreeText(p)
	}
	for _, list := range []struct {
		name string
		kind model.Kind
	}{{notHypotheses, model.KindHypothesisOpened}, {notAsks, model.KindAskMade}, {"polls", model.KindPollOpened},
		{"pages", model.KindPageAsked}, {"links", model.KindIncidentLinked}} {
		if !p.Has(list.kind) {
			d.NotShown = append(d.NotShown, list.name)
		}
	}
	d.Guesses = slices.DeleteFunc(slices.Clone(d.Guesses), func(s Statement) bool { return !shown[s.Entry] })
	d.Asks = slices.DeleteFunc(slices.Clone(d.Asks), func(s Statement) bool { return !shown[s.Entry] })
	d.Polls = slices.DeleteFunc(slices.Clone(d.Polls), func(s Statement) bool { return !shown[s.Entry] })
	if !p.Has(model.KindPageAsked) {
		d.Pages = []Page{}
	}
	if !p.Has(model.KindIncidentLinked) {
		d.Links, d.Related = []Link{}, []Related{}
	}
	return d
}

// withoutFreeText returns what anybody may know: how severe it was, when, and what the
// audience was already sent. It names nobody and has no reasons. Only the fields listed
// here are in it.
func (d Report) withoutFreeText(p *model.Profile) Report {
	out := Report{Form: d.Form, MadeAt: d.MadeAt, Zone: d.Zone, Profile: d.Profile, Room: d.Room, ULID: d.ULID,
		Title:    model.Lit("Incident"),
		Severity: d.Severity, Worst: d.Worst, Status: d.Status, Final: d.Final, Drill: d.Drill,
		DeclaredAt: d.DeclaredAt, LastedS: d.LastedS,
		Restricted: []string{}, Sections: []Section{}, Missing: []Gap{}, Numbers: []Number{}, Alerts: []Alert{},
		Notices: slices.Clone(d.Notices), Pages: []Page{}, Deliveries: []Carried{},
		Lasted: d.Lasted, EndedAt: d.EndedAt, Ended: d.Ended, Reopened: d.Reopened, Blameless: d.Blameless,
		Assessed: []Exposure{}, Aware: []Aware{}, Odd: []Odd{},
		Statuses: slices.Clone(d.Statuses), Handoffs: []Line{}, Proposals: []Proposal{},
		Offers: []Offer{}, Points: []Point{},
		Deeds: []Deed{}, Guesses: []Statement{},
		Asks:  []Statement{},
		Polls: []Statement{}, Redactions: []Redaction{}, Exports: []Export{},
		Roles: []Holder{}, Decisions: []Line{}, Followups: []Followup{}, Links: []Link{}, Controls: []Control{},
		Assets: []Asset{}, Scopes: []Scope{}, Indicators: []Indicator{}, Impacts: []Impact{}, Adversary: []Line{},
		Related:    []Related{},
		Milestones: slices.Clone(d.Milestones), Measures: d.Measures, Severities: slices.Clone(d.Severities),
		Phases: slices.Clone(d.Phases), Timeline: slices.Clone(d.Timeline),
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
	out.Timeline = slices.DeleteFunc(out.Timeline, func(l Line) bool { // the update that was sent has its words
		return l.Kind.String() == string(model.KindUpdateDrafted)
	})
	for i := range out.Timeline {
		out.Timeline[i].By, out.Timeline[i].Notes = model.Safe{}, []model.Safe{}
	}
	return out
}
