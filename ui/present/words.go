package present

import (
	"strings"
	"time"

	"warroom/model"
)

// Age formats an age without its seconds: "now", "33m", "1h 20m", "2d 03h".
func Age(d time.Duration) model.Safe {
	switch {
	case d < time.Minute:
		return model.Lit("now")
	case d < time.Hour:
		return model.Safef("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return model.Safef("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return model.Safef("%dd %02dh", int(d.Hours())/24, int(d.Hours())%24)
}

// Brief formats a duration without its seconds, unless it is below a minute: "40s", "33m",
// "1h 20m", "2d 03h".
func Brief(d time.Duration) model.Safe {
	if d < time.Minute {
		return model.Safef("%ds", int(max(0, d).Seconds()))
	}
	return Age(d)
}

// Overdue is the word for what is past its time limit.
var Overdue = model.Lit("OVERDUE")

// overdue describes what is past its time limit.
func overdue(by time.Duration) Wording {
	return Wording{Full: model.Safef("%s by %s", Overdue, model.Span(by)),
		Short: model.Safef("%s %s", Overdue, model.Span(by))}
}

// dueIn describes what is not past its time limit.
func dueIn(left time.Duration) Wording { return same(model.Safef("due in %s", model.Span(left))) }

// Refused describes why a line is refused.
func Refused(why model.Safe) model.Safe { return model.Safef("refused: %s", why) }

// Plural returns "1 entry" or "2 entries".
func Plural(n int, one, many string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %s", n, many)
}

// Size formats a number of bytes.
func Size(n int) model.Safe {
	switch {
	case n >= 1<<20:
		return model.Safef("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return model.Safef("%.1f KiB", float64(n)/(1<<10))
	}
	return model.Safef("%d bytes", n)
}

// Ago formats how long ago something was.
func Ago(d time.Duration) model.Safe {
	if d < time.Minute {
		return model.Lit("just now")
	}
	return model.Safef("%s ago", Age(d))
}

// SecretSent describes that secrets of some kinds were masked.
func SecretSent(kinds []string) model.Safe {
	return model.Safef("what looks like a secret (%s) is sent as a fingerprint", strings.Join(kinds, ", "))
}
