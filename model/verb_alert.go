package model

import (
	"slices"
	"strings"
)

// parseJudge parses ":judge N VERDICT REASON". The words of a verdict may be
// abbreviated or hyphenated.
func parseJudge(a *args) (Body, error) {
	al, err := a.alert()
	if err != nil {
		return nil, err
	}
	if a.peek() == "" {
		return nil, Refuse(Invalid, "give a verdict on alert %d and a reason; the verdicts are %s",
			al.N, strings.Join(Verdicts, ", "))
	}
	v, err := a.verdict(al)
	if err != nil {
		return nil, err
	}
	a.as("verdict", CleanLine(strings.ReplaceAll(v, "_", " ")))
	return &AlertJudged{Alert: al.ID, Verdict: v, Why: a.reason()}, nil
}

// verdict consumes a verdict. A true positive has to state whether it had impact.
func (a *args) verdict(al *RoomAlert) (string, error) {
	v := verdict(a.word())
	next := func() string { return strings.ReplaceAll(strings.ToLower(a.peek()), "-", "_") }
	if (v == "true" || v == "false") && next() == "positive" {
		v += "_" + verdict(a.word())
	}
	switch v {
	case "false", "fp", "false_positive":
		return Verdicts[2], nil
	case "true", "tp", "true_positive":
	default:
		return v, nil
	}
	for _, w := range []struct{ word, verdict string }{{"with_impact", Verdicts[0]}, {"without_impact", Verdicts[1]},
		{"no_impact", Verdicts[1]}, {"impact", Verdicts[0]}} {
		if next() == w.word {
			a.word()
			return w.verdict, nil
		}
	}
	for _, w := range []struct{ word, verdict string }{{"with", Verdicts[0]}, {"without", Verdicts[1]},
		{"no", Verdicts[1]}} {
		if f := a.words(); len(f) > 1 && strings.EqualFold(f[0], w.word) && strings.EqualFold(f[1], "impact") {
			a.word()
			a.word()
			return w.verdict, nil
		}
	}
	return "", Refuse(Invalid,
		"a true positive needs to state its impact: :judge %d with-impact REASON, or :judge %d without-impact REASON",
		al.N, al.N)
}

// alert consumes the number of an alert.
func (a *args) alert() (*RoomAlert, error) {
	n, err := a.number("alert")
	if err != nil {
		return nil, err
	}
	if al := a.Room.AlertN(n); al != nil {
		a.about(Safef("%d %s", n, CleanLine(al.Alert.Title)))
		return al, nil
	}
	return nil, Refuse(NotFound, "there is no alert %d; %s", n, a.Room.alertSpan())
}

// alertSpan describes which alerts exist, for a refusal.
func (r *Room) alertSpan() Safe {
	n := len(r.Alerts)
	switch {
	case !r.Lobby && n == 0:
		return Lit("this room has none")
	case !r.Lobby:
		return Safef("this room has %d", n)
	case n == 0:
		return Lit("there are none yet")
	}
	return Safef("there are %d, up to %d", n, r.Alerts[n-1].N)
}

// verdict returns the verdict that a word stands for, or the word itself if it
// stands for none.
func verdict(w string) string {
	w = strings.ReplaceAll(strings.ToLower(w), "-", "_")
	switch w {
	case "impact", "with_impact":
		return Verdicts[0]
	case "no_impact", "without_impact", "true_positive_no_impact":
		return Verdicts[1]
	}
	return w
}

func alerts(c Ctx, _ []string) []option {
	var open, judged []option
	for i := range c.Room.Alerts {
		a := &c.Room.Alerts[i]
		o := option{word: Safef("%d", a.N).String(),
			help: Safef("%s  %s: %s", a.Alert.Severity, a.Alert.Source, a.Alert.What())}
		if a.Settled() && c.Room.Lobby {
			continue
		}
		if a.Verdict == "" {
			open = append(open, o)
		} else {
			judged = append(judged, o)
		}
	}
	return slices.Concat(open, judged)
}

func verdicts(Ctx, []string) []option {
	return from(Verdicts, func(s string) (string, string) { return s, "" })
}
