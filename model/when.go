package model

import (
	"regexp"
	"strings"
	"time"
)

var (
	agoForm  = regexp.MustCompile(`^-((\d+)d)?(\d+h)?(\d+m)?(\d+s)?$`)
	hourForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?$`)
	dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// LeadingTime consumes a time at the beginning of a line: "-12m text" (also
// "@-12m"), "@14:32 text", "@yesterday 23:10 text", "@2026-11-20 23:10+03:00 text".
// If there is none, it returns the zero time and the line. Times are in zone. It
// returns an error, with the reading that was tried, for a time after now and for
// one that zone has twice or not at all.
func LeadingTime(line string, now time.Time, zone *time.Location) (at time.Time, rest string, err error) {
	first, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimLeft(rest, " ")
	if m := agoForm.FindStringSubmatch(first); m != nil && len(first) > 1 {
		at, err := ago(m, now)
		return at, rest, err
	}
	word, ok := strings.CutPrefix(first, "@")
	if !ok {
		return time.Time{}, line, nil
	}
	if m := agoForm.FindStringSubmatch(word); m != nil && len(word) > 1 {
		at, err := ago(m, now)
		return at, rest, err
	}
	day, clock := "", word
	switch {
	case word == "yesterday" || word == "today" || dateForm.MatchString(word):
		day = word
		clock, rest, _ = strings.Cut(rest, " ")
		rest = strings.TrimLeft(rest, " ")
	case len(word) > 11 && word[10] == 'T' && dateForm.MatchString(word[:10]):
		day, clock = word[:10], word[11:]
	}
	m := hourForm.FindStringSubmatch(clock)
	if m == nil {
		if day != "" {
			return time.Time{}, line, Refuse(Invalid, "@%s needs a time of day, as in @%s 23:10", day, day)
		}
		if word != "" && agoForm.MatchString("-"+word) {
			return time.Time{}, line,
				Refuse(Invalid, "\"%s\" is not a time; for %s ago write -%s", word, lengthWords(word), word)
		}
		if looksLikeTime(first) {
			return time.Time{}, line,
				Refuse(Invalid,
					"%q is not a time; write @14:32, @yesterday 23:10 or @2026-11-20 23:10+03:00", first)
		}
		return time.Time{}, line, nil // a handle
	}
	if m[4] == "" {
		next, after, _ := strings.Cut(rest, " ")
		switch {
		case next == "UTC" || next == "GMT":
			m[4], rest = "Z", strings.TrimLeft(after, " ")
		case zoneNames[next]:
			return time.Time{}, line, Refuse(Invalid,
				"%s is not understood: write the time with its offset, as in %s+01:00", next, first)
		}
	}
	at, err = dayTime(day, m, now, zone)
	return at, rest, err
}

// lengthWords spells out a length of time such as 1h or 20m, or returns "that long"
// if it has several parts.
func lengthWords(s string) Safe {
	units := map[byte]lit{'d': "day", 'h': "hour", 'm': "minute", 's': "second"}
	n, unit := strings.TrimLeft(s[:len(s)-1], "0"), units[s[len(s)-1]]
	switch {
	case strings.Trim(n, "0123456789") != "" || n == "" || unit == "":
		return Lit("that long")
	case n == "1":
		return Safef("one %s", Lit(unit))
	}
	return Safef("%s %ss", n, Lit(unit))
}

// zoneNames are abbreviations of time zones that people append to a time. Most of
// them stand for several offsets.
var zoneNames = map[string]bool{"CET": true, "CEST": true, "EET": true, "EEST": true, "WET": true, "BST": true,
	"IST": true, "TRT": true, "MSK": true,
	"EST": true, "EDT": true, "CST": true, "CDT": true, "MST": true, "MDT": true, "PST": true, "PDT": true,
	"JST": true, "AEST": true, "AEDT": true}

// wrongTime matches words that begin like a time but are not one.
var wrongTime = regexp.MustCompile(
	`^([-+]\d[\d.,]*[a-z]*[\d]*|@[-+\d].*|@(tomorrow|now|noon|midnight|last|monday|tuesday|wednesday|thursday|` +
		`friday|saturday|sunday))$`)

// looksLikeTime reports whether a word begins like a time. If it is not a valid one,
// the person who typed it gets an error.
func looksLikeTime(w string) bool { return wrongTime.MatchString(strings.ToLower(w)) }

func ago(m []string, now time.Time) (time.Time, error) {
	d, err := time.ParseDuration("0s" + m[3] + m[4] + m[5])
	if err != nil {
		return time.Time{}, Refuse(Invalid, "%s is not a length of time; write -12m or -1h30m", m[0])
	}
	days := 0
	for _, c := range m[2] {
		days = min(days*10+int(c-'0'), 1e5)
	}
	if days > 3650 || d > 87600*time.Hour {
		return time.Time{}, Refuse(Invalid, "%s is more than ten years ago", m[0])
	}
	return now.Add(-d).AddDate(0, 0, -days).Truncate(time.Second), nil
}

// dayTime parses a time of day on a given day.
func dayTime(day string, m []string, now time.Time, zone *time.Location) (time.Time, error) {
	input := strings.TrimSpace(strings.TrimSpace(day+" "+m[1]+":"+m[2]) + m[4])
	if m[4] != "" {
		z := strings.ReplaceAll(m[4], ":", "")
		if z == "Z" {
			z = "+0000"
		}
		t, err := time.Parse("-0700", z)
		if err != nil {
			return time.Time{}, Refuse(Invalid, "%s is not an offset from UTC; write +03:00 or Z", m[4])
		}
		zone = t.Location()
	}
	base := now.In(zone)
	switch {
	case day == "yesterday":
		base = base.AddDate(0, 0, -1)
	case day != "" && day != "today":
		d, err := time.ParseInLocation(time.DateOnly, day, zone)
		if err != nil {
			return time.Time{}, Refuse(Invalid, "there is no day %s", day)
		}
		base = d
	}
	h, mi, s := two(m[1]), two(m[2]), two(m[3])
	if h > 23 || mi > 59 || s > 59 {
		return time.Time{}, Refuse(Invalid, "%s is not a time of day; write HH:MM",
			strings.TrimSuffix(m[1]+":"+m[2]+":"+m[3], ":"))
	}
	at, err := local(base, h, mi, s, zone)
	if err != nil {
		return time.Time{}, err
	}
	if at.After(now.Add(Skew)) {
		hint := Safe{}
		if day == "" {
			hint = Safef("; for the day before write @yesterday %s:%s", m[1], m[2])
		}
		read := FormatTime(at)
		at = at.In(zone)
		if _, offset := at.Zone(); offset != 0 {
			read = Safef("%s (%s)", at.Format("2006-01-02 15:04 -07:00"), read)
		}
		return time.Time{}, Refuse(Invalid, "%s was read as %s, which is in the future%s", input, read, hint)
	}
	return at.UTC(), nil
}

func two(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// local returns a time in zone, and refuses one that occurs there twice or not at
// all.
func local(base time.Time, h, m, s int, zone *time.Location) (time.Time, error) {
	y, mo, d := base.Date()
	at := time.Date(y, mo, d, h, m, s, 0, zone)
	if at.Hour() != h || at.Minute() != m {
		return at, Refuse(Invalid,
			"on %s the clocks in %s skip %02d:%02d; write the time with its offset, as in @%s %02d:%02d+03:00",
			base.Format(time.DateOnly), zone.String(), h, m, base.Format(time.DateOnly), h, m)
	}
	for _, shift := range []time.Duration{-2 * time.Hour, -time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour,
		2 * time.Hour} {
		o := at.Add(shift)
		if o.Hour() == h && o.Minute() == m && o.Day() == d {
			return at, Refuse(Invalid, "the time %02d:%02d occurred twice on %s: %s and %s; write it with its "+
				"offset, as in @%s %s",
				h, m,
				base.Format(time.DateOnly), at.Format("15:04-07:00"), o.Format("15:04-07:00"),
				base.Format(time.DateOnly), at.Format("15:04-07:00"))
		}
	}
	return at, nil
}

// DueDate parses a due date: 2026-11-30, fri, friday, today, tomorrow, 3d. It
// returns it as YYYY-MM-DD in zone.
func DueDate(s string, now time.Time, zone *time.Location) (string, error) {
	n := now.In(zone)
	l := strings.ToLower(s)
	switch {
	case dateForm.MatchString(l):
		if _, err := time.Parse(time.DateOnly, l); err == nil {
			return l, nil
		}
	case l == "today":
		return n.Format(time.DateOnly), nil
	case l == "tomorrow":
		return n.AddDate(0, 0, 1).Format(time.DateOnly), nil
	case len(l) >= 2 && len(l) <= 4 && l[len(l)-1] == 'd' && strings.Trim(l[:len(l)-1], "0123456789") == "":
		return n.AddDate(0, 0, two(l[:len(l)-1])).Format(time.DateOnly), nil
	case len(l) >= 3:
		for i := 1; i <= 7; i++ {
			d := n.AddDate(0, 0, i)
			if strings.HasPrefix(strings.ToLower(d.Weekday().String()), l) {
				return d.Format(time.DateOnly), nil
			}
		}
	}
	return "", Refuse(Invalid, "%s is not a date; write 2026-11-30, fri or 3d", s)
}
