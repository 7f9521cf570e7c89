package report

import (
	"time"

	"warroom/model"
)

// span is a length of time for people who were not there: with its units.
func span(s int64) model.Safe { return spanD(time.Duration(s) * time.Second) }

func spanD(d time.Duration) model.Safe { return model.Took(d) }

// late is how far from its due time something came.
func late(s int64) model.Safe { return model.Lateness(time.Duration(s) * time.Second) }
