package timeline

import (
	"warroom/model"
	"warroom/ui/present"
)

// newLines is what came while a person was away.
type newLines struct {
	me    string
	away  uint64 // last line read before the person was away; if 0, they were not
	since string // time of that
}

// has reports whether a line came while the person was away.
func (n *newLines) has(l *model.Line) bool {
	return n.away > 0 && l.Seq > n.away && present.IsNew(l, n.me)
}

// beginsAt reports whether line i is the first visible one of them, in the order of the log.
func (n *newLines) beginsAt(i int, set *lineSet, near *near) bool {
	lines := set.lines()
	if set.time.on || !n.has(lines[i]) {
		return false
	}
	for i = near.prev(i); i >= 0 && lines[i].Seq > n.away; i = near.prev(i) {
		if n.has(lines[i]) {
			return false
		}
	}
	return true
}
