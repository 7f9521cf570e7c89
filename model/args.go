package model

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// args reads the words after a command from left to right.
type args struct {
	Ctx
	remaining string
	at        time.Time
	parsed    []ParsedArg // what the words so far were understood as
	verb      *verbDef    // the command that is parsed
}

// word consumes and returns the next word, or "" at the end.
func (a *args) word() string {
	a.remaining = strings.TrimLeft(a.remaining, " ")
	w, rest, _ := strings.Cut(a.remaining, " ")
	a.remaining = rest
	return w
}

// peek returns the next word without consuming it.
func (a *args) peek() string {
	w, _, _ := strings.Cut(strings.TrimLeft(a.remaining, " "), " ")
	return w
}

// text consumes and returns the remaining text.
func (a *args) text() string {
	return a.textAs("text")
}

// when consumes a time if the remaining text begins with one.
func (a *args) when() (time.Time, error) {
	line := strings.TrimLeft(a.remaining, " ")
	if first, next, _ := strings.Cut(line, " "); bareTime(first) ||
		(first == "yesterday" || first == "today" || dateForm.MatchString(first)) && bareTime(firstWord(next)) {
		line = "@" + line
	}
	at, rest, err := LeadingTime(line, a.Now, a.Zone)
	switch w := a.peek(); {
	case err != nil:
	case !at.IsZero():
		a.remaining = rest
		a.as("time", FormatTime(at))
	case strings.HasPrefix(w, "@") || looksLikeTime(w):
		return at, Refuse(Invalid, "%s is not a time; write @14:37, @yesterday 23:10 or -12m", w)
	}
	return at, err
}

// person consumes a handle, with or without @. "@me" is the person who types.
func (a *args) person() string {
	w := a.word()
	if w == "" {
		return ""
	}
	return a.handle(w)
}

// firstWord returns the first word of a text.
func firstWord(s string) string {
	w, _, _ := strings.Cut(strings.TrimLeft(s, " "), " ")
	return w
}

// number consumes a number that the screen shows.
func (a *args) number(what lit) (int, error) {
	w := strings.TrimPrefix(a.word(), "#")
	n, err := strconv.Atoi(w)
	if w == "" {
		return 0, Refuse(Invalid, "give the number of the %s, as the screen shows it", Lit(what))
	}
	if err != nil || n < 1 {
		return 0, Refuse(Invalid, "give the number of the %s, as the screen shows it, not %s", Lit(what), quoted(w))
	}
	a.as(what, Safef("%d", n))
	return n, nil
}

// choose refuses a line in which a word is missing that is one of a list; what is the noun for it.
func choose(what lit, list []string) error {
	return Refuse(Invalid, "name the %s: %s", Lit(what), strings.Join(list, ", "))
}

func quoted(w string) Safe {
	if w == "" {
		return Lit("nothing")
	}
	return Safef("%q", CleanLine(w).String())
}

// item consumes an item's number and returns the item's id.
func (a *args) item() (string, error) {
	n, err := a.number("item")
	if err != nil {
		return "", err
	}
	if it := a.Room.ItemByN(n); it != nil {
		a.about(Safef("%d %s", n, it.Text))
		return it.ID, nil
	}
	if n <= len(a.Room.Plan.Items) {
		d := a.Room.Plan.Items[n-1]
		return "", Refuse(Conflict, "item %d (%s) is only for incidents of kind %s; :kind %s adds it", n, d.Text,
			strings.Join(d.Kinds, ", "), d.Kinds[0])
	}
	last := len(a.Room.Plan.Items)
	if k := len(a.Room.Items); k > 0 {
		last = max(last, a.Room.Items[k-1].N)
	}
	return "", noSuch("item", n, last, "the checklist has")
}

// noSuch is the error for a number that is not among the first last ones; has is who has
// them, with its verb.
func noSuch(what lit, n, last int, has lit) error {
	switch last {
	case 0:
		return Refuse(NotFound, "there is no %s %d: %s none", Lit(what), n, Lit(has))
	case 1:
		return Refuse(NotFound, "there is no %s %d; %s only %s 1", Lit(what), n, Lit(has), Lit(what))
	}
	return Refuse(NotFound, "there is no %s %d; %s 1 to %d", Lit(what), n, Lit(has), last)
}

// entry consumes the number of an entry.
func (a *args) entry() (*Line, error) {
	l, err := a.anyLine()
	if err == nil && !l.IsEntry() {
		return nil, notEntry(l)
	}
	return l, err
}

