package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// args reads the words after a command, one after the other.
type args struct {
	Ctx
	rest  string
	at    time.Time
	parts []Part // what the words so far were read as
}

// word takes the next word; "" at the end.
func (a *args) word() string {
	a.rest = strings.TrimLeft(a.rest, " ")
	w, rest, _ := strings.Cut(a.rest, " ")
	a.rest = rest
	return w
}

// peek is the next word, which stays.
func (a *args) peek() string {
	w, _, _ := strings.Cut(strings.TrimLeft(a.rest, " "), " ")
	return w
}

// text takes all that is left.
func (a *args) text() string {
	return a.textAs("text")
}

// when takes a time, where the rest begins with one.
func (a *args) when() (time.Time, error) {
	line := strings.TrimLeft(a.rest, " ")
	if first, next, _ := strings.Cut(line, " "); bareTime(first) || (first == "yesterday" || first == "today" || dateForm.MatchString(first)) && bareTime(firstWord(next)) {
		line = "@" + line
	}
	at, rest, err := LeadingTime(line, a.Now, a.Zone)
	switch w := a.peek(); {
	case err != nil:
	case !at.IsZero():
		a.rest = rest
		a.as("time", Stamp(at))
	case strings.HasPrefix(w, "@") || looksLikeTime(w):
		return at, Refuse(Invalid, "%s is no time; write @14:37, @yesterday 23:10 or -12m", w)
	}
	return at, err
}

// person takes a handle, with or without @. "@me" is who types.
func (a *args) person() string {
	w := a.word()
	if w == "" {
		return ""
	}
	return a.handle(w)
}

// firstWord is the first word of a text.
func firstWord(s string) string {
	w, _, _ := strings.Cut(strings.TrimLeft(s, " "), " ")
	return w
}

// number takes a number of the screen.
func (a *args) number(what lit) (int, error) {
	w := strings.TrimPrefix(a.word(), "#")
	n, err := strconv.Atoi(w)
	if w == "" {
		return 0, Refuse(Invalid, "give the number of the %s as the screen shows it", Lit(what))
	}
	if err != nil || n < 1 {
		return 0, Refuse(Invalid, "give the number of the %s as the screen shows it, not %s", Lit(what), quoted(w))
	}
	a.as(what, Safef("%d", n))
	return n, nil
}

func quoted(w string) Safe {
	if w == "" {
		return Lit("nothing")
	}
	return Safef("%q", CleanLine(w).String())
}

// item takes an item's number and returns its id.
func (a *args) item() (string, error) {
	n, err := a.number("item")
	if err != nil {
		return "", err
	}
	if it := a.Room.ItemByN(n); it != nil {
		return it.ID, nil
	}
	if n <= len(a.Room.Plan.Items) {
		d := a.Room.Plan.Items[n-1]
		return "", Refuse(Conflict, "item %d (%s) is only for incidents of kind %s; :kind %s adds it", n, d.Text, strings.Join(d.Kinds, ", "), d.Kinds[0])
	}
	last := len(a.Room.Plan.Items)
	if k := len(a.Room.Items); k > 0 {
		last = max(last, a.Room.Items[k-1].N)
	}
	return "", Refuse(NotFound, "there is no item %d; the checklist has 1 to %d", n, last)
}

// entry takes an entry's number.
func (a *args) entry() (*Line, error) {
	l, err := a.anyLine()
	if err == nil && !l.IsEntry() {
		return nil, Refuse(Invalid, "line %d is no entry; only what a person wrote can be changed", l.Seq)
	}
	return l, err
}

// anyLine takes the number of a line of the timeline.
func (a *args) anyLine() (*Line, error) {
	n, err := a.number("entry")
	if err != nil {
		return nil, err
	}
	l := a.Room.Line(uint64(n))
	switch {
	case l == nil && n <= a.Room.Older():
		return nil, Refuse(Conflict, "entry %d is still being read; try again in a moment", n)
	case l == nil:
		return nil, Refuse(NotFound, "there is no entry %d; the newest is %d", n, a.Room.Seq)
	}
	return l, nil
}

// clock takes a clock's id or number.
func (a *args) clock() (*ClockDef, error) {
	w := a.word()
	if n, err := strconv.Atoi(w); err == nil && n >= 1 && n <= len(a.Room.Clocks) {
		w = a.Room.Clocks[n-1].ID
	}
	if d := a.Room.Plan.Clock(w); d != nil {
		a.as("clock", CleanLine(d.Label))
		return d, nil
	}
	if w == "" {
		return nil, Refuse(Invalid, "say which clock: %s", a.Room.Plan.clockIDs())
	}
	return nil, Refuse(NotFound, "the plan knows no clock %s; it has: %s", quoted(w), a.Room.Plan.clockIDs())
}

