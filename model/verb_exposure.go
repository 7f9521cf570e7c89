package model

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// The parts of an assessment of exposure stand before the reason, in any order, or
// behind it where they cannot be taken for words of it.

var (
	aboutForm = regexp.MustCompile(`^~[0-9][0-9.,]*[kKmM]?$`)
	countForm = regexp.MustCompile(`^[0-9][0-9.,]*[kKmM]?$`)
)

// exposureParts are what was read of one so far.
type exposureParts struct {
	*args
	b     *ExposureAssessed
	aware time.Time
}

func parseExposure(a *args) (Body, error) {
	b := &ExposureAssessed{Level: strings.ToLower(a.word())}
	if b.Level == "yes" {
		b.Level = ExposureConfirmed
	}
	a.as("exposure", CleanLine(b.Level))
	x := &exposureParts{args: a, b: b}
	for {
		took, err := x.next()
		if err != nil {
			return nil, err
		}
		if !took {
			break
		}
	}
	if err := x.trailing(); err != nil {
		return nil, err
	}
	switch {
	case !a.at.IsZero() && !x.aware.IsZero() && !a.at.Equal(x.aware):
		return nil, Refuse(Invalid, "two times are given, %s and %s; leave one out", Stamp(a.at), Stamp(x.aware))
	case x.aware.IsZero():
		x.aware = a.at // a time before the command says the same
	}
	if !x.aware.IsZero() {
		at := x.aware.UTC()
		b.Aware = &at
	}
	if err := x.inside(); err != nil {
		return nil, err
	}
	a.as("people", CleanLine(b.Subjects))
	a.as("regimes", CleanLine(strings.ToUpper(strings.Join(b.Regimes, ", "))))
	a.as("data", CleanLine(strings.Join(b.Categories, ", ")))
	if b.Aware != nil {
		a.as("aware since", Stamp(*b.Aware))
	}
	b.Why = a.reason()
	return b, nil
}

// regime is the regime of the plan that a word names, "" where it names none.
func (a *args) regime(w string) string {
	for _, d := range a.Room.Plan.Clocks {
		if d.Regime != "" && strings.EqualFold(d.Regime, w) {
			return d.Regime
		}
	}
	return ""
}

// next takes one part off the beginning of what is left.
func (x *exposureParts) next() (bool, error) {
	w := strings.TrimRight(x.peek(), ",;")
	switch {
	case w == "":
		return false, nil
	case x.b.Subjects == "" && (aboutForm.MatchString(w) || countForm.MatchString(w) && !bareTime(w)):
		if next := x.words(); countForm.MatchString(w) && len(next) > 1 && !x.isPart(next[1]) {
			return false, Refuse(Invalid, "is %s how many people? Then write ~%s; else begin the reason with a word", quoted(w), w)
		}
		x.word()
		x.people(w)
		return true, nil
	case x.regime(w) != "":
		x.word()
		x.addRegime(x.regime(w))
		return true, nil
	case strings.HasPrefix(strings.ToLower(w), "data:") && len(w) > 5:
		list, _, _ := strings.Cut(x.word(), " ")
		x.b.Categories = append(x.b.Categories, strings.FieldsFunc(list[5:], func(c rune) bool {
			return c == ',' ||
				c == ';'
		})...)
		return true, nil
	case !x.aware.IsZero():
		return false, nil
	}
	had := len(x.parts)
	at, err := x.when()
	x.parts = x.parts[:had]
	x.aware = at
	return !at.IsZero(), err
}

// isPart reports whether a word can be a part of an assessment that is not its
// reason.
func (x *exposureParts) isPart(w string) bool {
	w = strings.ToLower(strings.TrimRight(w, ",;"))
	return isCounted(w) || x.regime(w) != "" || strings.HasPrefix(w, "data:") || timeWord(w) || bareTime(w) || agoForm.MatchString(w)
}

// isCounted reports whether a word says what a number counts.
func isCounted(w string) bool {
	return slices.Contains([]string{"people", "persons", "subjects", "users", "customers", "accounts"}, w)
}

// people takes how many, and the word for whom it is a number of.
func (x *exposureParts) people(w string) {
	x.b.Subjects = "~" + strings.TrimPrefix(w, "~")
	if isCounted(strings.ToLower(strings.TrimRight(x.peek(), ",;"))) {
		if w := strings.TrimRight(x.word(), ",;"); !strings.EqualFold(w, "people") {
			x.b.Subjects += " " + w
		}
	}
}

func (x *exposureParts) addRegime(g string) {
	if !slices.Contains(x.b.Regimes, g) {
		x.b.Regimes = append(x.b.Regimes, g)
	}
}

// trailing takes parts off the end of the reason: ~1200, a regime, a time.
func (x *exposureParts) trailing() error {
	for {
		w := x.words()
		if len(w) == 0 {
			return nil
		}
		last := strings.TrimRight(w[len(w)-1], ",;")
		switch {
		case x.b.Subjects == "" && aboutForm.MatchString(last):
			x.b.Subjects = last
		case len(w) > 2 && x.b.Subjects == "" && strings.EqualFold(last, "people") &&
			(aboutForm.MatchString(w[len(w)-2]) || countForm.MatchString(w[len(w)-2])):
			x.b.Subjects = "~" + strings.TrimPrefix(w[len(w)-2], "~")
			w = w[:len(w)-1]
		case x.regime(last) != "":
			x.addRegime(x.regime(last))
		default:
			had := len(x.parts)
			at, err := time.Time{}, error(nil)
			if x.aware.IsZero() {
				at, err = x.lastTime(true)
			}
			x.parts = x.parts[:had]
			if at.IsZero() || err != nil {
				return err
			}
			x.aware = at
			continue
		}
		x.rest = strings.Join(w[:len(w)-1], " ")
	}
}

// inside refuses a number or a time in the middle of the reason, where nobody can
// tell whether it is a part of it.
func (x *exposureParts) inside() error {
	for _, w := range x.words() {
		w = strings.TrimRight(w, ",;.")
		switch {
		case x.b.Subjects == "" && aboutForm.MatchString(w):
			return Refuse(Invalid, "%s stands inside the reason; how many people stands before or behind it: :exposure %s %s ... REASON", quoted(w), x.b.Level, w)
		case x.b.Aware == nil && strings.HasPrefix(w, "@") && (looksLikeTime(w) || hourForm.MatchString(w[1:])):
			return Refuse(Invalid, "%s stands inside the reason; since when somebody was aware stands before or behind it: :exposure %s %s ... REASON", quoted(w), x.b.Level, w)
		}
	}
	return nil
}
