package model

import (
	"slices"
	"strings"
)

// parseJudge reads a verdict. Its words may be short, and written with a dash.
func parseJudge(a *args) (Body, error) {
	al, err := a.alert()
	if err != nil {
		return nil, err
	}
	if a.peek() == "" {
		return nil, Refuse(Invalid, "say what alert %d is: %s, and why", al.N, strings.Join(Verdicts, ", "))
	}
	return &AlertJudged{Alert: al.ID, Verdict: verdict(a.word()), Why: a.text()}, nil
}

// alert takes an alert's number.
func (a *args) alert() (*RoomAlert, error) {
	n, err := a.number("alert")
	if err != nil {
		return nil, err
	}
	if al := a.Room.AlertN(n); al != nil {
		return al, nil
	}
	return nil, Refuse(NotFound, "there is no alert %d; %s", n, a.Room.alertSpan())
}

// alertSpan says which alerts there are.
func (r *Room) alertSpan() Safe {
	n := len(r.Alerts)
	switch {
	case !r.Lobby:
		return Safef("the room has %d", n)
	case n == 0:
		return Lit("none came in yet")
	}
	return Safef("there are %d, up to %d", n, r.Alerts[n-1].N)
}

// verdict reads the word for a verdict, which the check refuses where it is none.
func verdict(w string) string {
	w = strings.ReplaceAll(strings.ToLower(w), "-", "_")
	switch w {
	case "true", "tp", "impact", "true_positive":
		return Verdicts[0]
	case "no_impact", "true_positive_no_impact":
		return Verdicts[1]
	case "false", "fp":
		return Verdicts[2]
	}
	return w
}

func alerts(c Ctx, _ []string) []option {
	var open, judged []option
	for i := range c.Room.Alerts {
		a := &c.Room.Alerts[i]
		o := option{Safef("%d", a.N).String(), Safef("%s  %s: %s", a.Alert.Severity, a.Alert.Source, a.Alert.What())}
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
