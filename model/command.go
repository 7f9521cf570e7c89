package model

import (
	"slices"
	"strings"
	"time"
)

// Ctx is the context in which a composer line is parsed.
type Ctx struct {
	Room         *Room
	Who          Actor
	Now          time.Time // the hub's time
	Zone         *time.Location
	JoinRequests []JoinRequest
	Here         []Presence // who is present; if empty, not known

	// Receivers returns who receives the updates to an audience, and by what; if empty, nobody.
	// Nil: not known here.
	Receivers func(audience string) Safe

	Rooms func(short string) (*Room, error) // returns another room that the person may see; if nil, there is none

	Plan func(name string) (*Plan, error) // reads a playbook, "" being the configured one; if nil, use the room's plan
}

// Parse parses a composer line. Plain text is a note, "!" begins a decision, "?" a
// hypothesis, "TODO:" a follow-up and ":" a command; a time in front of any of them
// is when it happened. Numbers on the screen are replaced by ids. Errors are of type
// [Error].
func Parse(line string, c Ctx) (Act, error) {
	line = strings.TrimRight(line, " \t\n")
	at, rest, err := LeadingTime(line, c.Now, c.Zone)
	if err != nil {
		return Act{}, err
	}
	switch {
	case rest == "" && !at.IsZero():
		return Act{}, Refuse(Invalid, "the text is missing; write it after the time: %s TEXT", CleanLine(line))
	case rest == "":
		return Act{}, Refuse(Invalid, "the line is empty")
	}
	act, err := parseRest(rest, at, c)
	act.Line = line
	return act, err
}

// parseRest reads what follows a line's time.
func parseRest(rest string, at time.Time, c Ctx) (Act, error) {
	if strings.HasPrefix(rest, ":") {
		return parseVerb(rest[1:], at, c)
	}
	for _, p := range []struct{ prefix, verb string }{{"!", "decision"}, {"?", "hyp"}, {"TODO:", "todo"}} {
		text, ok := strings.CutPrefix(rest, p.prefix)
		if !ok {
			continue
		}
		if w := firstWord(text); timeWord(w) {
			return Act{}, Refuse(Invalid, "the time comes first: write %s %sTEXT", w, p.prefix)
		}
		act, err := (&args{remaining: text, Ctx: c, at: at}).act(verbIn(verbs, p.verb))
		if p.verb == "decision" { // there is nothing but its text to show
			act.Args = nil
		}
		return act, err
	}
	return entry(KindEntryNoted, rest, at)
}

// entry returns the act that stores a text, with the indentation of its lines.
func entry(k Kind, text string, at time.Time) (Act, error) {
	text = withoutBlankEnds(text)
	if err := longText("entry", text, false); err != nil {
		return Act{}, err
	}
	return Act{At: at, Body: NewEntry(k, text)}, nil
}

// withoutBlankEnds removes blank lines at the beginning and at the end of a text, and blanks
// at its end.
func withoutBlankEnds(s string) string {
	s = strings.TrimRight(s, " \t\r\n")
	for {
		first, rest, _ := strings.Cut(s, "\n")
		if strings.TrimSpace(first) != "" || rest == "" {
			return s
		}
		s = rest
	}
}

// parseVerb parses the text after the colon.
func parseVerb(s string, at time.Time, c Ctx) (Act, error) {
	a := &args{remaining: s, Ctx: c, at: at}
	typed := a.word()
	name := strings.ToLower(typed)
	v := c.verb(name)
	if name == "" {
		return Act{}, Refuse(Invalid, "a colon begins a command; :help lists the commands")
	}
	if v == nil && c.Room.Lobby && verbIn(verbs, name) != nil {
		return Act{}, c.Room.checkLobbyKind(KindSeverityChanged)
	}
	if v == nil && elsewhere[name] != "" {
		return Act{}, Refuse(NotFound, ":%s is not possible here; instead: %s", name, Lit(elsewhere[name]))
	}
	if v == nil {
		return Act{}, Refuse(NotFound, "there is no command :%s%s", typed, c.near(name))
	}
	a.parsed = nil
	if v.parse == nil { // insist: parse the line after it
		in, err := Parse(a.text(), c)
		if in.At.IsZero() {
			in.At = at
		}
		return in, err
	}
	return a.act(v)
}

// act parses the words of a command. No word is left over, and no time is text.
func (a *args) act(v *verbDef) (Act, error) {
	a.verb = v
	b, err := v.parse(a)
	if err == nil {
		err = a.done(v)
	}
	if err == nil {
		err = a.stray(b)
	}
	if err == nil {
		err = a.unreadTime(v)
	}
	if err == nil {
		err = a.mistyped(b)
	}
	if err == nil {
		err = a.contradictsNow(b)
	}
	if err != nil {
		return Act{Args: a.parsed}, err
	}
	return Act{At: a.at, Body: b, Args: a.parsed}, nil
}

