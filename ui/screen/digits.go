package screen

// A clock that ticks changes single digits in a few styles. These cells are sent last and
// sorted by style, because most bytes of such a frame would otherwise set styles and move
// the cursor.

const (
	digitRun  = 3 // max length of a run
	digitRuns = 4 // max number of runs in one row
)

// digits is a run of cells in one style.
type digits struct{ y, x, n int }

// digitsOnly reports whether only digits change in a row. They are then queued, and the row
// counts as sent.
func (s *encoder) digitsOnly(y int, back []cell) bool {
	front := s.front[y].cells
	first := len(s.late)
	for x := 0; x < len(back); x++ {
		c := back[x]
		switch {
		case c.width() == 2:
			if x+1 == len(back) || front[x] != c || front[x+1] != tail(c.style()) || back[x+1] != tail(c.style()) {
				s.late = s.late[:first]
				return false
			}
			x++
		case front[x] == c:
		case front[x].width() != 1 || s.sgrEnc.corner && y == s.h-1 && x == s.w-1 ||
			!s.addDigit(first, y, x, c.style(), back):
			s.late = s.late[:first]
			return false
		}
	}
	return true
}

// addDigit extends the last run, or begins a new one.
func (s *encoder) addDigit(first, y, x int, style uint16, back []cell) bool {
	if n := len(s.late); n > first {
		if d := &s.late[n-1]; d.x+d.n == x {
			d.n++
			return d.n <= digitRun && back[d.x].style() == style
		}
		if n-first == digitRuns {
			return false
		}
	}
	s.late = append(s.late, digits{y: y, x: x, n: 1})
	return true
}

// sendDigits sends the queued runs, beginning with the current style. Front is already
// updated.
func (s *encoder) sendDigits() {
	for left := s.late; len(left) > 0; {
		style := s.front[left[0].y].cells[left[0].x].style()
		for _, d := range left {
			if int(s.front[d.y].cells[d.x].style()) == s.style {
				style = uint16(s.style)
				break
			}
		}
		rest := left[:0]
		for _, d := range left {
			if s.front[d.y].cells[d.x].style() != style {
				rest = append(rest, d)
				continue
			}
			for x := d.x; x < d.x+d.n; x++ {
				s.put(x, d.y, s.front[d.y].cells[x])
			}
		}
		left = rest
	}
	s.late = s.late[:0]
}
