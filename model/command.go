package model

import (
	"slices"
	"strings"
	"time"
)

// Ctx is what a composer line is read against.
type Ctx struct {
	Room   *Room
	Who    Actor
	Now    time.Time // the hub's time
	Zone   *time.Location
	Knocks []Knock

	Plan func(name string) (*Plan, error) // reads a playbook, "": the configured one; nil: the room's is meant
}

// Parse reads a composer line. Plain text is a note, "!" a decision, "?" a
// hypothesis, "TODO:" a follow-up, ":" a command; a time before any of them
// says when it happened. Numbers of the screen become ids here.
func Parse(line string, c Ctx) (Act, error) {
	line = strings.TrimRight(line, " \t\n")
	at, rest, err := LeadingTime(line, c.Now, c.Zone)
	if err != nil {
		return Act{}, err
	}
	if rest == "" {
		return Act{}, Refuse(Invalid, "there is nothing to say yet")
	}
	switch {
	case strings.HasPrefix(rest, ":"):
		return parseVerb(rest[1:], at, c)
	case rest[0] == '!':
		return entry(KindDecisionMade, rest[1:], at)
	case rest[0] == '?':
		return entry(KindHypothesisOpened, rest[1:], at)
	case strings.HasPrefix(rest, "TODO:"):
		a := &args{rest: rest[5:], Ctx: c}
		b, err := parseTodo(a)
		return Act{At: at, Body: b, Parts: a.parts}, err
	}
	return entry(KindEntryNoted, rest, at)
}

func entry(k Kind, text string, at time.Time) (Act, error) {
	text = strings.TrimSpace(text)
	if err := longText("entry", text, false); err != nil {
		return Act{}, err
	}
	return Act{At: at, Body: NewEntry(k, text)}, nil
}

// parseVerb reads what follows the colon.
func parseVerb(s string, at time.Time, c Ctx) (Act, error) {
	a := &args{rest: s, Ctx: c, at: at}
	name := a.word()
	v := c.verb(name)
	if name == "" {
		return Act{}, Refuse(Invalid, "after the colon comes a command; :help lists them")
	}
	if v == nil && c.Room.Lobby && verbIn(verbs, name) != nil {
		return Act{}, c.Room.inPlace(KindSeverityChanged)
	}
	if v == nil && elsewhere[name] != "" {
		return Act{}, Refuse(NotFound, ":%s is no line of the log; %s", name, Lit(elsewhere[name]))
	}
	if v == nil {
		return Act{}, Refuse(NotFound, "there is no command :%s%s; :help lists them", name, c.near(name))
	}
	a.parts = nil
	if v.parse == nil { // insist: the line behind it, as if it stood alone
		in, err := Parse(a.text(), c)
		if in.At.IsZero() {
			in.At = at
		}
		return in, err
	}
	b, err := v.parse(a)
	if err == nil {
		err = a.done(v)
	}
	if err != nil {
		return Act{}, err
	}
	return Act{At: a.at, Body: b, Parts: a.parts}, nil
}

// elsewhere says where to find what is no line of the log: a page of the screen, or
// a command of the shell.
var elsewhere = map[string]lit{
	"alerts":    "F9 on the screen, or in a shell: warroom status ROOM",
	"channels":  "F8 on the screen, or in a shell: warroom status ROOM",
	"checklist": "F3 on the screen, or in a shell: warroom status ROOM",
	"clocks":    "F2 on the screen, or in a shell: warroom status ROOM",
	"export":    "the screen writes the record by it, or in a shell: warroom export ROOM -o FILE",
	"import":    "in a shell: warroom import FILE",
	"ingest":    "in a shell: warroom ingest FILE --room ROOM",
	"invite":    "in a shell: warroom invite HANDLE --right write",
	"lobby":     "F9 in the list of rooms, or in a shell: warroom status lobby",
	"people":    "F4 on the screen, or in a shell: warroom status ROOM",
	"report":    "in a shell: warroom report ROOM",
	"rooms":     "F5 on the screen, or in a shell: warroom rooms",
	"status":    "F2, F3 and F4 on the screen, or in a shell: warroom status ROOM",
	"tail":      "in a shell: warroom tail ROOM",
	"verify":    "it is a page of the screen, or in a shell: warroom verify ROOM",
	"wall":      "in a shell: warroom wall ROOM",
	"who":       "F4 on the screen, or in a shell: warroom status ROOM",
}

// near suggests the commands that begin alike.
func (c Ctx) near(name string) Safe {
	var out []string
	for _, v := range c.verbs() {
		if name != "" && (strings.HasPrefix(string(v.name), name[:1]) || strings.Contains(string(v.name), name)) {
			out = append(out, ":"+string(v.name))
		}
	}
	if len(out) == 0 || len(out) > 7 {
		return Safe{}
	}
	return Safef("; near it: %s", strings.Join(out, " "))
}

// Hint is what a composer line would do, shown while it is typed.
type Hint struct {
	Will    Safe     // what it is
	When    Safe     // the time it would get, in UTC, where one was given
	Refusal Safe     // why it may not be, and what to do
	Parts   []Part   // what each word became
	Changes []Change // what it does to the clocks
	Toll    Safe     // whom it puts out, and which roles nobody holds then
}

