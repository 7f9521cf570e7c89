package model

import (
	"strconv"
	"strings"
	"time"
)

// Commands about due times, and about work that will not be done.

func parseDrop(a *args) (Body, error) {
	f, err := a.followup()
	if err != nil {
		return nil, err
	}
	return &FollowupDropped{Of: f.ID, Reason: a.reason()}, nil
}

func followups(c Ctx, _ []string) []option {
	var out []option
	for i := range c.Room.Followups {
		if f := &c.Room.Followups[i]; f.IsOpen() {
			out = append(out, option{word: strconv.Itoa(f.N), help: CleanLine(f.Title)})
		}
	}
	return out
}

func parseDue(a *args) (Body, error) {
	id, err := a.item()
	if err != nil {
		return nil, err
	}
	b := &ItemDue{Item: id}
	if strings.EqualFold(a.peek(), "off") {
		a.word()
		a.as("due", Lit("off"))
	} else if b.Due, err = a.ahead(); err != nil {
		return nil, err
	}
	b.Reason = a.reason()
	return b, nil
}

// ahead consumes a time in the future: a length from now (45m), a time of day
// (@16:30, the next one), a date (fri, 2026-11-30, 3d: the end of that day), or a
// date and a time of day.
func (a *args) ahead() (time.Time, error) {
	before := strings.TrimLeft(a.remaining, " ")
	w := a.word()
	if w == "" {
		return time.Time{}, Refuse(Invalid, "give a time in the future, such as 45m, @16:30, fri or 2026-11-30 16:30")
	}
	at, err := a.aheadOf(strings.TrimPrefix(w, "@"))
	if err != nil {
		return time.Time{}, err
	}
	if at.IsZero() {
		return time.Time{},
			Refuse(Invalid, "%s is not a time in the future; write 45m, @16:30, fri, or 2026-11-30 16:30", quoted(w))
	}
	said := strings.TrimSpace(strings.TrimSuffix(before, a.remaining))
	a.as("due", Safef("%s (%s)", CleanLine(said), FormatTime(at)))
	return at.UTC(), nil
}

func (a *args) aheadOf(w string) (time.Time, error) {
	d, err := time.ParseDuration(w)
	if _, rest, ok := strings.Cut(w, "d"); ok && rest != "" { // "3d" alone is the end of a day
		d, err = ParseLength(w)
	}
	if err == nil {
		if d <= 0 {
			return time.Time{}, Refuse(Invalid, "%s is not a length of time; write 45m or 1h30m", quoted(w))
		}
		return a.Now.Add(d).Truncate(time.Second), nil
	}
	if m := hourForm.FindStringSubmatch(w); m != nil {
		at, err := a.hourOn(a.Now.In(a.Zone), m)
		if err == nil && !at.After(a.Now) {
			at, err = a.hourOn(a.Now.In(a.Zone).AddDate(0, 0, 1), m)
		}
		return at, err
	}
	date, err := DueDate(w, a.Now, a.Zone)
	if err != nil {
		return time.Time{}, nil // the caller returns the error
	}
	day, err := time.ParseInLocation(time.DateOnly, date, a.Zone)
	if err != nil {
		return time.Time{}, Refuse(Invalid, "there is no day %s", date)
	}
	if m := hourForm.FindStringSubmatch(strings.TrimPrefix(a.peek(), "@")); m != nil {
		a.word()
		return a.hourOn(day, m)
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), nil
}

// hourOn returns a time of day on a given day.
func (a *args) hourOn(day time.Time, m []string) (time.Time, error) {
	if m[4] != "" {
		t, err := time.Parse("-0700", strings.Replace(strings.ReplaceAll(m[4], ":", ""), "Z", "+0000", 1))
		if err != nil {
			return time.Time{}, Refuse(Invalid, "%s is not an offset from UTC; write +03:00 or Z", m[4])
		}
		day = day.In(t.Location())
	}
	h, mi, s := two(m[1]), two(m[2]), two(m[3])
	if h > 23 || mi > 59 || s > 59 {
		return time.Time{}, Refuse(Invalid, "%s:%s is not a time of day; write HH:MM", m[1], m[2])
	}
	return local(day, h, mi, s, day.Location())
}
