package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"warroom/model"
)

// Incident formats a room for external services.
type Incident struct {
	Room  *model.Room
	Short string // short id on the hub: inc-7
}

// hidden reports whether the room is restricted: its title must not be sent, and only
// explicit updates are.
func (i Incident) hidden() bool { return i.Room.IsRestricted() }

// Title returns the line that names the incident externally.
func (i Incident) Title() string {
	if i.hidden() {
		return i.Short
	}
	return plainLine(fmt.Sprintf("[%s] %s: %s", i.Room.Severity, i.Short, i.Room.Title))
}

// Opening returns the first message about an incident, which updates reply to.
func (i Incident) Opening() string {
	s := fmt.Sprintf("%s\nDeclared %s by %s. Updates follow here.", i.Title(), clock(i.Room.DeclaredAt),
		plainLine(i.Room.DeclaredBy))
	if i.hidden() {
		s = fmt.Sprintf("%s\nUpdates follow here.", i.Title())
	}
	return s
}

// Stale returns the message about a room in which nobody has written for a long time.
func (i Incident) Stale() string {
	return i.Title() + "\n" + i.forgotten()
}

// forgotten states that nobody has written in the room, and what to do.
func (i Incident) forgotten() string {
	return fmt.Sprintf("Still not closed, with no entry for %d days. A note in the room keeps it open; "+
		"this closes it: warroom close %s --reason TEXT", int(model.StaleAfter.Hours()/24), i.Short)
}

// Update returns an update in plain text.
func (i Incident) Update(d *model.Dispatch) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Update %d to %s, %s, by %s", d.N, i.label(d.Audience), clock(d.At), plainLine(d.By))
	if !i.hidden() {
		fmt.Fprintf(&b, ", %s", plainLine(d.Severity))
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

// plain returns text without control characters and changes of text direction, as the
// screen shows it.
func plain(s string) string { return model.Clean(s).String() }

func plainLine(s string) string { return model.CleanLine(s).String() }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// short truncates text to n bytes at a rune boundary, and marks that.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(plainLine(s)), " ")
	return cut(s, n, "...")
}

// cut truncates text to n bytes at a rune boundary, ending with mark.
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
