package report

import (
	"fmt"
	"slices"
	"time"

	"warroom/model"
)

// Deed is a checklist item with its outcome.
type Deed struct {
	N         int             `json:"n"`
	Phase     model.Safe      `json:"phase"`
	Text      model.Safe      `json:"text"`
	State     model.ItemState `json:"state"`
	Owner     model.Safe      `json:"owner"`
	By        model.Safe      `json:"by"`
	At        *time.Time      `json:"at"`      // recorded
	Done      *time.Time      `json:"done_at"` // when that was, as reported by By
	Result    model.Safe      `json:"result"`
	Condition model.Safe      `json:"condition"` // the condition that the item depends on, and its answer
	NotNeeded bool            `json:"not_needed"`
	Stale     model.Safe      `json:"stale"` // why it must be done again
	Entry     uint64          `json:"entry"`
}

// deeds returns all items with their outcome, including those that a condition dropped.
func (w *walk) deeds() []Deed {
	r := w.room
	out := make([]Deed, 0, len(r.Items))
	for i := range r.Items {
		it := &r.Items[i]
		d := Deed{N: it.N, Phase: phaseWords(r, it.Phase), Text: model.CleanLine(it.Text), State: it.State,
			Owner:  model.CleanLine(it.Owner),
			Result: model.CleanLine(it.Reason), Stale: r.StaleWhy(it), Entry: w.items[it.ID]}
		if it.State != model.ItemTodo {
			d.By, d.At, d.Done = model.CleanLine(it.By), maybe(it.At), maybe(it.DoneAt)
		}
		if self := r.SelfChecked(it); !self.IsEmpty() {
			d.Result = joined("; ", d.Result, self)
		}
		if it.Override != "" {
			d.Result = joined("; ", d.Result, overrideWords(it))
		}
		d.Result = joined("; ", append([]model.Safe{d.Result, r.Containment(it).Words()}, r.ExceptedWords(it)...)...)
		d.Condition = conditionOf(r, it)
		d.NotNeeded = it.State != model.ItemDone && !r.NotNeeded(it).IsEmpty()
		out = append(out, d)
	}
	return out
}

// conditionOf returns the condition of an item with its answer.
func conditionOf(r *model.Room, it *model.Item) model.Safe {
	def := r.Def(it)
	if def.If == "" {
		if why := r.NotNeeded(it); !why.IsEmpty() {
			return why
		}
		return model.Safe{}
	}
	text := model.CleanLine(def.If)
	if c := r.Plan.Condition(def.If); c != nil {
		text = model.CleanLine(c.Text)
	}
	a, ok := r.Answers[def.If]
	switch {
	case !ok:
		return model.Safef("%s: not answered", text)
	case a.Yes && r.ByExposure(def.If):
		return model.Safef("%s: exposure is %s, by %s", text, r.Exposure.Level, a.By)
	case r.ByExposure(def.If):
		return joined(": ", model.Safef("dropped, %s: exposure is %s, by %s", text, r.Exposure.Level, a.By),
			model.CleanLine(a.Why))
	case a.Yes:
		return model.Safef("%s: yes, by %s", text, a.By)
	case a.Why != "":
		return model.Safef("dropped, %s: no, by %s: %s", text, a.By, model.CleanLine(a.Why))
	}
	return model.Safef("dropped, %s: no, by %s", text, a.By)
}

func phaseWords(r *model.Room, id string) model.Safe {
	if d := r.Plan.Phase(id); d != nil {
		return model.CleanLine(d.Label)
	}
	return model.CleanLine(id)
}

// did writes who did what.
func (w *writer) did() {
	c := w.d.Items
	w.f("## Who did what\n\n%d items: %d done, %d skipped or not needed, %d open.\n\n", c.All, c.Done, c.Skipped,
		c.Open)
	var rows [][]string
	for _, d := range w.d.Deeds {
		state := stateWord(d.State)
		if d.NotNeeded {
			state = "not needed"
		}
		if !d.Stale.IsEmpty() {
			state = "**stale**: " + plain(d.Stale)
		}
		who := plain(d.By)
		if who == "" && !d.Owner.IsEmpty() {
			who = "for " + plain(d.Owner)
		}
		rows = append(rows, []string{fmt.Sprint(d.N), plain(d.Phase), plain(d.Text), state, orDash(who),
			maybeBoth(w, d.Done, d.At), entry(d.Entry), orDash(plain(joined("; ", d.Result, d.Condition)))})
	}
	if len(rows) > 0 {
		w.table([]string{"Item", "Phase", "Text", "State", "Who", "At", "Entry", "Result"}, rows)
	}
}

