package model

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ParsedArg is how one or more words of a line were understood.
type ParsedArg struct {
	Name  Safe // "time", "person", "reason"
	Value Safe
	About Safe // what a number refers to: "5 Revoke the exposed key"; empty otherwise
}

// FormatArgs formats how the words of a line were understood: "item 7, who @cy".
func FormatArgs(parsed []ParsedArg) Safe {
	out := make([]Safe, 0, len(parsed))
	for _, p := range parsed {
		if !p.Value.IsEmpty() {
			out = append(out, Safef("%s %s", p.Name, p.Value))
		}
	}
	return JoinSafe(Lit(", "), out...)
}

// ReadAs returns how the words of a line were understood, with the time that was
// given: "read as: role Scribe, person @bo". It is empty if there is nothing but a
// text.
func (a Act) ReadAs() Safe {
	var parts []ParsedArg
	if len(a.Args) > 1 {
		parts = a.Args
	}
	s := FormatArgs(parts)
	timed := slices.ContainsFunc(parts, func(p ParsedArg) bool { return p.Name == Lit("time") && !p.Value.IsEmpty() })
	switch {
	case a.At.IsZero() || timed:
	case s.IsEmpty():
		s = Safef("%s at %s", KindOf(a.Body).Word(), FormatTime(a.At))
	default:
		s = Safef("%s, at %s", s, FormatTime(a.At))
	}
	if s.IsEmpty() {
		return s
	}
	return Safef("read as: %s", s)
}

// as records how words were understood.
func (a *args) as(name lit, value Safe) {
	a.parsed = append(a.parsed, ParsedArg{Name: Lit(name), Value: value})
}

// about records what the last number refers to.
func (a *args) about(text Safe) { a.parsed[len(a.parsed)-1].About = text }

// words returns the remaining words.
func (a *args) words() []string { return strings.Fields(a.remaining) }

// done refuses words that are left over. The error has the usage, and how the other
// words were understood.
func (a *args) done(v *verbDef) error {
	left := strings.TrimSpace(a.remaining)
	if left == "" {
		return nil
	}
	if s := FormatArgs(a.parsed); !s.IsEmpty() {
		return Refuse(Invalid, "understood: %s; not understood: %s; write :%s "+
			"%s", s, quoted(left), Lit(v.name), Lit(v.args))
	}
	return Refuse(Invalid, "not understood: %s; write :%s %s", quoted(left), Lit(v.name), Lit(v.args))
}

// reason consumes the remaining text as a reason.
func (a *args) reason() string { return a.textAs("reason") }

// textAs consumes the remaining text under the given name.
func (a *args) textAs(name lit) string {
	t := strings.TrimSpace(a.remaining)
	a.remaining = ""
	if t != "" {
		a.as(name, CleanLine(t))
	}
	return t
}

// bareTime reports whether a word is a time of day without @, where the usage has a
// time.
func bareTime(w string) bool { return hourForm.MatchString(w) }

// lastTime consumes a time at the end of the remaining text if it is unambiguous:
// "@14:30", "@yesterday 23:10", or "-2h" if bare is set.
func (a *args) lastTime(bare bool) (time.Time, error) {
	w := a.words()
	for _, n := range []int{2, 1} {
		if len(w) < n {
			continue
		}
		tail := strings.Join(w[len(w)-n:], " ")
		if !strings.HasPrefix(tail, "@") && !(bare && agoForm.MatchString(tail)) || n == 2 && !dayWord(w[len(w)-2]) {
			continue
		}
		at, rest, err := LeadingTime(tail, a.Now, a.Zone)
		if err != nil && n == 1 && strings.HasPrefix(tail, "@") && !looksLikeTime(tail) {
			continue // a handle
		}
		if err != nil {
			return time.Time{}, err
		}
		if at.IsZero() || rest != "" {
			continue
		}
		a.remaining = strings.Join(w[:len(w)-n], " ")
		a.as("time", FormatTime(at))
		return at, nil
	}
	return time.Time{}, nil
}