// notEntry returns the error for a line that cannot be changed.
func notEntry(l *Line) error {
	return Refuse(Invalid, "line %d (%s) is not a text entry, such as a note or a decision, and cannot be "+
		"changed; write a note about it", l.Seq, l.Word())
}

// anyLine consumes the number of a line of the timeline.
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
	a.about(Safef("%d %s by %s: %s", n, l.Word(), l.By, CleanLine(a.Room.Text(l).String())))
	return l, nil
}

// clock consumes a clock's id or number.
func (a *args) clock() (*ClockDef, error) {
	w, number := a.word(), Safe{}
	if n, err := strconv.Atoi(w); err == nil && n >= 1 && n <= len(a.Room.Clocks) {
		w, number = a.Room.Clocks[n-1].ID, Safef("%d ", n)
	}
	id, several := meant(w, a.Room.Plan.clockNames())
	if d := a.Room.Plan.Clock(id); d != nil {
		a.as("clock", Safef("%s%s", number, d.Label))
		if !number.IsEmpty() {
			a.about(Safef("%s%s", number, d.Label))
		}
		return d, nil
	}
	if w == "" {
		return nil, Refuse(Invalid, "name the clock: %s", a.Room.Plan.clockIDs())
	}
	if len(several) > 0 {
		return nil, Refuse(Invalid, "%s matches more than one clock: %s", quoted(w), strings.Join(several, ", "))
	}
	return nil, Refuse(NotFound, "there is no clock %s in the plan; it has: %s", quoted(w), a.Room.Plan.clockIDs())
}

// span consumes a length of time such as 10m.
func (a *args) span() (Duration, error) {
	w := a.word()
	if w == "" {
		return 0, Refuse(Invalid, "give a length of time, such as 10m or 1h30m")
	}
	d, err := ParseLength(w)
	if err != nil || d <= 0 {
		return 0, Refuse(Invalid, "%s is not a length of time; write 10m or 1h30m", quoted(w))
	}
	a.as("duration", Safef("%s", Duration(d)))
	return Duration(d), nil
}

// override consumes "override REASON".
func (a *args) override() (reason string, ok bool, err error) {
	if a.peek() != "override" {
		return "", false, nil
	}
	a.word()
	reason = a.reason()
	if reason == "" {
		return "", true, Refuse(Invalid, "give a reason after override")
	}
	return reason, true, nil
}

// option is one word that may come next in a line.
type option struct {
	word string
	help Safe
}

// slot returns the words that may stand at one position of a command. words are the
// words before that position.
type slot func(c Ctx, words []string) []option

func from[T any](list []T, f func(T) (string, string)) []option {
	out := make([]option, len(list))
	for i, v := range list {
		w, h := f(v)
		out[i] = option{word: w, help: CleanLine(h)}
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
	return from(c.Room.Plan.Roles,
		func(d RoleDef) (string, string) { return d.ID, d.Label + "  " + strings.Join(d.Duties, "; ") })
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
			out = append(out, option{word: d.ID, help: CleanLine(d.Label)})
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
			out = append(out, option{word: strconv.Itoa(it.N), help: CleanLine(it.Text)})
		}
	}
	return out
}

func reviewSections(c Ctx, _ []string) []option {
	return from(ReviewSections, func(s string) (string, string) {
		if prev, ok := c.Room.Review[s]; ok {
			return s, "now: " + prev.Text
		}
		return s, "not written yet"
	})
}

func yesNo(Ctx, []string) []option {
	return []option{{word: "yes"}, {word: "no"}}
}

func words3(a, b, c lit) slot { return wordsOf(a, b, c) }

func wordsOf(list ...lit) slot {
	return func(Ctx, []string) (out []option) {
		for _, w := range list {
			out = append(out, option{word: string(w)})
		}
		return out
	}
}

func clockActs(Ctx, []string) []option {
	return []option{{word: "arm", help: Lit("start it by hand")},
		{word: "move", help: Lit("move its start, with a reason")},
		{word: "met", help: Lit("record how it was met")},
		{word: "waive", help: Lit("not required, with a reason")}}
}

// people lists the people known in the room.
func people(c Ctx, _ []string) []option {
	seen := map[string]bool{}
	var out []option
	add := func(h string) {
		if h != "" && h != "hub" && !seen[h] && ValidHandle(h) {
			seen[h] = true
			out = append(out, option{word: "@" + h,
				help: JoinSafe(Lit(", "), CleanLine(strings.Join(c.Room.RolesOf(h), ", ")))})
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
