package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"warroom/model"
)

// Incident is what the places outside are told about a room itself.
type Incident struct {
	Room  *model.Room
	Short string // its name on the hub: inc-7
}

// hidden says whether only certain people may know of the room: then its title
// stays in it, and only what somebody sends on purpose leaves it.
func (i Incident) hidden() bool { return i.Room.IsRestricted() }

// Title is the one line that names the incident outside.
func (i Incident) Title() string {
	if i.hidden() {
		return i.Short
	}
	return plainLine(fmt.Sprintf("[%s] %s: %s", i.Room.Severity, i.Short, i.Room.Title))
}

// Opening is the first message about an incident at a place, to which the
// updates are attached.
func (i Incident) Opening() string {
	s := fmt.Sprintf("%s\nDeclared %s by %s. Updates follow here.", i.Title(), clock(i.Room.DeclaredAt), i.Room.DeclaredBy)
	if i.hidden() {
		s = fmt.Sprintf("%s\nUpdates follow here.", i.Title())
	}
	return s
}

// Update is an update in plain text.
func (i Incident) Update(d *model.Dispatch) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Update %d to %s, %s, by %s", d.N, i.label(d.Audience), clock(d.At), d.By)
	if !i.hidden() {
		fmt.Fprintf(&b, ", %s", d.Severity)
	}
	fmt.Fprintf(&b, "\n%s", plain(d.Conditions))
	if d.Actions != "" {
		fmt.Fprintf(&b, "\nActions: %s", plain(d.Actions))
	}
	if d.Needs != "" {
		fmt.Fprintf(&b, "\nNeeds: %s", plain(d.Needs))
	}
	return b.String()
}

func (i Incident) label(audience string) string {
	if a := i.Room.Plan.Audience(audience); a != nil {
		return plainLine(a.Label)
	}
	return plainLine(audience)
}

// plain is text in which nothing drives a terminal or turns the direction of
// what stands around it: the same text that the screen shows.
func plain(s string) string { return model.Clean(s).String() }

func plainLine(s string) string { return model.CleanLine(s).String() }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// short cuts text to n bytes at most, between runes, and says so.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(plainLine(s)), " ")
	return cut(s, n, "...")
}

// cut cuts text to n bytes at most, between runes, with what says so at its end.
func cut(s string, n int, mark string) string {
	if len(s) <= n {
		return s
	}
	n = max(0, n-len(mark))
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + mark
}
