package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The arguments of :exposure come before the reason, in any order, or after it if
// they cannot be part of it.

var (
	aboutForm = regexp.MustCompile(`^~[0-9][0-9.,]*[kKmM]?$`)
	countForm = regexp.MustCompile(`^[0-9][0-9.,]*[kKmM]?$`)
	groupForm = regexp.MustCompile(`^\d{1,3}([.,]\d{3})+$`)
	// wrongAbout matches a word that begins like a number of people.
	wrongAbout = regexp.MustCompile(`^~[-+]?[0-9]`)
)

// maxPeople is more than there are people.
const maxPeople = 1e10

// countable reports whether a word such as ~1,200 or 3.5k is a possible number of people.
func countable(w string) bool {
	n := strings.ToLower(strings.TrimPrefix(w, "~"))
	if !countForm.MatchString(n) {
		return false
	}
	times := 1.0
	switch n[len(n)-1] {
	case 'k':
		times = 1e3
	case 'm':
		times = 1e6
	}
	n = strings.TrimRight(n, "km")
	if groupForm.MatchString(n) {
		n = strings.NewReplacer(",", "", ".", "").Replace(n)
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(n, ",", "."), 64)
	return err == nil && v*times <= maxPeople
}

// wrongCount reports whether a word within a reason begins like a number of people but
// is none.
func wrongCount(w string) bool { return wrongAbout.MatchString(w) && !countable(w) }

func notCountable(w string) error {
	return Refuse(Invalid, "%s is not a number of people; write ~1200: :exposure none|suspected|confirmed [~N] "+
		"[REGIME...] [@TIME] [data:KIND,...] [WHY]", quoted(w))
}

// exposureArgs is the state of parsing an assessment.
type exposureArgs struct {
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
	x := &exposureArgs{args: a, b: b}
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
		return nil, Refuse(Invalid, "there are two times, %s and %s; leave one of them out", FormatTime(a.at),
			FormatTime(x.aware))
	case x.aware.IsZero():
		x.aware = a.at // a time before the command has the same meaning
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
		a.as("aware since", FormatTime(*b.Aware))
	}
	b.Why = a.reason()
	return b, nil
}

// regime returns the regime of the plan that a word names, or "" if it names none.
func (a *args) regime(w string) string {
	for _, d := range a.Room.Plan.Clocks {
		if d.Regime != "" && strings.EqualFold(d.Regime, w) {
			return d.Regime
		}
	}
	return ""
}

// next consumes one argument at the beginning of the remaining text.
func (x *exposureArgs) next() (bool, error) {
	w := strings.TrimRight(x.peek(), ",;")
	switch {
	case w == "":
		return false, nil
	case strings.HasPrefix(w, "~") && !countable(w), countForm.MatchString(w) && !bareTime(w) && !countable(w):
		return false, notCountable(w)
	case x.b.Subjects == "" && (aboutForm.MatchString(w) || countForm.MatchString(w) && !bareTime(w)):
		if next := x.words(); countForm.MatchString(w) && len(next) > 1 && !x.isArg(next[1]) {
			return false, Refuse(Invalid, "if %s is the number of people, write ~%s; otherwise begin the reason "+
				"with a word",
				quoted(w), w)
		}
		x.word()
		x.people(w)
		return true, nil
	case x.regime(w) != "":
		x.word()
		x.addRegime(x.regime(w))
		return true, nil
	case x.severalRegimes(w):
		x.word()
		for _, g := range splitRegimes(w) {
			x.addRegime(x.regime(g))
		}
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
	had := len(x.parsed)
	at, err := x.when()
	x.parsed = x.parsed[:had]
	x.aware = at
	return !at.IsZero(), err
}

// splitRegimes splits a list such as "GDPR/KVKK".
func splitRegimes(w string) []string {
	return strings.FieldsFunc(w, func(c rune) bool { return c == '/' || c == '+' || c == ',' || c == '&' })
}

// severalRegimes reports whether a word is a list of two or more regimes.
func (x *exposureArgs) severalRegimes(w string) bool {
	list := splitRegimes(w)
	return len(list) > 1 && !slices.ContainsFunc(list, func(g string) bool { return x.regime(g) == "" })
}

// isArg reports whether a word may be an argument rather than part of the reason.
func (x *exposureArgs) isArg(w string) bool {
	w = strings.ToLower(strings.TrimRight(w, ",;"))
	return isCounted(w) || x.regime(w) != "" || strings.HasPrefix(w, "data:") || timeWord(w) || bareTime(w) ||
		agoForm.MatchString(w)
}

// isCounted reports whether a word names what a number counts, such as users.
func isCounted(w string) bool {
	return slices.Contains([]string{"people", "persons", "subjects", "users", "customers", "accounts"}, w)
}

// people consumes a number of people, and the word for what it counts.
func (x *exposureArgs) people(w string) {
	x.b.Subjects = "~" + strings.TrimPrefix(w, "~")
	if isCounted(strings.ToLower(strings.TrimRight(x.peek(), ",;"))) {
		if w := strings.TrimRight(x.word(), ",;"); !strings.EqualFold(w, "people") {
			x.b.Subjects += " " + w
		}
	}
}

func (x *exposureArgs) addRegime(g string) {
	if !slices.Contains(x.b.Regimes, g) {
		x.b.Regimes = append(x.b.Regimes, g)
	}
}

// trailing consumes arguments at the end of the reason: ~1200, a regime, a time.
func (x *exposureArgs) trailing() error {
	for {
		w := x.words()
		if len(w) == 0 {
			return nil
		}
		last := strings.TrimRight(w[len(w)-1], ",;")
		switch {
		case wrongCount(last):
			return notCountable(last)
		case x.b.Subjects == "" && aboutForm.MatchString(last):
			x.b.Subjects = last
		case len(w) > 2 && x.b.Subjects == "" && strings.EqualFold(last, "people") &&
			(aboutForm.MatchString(w[len(w)-2]) || countForm.MatchString(w[len(w)-2])):
			x.b.Subjects = "~" + strings.TrimPrefix(w[len(w)-2], "~")
			w = w[:len(w)-1]
		case x.regime(last) != "":
			x.addRegime(x.regime(last))
		default:
			had := len(x.parsed)
			at, err := time.Time{}, error(nil)
			if x.aware.IsZero() {
				at, err = x.lastTime(true)
			}
			x.parsed = x.parsed[:had]
			if at.IsZero() || err != nil {
				return err
			}
			x.aware = at
			continue
		}
		x.remaining = strings.Join(w[:len(w)-1], " ")
	}
}

// inside refuses a reason with a number or time in the middle, which may have been
// meant as an argument.
func (x *exposureArgs) inside() error {
	for _, w := range x.words() {
		w = strings.TrimRight(w, ",;.")
		switch {
		case wrongCount(w):
			return notCountable(w)
		case x.b.Subjects == "" && aboutForm.MatchString(w):
			return Refuse(Invalid,
				"%s is in the middle of the reason; put the number of people before or after it: :exposure %s %s "+
					"... REASON",
				quoted(w), x.b.Level, w)
		case x.b.Aware == nil && strings.HasPrefix(w, "@") && (looksLikeTime(w) || hourForm.MatchString(w[1:])):
			return Refuse(Invalid,
				"%s is in the middle of the reason; put the time of awareness before or after it: :exposure %s %s "+
					"... REASON", quoted(w), x.b.Level, w)
		}
	}
	return nil
}
