package report

import (
	"time"

	"warroom/model"
)

// span is a length of time for people who were not there: with its units.
func span(s int64) model.Safe {
	s = max(s, -s)
	d, h, m := s/86400, s/3600%24, s/60%60
	switch {
	case s >= 2*86400 && h == 0:
		return model.Safef("%d days", d)
	case s >= 2*86400:
		return model.Safef("%d days %d h", d, h)
	case s >= 3600 && m == 0:
		return model.Safef("%d h", s/3600)
	case s >= 3600:
		return model.Safef("%d h %02d min", s/3600, m)
	case s >= 60 && s%60 == 0:
		return model.Safef("%d min", m)
	case s >= 60:
		return model.Safef("%d min %02d s", m, s%60)
	}
	return model.Safef("%d s", s)
}

func spanD(d time.Duration) model.Safe { return span(seconds(d)) }

// late is how far from its due time something came.
func late(s int64) model.Safe {
	switch {
	case s > 0:
		return model.Safef("%s late", span(s))
	case s < 0:
		return model.Safef("%s before its time", span(s))
	}
	return model.Lit("on the second")
}
