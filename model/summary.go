package model

import "slices"

// Summary returns what lists of rooms show of a room and decide by: an [Overview], who may
// see the room, the alerts by which another one is compared with it, and whether its report
// is due. It has no timeline, and no items, evidence, assets or updates as they were sent.
// The summary of a summary is the same summary.
func (r *Room) Summary() *Room {
	n := &Room{Fold: r.Fold, ID: r.ID, Seq: r.Seq, RecordedAt: r.RecordedAt, Title: r.Title, Kind: r.Kind,
		Severity: r.Severity, Criterion: r.Criterion, Status: r.Status, Drill: r.Drill, DeclaredAt: r.DeclaredAt,
		DeclaredBy: r.DeclaredBy, Plan: r.Plan, PlanSum: r.PlanSum, Phase: r.Phase, Lobby: r.Lobby,
		Restricted: r.Restricted}
	for _, s := range r.States {
		n.States = append(n.States, StatusSpan{Status: s.Status, At: s.At})
	}
	for _, s := range r.Phases {
		if s.Until.IsZero() {
			n.Phases = append(n.Phases, PhaseSpan{Phase: s.Phase, From: s.From})
		}
	}
	for _, id := range []string{MilestoneDetected, MilestoneResolved, MilestoneClosed} {
		if m, ok := r.Milestones[id]; ok {
			n.Milestones = with(n.Milestones, id, Milestone{At: m.At, RecordedAt: m.RecordedAt, NA: m.NA})
		}
	}
	for _, a := range r.Roles {
		if a.Until.IsZero() &&
			(r.Status != Closed || r.Plan != nil && len(r.Plan.Roles) > 0 && a.Role == r.Plan.Roles[0].ID) {
			n.Roles = append(n.Roles, Assignment{Role: a.Role, Person: a.Person})
		}
	}
	for handle, x := range r.Rulings {
		if x.Revoked {
			n.Rulings = with(n.Rulings, handle, Ruling{Revoked: true})
		}
	}
	newest := ""
	for id, u := range r.Updates {
		if newest == "" || u.At.After(r.Updates[newest].At) || u.At.Equal(r.Updates[newest].At) && id < newest {
			newest = id
		}
	}
	if newest != "" {
		n.Updates = map[string]LastUpdate{newest: {At: r.Updates[newest].At}}
	}
	for _, x := range r.Related {
		n.Related = append(n.Related, Related{Room: x.Room, RoomID: x.RoomID, Relation: x.Relation})
	}
	for _, x := range r.Unrelated {
		n.Unrelated = append(n.Unrelated,
			Unrelated{Related: Related{Room: x.Room, RoomID: x.RoomID, Relation: x.Relation}})
	}
	if r.reportStored() {
		n.Evidence = []EvidenceItem{{EvidenceAbout: EvidenceAbout{Report: true}, Done: 1}}
	}
	for i := range r.Alerts {
		if a := r.Alerts[i].summary(r.Status != Closed); a.Origin != "" || r.Status != Closed {
			n.Alerts = append(n.Alerts, a)
		}
	}
	if r.Status != Closed {
		n.sumUpOpen(r)
	}
	return n
}

// sumUpOpen adds what is of interest only while a room is not closed.
func (r *Room) sumUpOpen(of *Room) {
	for _, c := range of.Clocks {
		if c.StartedAt.IsZero() || !c.MetAt.IsZero() || c.Waived != "" || !c.StoodAt.IsZero() {
			continue
		}
		c.Past, c.Changes, c.changes = nil, nil, nil
		if n := len(c.Times.rows); n > 1 {
			c.Times = chain[Met]{rows: slices.Clone(c.Times.rows[n-1:])}
		}
		r.Clocks = append(r.Clocks, c)
	}
	for _, a := range of.Asks {
		if !a.Done {
			r.Asks = append(r.Asks, &Ask{N: a.N, Due: a.Due})
		}
	}
	for _, name := range of.CutChannels() {
		r.Channels = append(r.Channels, Channel{Name: name, State: Compromised})
	}
	for key, m := range of.Members {
		if m.Hub {
			continue
		}
		if r.Members == nil {
			r.Members = make(map[string]Member, len(of.Members))
		}
		r.Members[key] = Member{Handle: m.Handle}
	}
}

// summary returns the alert with what says that another one is like it, or only which
// alert of the lobby it is.
func (a *RoomAlert) summary(compared bool) RoomAlert {
	n := RoomAlert{ID: a.ID, Seq: a.Seq, Origin: a.Origin}
	if compared {
		x := &a.Alert
		n.Alert = Alert{Kind: x.Kind, Rule: x.Rule, Secret: x.Secret, GroupKey: x.GroupKey, ARN: x.ARN,
			Asset: AlertAsset{ID: x.Asset.ID, Type: x.Asset.Type}}
	}
	return n
}
