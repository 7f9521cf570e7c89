package screen

// Idle tells whether everything was written that was handed to the writer.
func (s *Screen) Idle() bool {
	w := s.out
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead || !w.busy && !w.writing && len(w.ctl) == 0
}

// Sieve passes the chunks through a new sieve.
func Sieve(chunks ...string) string {
	var v sieve
	var out []byte
	for _, c := range chunks {
		out = append(out, v.pass([]byte(c))...)
	}
	return string(out)
}

// MergeSGR is mergeSGR.
var MergeSGR = mergeSGR
