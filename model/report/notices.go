package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Notice records that somebody was informed: by a notice, or by an update to an audience.
type Notice struct {
	Audience  model.Safe `json:"audience"`
	Who       model.Safe `json:"who"`
	Means     model.Safe `json:"how"` // the channel, and what was sent
	Text      model.Safe `json:"text"`
	Delivered model.Safe `json:"delivered"` // according to the bridges
	By        model.Safe `json:"by"`
	At        time.Time  `json:"at"` // according to By
	Recorded  time.Time  `json:"recorded_at"`
	Entry     uint64     `json:"entry"`
	Update    bool       `json:"update"`

	audience string // id of the audience
}

// noticesOf returns who was informed, by the time of recording.
func noticesOf(r *model.Room) []Notice {
	out := make([]Notice, 0, len(r.Notices)+len(r.Dispatches))
	label := func(id string) (model.Safe, model.Safe) {
		if a := r.Plan.Audience(id); a != nil {
			return model.CleanLine(a.Label), model.CleanLine(a.Channel)
		}
		return model.CleanLine(id), model.Safe{}
	}
	for _, n := range r.Notices {
		l, _ := label(n.Audience)
		if d := r.Plan.Clock(n.Clock); d != nil {
			l = model.Safef("%s (%s)", l, d.Label)
		}
		delivered := model.Lit("as reported")
		if n.Undone != nil {
			delivered = model.Safef("not notified: %s", n.RetractedBy())
		}
		out = append(out, Notice{Audience: l, Who: model.CleanLine(n.Who), Means: model.CleanLine(n.Means),
			By: model.CleanLine(n.By), At: n.At, Recorded: n.RecordedAt,
			Entry: n.Seq, Delivered: delivered, audience: n.Audience})
	}
	for i := range r.Dispatches {
		d := &r.Dispatches[i]
		l, channel := label(d.Audience)
		text := model.CleanLine(d.Conditions)
		for _, more := range []string{d.Actions, d.Needs} {
			if strings.TrimSpace(more) != "" {
				text = model.Safef("%s | %s", text, more)
			}
		}
		means, delivered := joined(" ", model.Lit("update"), channel), deliveredOf(r, d)
		if delivered == inRoom && !channel.IsEmpty() { // no bridge sent it to the plan's channel
			means, delivered = model.Lit("update"), model.Safef("%s; no delivery to %s is recorded", inRoom, channel)
		}
		if d.ApprovedBy != "" {
			means = model.Safef("%s, approved by %s", means, d.ApprovedBy)
		}
		out = append(out, Notice{Audience: l, Who: l, Means: means, Text: text,
			By: model.CleanLine(d.By), At: d.At, Recorded: d.RecordedAt,
			Entry: d.Seq, Update: true, Delivered: delivered, audience: d.Audience})
	}
	slices.SortStableFunc(out, func(a, b Notice) int { return cmp.Compare(a.Entry, b.Entry) })
	return out
}

// inRoom describes the delivery of an update that no bridge carried.
var inRoom = model.Lit("in the room only")

// deliveredOf describes the delivery of an update on each channel of its audience.
func deliveredOf(r *model.Room, d *model.Dispatch) model.Safe {
	var out []model.Safe
	for _, w := range r.Ways(d) {
		if !w.Expected {
			out = append(out, w.Words(time.UTC))
		}
	}
	if len(out) == 0 {
		return inRoom
	}
	return model.JoinSafe(model.Lit("; "), out...)
}

// notices writes who was informed.
func (w *writer) notices() {
	w.f("## Who was informed\n\n")
	if len(w.d.Notices) == 0 {
		w.f("The record has no notices and no updates.\n\n")
		return
	}
	var rows [][]string
	for _, n := range w.d.Notices {
		what := plain(n.Who)
		if n.Update {
			what = orDash(plain(n.Text))
		}
		rows = append(rows, w.d.public([]string{entry(n.Entry), plain(n.Audience), what, orDash(plain(n.Means)),
			bothTimes(w, n.At,
				n.Recorded), plain(n.By), orDash(plain(n.Delivered))}, 5))
	}
	w.table(w.d.public([]string{"Entry", "Audience", "Recipient or text",
		"Channel", "When", "By", "Delivery"}, 5), rows)
}

// maybeBoth returns both times of what may not have happened.
func maybeBoth(w *writer, done, recorded *time.Time) string {
	if done == nil || recorded == nil {
		return w.maybe(recorded, "-")
	}
	return bothTimes(w, *done, *recorded)
}

// bothTimes returns the stated time, and the recorded time if it differs.
func bothTimes(w *writer, done, recorded time.Time) string {
	if !model.TimesDiffer(done, recorded) {
		return w.at(recorded)
	}
	return w.at(done) + ", recorded " + w.at(recorded)
}