// elsewhere has, for words that are not commands of a room, where to find what they
// name: a page of the screen, or a shell command.
var elsewhere = map[string]lit{
	"alerts":    "F9 on the screen, or in a shell: warroom status ROOM",
	"channels":  "F8 on the screen, or in a shell: warroom status ROOM",
	"checklist": "F3 on the screen, or in a shell: warroom status ROOM",
	"declare":   "Ctrl-N in the list of rooms, or in a shell: warroom declare --severity LEVEL TITLE",
	"clocks":    "F2 on the screen, or in a shell: warroom status ROOM",
	"export":    "on the screen, or in a shell: warroom export ROOM -o FILE",
	"history":   "in plain mode, or in a shell: warroom status ROOM",
	"import":    "in a shell: warroom import FILE",
	"ingest":    "in a shell: warroom ingest FILE --room ROOM",
	"invite":    "in a shell: warroom invite HANDLE --right write",
	"lobby":     "F9 in the list of rooms, or in a shell: warroom status lobby",
	"log":       "in plain mode, or in a shell: warroom tail ROOM",
	"people":    "F4 on the screen, or in a shell: warroom status ROOM",
	"points":    "on the screen, or in a shell: warroom status ROOM",
	"quit":      "alone on a line of an open room",
	"refused":   "in plain mode; the screen shows a refused line above the composer",
	"report":    "in a shell: warroom report ROOM",
	"radar":     "F2 on the screen, or in a shell: warroom status ROOM",
	"revoke":    "in a shell: warroom revoke HANDLE",
	"rooms":     "F5 on the screen, or in a shell: warroom rooms",
	"scope":     "F10 on the screen, or in a shell: warroom status ROOM",
	"show":      "Enter on a line of the timeline, or in a shell: warroom tail ROOM --json",
	"status":    "F2, F3 and F4 on the screen, or in a shell: warroom status ROOM",
	"tail":      "in a shell: warroom tail ROOM",
	"verify":    "a page of the screen, or in a shell: warroom verify ROOM",
	"wall":      "in a shell: warroom wall ROOM",
	"who":       "F4 on the screen, or in a shell: warroom status ROOM",
}

// Hint describes what a composer line would do. It is shown while the line is typed.
type Hint struct {
	Will    Safe        // what the line would store
	When    Safe        // the time that was given, in UTC
	Refusal Safe        // why the line is refused, and what to do
	Args    []ParsedArg // how each word was understood
	Changes []Change    // effects on the clocks
	Impact  Safe        // who would be removed, and which roles would become vacant
}

// HintOf returns what a line would do. It does not change anything.
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
	h.Args = a.Args
	if err == nil {
		if !a.At.IsZero() {
			h.When = FormatTime(a.At)
		}
		if h.Will.IsEmpty() {
			h.Will = KindOf(a.Body).Word()
			if s := StaysText(line, a); !s.IsEmpty() {
				h.Will = Safef("%s; %s", h.Will, s)
			}
		}
		switch u := a.Body.(type) {
		case *UpdateSent:
			h.Will = Safef("an update to %s: %s", c.Room.audienceLabel(u.Audience), u.Conditions)
		case *UpdateDrafted:
			h.Will = Safef("a draft to %s: %s", c.Room.audienceLabel(u.Audience), u.Conditions)
		}
		if w := c.Room.Warning(c.Who, a); !w.IsEmpty() {
			h.Will = Safef("%s  (%s)", h.Will, w)
		}
		if w := c.absent(a.Body); !w.IsEmpty() {
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
	if !KindOf(a.Body).IsEntry() {
		h.Changes, h.Impact = c.Room.Preview(c.Who, a, c.Now), c.Impact(a)
	}
	return h
}

// Warning returns a warning if an allowed act names people other than its author who cannot answer
// or work: they were never in the room, which may be a typing error, their keys were revoked, they
// may only watch, or the room is restricted without them. It is empty otherwise.
func (r *Room) Warning(author Actor, a Act) Safe {
	var strangers, revoked, unseeing, watchers []string
	kind := KindOf(a.Body)
	removes := kind == KindKeyRevoked
	givesWork := kind != KindRoomRestricted && !removes
	for _, who := range peopleIn(a.Body, r) {
		switch {
		case who == "" || who == author.Handle:
		case !r.met(who):
			strangers = append(strangers, who)
		case r.IsRevoked(who) && !removes:
			revoked = append(revoked, who)
		case !r.Names(who) && !r.isLocal(who) && givesWork:
			unseeing = append(unseeing, who)
		case r.onlyWatches(who) && givesWork:
			watchers = append(watchers, who)
		}
	}
	var out []Safe
	if len(strangers) > 0 {
		out = append(out, Safef("nobody called %s has been here yet", strings.Join(strangers, ", ")))
	}
	if len(revoked) > 0 {
		out = append(out, Safef("the keys of %s were revoked here, so no answer or work of theirs can be stored",
			strings.Join(revoked, ", ")))
	}
	if len(unseeing) > 0 {
		out = append(out, Safef("the room is restricted and %s cannot see it; :restrict add @%s changes that",
			strings.Join(unseeing, ", "), unseeing[0]))
	}
	if len(watchers) > 0 {
		out = append(out, Safef("%s may only watch here, so no answer or work of theirs can be stored; "+
			":right @%s write changes that", strings.Join(watchers, ", "), watchers[0]))
	}
	return JoinSafe(Lit("; "), out...)
}

// isLocal reports whether a person has a key of the hub's own machine, which sees every room.
func (r *Room) isLocal(handle string) bool {
	for _, m := range r.Members {
		if m.Handle == handle && m.local() && !m.Revoked {
			return true
		}
	}
	return false
}

// peopleIn returns the people whom an act gives something to do or to see, or takes it from.
func peopleIn(b Body, r *Room) (about []string) {
	switch b := b.(type) {
	case *RoleAssumed:
		about = []string{b.Person}
	case *HandoffOffered:
		about = []string{b.To}
	case *AskMade:
		about = []string{b.To}
		if held := r.Holders(b.Role); b.Role != "" && !slices.ContainsFunc(held, r.met) {
			about = held // nobody gets the ask
		}
	case *PollOpened:
		about = []string{b.Executes}
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
	case *KeyRevoked:
		about = []string{b.Handle}
	}
	return about
}

// met reports whether a key of the person was ever admitted.
func (r *Room) met(handle string) bool {
	for _, m := range r.Members {
		if m.Handle == handle {
			return true
		}
	}
	return false
}

// Verb is one command of the composer, as the help shows it.
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

// verbs returns the commands of the room for which the line is written.
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
