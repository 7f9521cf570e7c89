// Package elapsed measures how much time passes between two moments of one process, for
// limits and frame rates:
//
//	began := elapsed.Now()
//	...
//	took := elapsed.Now() - began
//
// It is not a clock: a time that is shown, stored or compared with one in the log comes from
// a [warroom/model.Clock], which may stand still in a test.
package elapsed

import "time"

var start = time.Now()

// Now returns the time since the process started. It never goes back.
func Now() time.Duration { return time.Since(start) }
