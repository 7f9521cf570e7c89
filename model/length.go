package model

import (
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time with a text form such as "15m" or "72h".
type Duration time.Duration

// maxHours is the longest length that is worded in hours, as laws and plans do: "72h".
const maxHours = 72 * time.Hour

// String returns the form in which a limit is shown: "15m", "24h", "1h30m", "72h" and, above
// that, "7d" or "4d12h". [ParseLength] reads it.
func (d Duration) String() string {
	const day = 24 * time.Hour
	days, rest := time.Duration(d)/day, Duration(time.Duration(d)%day)
	switch {
	case time.Duration(d) <= maxHours:
		return d.encoded()
	case rest == 0:
		return strconv.Itoa(int(days)) + "d"
	}
	return strconv.Itoa(int(days)) + "d" + rest.encoded()
}

// ParseLength parses a length of time such as "15m", "1h30m", "7d" or "4d12h".
func ParseLength(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	n, err := strconv.Atoi(days)
	if !ok || err != nil || n < 0 || n > 36500 {
		return time.ParseDuration(s)
	}
	if rest == "" {
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d >= 24*time.Hour {
		return 0, Refuse(Invalid, "%s is not a length of time; write 7d or 4d12h", quoted(s))
	}
	return time.Duration(n)*24*time.Hour + d, nil
}

// encoded returns the form in which events and plans have a length, which time.ParseDuration reads:
// "15m", "168h".
func (d Duration) encoded() string {
	s := time.Duration(d).String()
	for _, z := range []string{"m0s", "h0m"} {
		if len(s) > len(z) && s[len(s)-len(z):] == z {
			s = s[:len(s)-len(z)+1]
		}
	}
	return s
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.encoded()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. It accepts what
// time.ParseDuration accepts.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}
