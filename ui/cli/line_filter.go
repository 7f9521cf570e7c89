package cli

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"warroom/model"
)

// lineFilter selects the lines of a timeline to print. The zero value selects all.
type lineFilter struct {
	since, until time.Time // time of recording; until is exclusive
	kinds        []model.Kind
	by           []string // handles
}

// keeps reports whether a line is printed.
func (f *lineFilter) keeps(kind model.Kind, by string, recorded time.Time) bool {
	return !recorded.Before(f.since) && (f.until.IsZero() || recorded.Before(f.until)) &&
		(len(f.kinds) == 0 || slices.Contains(f.kinds, kind)) && (len(f.by) == 0 || slices.Contains(f.by, by))
}

// isEmpty reports whether all lines are printed.
func (f *lineFilter) isEmpty() bool {
	return f.since.IsZero() && f.until.IsZero() && len(f.kinds)+len(f.by) == 0
}

// lineFlags are the flags of a lineFilter, unparsed.
type lineFlags struct {
	since, until string
	kinds, by    []string
}

// add adds the flags to a flag set.
func (l *lineFlags) add(f *pflag.FlagSet) {
	f.StringVar(&l.since, "since", "", "only entries recorded since `TIME`: 1h, -12m, 14:32, 'yesterday 23:10'")
	f.StringSliceVar(&l.kinds, "kind", nil, "only these `KINDS`: note, decision, item.done, alert")
	f.StringSliceVar(&l.by, "by", nil, "only entries by these `PEOPLE`: ana,bo")
}

// filter parses the flags.
func (l *lineFlags) filter(a *app) (f lineFilter, err error) {
	if f.since, err = sinceFlag(a, "since", l.since); err != nil {
		return f, err
	}
	if f.until, err = sinceFlag(a, "until", l.until); err != nil {
		return f, err
	}
	for _, w := range l.kinds {
		kinds := kindsOf(w)
		if kinds == nil {
			return f, usage(model.Safef("--kind: there is no kind %s; the kinds are %s", w, kindWords()))
		}
		f.kinds = append(f.kinds, kinds...)
	}
	for _, w := range l.by {
		who := strings.TrimPrefix(strings.TrimSpace(w), "@")
		if !model.ValidHandle(who) {
			return f, usage(model.Safef("--by: %s is not a handle; write it as ana or @ana", w))
		}
		f.by = append(f.by, who)
	}
	return f, nil
}

// agoForm matches a duration without a sign.
var agoForm = regexp.MustCompile(`^([0-9]+[dhms])+$`)

// sinceFlag is like timeFlag, and parses 1h as one hour ago.
func sinceFlag(a *app, flag, s string) (time.Time, error) {
	if agoForm.MatchString(s) {
		s = "-" + s
	}
	return timeFlag(a, flag, s)
}

// formerWords has words that the timeline showed in earlier versions.
var formerWords = map[string]string{"struck": string(model.KindKeyRevoked), "if": string(model.KindConditionAnswered)}

// kindsOf returns the kinds with a name (item.done), a word of the timeline (check), or
// all kinds of a family (item); nil if there are none.
func kindsOf(w string) []model.Kind {
	w = strings.ToLower(strings.TrimSpace(w))
	if kind, ok := formerWords[w]; ok {
		w = kind
	}
	var out []model.Kind
	for _, k := range model.Kinds() {
		family, _, _ := strings.Cut(string(k), ".")
		if w != "" && (w == string(k) || w == family || w == k.Word().String()) {
			out = append(out, k)
		}
	}
	return out
}

// kindWords lists the words of all kinds.
func kindWords() string {
	var out []string
	for _, k := range model.Kinds() {
		if w := k.Word().String(); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
