package httpin

import (
	"errors"
	"io"
	"net/http"
	"time"

	"warroom/model"
)

// job is what to do with an authenticated body.
type job struct {
	limit int64         // bytes of the body
	slots chan struct{} // concurrent readings
	// read reads the body and answers. It reports whether the same signed request may be
	// repeated, because it was not executed.
	read func(w http.ResponseWriter, r *http.Request, from origin, body io.ReadSeeker) (repeatable bool)
}

// origin is where an authenticated body comes from.
type origin struct {
	credential string // that its sender has proven
	sender     string // the credential and the address; "" beyond a number of senders
}

// receive writes a body to disk, verifies it, and has it read while its sender holds one of
// the slots. A sender that is authenticated by the headers is limited before the body is
// received, any other afterwards.
func (s *server) receive(w http.ResponseWriter, r *http.Request, c claim, j job) {
	addr := addrOf(r.RemoteAddr)
	var x *sender
	if c.proven {
		if x = s.enter(w, r, c.name+" "+addr); x == nil {
			return
		}
		defer s.senders.end(x)
	}
	cut, stop := cutter(w)
	u := s.spool.begin(addr, x, cut)
	defer u.end()
	b, err := s.spooled(w, r, u, j.limit)
	stop()
	if err != nil {
		s.notReceived(w, r, err, j.limit)
		return
	}
	defer b.Close()
	sum := ""
	if c.check != nil {
		if sum, err = c.check(r.Context(), b); err != nil {
			s.notProven(w, r, err)
			return
		}
	}
	if x == nil {
		if x = s.enter(w, r, c.name+" "+addr); x == nil {
			return
		}
		defer s.senders.end(x)
		u.prove(x)
	}
	s.take(w, r, x, sum, b, c.name, j)
}

// spooled receives a body of at most limit bytes.
func (s *server) spooled(w http.ResponseWriter, r *http.Request, u *upload, limit int64) (*body, error) {
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	b, err := s.spool.receive(r.Context(), u, http.MaxBytesReader(w, r.Body, limit))
	if err == nil {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // the recorder of a test has none
	}
	return b, err
}

// enter applies the rate limit of an authenticated sender. If it is exceeded, enter answers
// the request and returns nil.
func (s *server) enter(w http.ResponseWriter, r *http.Request, name string) *sender {
	proveConn(r.Context())
	now := s.Now()
	x := s.senders.of(name, now)
	if !x.pace.AllowN(now, 1) || !s.senders.begin(x) {
		s.tally.add(failRate, addrOf(r.RemoteAddr))
		s.slowDown(w)
		return nil
	}
	return x
}

// take has an authenticated body read, once.
func (s *server) take(w http.ResponseWriter, r *http.Request, x *sender, sum string, b *body, credential string,
	j job) {
	if sum != "" && !s.seen.first(sum, s.Now()) {
		s.tally.add(failReplay, addrOf(r.RemoteAddr))
		s.refuse(w, http.StatusConflict, model.Safef("%s", errReplay))
		return
	}
	repeatable := true // until it was read
	defer func() {
		if sum != "" && repeatable {
			s.seen.forget(sum)
		}
	}()
	t := time.NewTimer(waitFor)
	defer t.Stop()
	for _, slots := range []chan struct{}{x.slots, j.slots} {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-r.Context().Done():
			return
		case <-t.C:
			s.slowDown(w)
			return
		}
	}
	if b.rewind() != nil {
		s.notReceived(w, r, errSpool, 0)
		return
	}
	repeatable = j.read(w, r, origin{credential: credential, sender: x.name}, b)
}

// notReceived answers a request whose body was not received.
func (s *server) notReceived(w http.ResponseWriter, r *http.Request, err error, limit int64) {
	status, sentence, ok := sentenceOf(err, limit)
	if !ok {
		status, sentence = http.StatusBadRequest, model.Lit("the body is incomplete")
	}
	if status != http.StatusRequestEntityTooLarge {
		s.tally.add(failSlow, addrOf(r.RemoteAddr))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	s.shut(w)
	s.refuse(w, status, sentence)
}

// notProven answers a request whose body has no valid signature.
func (s *server) notProven(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errSpool) {
		s.notReceived(w, r, err, 0)
		return
	}
	sentence := model.Safef("%s; nothing was stored", errUnproven)
	if model.CodeOf(err) != model.Internal {
		sentence = model.Sentence(err)
	}
	s.fail(w, r, unproven(err), failProof, sentence)
}

// fail answers a request without a valid proof, and closes its connection. An address with
// many failures gets no explanation.
func (s *server) fail(w http.ResponseWriter, r *http.Request, status int, why failure, sentence model.Safe) {
	addr := addrOf(r.RemoteAddr)
	s.tally.add(why, addr)
	s.shut(w)
	if why == failProof && !s.failing.explain(addr, s.Now()) {
		s.slowDown(w)
		return
	}
	s.refuse(w, status, sentence)
}

// shut closes the connection after the answer, without waiting for the rest of the body.
func (s *server) shut(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).SetReadDeadline(past) // the recorder of a test has none
}
