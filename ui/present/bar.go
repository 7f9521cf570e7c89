package present

import (
	"strings"

	"warroom/model"
)

// Bar returns a progress bar for a share from 0 to 1, in a number of cells: "[###.....]".
func Bar(share float64, cells int) model.Safe {
	n := int(max(0, min(share, 1)) * float64(cells))
	return model.Safef("[%s%s]", strings.Repeat("#", n), strings.Repeat(".", cells-n))
}