// span takes a length of time: 10m.
func (a *args) span() (Duration, error) {
	w := a.word()
	d, err := time.ParseDuration(w)
	if err != nil || d <= 0 {
		return 0, Refuse(Invalid, "%s is no length of time; write 10m or 1h30m", quoted(w))
	}
	a.as("length", Safef("%s", Duration(d)))
	return Duration(d), nil
}

// override takes "override REASON".
func (a *args) override() (reason string, ok bool, err error) {
	if a.peek() != "override" {
		return "", false, nil
	}
	a.word()
	reason = a.reason()
	if reason == "" {
		return "", true, Refuse(Invalid, "say why after override")
	}
	return reason, true, nil
}

// option is one word that may come next.
type option struct {
	word string
	help Safe
}

// slot lists what may stand at a place of a command; words are those so far.
type slot func(c Ctx, words []string) []option

func from[T any](list []T, f func(T) (string, string)) []option {
	out := make([]option, len(list))
	for i, v := range list {
		w, h := f(v)
		out[i] = option{w, CleanLine(h)}
	}
	return out
}

func severities(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Severities, func(s Severity) (string, string) { return s.ID, s.Label + " " + s.Definition })
}

func criteria(c Ctx, words []string) []option {
	s := c.Room.Plan.Severity(words[1])
	if s == nil {
		return nil
	}
	return from(s.Criteria, func(k Criterion) (string, string) { return k.ID, k.Text })
}

func kinds(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Kinds, func(d KindDef) (string, string) { return d.ID, d.Label })
}

func phases(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Phases, func(d PhaseDef) (string, string) { return d.ID, d.Label + "  " + d.Objective })
}

func roles(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Roles, func(d RoleDef) (string, string) { return d.ID, d.Label + "  " + strings.Join(d.Duties, "; ") })
}

func conditions(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Conditions, func(d Condition) (string, string) { return d.ID, d.Text })
}

func clocks(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Clocks, func(d ClockDef) (string, string) { return d.ID, d.Label })
}

func audiences(c Ctx, _ []string) []option {
	return from(c.Room.Plan.Audiences, func(d Audience) (string, string) { return d.ID, d.Label + " " + d.Channel })
}

func lawAndAudiences(c Ctx, w []string) []option {
	out := audiences(c, w)
	for _, d := range c.Room.Plan.Clocks {
		if d.Law {
			out = append(out, option{d.ID, CleanLine(d.Label)})
		}
	}
	return out
}

func milestones(c Ctx, _ []string) []option {
	return from(MilestoneNames, func(s string) (string, string) { return s, "" })
}

func items(c Ctx, _ []string) []option {
	var out []option
	for i := range c.Room.Items {
		it := &c.Room.Items[i]
		if !c.Room.Settled(it) && (it.Phase == c.Room.Phase || c.Room.Phase == "") {
			out = append(out, option{strconv.Itoa(it.N), CleanLine(it.Text)})
		}
	}
	return out
}

func reviewParts(c Ctx, _ []string) []option {
	return from(ReviewParts, func(s string) (string, string) {
		if was, ok := c.Room.Review[s]; ok {
			return s, "now: " + was.Text
		}
		return s, "not written yet"
	})
}

func yesNo(Ctx, []string) []option { return []option{{"yes", Safe{}}, {"no", Safe{}}} }

func words3(a, b, c lit) slot { return wordsOf(a, b, c) }

func wordsOf(list ...lit) slot {
	return func(Ctx, []string) (out []option) {
		for _, w := range list {
			out = append(out, option{string(w), Safe{}})
		}
		return out
	}
}

func clockActs(Ctx, []string) []option {
	return []option{{"arm", Lit("start it by hand")}, {"move", Lit("move its start, with a reason")}, {"met", Lit("say how it was met")}, {"waive", Lit("not required, because")}}
}

// people are who is known in the room.
func people(c Ctx, _ []string) []option {
	seen := map[string]bool{}
	var out []option
	add := func(h string) {
		if h != "" && h != "hub" && !seen[h] && ValidHandle(h) {
			seen[h] = true
			out = append(out, option{"@" + h, JoinSafe(Lit(", "), CleanLine(strings.Join(c.Room.RolesOf(h), ", ")))})
		}
	}
	for _, m := range c.Room.Members {
		add(m.Handle)
	}
	for _, a := range c.Room.Roles {
		add(a.Person)
	}
	slices.SortFunc(out, func(a, b option) int { return strings.Compare(a.word, b.word) })
	return out
}
