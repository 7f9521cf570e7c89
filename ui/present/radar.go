package present

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Signals returns the signals of the radar, the most pressing first, including those that
// only this terminal can detect.
func Signals(v *model.View, now time.Time) []model.Signal {
	list := v.Room.Radar(now)
	if s, ok := v.AbsentCommander(now); ok {
		list = append(list, s)
	}
	return list
}

// SignalHeading returns the word for a kind of signal: not all that the radar reports has gone
// quiet.
func SignalHeading(kind string) model.Safe {
	switch kind {
	case model.SignalUpdate:
		return model.Lit("Due")
	case model.SignalDraft:
		return model.Lit("Draft")
	case model.SignalAge:
		return model.Lit("Age")
	}
	return model.Lit("Gone quiet")
}

// Radar describes the signals of the radar, each with a command.
func Radar(v *model.View, now time.Time) []model.Safe {
	var out []model.Safe
	for _, s := range Signals(v, now) {
		line := model.Safef("%s: %s", SignalHeading(s.Kind), s.What)
		if s.Line != "" {
			line = model.Safef("%s (%s)", line, model.CleanLine(strings.TrimSpace(s.Line)))
		}
		out = append(out, line)
	}
	return out
}

// Drafts describes the updates that are prepared, or drafted and not sent.
func Drafts(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	for _, a := range r.PreparedUpdates() {
		out = append(out, model.Safef("%s: %s", PreparedUpdate(r, a).Full,
			model.CleanLine(r.DraftUpdate(a.ID, now).Words())))
	}
	for _, d := range r.WaitingDrafts() {
		u := model.UpdateSent{Conditions: d.Conditions, Actions: d.Actions, Needs: d.Needs}
		out = append(out, model.Safef("%s: %s", WaitingDraft(r, &d), model.CleanLine(u.Words())))
	}
	return out
}

// NoSignal is the sentence for a radar without signals.
var NoSignal = model.Lit("nothing has gone quiet")

// PreparedUpdate names an update that is prepared, and the command that drafts it. On the
// screen, the command of the short form puts it into the composer for editing.
func PreparedUpdate(r *model.Room, a *model.Audience) Wording {
	s := model.Safef("prepared for %s, because exposure is %s", a.Label, r.Exposure.Level)
	return Wording{Full: model.Safef("%s; :update %s draft drafts it", s, a.ID),
		Short: model.Safef("%s: :update %s", s, a.ID)}
}

// WaitingDraft describes a draft of an update that is not sent.
func WaitingDraft(r *model.Room, d *model.UpdateDraft) model.Safe {
	label := model.CleanLine(d.Audience)
	a := r.Plan.Audience(d.Audience)
	if a != nil {
		label = model.CleanLine(a.Label)
	}
	if a != nil && !a.Approval {
		return model.Safef("draft %d to %s by %s is not sent: :approve %d", d.N, label, d.By, d.N)
	}
	return model.Safef("draft %d to %s by %s needs approval: :approve %d", d.N, label, d.By, d.N)
}

// SignalsBesides returns the signals that are in the log, without that of a silent
// commander where a row of its own reports it.
func SignalsBesides(r *model.Room, now time.Time) []model.Signal {
	list := r.Radar(now)
	if g, ok := r.CommandGap(now); !ok || g.Holder == "" {
		return list
	}
	return slices.DeleteFunc(list, func(s model.Signal) bool { return s.Kind == model.SignalCommand })
}
