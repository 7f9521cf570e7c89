package httpin

// Refused returns how many requests came without a valid proof.
func (h *Handler) Refused() uint64 {
	h.s.tally.mu.Lock()
	defer h.s.tally.mu.Unlock()
	return h.s.tally.proofs
}