func dayWord(w string) bool {
	d, ok := strings.CutPrefix(w, "@")
	return ok && (d == "yesterday" || d == "today" || dateForm.MatchString(d))
}

// timed consumes a time at the beginning or end of the remaining text and makes it
// the time of the event, like a time before the command. A time of day without @
// counts if bare is set, which means that the usage has a time there; otherwise it
// is text.
func (a *args) timed(bare bool) error {
	at, err := time.Time{}, error(nil)
	if w := a.peek(); agoForm.MatchString(w) && len(w) > 1 || timeWord(w) || bare {
		at, err = a.when()
	}
	if err == nil && at.IsZero() {
		at, err = a.lastTime(bare)
	}
	switch {
	case err != nil:
		return err
	case at.IsZero():
		return nil
	case !a.at.IsZero() && !a.at.Equal(at):
		return Refuse(Invalid, "there are two times, %s and %s; leave one of them out",
			FormatTime(a.at), FormatTime(at))
	}
	a.at = at
	return nil
}

// timeNext makes a time that comes next the time of the event.
func (a *args) timeNext() error {
	if w := a.peek(); !timeWord(w) && (!agoForm.MatchString(w) || len(w) < 2) {
		return nil
	}
	return a.timed(false)
}

// timeWord reports whether a word has the form of a time: "@14:30", "@yesterday".
func timeWord(w string) bool {
	return strings.HasPrefix(w, "@") && (dayWord(w) || hourForm.MatchString(w[1:]) || looksLikeTime(w))
}

// lastPerson consumes "@who" at the end of the remaining text.
func (a *args) lastPerson() string {
	w := a.words()
	if n := len(w); n > 1 && strings.HasPrefix(w[n-1], "@") && ValidHandle(strings.ToLower(w[n-1][1:])) {
		a.remaining = strings.Join(w[:n-1], " ")
		return a.handle(w[n-1])
	}
	return ""
}

// handle returns the handle that a word names, and records it. "@me" is the person
// who types.
func (a *args) handle(w string) string {
	h := strings.TrimRight(strings.ToLower(strings.TrimPrefix(w, "@")), ",")
	if h == "me" {
		h = a.Who.Handle
	}
	a.as("person", Safef("@%s", h))
	return h
}

// purpose consumes the purpose of a page. It returns "" if there is none.
func (a *args) purpose() string {
	w := strings.ToLower(strings.TrimPrefix(a.word(), "@"))
	if w != "" {
		a.as("purpose", CleanLine(w))
	}
	return w
}

// isPerson reports whether a word has the form of a handle with @.
func isPerson(w string) bool { return len(w) > 1 && w[0] == '@' && !looksLikeTime(w) }

// looksNamed reports whether the words look like a person's name rather than a
// sentence.
func looksNamed(name, job string) bool {
	w := strings.Fields(name)
	if len(w) == 0 || len(w) > 4 {
		return len(w) == 0
	}
	for _, s := range w {
		if c, _ := utf8.DecodeRuneInString(s); c == '@' || unicode.IsLower(c) && (job == "" || len(w) > 2) {
			return false
		}
	}
	return true
}

// onlyNumbers reports whether a text consists of numbers only, and is therefore not
// a reason.
func onlyNumbers(s string) bool {
	return s != "" && strings.Trim(s, "0123456789 ,#") == ""
}

// here returns the people known in the room, for a refusal.
func (r *Room) here() string {
	var out []string
	for _, o := range people(Ctx{Room: r}, nil) {
		if h := o.word[1:]; !r.IsRevoked(h) && (r.met(h) || len(r.RolesOf(h)) > 0) {
			out = append(out, o.word)
		}
	}
	return strings.Join(out, ", ")
}

// known refuses a person who was never in the room and has no role in it.
func (a *args) known(h string) error {
	if h == "" || a.Room.met(h) || len(a.Room.RolesOf(h)) > 0 || h == a.Who.Handle {
		return nil
	}
	return Refuse(NotFound, "nobody called %s has been here; the people in the room are %s", quoted(h), a.Room.here())
}