// HintOf says what a line would do.
func HintOf(line string, c Ctx) Hint {
	if h, ok := bulkHint(line, c); ok {
		return h
	}
	var h Hint
	_, rest, err := LeadingTime(line, c.Now, c.Zone)
	if strings.TrimSpace(rest) == "" && err == nil {
		return h
	}
	if name, ok := strings.CutPrefix(rest, ":"); ok {
		name, _, _ = strings.Cut(name, " ")
		if v := c.verb(name); v != nil {
			h.Will = Safef(":%s %s  %s", Lit(v.name), Lit(v.args), Lit(v.help))
		}
	}
	a, err := Parse(line, c)
	if err == nil {
		if !a.At.IsZero() {
			h.When = Stamp(a.At)
		}
		h.Parts = a.Parts
		if h.Will.IsEmpty() {
			h.Will = a.Body.Kind().Word()
			if w, _, _ := strings.Cut(line, " "); looksLikeTime(w) && a.At.IsZero() {
				h.Will = Safef("%s; %s is no time and stays text: write -12m, @14:32 or @yesterday 23:10", h.Will, w)
			}
		}
		if u, ok := a.Body.(*UpdateSent); ok && c.Room.Plan.Audience(u.Audience) != nil {
			h.Will = Safef("an update to %s: %s", c.Room.Plan.Audience(u.Audience).Label, u.Conditions)
		}
		if w := c.Room.Warning(a); !w.IsEmpty() {
			h.Will = Safef("%s  (%s)", h.Will, w)
		}
		if !c.Room.Knows(c.Who.Key) {
			return h
		}
		err = Decide(c.Room, c.Who, a, c.Now)
	}
	if err != nil {
		h.Refusal = Sentence(err)
		return h
	}
	if !a.Body.Kind().IsEntry() {
		h.Changes, h.Toll = c.Room.Preview(c.Who, a, c.Now), c.Room.Toll(c.Who, a, c.Now)
	}
	return h
}

// Warning says what may be a slip of the hand in an act that is allowed: nobody of
// that name was ever here.
func (r *Room) Warning(a Act) Safe {
	if who := strangers(a.Body, r); len(who) > 0 {
		return Safef("nobody called %s was here yet", strings.Join(who, ", "))
	}
	return Safe{}
}

// strangers are those an act is about who were never seen in the room, which may
// be a slip of the hand.
func strangers(b Body, r *Room) []string {
	var about, out []string
	switch b := b.(type) {
	case *RoleAssumed:
		about = []string{b.Person}
	case *HandoffOffered:
		about = []string{b.To}
	case *AskMade:
		about = []string{b.To}
	case *ItemAssigned:
		about = []string{b.Owner}
	case *ItemAdded:
		about = []string{b.Owner}
	case *FollowupAdded:
		about = []string{b.Owner}
	case *EvidenceCustody:
		about = []string{b.To}
	case *RoomRestricted:
		about = b.Handles
	}
	for _, who := range about {
		if who != "" && !r.met(who) {
			out = append(out, who)
		}
	}
	return out
}

// met says whether a key of a person was ever let in.
func (r *Room) met(handle string) bool {
	for _, m := range r.Members {
		if m.Handle == handle {
			return true
		}
	}
	return false
}

// Choice is one completion of a line.
type Choice struct {
	Line  string // the whole line with it
	Label Safe
	Help  Safe
}

// Complete returns how a line may go on: commands, then their arguments.
func Complete(line string, c Ctx) []Choice {
	at := strings.LastIndexByte(line, ' ') + 1
	head, last := line[:at], line[at:]
	_, rest, err := LeadingTime(line, c.Now, c.Zone)
	if err != nil || !strings.HasPrefix(rest, ":") {
		return persons(head, last, c)
	}
	words := strings.Fields(rest)
	if len(words) <= 1 && !strings.HasSuffix(rest, " ") {
		var out []Choice
		for _, v := range c.verbs() {
			if strings.HasPrefix(":"+string(v.name), last) {
				out = append(out, Choice{Line: head + ":" + string(v.name) + " ", Label: Safef(":%s %s", Lit(v.name), Lit(v.args)), Help: Lit(v.help)})
			}
		}
		return out
	}
	v := c.verb(strings.TrimPrefix(words[0], ":"))
	pos := strings.Count(strings.TrimLeft(rest, " "), " ") - 1
	if v == nil || pos >= len(v.slots) {
		return persons(head, last, c)
	}
	var out []Choice
	for _, o := range v.slots[pos](c, words) {
		if strings.HasPrefix(strings.ToLower(o.word), strings.ToLower(last)) {
			out = append(out, Choice{Line: head + o.word + " ", Label: Safef("%s", o.word), Help: o.help})
		}
	}
	return out
}

// persons completes "@an" to the people known here.
func persons(head, last string, c Ctx) []Choice {
	if !strings.HasPrefix(last, "@") {
		return nil
	}
	var out []Choice
	for _, o := range people(c, nil) {
		if strings.HasPrefix(o.word, last) {
			out = append(out, Choice{Line: head + o.word + " ", Label: Safef("%s", o.word), Help: o.help})
		}
	}
	return out
}

// Verb is one command of the composer, for help.
type Verb struct {
	Name       string
	Args, Help Safe
}

// Verbs returns every command of the composer.
func Verbs() []Verb { return listed(verbs) }

// LobbyVerbs returns the commands of the lobby.
func LobbyVerbs() []Verb { return listed(lobbyVerbs()) }

func listed(list []verbDef) []Verb {
	out := make([]Verb, len(list))
	for i, v := range list {
		out[i] = Verb{Name: string(v.name), Args: Lit(v.args), Help: Lit(v.help)}
	}
	return out
}

// verbs are the commands of the room in which the line is written.
func (c Ctx) verbs() []verbDef {
	if c.Room != nil && c.Room.Lobby {
		return lobbyVerbs()
	}
	return verbs
}

func (c Ctx) verb(name string) *verbDef { return verbIn(c.verbs(), name) }

func verbIn(list []verbDef, name string) *verbDef {
	i := slices.IndexFunc(list, func(v verbDef) bool { return string(v.name) == name || slices.Contains(v.also, name) })
	if i < 0 {
		return nil
	}
	return &list[i]
}
