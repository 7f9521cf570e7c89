package model

import "time"

// DayTime formats a time as a clock shows it, in the zone of now: "14:05". With the day if
// that is not the day of now, and with the year if that differs: "2 Dec 14:05".
func DayTime(t, now time.Time) Safe {
	return onDay(t, now, "15:04")
}

// DaySecond is [DayTime] with seconds: "14:05:09".
func DaySecond(t, now time.Time) Safe {
	return onDay(t, now, time.TimeOnly)
}

func onDay(t, now time.Time, clock string) Safe {
	t = t.In(now.Location())
	switch {
	case t.Year() != now.Year():
		clock = "2 Jan 2006 " + clock
	case t.YearDay() != now.YearDay():
		clock = "2 Jan " + clock
	}
	return CleanLine(t.Format(clock))
}
