package report

import (
	"time"

	"warroom/model"
)

// span formats a number of seconds with units.
func span(s int64) model.Safe { return spanD(time.Duration(s) * time.Second) }

func spanD(d time.Duration) model.Safe { return model.Took(d) }

// late formats the deviation from a due time.
func late(s int64) model.Safe { return model.Lateness(time.Duration(s) * time.Second) }
