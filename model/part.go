package model

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Part is what words of a line were read as.
type Part struct {
	Name  Safe // "time", "who", "reason"
	Value Safe
}

// PartWords say what each word of a line became: "item 7, who @cy".
func PartWords(parts []Part) Safe {
	out := make([]Safe, 0, len(parts))
	for _, p := range parts {
		if !p.Value.IsEmpty() {
			out = append(out, Safef("%s %s", p.Name, p.Value))
		}
	}
	return JoinSafe(Lit(", "), out...)
}

// as records what words were read as.
func (a *args) as(name lit, value Safe) {
	a.parts = append(a.parts, Part{Name: Lit(name), Value: value})
}

// words are those that are left.
func (a *args) words() []string { return strings.Fields(a.rest) }

// done refuses words that no part of the line took, with the usage and what was
// understood.
func (a *args) done(v *verbDef) error {
	left := strings.TrimSpace(a.rest)
	if left == "" {
		return nil
	}
	if s := PartWords(a.parts); !s.IsEmpty() {
		return Refuse(Invalid, "understood: %s; not: %s; write :%s %s", s, quoted(left), Lit(v.name), Lit(v.args))
	}
	return Refuse(Invalid, "not understood: %s; write :%s %s", quoted(left), Lit(v.name), Lit(v.args))
}

// reason takes all that is left as a reason.
func (a *args) reason() string { return a.textAs("reason") }

// textAs takes all that is left.
func (a *args) textAs(name lit) string {
	t := strings.TrimSpace(a.rest)
	a.rest = ""
	if t != "" {
		a.as(name, CleanLine(t))
	}
	return t
}

// bareTime reports whether a word is a time of day as people write it, where a
// time is expected.
func bareTime(w string) bool { return hourForm.MatchString(w) }

// lastTime takes a time off the end of what is left, where the meaning is clear:
// "@14:30", "@yesterday 23:10"; "-2h" where the usage has a time in that place.
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
			continue // a person
		}
		if err != nil {
			return time.Time{}, err
		}
		if at.IsZero() || rest != "" {
			continue
		}
		a.rest = strings.Join(w[:len(w)-n], " ")
		a.as("time", Stamp(at))
		return at, nil
	}
	return time.Time{}, nil
}

func dayWord(w string) bool {
	d, ok := strings.CutPrefix(w, "@")
	return ok && (d == "yesterday" || d == "today" || dateForm.MatchString(d))
}

// timed takes a time at the beginning or the end of what is left, and makes it
// the time of the event. A time before the command says the same. A bare time of
// day counts where the usage has a time in that place, else it is text.
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
		return Refuse(Invalid, "two times are given, %s and %s; leave one out", Stamp(a.at), Stamp(at))
	}
	a.at = at
	return nil
}

// timeWord reports whether a word is written as a time: "@14:30", "@yesterday".
func timeWord(w string) bool {
	return strings.HasPrefix(w, "@") && (dayWord(w) || hourForm.MatchString(w[1:]) || looksLikeTime(w))
}

// lastPerson takes "@who" off the end of what is left.
func (a *args) lastPerson() string {
	w := a.words()
	if n := len(w); n > 1 && strings.HasPrefix(w[n-1], "@") && ValidHandle(strings.ToLower(w[n-1][1:])) {
		a.rest = strings.Join(w[:n-1], " ")
		return a.handle(w[n-1])
	}
	return ""
}

// handle reads a person's handle. "@me" is who types.
func (a *args) handle(w string) string {
	h := strings.TrimRight(strings.ToLower(strings.TrimPrefix(w, "@")), ",")
	if h == "me" {
		h = a.Who.Handle
	}
	a.as("who", Safef("@%s", h))
	return h
}

// isPerson reports whether a word is written as a person.
func isPerson(w string) bool { return len(w) > 1 && w[0] == '@' && !looksLikeTime(w) }

// looksNamed reports whether words are a person's name and not a sentence.
func looksNamed(name, job string) bool {
	w := strings.Fields(name)
	if len(w) == 0 || len(w) > 4 {
		return len(w) == 0
	}
	for _, s := range w {
		if c, _ := utf8.DecodeRuneInString(s); unicode.IsLower(c) && (job == "" || len(w) > 2) {
			return false
		}
	}
	return true
}

// onlyNumbers reports whether a text is numbers and nothing else, which no reason
// is.
func onlyNumbers(s string) bool {
	return s != "" && strings.Trim(s, "0123456789 ,#") == ""
}

// here names who is known in the room, for a refusal.
func (r *Room) here() string {
	var out []string
	for _, o := range people(Ctx{Room: r}, nil) {
		if h := o.word[1:]; !r.IsStruck(h) {
			out = append(out, o.word)
		}
	}
	return strings.Join(out, ", ")
}

// known refuses a person of whom nobody ever came into the room.
func (a *args) known(h string) error {
	if h == "" || a.Room.met(h) || h == a.Who.Handle {
		return nil
	}
	return Refuse(NotFound, "nobody called %s was here; in the room are %s", quoted(h), a.Room.here())
}
