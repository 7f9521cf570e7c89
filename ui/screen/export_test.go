package screen

import "github.com/gdamore/tcell/v2"

// Idle reports whether everything was written that was handed to the writer.
func (s *Screen) Idle() bool {
	w := s.out
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead || !w.busy && !w.writing && len(w.ctl) == 0
}

// Decode makes events of reads. "" is a silence in which nothing comes.
func Decode(reads ...string) []tcell.Event {
	d := newDecoder(maxW, maxH)
	d.paste.enabled = true
	var out []tcell.Event
	for _, r := range reads {
		if r == "" {
			for range 4 { // unfinished sequences are dropped one after the other
				d.flush()
				out = append(out, taken(&d)...)
			}
			continue
		}
		d.feed([]byte(r))
		out = append(out, taken(&d)...)
	}
	return out
}

func taken(d *decoder) (out []tcell.Event) {
	for ev := d.next(); ev != nil; ev = d.next() {
		out = append(out, ev)
	}
	return out
}

// MergeSGR is mergeSGR.
var MergeSGR = mergeSGR