// stateWord returns the word for the state of an item.
func stateWord(s model.ItemState) string {
	switch s {
	case model.ItemTodo:
		return "open"
	case model.ItemDoing:
		return "in progress"
	}
	return string(s)
}

// Statement is a hypothesis, an ask, a poll or an offer of a role, with its outcome.
type Statement struct {
	What    model.Safe `json:"what"` // hypothesis, ask, handoff
	Text    model.Safe `json:"text"`
	By      model.Safe `json:"by"`
	To      model.Safe `json:"to"`
	At      time.Time  `json:"at"`
	Entry   uint64     `json:"entry"`
	Outcome model.Safe `json:"outcome"`

	// Of a poll: the planned end, and when and by whom it was closed by hand.
	EndsAt   *time.Time `json:"ends_at,omitempty"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	ClosedBy model.Safe `json:"closed_by,omitzero"`
}

// hypothesesOf returns the hypotheses with their outcome.
func hypothesesOf(r *model.Room) []Statement {
	out := []Statement{}
	for _, l := range r.Lines() {
		if l.Kind != model.KindHypothesisOpened || !l.Refused.IsEmpty() {
			continue
		}
		m := r.Marks[l.Seq]
		s := Statement{What: model.Lit("hypothesis"), Text: model.CleanLine(r.Text(l).String()),
			By: model.CleanLine(l.By), At: r.When(l).UTC(), Entry: l.Seq,
			Outcome: model.Lit("open: no outcome is recorded")}
		switch o := m.Outcome; {
		case m.Retracted != "":
			s.Outcome = model.Safef("retracted by %s: %s", m.By, m.Retracted)
		case o != nil:
			s.Outcome = model.Safef("%s by %s in entry %d: %s", string(o.Outcome), o.By, o.Seq,
				model.CleanLine(o.Reason))
		}
		out = append(out, s)
	}
	return out
}

// asksOf returns the asks with their outcome.
func asksOf(r *model.Room, now time.Time) []Statement {
	out := []Statement{}
	for _, a := range r.Asks {
		s := Statement{What: model.Lit("ask"), Text: model.CleanLine(a.Text), By: model.CleanLine(a.From),
			To: model.CleanLine(a.To), At: a.At, Entry: a.Seq}
		if a.Role != "" {
			s.To = r.AskedInTime(a)
		}
		s.Outcome = r.AskOutcome(a, now)
		out = append(out, s)
	}
	return out
}

// pollsOf returns the polls with the objections and the outcome.
func pollsOf(r *model.Room, now time.Time) []Statement {
	out := []Statement{}
	for i := range r.Polls {
		p := &r.Polls[i]
		s := Statement{What: model.Lit("poll"), Text: model.CleanLine(p.Text), By: model.CleanLine(p.By), At: p.At,
			Entry: p.Seq, Outcome: r.PollOutcome(p, now), EndsAt: maybe(p.EndsAt), ClosedAt: maybe(p.ClosedAt),
			ClosedBy: model.CleanLine(p.ClosedBy)}
		for _, o := range p.Objections {
			s.Outcome = model.Safef("%s; %s in entry %d: %s", s.Outcome, o.By, o.Seq, model.CleanLine(o.Reason))
		}
		out = append(out, s)
	}
	return out
}

// none returns the sentence for an empty list. If the profile leaves the list out, the
// sentence states that instead.
func none(d *Report, list, sentence string) string {
	if slices.Contains(d.NotShown, list) {
		return "The " + d.Profile + " profile does not show them."
	}
	return sentence
}

// statements writes a section of statements.
func (w *writer) statements(title, none string, list []Statement) {
	w.f("## %s\n\n", title)
	if len(list) == 0 {
		w.f("%s\n\n", none)
		return
	}
	var rows [][]string
	for _, s := range list {
		who := plain(s.By)
		if !s.To.IsEmpty() {
			who += " to " + plain(s.To)
		}
		outcome := plain(s.Outcome)
		if s.ClosedAt != nil {
			outcome += " (closed " + w.at(*s.ClosedAt) + ", planned until " + w.at(*s.EndsAt) + ")"
		}
		rows = append(rows, []string{entry(s.Entry), w.at(s.At), who, orDash(plain(s.Text)), outcome})
	}
	w.table([]string{"Entry", "At", "Who", "Text", "Outcome"}, rows)
}
