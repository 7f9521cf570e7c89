package present

import (
	"time"

	"warroom/model"
)

// Alerts describes the alerts of a room.
func Alerts(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for i := range r.Alerts {
		out = append(out, alertLine(r, &r.Alerts[i], now))
	}
	return out
}

func alertLine(r *model.Room, a *model.RoomAlert, now time.Time) model.Safe {
	s := model.Safef("alert %d: %s  %s: %s", a.N, alertLevel(&a.Alert), a.Alert.Source, a.Alert.What())
	if also := a.OtherRules(); !also.IsEmpty() {
		s = model.Safef("%s, %s", s, also)
	}
	if a.Findings > 1 {
		s = model.Safef("%s, %d findings", s, a.Findings)
	}
	if a.Verdict != "" && (a.Moved != "" || a.Closed != "") {
		s = model.Safef("%s; %s", s, alertJudged(a))
	}
	s = model.Safef("%s; %s", s, AlertState(r, a, now).Full)
	if where := a.Alert.Where(); !where.IsEmpty() {
		s = model.Safef("%s; in %s", s, where)
	}
	return s
}

// alertLevel returns the severity of an alert, and the mark of a secret that works.
func alertLevel(al *model.Alert) model.Safe {
	if live := AlertLive(al); !live.IsEmpty() {
		return model.Safef("%s %s", al.Severity, live)
	}
	return model.CleanLine(al.Severity)
}

// lobbyLines describes the lobby: the open alerts with suggestions, then the newest
// settled ones.
func lobbyLines(v *model.View, now time.Time) []model.Safe {
	r := v.Room
	out := []model.Safe{r.LobbyLine(now)}
	for _, a := range r.OpenAlerts() {
		out = append(out, alertLine(r, a, now))
		if h := r.AlertHint(&a.Alert); !h.IsEmpty() {
			out = append(out, model.Safef("  %s", h))
		}
	}
	const shown = 20
	settled := 0
	for i := len(r.Alerts) - 1; i >= 0 && settled < shown; i-- {
		if r.Alerts[i].Settled() {
			if settled == 0 {
				out = append(out, model.Lit("Done:"))
			}
			out, settled = append(out, alertLine(r, &r.Alerts[i], now)), settled+1
		}
	}
	return append(out, model.Safef("%d entries; state hash %s", r.Seq, r.StateHash()))
}

// AlertLive is the mark of a secret that was verified to work; empty for any other alert.
func AlertLive(al *model.Alert) model.Safe {
	if al.Kind == "secret" && al.Confidence == "verified" {
		return model.Lit("LIVE")
	}
	return model.Safe{}
}

// AlertState describes the state of an alert: the time left to judge it, or the result.
func AlertState(r *model.Room, a *model.RoomAlert, now time.Time) Wording {
	c := r.AlertClock(a, now)
	switch {
	case a.Moved != "":
		return Wording{Full: alertMoved(a), Short: model.Safef("in %s", a.Moved)}
	case a.Closed != "":
		return Wording{Full: alertClosed(a), Short: model.Lit("closed")}
	case a.Verdict != "":
		return Wording{Full: alertJudged(a), Short: shortVerdict(a.Verdict)}
	case !a.Over.IsZero():
		return Wording{Full: alertOver, Short: model.Lit("over")}
	case r.Status == model.Closed:
		return same(model.Lit("not judged"))
	case c.State == model.ClockOverdue:
		return notJudged(overdue(c.Remaining))
	}
	return notJudged(dueIn(c.Remaining))
}

// notJudged describes until when an alert has to be judged.
func notJudged(due Wording) Wording {
	return Wording{Full: model.Safef("not judged, %s", due.Full), Short: due.Short}
}

var alertOver = model.Lit("resolved at its source")

func alertMoved(a *model.RoomAlert) model.Safe {
	return model.Safef("moved to %s by %s", a.Moved, a.SettledBy)
}

func alertClosed(a *model.RoomAlert) model.Safe {
	return model.Safef("closed by %s: %s", a.SettledBy, a.Closed)
}

func alertJudged(a *model.RoomAlert) model.Safe {
	return model.Safef("judged %s by %s: %s", a.VerdictWords(), a.Judge(), a.Why)
}

// shortVerdict returns a verdict for a cell.
func shortVerdict(v string) model.Safe {
	switch v {
	case model.Verdicts[0]:
		return model.Lit("true, impact")
	case model.Verdicts[1]:
		return model.Lit("true, no imp.")
	case model.Verdicts[2]:
		return model.Lit("false positive")
	}
	return model.CleanLine(v)
}

// AlertFacts returns the sentences about one alert.
func AlertFacts(r *model.Room, a *model.RoomAlert, zone *time.Location) []model.Safe {
	var out []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			out = append(out, s)
		}
	}
	al := &a.Alert
	where := al.Where()
	add(!where.IsEmpty(), model.Safef("in %s", where))
	raw := model.CleanLine(al.SeverityRaw)
	if raw.IsEmpty() {
		raw = model.Lit("nothing")
	}
	add(true, model.Safef("severity: %s according to its source, treated as %s; confidence %s",
		raw, al.Severity, al.Confidence))
	add(a.Groups > 1, model.Safef("%d groups of findings in one alert", a.Groups))
	for i := range a.Rules {
		q := a.Rules[i]
		add(true, model.Safef("  %s  %s, %s", q.Severity, q.Rule, Plural(q.Findings, "finding", "findings")))
	}
	if h := r.AlertHint(al); !h.IsEmpty() {
		add(true, h)
	}
	add(al.State != "" || !a.Over.IsZero(), stateFact(a, zone))
	add(a.Before != "", model.Safef("judged %s before it was seen again", model.VerdictWords(a.Before)))
	add(al.Validity != "" || al.Public, validFact(al))
	add(al.Account != "", model.Safef("account %s", al.Account))
	add(al.ARN != "", model.Safef("identity %s", al.ARN))
	add(al.Rotate != "", model.Safef("how to rotate it: %s", al.Rotate))
	add(al.Description != "", model.CleanLine(al.Description))
	add(al.Link != "", model.CleanLine(al.Link))
	add(true, model.Safef("received %s from %s", a.At.In(zone).Format("2 Jan 15:04:05"), a.By))
	add(a.Sender != "", model.Safef("sent by %s", a.Sender))
	add(a.Verdict != "", alertJudged(a))
	add(a.Moved != "", alertMoved(a))
	add(a.Closed != "", alertClosed(a))
	return out
}

// stateFact describes the state of an alert at its source.
func stateFact(a *model.RoomAlert, zone *time.Location) model.Safe {
	s := model.Safef("from its source: %s", a.Alert.State)
	if a.Alert.State == "" {
		s = alertOver
	}
	if !a.Over.IsZero() {
		s = model.Safef("%s, resolved there at %s", s, a.Over.In(zone).Format("2 Jan 15:04:05"))
	}
	return s
}

// validFact describes whether a secret works, and whether it is public.
func validFact(al *model.Alert) model.Safe {
	s := model.Safef("the secret is %s", al.Validity)
	if al.Validity == "" {
		s = model.Lit("the secret")
	}
	if al.Public {
		s = model.Safef("%s, publicly exposed", s)
	}
	return s
}
