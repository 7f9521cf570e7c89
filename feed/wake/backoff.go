package wake

import "time"

// MaxBackoff is the longest pause before the hub is asked again.
const MaxBackoff = time.Second
